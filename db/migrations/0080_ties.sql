-- Ties: who works with whom, reports to whom, was introduced by whom. Said of two cards, never of clusters.

create table cards.tie (
  workspace_id uuid not null,
  tie_id uuid not null,
  -- Read from a to b: a reports to b, a assists b, a was introduced by b; the other kinds have no direction.
  kind text not null,
  card_a uuid not null,
  card_b uuid not null,
  book_no_a int not null,
  book_no_b int not null,
  exposure_a smallint not null,
  exposure_b smallint not null,
  -- The clusters of both cards, kept beside them: paths walk from one to the next.
  cluster_a uuid not null,
  cluster_b uuid not null,
  author_id uuid not null,
  -- Said by its author; else found in what is theirs (meetings, mail).
  declared boolean not null,
  -- For whoever may read both cards; else for its author alone.
  shared boolean not null,
  -- 0 to 100 when it was last seen.
  strength smallint not null,
  seen_at timestamptz not null default now(),
  note text not null default '',
  created_at timestamptz not null default now(),
  -- Since when it is not said any more.
  ended_at timestamptz,
  constraint tie_pk primary key (workspace_id, tie_id),
  constraint tie_kind_ck check (kind in ('works_with', 'reports_to', 'assists', 'introduced_by', 'family', 'board', 'knows', 'met', 'copied')),
  constraint tie_self_ck check (card_a <> card_b),
  constraint tie_strength_ck check (strength between 0 and 100)
);
create unique index tie_standing_uq on cards.tie (workspace_id, card_a, card_b, kind, author_id) where ended_at is null;
create index tie_card_a_ix on cards.tie (workspace_id, card_a);
create index tie_card_b_ix on cards.tie (workspace_id, card_b);
create index tie_cluster_a_ix on cards.tie (workspace_id, cluster_a, strength desc) where ended_at is null;
create index tie_cluster_b_ix on cards.tie (workspace_id, cluster_b, strength desc) where ended_at is null;
create index tie_author_ix on cards.tie (workspace_id, author_id, created_at desc);

alter table cards.tie owner to entregent_keeper;
alter table cards.tie enable row level security;
-- One's own and those shared, where both cards can be read. Programs are told of none. Asked first is what holds for most rows: each question to
-- the settings costs 3 µs.
create policy of_both on cards.tie for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (shared or author_id = nullif(current_setting('app.member', true), '')::uuid)
    and ((exposure_a < 2 and exposure_b < 2) or current_setting('app.restoring', true) = 'on')
    and ((exposure_a = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, (book_no_a & 63) << 5) = 1)
      or get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, ((book_no_a & 63) << 5) | 31) = 1)
    and ((exposure_b = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, (book_no_b & 63) << 5) = 1)
      or get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, ((book_no_b & 63) << 5) | 31) = 1));
create policy by_reader on cards.tie for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and declared
    and author_id = nullif(current_setting('app.member', true), '')::uuid
    and exposure_a < 2 and exposure_b < 2
    and ((exposure_a = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, (book_no_a & 63) << 5) = 1)
      or get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, ((book_no_a & 63) << 5) | 31) = 1)
    and ((exposure_b = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, (book_no_b & 63) << 5) = 1)
      or get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, ((book_no_b & 63) << 5) | 31) = 1));
create policy update_by_author on cards.tie for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and author_id = nullif(current_setting('app.member', true), '')::uuid);
-- What hangs on a card follows it to another book and out of sight.
create policy update_by_holder on cards.tie for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, ((book_no_a & 63) << 5) | 31) = 1
      or get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, ((book_no_b & 63) << 5) | 31) = 1));
grant select, insert, update on cards.tie to entregent_member;

-- How well members know those whose cards they hold, by more than the card: mail, meetings, what they say of it. Two rows a card:
-- what the member sees, and what others may know of it where the member says so.
create table cards.acquaintance (
  workspace_id uuid not null,
  card_id uuid not null,
  -- False: the member's own sight, of all evidence; true: what readers of the card may know.
  shared boolean not null,
  member_id uuid not null,
  book_no int not null,
  exposure smallint not null,
  -- 0 to 100 at `weighed_at`.
  strength smallint not null,
  -- What it rests on: held, mail, meetings, said, introduced.
  grounds text[] not null,
  -- The member wants not to be asked about this person.
  hidden boolean not null default false,
  weighed_at timestamptz not null default now(),
  constraint acquaintance_pk primary key (workspace_id, card_id, shared),
  constraint acquaintance_strength_ck check (strength between 0 and 100)
);
create index acquaintance_member_ix on cards.acquaintance (workspace_id, member_id, strength desc, card_id);
alter table cards.acquaintance owner to entregent_keeper;
alter table cards.acquaintance enable row level security;
create policy of_member_or_shared on cards.acquaintance for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (member_id = nullif(current_setting('app.member', true), '')::uuid
      or (shared and exposure = 0
        and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)));
create policy update_by_holder on cards.acquaintance for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);
create policy by_holder on cards.acquaintance for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);
create policy delete_by_member on cards.acquaintance for delete to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select, insert, update, delete on cards.acquaintance to entregent_member;

create schema relations;
grant usage on schema relations to entregent_member, entregent_keeper;
grant create on schema relations to entregent_keeper;

-- What a member lets others know of whom they know; nothing said: that they hold what they lend.
create table relations.connector (
  workspace_id uuid not null,
  member_id uuid not null,
  -- nothing: they are proposed to nobody; held: for contacts that they lend; strength: and how well they know them.
  tells text not null,
  changed_at timestamptz not null default now(),
  constraint connector_pk primary key (workspace_id, member_id),
  constraint connector_tells_ck check (tells in ('nothing', 'held', 'strength')),
  constraint connector_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade
);
alter table relations.connector owner to entregent_keeper;
alter table relations.connector enable row level security;
create policy of_workspace on relations.connector for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
create policy of_self on relations.connector for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
create policy update_of_self on relations.connector for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select, insert, update on relations.connector to entregent_member;
