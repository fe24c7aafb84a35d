-- Devices that keep their address books here (CardDAV).

create schema dav;
grant usage on schema dav to entregent_member, entregent_keeper, entregent_identity;
grant create on schema dav to entregent_keeper;

-- A phone or program of a member's, with a password of its own. Only the SHA-256 of it is kept: it is random, nobody can guess it.
create table dav.device (
  workspace_id uuid not null,
  device_id uuid not null,
  member_id uuid not null,
  -- What it writes here comes from this source.
  source_id uuid not null,
  name text not null,
  secret_hash bytea not null,
  writes boolean not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  -- The program, as it names itself.
  client text,
  constraint device_pk primary key (workspace_id, device_id),
  constraint device_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade
);
create index device_member_ix on dav.device (workspace_id, member_id);
create index device_secret_ix on dav.device (secret_hash);

-- Under which name devices know a book (null: under its id), and whether they see it at all.
alter table delegation.book add column resource_name text, add column on_devices boolean not null default true;
create unique index book_resource_uq on delegation.book (workspace_id, holder_id, resource_name) where resource_name is not null;

-- Under which name devices know a card; null: under its id.
create unique index card_resource_uq on cards.card (workspace_id, book_no, resource_name) where resource_name is not null and exposure < 2;
create index card_uid_ix on cards.card (workspace_id, uid) where resource_name is not null;
-- The change of the card whose whole state the octets are; null where the source has another way to write it.
alter table cards.card_original add column change_no bigint;

-- What a book held under a name and holds no more: moved to another one, or deleted for good. Kept for ever, for devices that were away.
create table cards.departed (
  workspace_id uuid not null,
  book_no int not null,
  resource_name text not null,
  change_no bigint not null,
  constraint departed_pk primary key (workspace_id, book_no, resource_name)
);
create index departed_change_ix on cards.departed (workspace_id, book_no, change_no);

-- A group of contacts that a device keeps in an address book. It is about nobody: devices only want it back.
create table cards.device_group (
  workspace_id uuid not null,
  book_no int not null,
  resource_name text not null,
  uid text not null,
  octets bytea not null,
  change_no bigint not null,
  gone boolean not null default false,
  constraint device_group_pk primary key (workspace_id, book_no, resource_name)
);
create index device_group_change_ix on cards.device_group (workspace_id, book_no, change_no);

-- Books in which devices have written cards that the list and matching have yet to follow: those changed after `after_no`.
create table cards.unsettled (
  workspace_id uuid not null,
  book_no int not null,
  after_no bigint not null,
  constraint unsettled_pk primary key (workspace_id, book_no)
);

do $$
declare t text;
begin
  foreach t in array array['dav.device', 'cards.departed', 'cards.device_group', 'cards.unsettled'] loop
    execute format('alter table %s owner to entregent_keeper', t);
    execute format('alter table %s enable row level security', t);
  end loop;
  foreach t in array array['cards.departed', 'cards.device_group'] loop
    execute format($p$create policy of_holder on %s to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1)$p$, t);
  end loop;
end $$;
create policy of_self on dav.device to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select (workspace_id, device_id, member_id, source_id, name, writes, created_at, last_used_at, client),
  insert, delete, update (name, writes) on dav.device to entregent_member;
grant select on cards.departed, cards.device_group to entregent_member;
grant insert, update on cards.departed to entregent_member;
