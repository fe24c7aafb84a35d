-- What others lend a member to take along, as an address book of their devices that is for reading: for each device that wants it.
alter table dav.device
  add column lent boolean not null default false,
  -- The last change of that book as this device knows it.
  add column lent_change_no bigint not null default 0;
grant select (lent, lent_change_no), update (lent, lent_change_no) on dav.device to entregent_member;

-- What that book holds for a device: made by comparing what is lent now with what stood here. A row outlives its card, so that the device hears
-- that it is gone.
create table dav.delivery (
  workspace_id uuid not null,
  device_id uuid not null,
  card_id uuid not null,
  member_id uuid not null,
  -- The card's state and which of its fields are lent; empty when it is gone.
  state text not null,
  change_no bigint not null,
  gone boolean not null,
  -- When the card was given to the device, which its holder was told; null when only its name was.
  told_at timestamptz,
  constraint delivery_pk primary key (workspace_id, device_id, card_id),
  constraint delivery_device_fk foreign key (workspace_id, device_id) references dav.device on delete cascade
);
create index delivery_change_ix on dav.delivery (workspace_id, device_id, change_no);
alter table dav.delivery owner to entregent_keeper;
alter table dav.delivery enable row level security;
create policy of_self on dav.delivery to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select, insert, update on dav.delivery to entregent_member;
