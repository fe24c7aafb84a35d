-- The archive of dead records; who may say a verdict, asked by row security too; employers that cards named before.

-- Archive ------------------------------------------------------------------------------------------------------------------

-- exposure 3: archived. As removed (2), nobody sees it, policies need no change; unlike it, the card is never purged, keeps its
-- place at its source and is listed for its holder (cards/archive.ts).
alter table cards.card
  drop constraint card_exposure_ck,
  add constraint card_exposure_ck check (exposure between 0 and 3),
  -- What it goes back to, out of the archive or from among the removed: lendable or withheld.
  add column exposure_before smallint,
  add column archived_at timestamptz,
  -- Why, in the codes of the rules that proposed it; by hand: none.
  add column archived_for text[],
  -- A member looked at it and said that it is no dead record.
  add column kept_at timestamptz,
  add constraint card_archived_ck check ((exposure = 3) = (archived_at is not null));
create index card_archived_ix on cards.card (workspace_id, book_no, archived_at desc, card_id) where exposure = 3;
create index contact_point_dead_ix on cards.contact_point (workspace_id, contact_point_id) where health = 'dead';

-- An archived card meets its contact at the next import, too.
drop index cards.card_source_key_uq;
create unique index card_source_key_uq on cards.card (workspace_id, source_id, source_key) where exposure <> 2;

-- Verdicts -----------------------------------------------------------------------------------------------------------------

-- Who holds the books of the cards that a member wants to decide about, as a setting that policies can read: book → holder.
create function delegation.enter_holders(workspace uuid, book_nos int[]) returns void
  language plpgsql set search_path = pg_catalog
as $$
begin
  execute format('set local app.holders = %L', coalesce((
    select jsonb_object_agg(b.book_no, coalesce(b.holder_id, workspace)) from delegation.book b
    where b.workspace_id = workspace and b.book_no = any(book_nos)), '{}'));
end $$;

-- Holders decide about their own cards: of two cards of one holder only that holder; of two holders', who may read both.
drop policy by_reader on matching.verdict;
create policy by_decider on matching.verdict for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid
    and withdrawn_at is null and exposure_a < 2 and exposure_b < 2
    and get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, (book_no_a & 63) << 5) = 1
    and get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, (book_no_b & 63) << 5) = 1
    and (get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, ((book_no_a & 63) << 5) | 31) = 1
      or get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, ((book_no_b & 63) << 5) | 31) = 1
      or nullif(current_setting('app.holders', true), '')::jsonb ->> book_no_a::text
        <> nullif(current_setting('app.holders', true), '')::jsonb ->> book_no_b::text));

-- Employers ----------------------------------------------------------------------------------------------------------------

-- The organisation that the card no longer names since this change, without its legal form (formats/normalise/organization.ts):
-- finds who was there before. What the viewer learns of it is read from `before`, field class by field class.
alter table cards.card_change add column left_organization text collate "C";
create index card_change_left_ix on cards.card_change (workspace_id, left_organization) where left_organization is not null;
