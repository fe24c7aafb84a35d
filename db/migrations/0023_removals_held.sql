-- What a device takes out of a book in one go. Where it is much, its cards stay here, off the devices, until the member has said what becomes of
-- them.
create table cards.device_removal (
  workspace_id uuid not null,
  removal_id uuid not null,
  -- Whose device it was, and its source.
  member_id uuid not null,
  source_id uuid not null,
  book_no int not null,
  -- Cards that devices saw in the book when the first went, and those that have gone since.
  book_size int not null,
  card_count int not null,
  began_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  -- Since when its cards are held; null while they are few.
  held_at timestamptz,
  decided_at timestamptz,
  constraint device_removal_pk primary key (workspace_id, removal_id),
  constraint device_removal_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade
);
create index device_removal_source_ix on cards.device_removal (workspace_id, source_id, book_no, last_at);
create index device_removal_member_ix on cards.device_removal (workspace_id, member_id);

-- The removal in which a device last took a card out, and since when it is off the devices for it and still here.
alter table cards.card add column removal_id uuid, add column held_at timestamptz;
create index card_removal_ix on cards.card (workspace_id, removal_id) where removal_id is not null;
-- The name of a card that is off the devices is free there.
drop index cards.card_resource_uq;
create unique index card_resource_uq on cards.card (workspace_id, book_no, resource_name)
  where resource_name is not null and exposure < 2 and held_at is null;

alter table cards.device_removal owner to entregent_keeper;
alter table cards.device_removal enable row level security;
create policy of_self on cards.device_removal for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select on cards.device_removal to entregent_member;

alter table notices.notice drop constraint notice_kind_ck;
alter table notices.notice add constraint notice_kind_ck check (kind in ('request_received', 'request_answered', 'request_outcome',
  'reply', 'task_due', 'task_given', 'task_done', 'grant_made', 'grant_ended', 'use_changed', 'import_done', 'joined', 'offer_received',
  'offer_accepted', 'removal_held'));
