-- Introductions: requests, what holders are asked, their answers; copies lent for once; who is found by a search that may only find.

create schema introductions;
grant usage on schema introductions to entregent_member, entregent_keeper;
grant create on schema introductions to entregent_keeper;

-- The member for whom copies of single cards are lent for a while; null: a book like others.
alter table delegation.book add column once_for uuid;
create unique index book_once_uq on delegation.book (workspace_id, holder_id, once_for) where once_for is not null;

-- What the asker sees of it, and nothing else: no row or column here changes when a holder declines, so that declined and
-- unanswered are the same.
create table introductions.request (
  workspace_id uuid not null,
  request_id uuid not null,
  asker_id uuid not null,
  -- The words that found somebody.
  sought text not null,
  kind text,
  purpose text not null,
  message text not null,
  state text not null default 'waiting',
  -- Who answered how, once somebody has.
  answered_by uuid,
  answer text,
  answer_text text,
  -- The copy that was lent for once.
  lent_card_id uuid,
  answered_at timestamptz,
  -- What came of it, as the asker says.
  outcome text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint request_pk primary key (workspace_id, request_id),
  constraint request_state_ck check (state in ('waiting', 'answered', 'expired', 'withdrawn')),
  constraint request_answer_ck check ((state = 'answered') = (answer is not null) and answer in ('introduced', 'passed_on', 'lent', 'told')),
  constraint request_outcome_ck check (outcome in ('met', 'no_answer', 'not_useful'))
);
create index request_asker_ix on introductions.request (workspace_id, asker_id, request_id desc);

-- One holder asked, about the cards of theirs that match. What was asked stands here again, because the request is the asker's.
create table introductions.ask (
  workspace_id uuid not null,
  ask_id uuid not null,
  request_id uuid not null,
  holder_id uuid not null,
  asker_id uuid not null,
  card_ids uuid[] not null,
  sought text not null,
  purpose text not null,
  message text not null,
  state text not null default 'waiting',
  -- The card that the answer is about.
  card_id uuid,
  answer_text text,
  -- For how long a copy is lent.
  lend_days int,
  outcome text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  answered_at timestamptz,
  constraint ask_pk primary key (workspace_id, ask_id),
  constraint ask_request_uq unique (workspace_id, request_id, holder_id),
  -- resting: somebody else has taken it up; over: nobody answered in time, or the asker withdrew.
  constraint ask_state_ck check (state in ('waiting', 'introducing', 'introduced', 'passed_on', 'lent', 'told', 'declined', 'resting', 'over')),
  constraint ask_days_ck check (lend_days between 1 and 30)
);
create index ask_card_ix on introductions.ask (workspace_id, card_id) where card_id is not null;
create index ask_holder_ix on introductions.ask (workspace_id, holder_id, ask_id desc);

do $$
declare t text;
begin
  foreach t in array array['request', 'ask'] loop
    execute format('alter table introductions.%I owner to entregent_keeper', t);
    execute format('alter table introductions.%I enable row level security', t);
  end loop;
end $$;
create policy of_asker on introductions.request to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and asker_id = nullif(current_setting('app.member', true), '')::uuid);
-- Never the asker: who is asked, and how many, is not theirs to know.
create policy of_holder on introductions.ask to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and holder_id = nullif(current_setting('app.member', true), '')::uuid);
grant select, insert on introductions.request to entregent_member;
grant update (state, outcome) on introductions.request to entregent_member;
grant select on introductions.ask to entregent_member;
grant update (state, card_id, answer_text, lend_days, answered_at) on introductions.ask to entregent_member;

-- Told to the holder's own ledger: what they did with a card of theirs for somebody who asked.
alter table delegation.use drop constraint use_kind_ck, add constraint use_kind_ck check (kind in
  ('opened', 'compared', 'exported', 'noted', 'corrected', 'decided', 'contacted', 'invited', 'answered', 'objected', 'introduced',
    'passed_on'));

-- Who is counted by the hint of a search (0007): for the keeper, who asks their holders. Never given to a member.
create function cards.find_discoverable(terms text[], kind text) returns setof uuid
  language plpgsql stable security definer set search_path = pg_catalog, public
as $$
declare
  workspace uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  audiences uuid[] := string_to_array(nullif(current_setting('app.audiences', true), ''), ',')::uuid[];
  books int[];
  -- Those whose companies and titles may be found (bits 2 and 3 of the fields).
  at_work int[];
  -- Copies that were lent to others for once (introductions): they hide nobody.
  once int[];
  condition text := '';
  term text;
  pattern text;
begin
  if workspace is null or coalesce(cardinality(terms), 0) = 0 then
    return;
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
    return;
  end if;
  select coalesce(array_agg(b.book_no), '{}') into once from delegation.book b
  where b.workspace_id = workspace and b.once_for is not null and delegation.reach_of(b.book_no) & 1 = 0;
  foreach term in array terms loop
    pattern := '%' || replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_') || '%';
    -- The first half is answered by the index.
    condition := condition || format($f$ and e.search like %1$L and split_part(e.search, chr(1), 1)
      || case when e.book_nos <@ %2$L::int[] then split_part(e.search, chr(1), 2) else '' end like %1$L$f$,
      pattern, coalesce(at_work, '{}') || once);
  end loop;
  if kind is not null then
    condition := condition || format(' and e.kind = %L', kind);
  end if;
  return query execute format('select distinct e.cluster_id from cards.entry e
      where e.workspace_id = %1$L and e.book_nos <@ (%2$L::int[] || %4$L::int[]) and e.book_nos && %2$L::int[] and strpos(e.search, chr(1)) > 0 and e.audience_id in (
        select coalesce(b.holder_id, s.member_id) from delegation.book b
        left join delegation.steward s on s.workspace_id = %1$L and s.book_id = b.book_id
        where b.workspace_id = %1$L and b.book_no = any(%2$L::int[]))
      and not exists (select from cards.card c where c.workspace_id = %1$L and c.cluster_id = e.cluster_id
        and c.book_no = any(e.book_nos) and c.exposure = 1)%3$s limit 20',
    workspace, books, condition, once);
end $$;
alter function cards.find_discoverable(text[], text) owner to entregent_keeper;
revoke all on function cards.find_discoverable(text[], text) from public;

-- The hint: how many, up to 20, never who.
create or replace function cards.count_discoverable(terms text[], kind text) returns int
  language sql stable security definer set search_path = pg_catalog, public
as $$
  select count(*)::int from cards.find_discoverable(terms, kind)
$$;
