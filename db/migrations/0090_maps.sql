-- Org charts and power maps. Who reports to whom stands in cards.tie; here: positions that nobody holds, and maps. All of it hangs on cards.

-- A position that is vacant, as ONE member says. It hangs on a card of the organisation.
create table cards.vacancy (
  workspace_id uuid not null,
  vacancy_id uuid not null,
  card_id uuid not null,
  book_no int not null,
  exposure smallint not null,
  author_id uuid not null,
  -- For whoever may read the card; else for its author alone.
  shared boolean not null,
  title text not null,
  -- A card of the person it reports to; null: to nobody. An id only: who may not read that card sees the position without it.
  chief_id uuid,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint vacancy_pk primary key (workspace_id, vacancy_id)
);
create index vacancy_card_ix on cards.vacancy (workspace_id, card_id);
alter table cards.vacancy owner to entregent_keeper;
alter table cards.vacancy enable row level security;
create policy of_author_or_shared on cards.vacancy for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (shared or author_id = nullif(current_setting('app.member', true), '')::uuid)
    and (exposure < 2 or current_setting('app.restoring', true) = 'on')
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
      or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)));
create policy by_reader on cards.vacancy for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and author_id = nullif(current_setting('app.member', true), '')::uuid
    and exposure < 2
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
      or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)));
create policy update_by_author on cards.vacancy for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and author_id = nullif(current_setting('app.member', true), '')::uuid);
-- What hangs on a card follows it to another book and out of sight.
create policy update_by_holder on cards.vacancy for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);
grant select, insert, update on cards.vacancy to entregent_member;

-- A power map. Its author's until it is shared; then of whoever may read the card that it hangs on, to look at and to change.
create table cards.power_map (
  workspace_id uuid not null,
  map_id uuid not null,
  -- What it is a map of: an organisation (a card of it), or an opportunity.
  subject_kind text not null,
  subject_id uuid not null,
  -- The organisation's card that it hangs on.
  card_id uuid not null,
  book_no int not null,
  exposure smallint not null,
  author_id uuid not null,
  shared boolean not null default false,
  name text not null,
  -- Counts the changes; a change names the one it was made upon, so that of two at once the second is told.
  revision int not null default 0,
  changed_by uuid not null,
  changed_at timestamptz not null default now(),
  -- Versions to look at again: [{"revision", "at", "memberId", "label"}], oldest first.
  versions jsonb not null default '[]',
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  constraint power_map_pk primary key (workspace_id, map_id),
  constraint power_map_subject_ck check (subject_kind in ('organization', 'opportunity'))
);
create index power_map_card_ix on cards.power_map (workspace_id, card_id);
create index power_map_subject_ix on cards.power_map (workspace_id, subject_id);
alter table cards.power_map owner to entregent_keeper;
alter table cards.power_map enable row level security;
create policy of_author_or_shared on cards.power_map for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (shared or author_id = nullif(current_setting('app.member', true), '')::uuid)
    and (exposure < 2 or current_setting('app.restoring', true) = 'on')
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
      or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)));
create policy by_reader on cards.power_map for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and author_id = nullif(current_setting('app.member', true), '')::uuid
    and exposure < 2
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
      or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)));
create policy update_by_reader on cards.power_map for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (shared or author_id = nullif(current_setting('app.member', true), '')::uuid)
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
      or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)));
create policy update_by_holder on cards.power_map for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);
grant select, insert, update on cards.power_map to entregent_member;

-- Where a person stands on a map, by hand. A change ends the row and writes another: a map of before is the rows that stood then.
create table cards.map_node (
  workspace_id uuid not null,
  node_id uuid not null,
  map_id uuid not null,
  card_id uuid not null,
  book_no int not null,
  exposure smallint not null,
  -- The map's, kept beside it, since policies read columns only.
  map_author_id uuid not null,
  shared boolean not null,
  author_id uuid not null,
  -- Null: as the viewpoints say.
  influence smallint,
  stance smallint,
  -- Not to be drawn on this map.
  left_out boolean not null default false,
  since_revision int not null,
  until_revision int,
  constraint map_node_pk primary key (workspace_id, node_id),
  constraint map_node_scales_ck check (influence between 1 and 5 and stance between -2 and 2)
);
create unique index map_node_standing_uq on cards.map_node (workspace_id, map_id, card_id) where until_revision is null;
create index map_node_card_ix on cards.map_node (workspace_id, card_id);
alter table cards.map_node owner to entregent_keeper;
alter table cards.map_node enable row level security;
create policy of_map_and_card on cards.map_node for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (shared or map_author_id = nullif(current_setting('app.member', true), '')::uuid)
    and (exposure < 2 or current_setting('app.restoring', true) = 'on')
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
      or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)));
create policy by_reader on cards.map_node for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and author_id = nullif(current_setting('app.member', true), '')::uuid
    and (shared or map_author_id = nullif(current_setting('app.member', true), '')::uuid)
    and exposure < 2
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
      or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)));
-- Whoever sees the row may change the map; the holder of the card takes it along.
create policy update_by_reader on cards.map_node for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (shared or map_author_id = nullif(current_setting('app.member', true), '')::uuid
      or get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1));
grant select, insert, update on cards.map_node to entregent_member;

-- A line of influence, drawn by hand: whom (a) somebody (b) listens to. Kept through time as map_node is.
create table cards.map_line (
  workspace_id uuid not null,
  line_id uuid not null,
  map_id uuid not null,
  -- The one who is listened to, and the one who listens.
  card_a uuid not null,
  card_b uuid not null,
  book_no_a int not null,
  book_no_b int not null,
  exposure_a smallint not null,
  exposure_b smallint not null,
  map_author_id uuid not null,
  shared boolean not null,
  author_id uuid not null,
  since_revision int not null,
  until_revision int,
  constraint map_line_pk primary key (workspace_id, line_id),
  constraint map_line_self_ck check (card_a <> card_b)
);
create unique index map_line_standing_uq on cards.map_line (workspace_id, map_id, card_a, card_b) where until_revision is null;
create index map_line_card_a_ix on cards.map_line (workspace_id, card_a);
create index map_line_card_b_ix on cards.map_line (workspace_id, card_b);
alter table cards.map_line owner to entregent_keeper;
alter table cards.map_line enable row level security;
create policy of_map_and_both on cards.map_line for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (shared or map_author_id = nullif(current_setting('app.member', true), '')::uuid)
    and ((exposure_a < 2 and exposure_b < 2) or current_setting('app.restoring', true) = 'on')
    and (get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, ((book_no_a & 63) << 5) | 31) = 1
      or (exposure_a = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, (book_no_a & 63) << 5) = 1))
    and (get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, ((book_no_b & 63) << 5) | 31) = 1
      or (exposure_b = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, (book_no_b & 63) << 5) = 1)));
create policy by_reader on cards.map_line for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and author_id = nullif(current_setting('app.member', true), '')::uuid
    and (shared or map_author_id = nullif(current_setting('app.member', true), '')::uuid)
    and exposure_a < 2 and exposure_b < 2
    and (get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, ((book_no_a & 63) << 5) | 31) = 1
      or (exposure_a = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, (book_no_a & 63) << 5) = 1))
    and (get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, ((book_no_b & 63) << 5) | 31) = 1
      or (exposure_b = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, (book_no_b & 63) << 5) = 1)));
create policy update_by_reader on cards.map_line for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (shared or map_author_id = nullif(current_setting('app.member', true), '')::uuid
      or get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, ((book_no_a & 63) << 5) | 31) = 1
      or get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, ((book_no_b & 63) << 5) | 31) = 1));
grant select, insert, update on cards.map_line to entregent_member;
