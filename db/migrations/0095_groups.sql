-- Groups that people belong to: alumni, user clubs, associations, events, boards. Who belongs hangs on a card, never on a cluster.

create table relations.group (
  workspace_id uuid not null,
  group_id uuid not null,
  name text not null,
  -- The name as it is searched and sorted.
  sort_name text not null,
  kind text not null,
  organization text not null default '',
  place text not null default '',
  -- Of an event, or from when to when the group was.
  starts_on date,
  ends_on date,
  note text not null default '',
  -- Whoever has this label belongs too, as far as one sees it on their cards; null: nobody does by a label.
  label text,
  -- Who sees it: its maker, a team, or the workspace.
  audience_id uuid not null,
  made_by uuid not null,
  version int not null default 1,
  created_at timestamptz not null default now(),
  -- Since when it is out of sight; deleted for good 30 days later.
  removed_at timestamptz,
  constraint group_pk primary key (workspace_id, group_id),
  constraint group_kind_ck check (kind in ('alumni', 'user_club', 'association', 'event', 'board', 'other')),
  constraint group_dates_ck check (ends_on >= starts_on)
);
create index group_name_ix on relations.group (workspace_id, sort_name, group_id);
create index group_label_ix on relations.group (workspace_id, group_id) where label is not null;
create index group_removed_ix on relations.group (workspace_id, removed_at) where removed_at is not null;

alter table relations.group owner to entregent_keeper;
alter table relations.group enable row level security;
-- Of one's own audiences; out of sight for whoever may bring it back. Programs are told of none.
create policy of_audience on relations.group for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0
    and (removed_at is null or made_by = nullif(current_setting('app.member', true), '')::uuid
      or current_setting('app.role', true) = 'admin'));
create policy by_maker on relations.group for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and made_by = nullif(current_setting('app.member', true), '')::uuid
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0);
create policy update_by_maker on relations.group for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0
    and (made_by = nullif(current_setting('app.member', true), '')::uuid or current_setting('app.role', true) = 'admin'));
grant select, insert, update on relations.group to entregent_member;

-- Members of the company who say of themselves that they belong.
create table relations.group_member (
  workspace_id uuid not null,
  group_id uuid not null,
  member_id uuid not null,
  role text not null,
  since date,
  until date,
  created_at timestamptz not null default now(),
  constraint group_member_pk primary key (workspace_id, group_id, member_id),
  constraint group_member_group_fk foreign key (workspace_id, group_id) references relations.group on delete cascade,
  constraint group_member_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade,
  constraint group_member_role_ck check (role in ('member', 'board', 'chair', 'organiser', 'speaker', 'attendee', 'other')),
  constraint group_member_dates_ck check (until >= since)
);
create index group_member_member_ix on relations.group_member (workspace_id, member_id);
alter table relations.group_member owner to entregent_keeper;
alter table relations.group_member enable row level security;
create policy of_workspace on relations.group_member for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
-- By their own word only.
create policy of_self on relations.group_member for all to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select, insert, update, delete on relations.group_member to entregent_member;

-- That somebody belongs to a group, as a member says.
create table cards.membership (
  workspace_id uuid not null,
  membership_id uuid not null,
  group_id uuid not null,
  card_id uuid not null,
  book_no int not null,
  exposure smallint not null,
  author_id uuid not null,
  -- For whoever sees the group and may read the card; else for its author alone.
  shared boolean not null,
  role text not null,
  since date,
  until date,
  -- What was put in at once can be taken back at once.
  batch_id uuid not null,
  created_at timestamptz not null default now(),
  -- Since when it is not said any more.
  ended_at timestamptz,
  constraint membership_pk primary key (workspace_id, membership_id),
  constraint membership_role_ck check (role in ('member', 'board', 'chair', 'organiser', 'speaker', 'attendee', 'other')),
  constraint membership_dates_ck check (until >= since)
);
create unique index membership_standing_uq on cards.membership (workspace_id, card_id, group_id, author_id) where ended_at is null;
create index membership_group_ix on cards.membership (workspace_id, group_id) where ended_at is null;

alter table cards.membership owner to entregent_keeper;
alter table cards.membership enable row level security;
-- One's own; of others what they share of a card that one may read. Programs are told of none.
create policy of_author_or_shared on cards.membership for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (author_id = nullif(current_setting('app.member', true), '')::uuid
      or (shared
        and (exposure < 2 or current_setting('app.restoring', true) = 'on')
        and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
          or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)))));
create policy by_reader on cards.membership for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and author_id = nullif(current_setting('app.member', true), '')::uuid
    and exposure < 2
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
      or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)));
create policy update_by_author on cards.membership for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and author_id = nullif(current_setting('app.member', true), '')::uuid);
-- What hangs on a card follows it to another book and out of sight.
create policy update_by_holder on cards.membership for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);
grant select, insert, update on cards.membership to entregent_member;

-- Labels are read without the other fields: one value in some dozens.
create index card_field_category_ix on cards.card_field (workspace_id, card_id) where kind = 'category';
