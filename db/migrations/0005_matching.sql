-- Matching by an engine that weighs evidence: what it proposes, what people decided, what it has learned.

-- The engine's index lives in memory; keys in the database are of no use any more.
drop table matching.card_key;

-- One row a workspace. Whoever writes links takes it first, so that writers follow one another, and counts it up: an index
-- whose number is another has missed something and reads everything anew.
create table matching.state (
  workspace_id uuid not null,
  version bigint not null default 0,
  -- The most links in a thousand made without asking that may be wrong.
  wrong_per_thousand double precision not null default 2,
  constraint state_pk primary key (workspace_id)
);

-- What was learned of a workspace's cards, so that a restart gives the same answers. Weights and thresholds, no values.
create table matching.model (
  workspace_id uuid not null,
  kind text not null,
  model jsonb not null,
  -- Cards that it was learned from.
  cards int not null,
  learned_at timestamptz not null default now(),
  constraint model_pk primary key (workspace_id, kind),
  constraint model_kind_ck check (kind in ('person', 'organization'))
);

-- Two cards that may be one, and are not linked. A cache: a full run makes it anew. Visible to whom both cards are.
create table matching.proposal (
  workspace_id uuid not null,
  card_a uuid not null,
  card_b uuid not null,
  book_no_a int not null,
  book_no_b int not null,
  exposure_a smallint not null,
  exposure_b smallint not null,
  kind text not null,
  probability double precision not null,
  -- Bits that two cards drawn at random start with.
  prior double precision not null,
  -- Each with the field classes that it rests on, by card: who may not read all of them does not learn of it.
  reasons jsonb not null,
  created_at timestamptz not null default now(),
  constraint proposal_pk primary key (workspace_id, card_a, card_b),
  constraint proposal_order_ck check (card_a < card_b)
);
create index proposal_b_ix on matching.proposal (workspace_id, card_b);
create index proposal_probability_ix on matching.proposal (workspace_id, probability desc, card_a, card_b);

-- What people decided. Never deleted; taken back by a date. It outlives its cards: their hashed source keys bind it to the
-- cards that the same source brings again.
create table matching.verdict (
  workspace_id uuid not null,
  verdict_id uuid not null,
  card_a uuid not null,
  card_b uuid not null,
  book_no_a int not null,
  book_no_b int not null,
  exposure_a smallint not null,
  exposure_b smallint not null,
  key_a bytea not null,
  key_b bytea not null,
  same boolean not null,
  -- How it came: decided, split off a person, or a card written about somebody.
  origin text not null default 'decided',
  member_id uuid,
  at timestamptz not null default clock_timestamp(),
  withdrawn_at timestamptz,
  withdrawn_by uuid,
  constraint verdict_pk primary key (workspace_id, verdict_id),
  constraint verdict_order_ck check (card_a < card_b),
  constraint verdict_origin_ck check (origin in ('decided', 'split', 'edited'))
);
create index verdict_a_ix on matching.verdict (workspace_id, card_a, card_b);
create index verdict_b_ix on matching.verdict (workspace_id, card_b);
create index verdict_key_a_ix on matching.verdict (workspace_id, key_a);
create index verdict_key_b_ix on matching.verdict (workspace_id, key_b);
create index verdict_at_ix on matching.verdict (workspace_id, at desc, verdict_id);

-- Pairs that a member does not want to be asked about for a while.
create table matching.postponed (
  workspace_id uuid not null,
  member_id uuid not null,
  card_a uuid not null,
  card_b uuid not null,
  until timestamptz not null,
  constraint postponed_pk primary key (workspace_id, member_id, card_a, card_b)
);

-- Full runs: the last ones.
create table matching.run (
  workspace_id uuid not null,
  run_id uuid not null,
  state text not null default 'running',
  started_by uuid,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  done int not null default 0,
  total int not null default 0,
  linked int not null default 0,
  unlinked int not null default 0,
  proposed int not null default 0,
  constraint run_pk primary key (workspace_id, run_id),
  constraint run_state_ck check (state in ('running', 'done', 'failed'))
);
create index run_started_ix on matching.run (workspace_id, started_at desc);

-- What tells the card of a source from others, for verdicts: equal for the same card imported again, telling nothing of it.
create function matching.source_hash(source_id uuid, source_key text) returns bytea language sql immutable parallel safe
  set search_path = pg_catalog
as $$
  select sha256(convert_to(source_id || ' ' || source_key, 'UTF8'))
$$;

-- Cards that members wrote about somebody are words of theirs.
insert into matching.verdict (workspace_id, verdict_id, card_a, card_b, book_no_a, book_no_b, exposure_a, exposure_b,
  key_a, key_b, same, origin, member_id, at)
select l.workspace_id, gen_random_uuid(), l.card_a, l.card_b, l.book_no_a, l.book_no_b, l.exposure_a, l.exposure_b,
  matching.source_hash(a.source_id, a.source_key), matching.source_hash(b.source_id, b.source_key), true, 'edited',
  coalesce(b.created_by, a.created_by), l.created_at
from cards.link l
join cards.card a on a.workspace_id = l.workspace_id and a.card_id = l.card_a
join cards.card b on b.workspace_id = l.workspace_id and b.card_id = l.card_b
where 'edited' = any(l.evidence);

-- Row security ------------------------------------------------------------------------------------------------------------

do $$
declare t text;
begin
  foreach t in array array['state', 'model', 'proposal', 'verdict', 'postponed', 'run'] loop
    execute format('alter table matching.%I owner to entregent_keeper', t);
    execute format('alter table matching.%I enable row level security', t);
  end loop;
  -- As links: both cards must be readable. Their holders keep book and exposure in step (cards/editing.ts).
  foreach t in array array['proposal', 'verdict'] loop
    execute format($p$create policy of_both on matching.%I for select to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and (exposure_a < 2 and exposure_b < 2 or current_setting('app.restoring', true) = 'on')
        and (get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, ((book_no_a & 63) << 5) | 31) = 1
          or (exposure_a = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, (book_no_a & 63) << 5) = 1))
        and (get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, ((book_no_b & 63) << 5) | 31) = 1
          or (exposure_b = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, (book_no_b & 63) << 5) = 1)))$p$, t);
    execute format($p$create policy update_by_holder on matching.%I for update to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and (get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, ((book_no_a & 63) << 5) | 31) = 1
          or get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, ((book_no_b & 63) << 5) | 31) = 1))$p$, t);
  end loop;
end $$;

create policy by_reader on matching.verdict for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid
    and withdrawn_at is null and exposure_a < 2 and exposure_b < 2
    and get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, (book_no_a & 63) << 5) = 1
    and get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, (book_no_b & 63) << 5) = 1);
-- Taken back by whoever said it; holders of a card by the policy above.
create policy update_by_author on matching.verdict for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
create policy of_member on matching.postponed to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
create policy of_workspace on matching.state for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid);
-- What a run found counts cards of everybody: figures for those who run the installation's workspace.
create policy by_admin on matching.run to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) = 'admin');
create policy update_by_admin on matching.state for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) = 'admin');
create policy insert_by_admin on matching.state for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) = 'admin');

grant select on matching.proposal, matching.state to entregent_member;
grant update (book_no_a, book_no_b, exposure_a, exposure_b) on matching.proposal to entregent_member;
grant select, insert on matching.verdict to entregent_member;
grant update (book_no_a, book_no_b, exposure_a, exposure_b, withdrawn_at, withdrawn_by) on matching.verdict to entregent_member;
grant select, insert, update, delete on matching.postponed to entregent_member;
grant select, insert on matching.run to entregent_member;
grant insert (workspace_id, wrong_per_thousand), update (wrong_per_thousand) on matching.state to entregent_member;

-- What the viewer may see of a book, as a number: bit 0 its cards, bits 1–30 fields of that class, bit 31 (negative) all.
create function delegation.reach_of(book_no int) returns int language sql stable parallel safe
  set search_path = pg_catalog
as $$
  select coalesce(get_byte(r, at) | (get_byte(r, at + 1) << 8) | (get_byte(r, at + 2) << 16) | (get_byte(r, at + 3) << 24), 0)
  from (select nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea as r, (book_no & 63) << 2 as at) one
$$;
