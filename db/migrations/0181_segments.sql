-- Segments: of whom something holds. A segment computes with the grants of one audience (the workspace, a team, a member), and its members are
-- persons as that audience sees them.

create schema segments;
grant usage on schema segments to entregent_member, entregent_keeper;
grant create on schema segments to entregent_keeper;

create table segments.segment (
  workspace_id uuid not null,
  segment_id uuid not null,
  -- As filters of its audience name it; it stays.
  key text not null,
  name text not null,
  description text not null default '',
  -- A filter keeps itself; a list holds whom somebody put into it.
  kind text not null,
  -- In the language of segments; of a list nothing.
  filter text not null,
  -- With whose grants it computes.
  audience_kind text not null,
  audience_id uuid not null,
  -- Who else sees that it is there: as far as their own grants go, of whom.
  shown_to uuid[] not null default '{}',
  owner_id uuid not null,
  version int not null default 1,
  -- What it is made of changed in such a way that it cannot be computed: nobody is in it until somebody mends it.
  problem jsonb,
  -- Of which changes its members follow.
  follows text[] not null default '{}',
  -- Ties are asked for: the house rule of reciprocity holds for who looks at it.
  asks_ties boolean not null default false,
  -- All are looked at anew each day: what it asks changes with the calendar.
  daily boolean not null default false,
  -- Null: it has not been computed since it was changed.
  built_at timestamptz,
  -- SHA-256 of the statement it was computed by: what its words mean can change without it.
  made_of text,
  members int not null default 0,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint segment_pk primary key (workspace_id, segment_id),
  constraint segment_kind_ck check (kind in ('filter', 'list')),
  constraint segment_audience_ck check (audience_kind in ('workspace', 'team', 'member'))
);

create unique index segment_key_uq on segments.segment (workspace_id, audience_id, key) where ended_at is null;

-- Who is in it: persons as the audience sees them. Through which books and fields the row of the list was made stands beside it, so that a
-- withdrawn grant holds at the next request.
create table segments.member (
  workspace_id uuid not null,
  segment_id uuid not null,
  person_id uuid not null,
  cluster_id uuid not null,
  audience_id uuid not null,
  book_nos int[] not null,
  book_masks int[] not null,
  since timestamptz not null default now(),
  -- No foreign key: asked for each of a million rows it costs as much as to write them; the keeper alone writes here.
  constraint member_pk primary key (workspace_id, segment_id, person_id)
);
create index member_cluster_ix on segments.member (workspace_id, cluster_id, segment_id);

-- Who came and who left: kept for ninety days, for what is done about it.
create table segments.movement (
  workspace_id uuid not null,
  movement_id uuid not null,
  segment_id uuid not null,
  person_id uuid not null,
  cluster_id uuid not null,
  audience_id uuid not null,
  book_nos int[] not null,
  book_masks int[] not null,
  entered boolean not null,
  at timestamptz not null default now(),
  constraint movement_pk primary key (workspace_id, segment_id, movement_id),
  constraint movement_segment_fk foreign key (workspace_id, segment_id) references segments.segment on delete cascade
);
create index movement_at_ix on segments.movement (workspace_id, at);
create index movement_cluster_ix on segments.movement (workspace_id, cluster_id);

-- How it grows and shrinks.
create table segments.day (
  workspace_id uuid not null,
  segment_id uuid not null,
  audience_id uuid not null,
  day date not null,
  members int not null,
  entered int not null default 0,
  gone int not null default 0,
  constraint day_pk primary key (workspace_id, segment_id, day),
  constraint day_segment_fk foreign key (workspace_id, segment_id) references segments.segment on delete cascade
);

-- Whom somebody put into a list.
create table segments.listed (
  workspace_id uuid not null,
  segment_id uuid not null,
  audience_id uuid not null,
  card_id uuid not null,
  added_by uuid not null,
  added_at timestamptz not null default now(),
  constraint listed_pk primary key (workspace_id, segment_id, card_id),
  constraint listed_segment_fk foreign key (workspace_id, segment_id) references segments.segment on delete cascade
);
create index listed_card_ix on segments.listed (workspace_id, card_id, segment_id);

-- What is computed of somebody: aggregates in the language, scores as weighted rules in it.
create table segments.measure (
  workspace_id uuid not null,
  measure_id uuid not null,
  key text not null,
  kind text not null,
  name text not null,
  meaning text not null default '',
  unit text not null default '',
  -- Of an aggregate {value}; of a score {base, least, most, rules: [{points, filter, why}]}.
  definition jsonb not null,
  version int not null default 1,
  changed_by uuid not null,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  constraint measure_pk primary key (workspace_id, measure_id),
  constraint measure_key_uq unique (workspace_id, key),
  constraint measure_kind_ck check (kind in ('aggregate', 'score'))
);

-- Stages of life, the first whose condition holds.
create table segments.stage (
  workspace_id uuid not null,
  position int not null,
  key text not null,
  name text not null,
  filter text not null,
  constraint stage_pk primary key (workspace_id, position),
  constraint stage_key_uq unique (workspace_id, key)
);

-- Until when the passing of time has been followed.
create table segments.clock (
  workspace_id uuid not null,
  ticked_at timestamptz not null,
  -- The day of the last full look at what changes with the calendar.
  day date not null,
  constraint clock_pk primary key (workspace_id)
);

do $$
declare t text;
begin
  foreach t in array array['segment', 'member', 'movement', 'day', 'listed', 'measure', 'stage', 'clock'] loop
    execute format('alter table segments.%I owner to entregent_keeper', t);
    execute format('alter table segments.%I enable row level security', t);
  end loop;
end $$;

-- Who belongs to its audience, whom it is shown to, and who made it.
create policy of_audience on segments.segment for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (strpos(current_setting('app.audiences', true), audience_id::text) > 0
      or owner_id = nullif(current_setting('app.member', true), '')::uuid
      or shown_to && string_to_array(nullif(current_setting('app.audiences', true), ''), ',')::uuid[]));
create policy by_audience on segments.segment for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and owner_id = nullif(current_setting('app.member', true), '')::uuid
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0);
-- Its owner, and an admin what is the company's or a team's.
create policy by_owner on segments.segment for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0
    and (owner_id = nullif(current_setting('app.member', true), '')::uuid
      or current_setting('app.role', true) in ('admin', 'marketing') and audience_kind <> 'member'));
grant select, insert, update on segments.segment to entregent_member;

-- A member of the audience sees who is in it, through no more than they reach now.
create policy of_audience on segments.member for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0
    and delegation.reaches(book_nos, book_masks));
grant select on segments.member to entregent_member;
create policy of_audience on segments.movement for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0
    and delegation.reaches(book_nos, book_masks));
grant select on segments.movement to entregent_member;

create policy of_audience on segments.day for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0);
grant select on segments.day to entregent_member;
create policy of_audience on segments.listed to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0);
grant select, insert, delete on segments.listed to entregent_member;

create policy of_workspace on segments.measure for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
create policy by_marketer on segments.measure to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) in ('admin', 'marketing'));
grant select, insert, update, delete on segments.measure to entregent_member;
create policy of_workspace on segments.stage for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
create policy by_marketer on segments.stage to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) in ('admin', 'marketing'));
grant select, insert, update, delete on segments.stage to entregent_member;

-- What the viewer reaches now, four bytes a book: what is counted above row security is held against it.
create function segments.reach() returns bytea language sql stable set search_path = pg_catalog
as $$
  select string_agg(coalesce(nullif(current_setting('app.reach_' || n, true), '')::bytea, decode(repeat('00', 256), 'hex')), '' order by n)
  from generate_series(0, (select max(book_no) >> 6 from delegation.book
    where workspace_id = nullif(current_setting('app.workspace', true), '')::uuid)) n
$$;
-- Whether a row of the list was made through no more than that.
create function segments.is_reached(reach bytea, book_nos int[], masks int[]) returns boolean language sql immutable parallel safe
  set search_path = pg_catalog
as $$
  select coalesce(bool_and(case when (u.no << 2) + 3 < octet_length(reach) then (get_byte(reach, u.no << 2) | (get_byte(reach, (u.no << 2) + 1) << 8)
    | (get_byte(reach, (u.no << 2) + 2) << 16) | (get_byte(reach, (u.no << 2) + 3) << 24)) & u.mask = u.mask else false end), false)
  from unnest(book_nos, masks) u (no, mask)
$$;

-- What somebody said, found by whose it is.
create index reading_point_ix on voices.reading (workspace_id, contact_point_id, sent_at);
create index reading_sent_ix on voices.reading (workspace_id, sent_at, contact_point_id);
