-- Lending: what a grant may say, in full; the list's rows know through which fields they were made; the ledger of uses.

-- Grants --------------------------------------------------------------------------------------------------------------------

alter table delegation.grant
  -- What for and by which way a contact may be addressed; empty: whatever for, every way.
  add column purposes text[] not null default '{}',
  add column channels text[] not null default '{}',
  -- At most so many contacts in a period, in all or to each person.
  add column quota_count int,
  add column quota_period text,
  add column quota_each boolean not null default false,
  -- Opens nothing but the knowledge that somebody is there, until the holder has said yes.
  add column ask_first boolean not null default false,
  -- Whether cards may be read under it, and taken along: said once, for entering, the reach and the list.
  add column reads boolean not null generated always as ('read' = any(acts) and not ask_first) stored,
  add column exports boolean not null generated always as (acts @> array['read', 'export'] and not ask_first) stored,
  add constraint grant_purposes_ck check (purposes <@ array['invitation', 'newsletter', 'prospecting', 'service', 'survey', 'recruiting']),
  add constraint grant_channels_ck check (channels <@ array['email', 'phone', 'message', 'letter', 'visit']),
  add constraint grant_quota_ck check ((quota_count is null) = (quota_period is null) and quota_count > 0
    and quota_period in ('day', 'week', 'month', 'year'));
-- Who is lent something may know under what terms; that somebody may merely be found tells nobody's name.
create policy of_grantee on delegation.grant for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and strpos(current_setting('app.audiences', true), grantee_id::text) > 0
    and (reads or 'contact' = any(acts)));

-- Entering, for one act: to read (all that is read live or counted out), or to take along (exports). Of what somebody may take
-- along, row security shows nothing else in such a transaction.
drop function delegation.enter(uuid, uuid);
create function delegation.enter(workspace uuid, member uuid, act text default 'read') returns boolean
  language plpgsql security definer set search_path = pg_catalog
as $$
declare
  who identity.member;
  audiences uuid[];
  held int[];
  own_books text;
  chunk record;
begin
  if act not in ('read', 'export') then
    raise exception 'no such act';
  end if;
  select m.* into who from identity.member m
  where m.workspace_id = workspace and m.member_id = member and m.status = 'active';
  if not found then
    return false;
  end if;
  select array[member, workspace] || coalesce(array_agg(t.team_id), '{}') into audiences
  from identity.team_member t where t.workspace_id = workspace and t.member_id = member;
  select array_agg(b.book_no), string_agg(b.book_id::text, ',') into held, own_books
  from (
    select book_no, book_id from delegation.book where workspace_id = workspace and holder_id = member
    union
    select b.book_no, b.book_id from delegation.steward s
    join delegation.book b on b.workspace_id = workspace and b.book_id = s.book_id
    where s.workspace_id = workspace and s.member_id = member) b;
  execute format('set local app.workspace = %L', workspace);
  execute format('set local app.member = %L', member);
  execute format('set local app.role = %L', who.role);
  execute format('set local app.audiences = %L', array_to_string(audiences, ','));
  execute format('set local app.own_books = %L', coalesce(own_books, ''));
  for chunk in
    with one as (
      select unnest(held) as book_no, -1 as mask
      union all
      select b.book_no, (g.field_mask & x'7ffffffe'::int) | 1
      from delegation.grant g
      join delegation.book b on b.workspace_id = workspace and b.book_id = g.book_id
      where g.workspace_id = workspace and g.grantee_id = any(audiences) and g.starts_at <= now() and coalesce(g.ends_at, 'infinity') > now()
        and case act when 'read' then g.reads and (g.ends_at is not null or g.starts_at > g.created_at) else g.exports end
    ), piece as (
      select r.chunk_no, r.bits from delegation.reach r where r.workspace_id = workspace and r.audience_id = any(audiences) and act = 'read'
      union all
      select book_no >> 6, delegation.bits_of(mask)::bit(2048) >> ((book_no & 63) * 32) from one
    )
    -- The first four octets that bit_send gives are the length.
    select chunk_no, encode(substr(bit_send(bit_or(bits)), 5), 'hex') as hex from piece group by chunk_no
  loop
    execute 'set local app.reach_' || chunk.chunk_no || ' = ''\x' || chunk.hex || '''';
  end loop;
  return true;
end $$;
alter function delegation.enter(uuid, uuid, text) owner to entregent_keeper;
revoke all on function delegation.enter(uuid, uuid, text) from public;
grant execute on function delegation.enter(uuid, uuid, text) to entregent_member;

-- The list ------------------------------------------------------------------------------------------------------------------

-- For each book of book_nos, the bits of the reach through which the row was made: a grant that was narrowed hides the rows made
-- through the wider one at the next request, before the index has followed.
alter table cards.entry add column book_masks int[];
-- Masks could not be granted before; a row of a member's own books was made with all that stands there, withheld cards too.
update cards.entry e set book_masks = coalesce((
  select array_agg(case when b.holder_id = e.audience_id or s.member_id is not null then -1 else x'7fffffff'::int end order by n.at)
  from unnest(e.book_nos) with ordinality n (book_no, at)
  left join delegation.book b on b.workspace_id = e.workspace_id and b.book_no = n.book_no
  left join delegation.steward s on s.workspace_id = e.workspace_id and s.book_id = b.book_id and s.member_id = e.audience_id), '{}');
alter table cards.entry alter column book_masks set not null;

-- Whether the viewer's reach holds every bit of these masks.
create function delegation.reaches(book_nos int[], masks int[]) returns boolean language sql stable parallel safe
  set search_path = pg_catalog
as $$
  select coalesce(bool_and(delegation.reach_of(u.book_no) & u.mask = u.mask), false) from unnest(book_nos, masks) u (book_no, mask)
$$;
drop policy of_audience on cards.entry;
create policy of_audience on cards.entry for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0
    and delegation.reaches(book_nos, book_masks));

-- Jobs that wait for a date: when they are due is known without the queue, which is made again from here.
alter table kernel.outbox add column due_at timestamptz not null default now();

-- How many contacts match in books that are lent for discovery only: a number up to 20, never a name. Counted are persons made
-- of nothing but such books and of no card that is kept back. They are found by name, company and title, which stand before the
-- marks in `search` (cards/compose.ts), the last two only where the grants leave them out nowhere: a number, an address or a word
-- of a note would be confirmed to whoever guesses it.
create or replace function cards.count_discoverable(terms text[], kind text) returns int
  language plpgsql stable security definer set search_path = pg_catalog, public
as $$
declare
  workspace uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  audiences uuid[] := string_to_array(nullif(current_setting('app.audiences', true), ''), ',')::uuid[];
  books int[];
  -- Those whose companies and titles may be found (bits 2 and 3 of the fields).
  at_work int[];
  condition text := '';
  term text;
  pattern text;
  result int;
begin
  if workspace is null or coalesce(cardinality(terms), 0) = 0 then
    return 0;
  end if;
  -- What is readable needs no hint.
  select array_agg(d.book_no), array_agg(d.book_no) filter (where d.mask & 12 = 12) into books, at_work
  from (
    select b.book_no, bit_or(g.field_mask) as mask
    from delegation.grant g
    join delegation.book b on b.workspace_id = workspace and b.book_id = g.book_id
    where g.workspace_id = workspace and g.grantee_id = any(audiences) and 'discover' = any(g.acts)
      and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now())
      and delegation.reach_of(b.book_no) & 1 = 0
    group by b.book_no) d;
  if books is null then
    return 0;
  end if;
  foreach term in array terms loop
    pattern := '%' || replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_') || '%';
    -- The first half is answered by the index.
    condition := condition || format($f$ and e.search like %1$L and split_part(e.search, chr(1), 1)
      || case when e.book_nos <@ %2$L::int[] then split_part(e.search, chr(1), 2) else '' end like %1$L$f$,
      pattern, coalesce(at_work, '{}'));
  end loop;
  if kind is not null then
    condition := condition || format(' and e.kind = %L', kind);
  end if;
  execute format('select count(*) from (select distinct e.cluster_id from cards.entry e
      where e.workspace_id = %1$L and e.book_nos <@ %2$L::int[] and strpos(e.search, chr(1)) > 0 and e.audience_id in (
        select coalesce(b.holder_id, s.member_id) from delegation.book b
        left join delegation.steward s on s.workspace_id = %1$L and s.book_id = b.book_id
        where b.workspace_id = %1$L and b.book_no = any(%2$L::int[]))
      and not exists (select from cards.card c where c.workspace_id = %1$L and c.cluster_id = e.cluster_id
        and c.book_no = any(e.book_nos) and c.exposure = 1)%3$s limit 20) found',
    workspace, books, condition) into result;
  return result;
end $$;
-- The rows of the list are made anew, with these marks, when the product has started.
insert into kernel.outbox (workspace_id, outbox_id, topic, payload, created_at)
select workspace_id, gen_random_uuid(), 'delegation.bookShared', jsonb_build_object('bookNo', book_no), now() - interval '1 hour'
from delegation.book;
drop function delegation.reaches_all(int[]);

-- The ledger ----------------------------------------------------------------------------------------------------------------

-- One line for each use of a delegated card. Ids and codes only: no name, no address, no text. Never changed, never deleted.
create table delegation.use (
  workspace_id uuid not null,
  use_id uuid not null,
  -- What it is told with: all that one member did of one kind with the cards of one book on one day, or in one go.
  happening_id uuid not null,
  book_no int not null,
  card_id uuid not null,
  -- Who did it.
  user_id uuid not null,
  kind text not null,
  purpose text,
  channel text,
  outcome text,
  -- The grant it was done under.
  grant_id uuid,
  grant_version int,
  at timestamptz not null default now(),
  -- Since 1970: to open somebody is told once in each.
  hour int not null,
  constraint use_pk primary key (workspace_id, use_id),
  constraint use_kind_ck check (kind in ('opened', 'compared', 'exported', 'noted', 'corrected', 'decided', 'contacted', 'invited', 'answered'))
);
create index use_happening_ix on delegation.use (workspace_id, happening_id, use_id);
create index use_card_ix on delegation.use (workspace_id, card_id, use_id);
create unique index use_hour_uq on delegation.use (workspace_id, user_id, card_id, kind, hour)
  where kind in ('opened', 'compared');

-- Uses in the words of the feed, counted as they come in, so that a page of it reads its own lines only.
create table delegation.happening (
  workspace_id uuid not null,
  happening_id uuid not null,
  book_no int not null,
  user_id uuid not null,
  kind text not null,
  count int not null,
  at timestamptz not null,
  constraint happening_pk primary key (workspace_id, happening_id)
);
create index happening_book_ix on delegation.happening (workspace_id, book_no, at desc, happening_id);
create index happening_user_ix on delegation.happening (workspace_id, user_id, at desc, happening_id);

-- What a holder says to a use ("please go through me"): text apart from the ledger, so that it can be erased.
create table delegation.use_reply (
  workspace_id uuid not null,
  reply_id uuid not null,
  happening_id uuid not null,
  book_no int not null,
  author_id uuid not null,
  -- To whom: the one who did it.
  user_id uuid not null,
  text text not null,
  at timestamptz not null default now(),
  seen_at timestamptz,
  constraint use_reply_pk primary key (workspace_id, reply_id)
);
create index use_reply_happening_ix on delegation.use_reply (workspace_id, happening_id);
create index use_reply_user_ix on delegation.use_reply (workspace_id, user_id, at desc);

do $$
declare t text;
begin
  foreach t in array array['use', 'happening', 'use_reply'] loop
    execute format('alter table delegation.%I owner to entregent_keeper', t);
    execute format('alter table delegation.%I enable row level security', t);
    -- Told to who holds the book, and known to who did it.
    execute format($p$create policy of_holder on delegation.%I for select to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1)$p$, t);
    execute format($p$create policy of_user on delegation.%I for select to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and user_id = nullif(current_setting('app.member', true), '')::uuid)$p$, t);
  end loop;
  foreach t in array array['use', 'happening'] loop
    execute format($p$create policy by_user on delegation.%I for insert to entregent_member
      with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and user_id = nullif(current_setting('app.member', true), '')::uuid
        and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)$p$, t);
  end loop;
end $$;
create policy count_by_user on delegation.happening for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and user_id = nullif(current_setting('app.member', true), '')::uuid);
create policy by_holder on delegation.use_reply for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and author_id = nullif(current_setting('app.member', true), '')::uuid
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);
create policy seen_by_user on delegation.use_reply for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and user_id = nullif(current_setting('app.member', true), '')::uuid);
grant select, insert on delegation.use, delegation.happening, delegation.use_reply to entregent_member;
grant update (count, at) on delegation.happening to entregent_member;
grant update (seen_at) on delegation.use_reply to entregent_member;
