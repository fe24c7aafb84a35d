-- Whether a mail was opened and its links followed, of whom they agreed to that, and of nobody else.

alter table cards.contact_point
  -- Since when they agree that it is seen whether they open mails and follow links; null: they do not.
  add column tracking_since timestamptz,
  add column tracking_evidence text;

alter table outreach.message
  -- Its copy carries a picture and links of ours.
  add column tracked boolean not null default false;
grant update (tracked) on outreach.message to entregent_member;

-- Links of sealed contents: to these alone ours lead on. `link_no` from 1 on, in the order in which they stand.
create table outreach.content_link (
  workspace_id uuid not null,
  content_id uuid not null,
  version int not null,
  locale text not null,
  link_no int not null,
  target text not null,
  constraint content_link_pk primary key (workspace_id, content_id, version, locale, link_no)
);

-- What was seen of messages whose readers agreed. Neither address nor program of whoever asked is kept.
create table outreach.sight (
  workspace_id uuid not null,
  message_id uuid not null,
  sight_id uuid not null,
  -- 0: its picture was shown; else which link was followed.
  link_no int not null,
  at timestamptz not null,
  -- It called itself a program.
  named boolean not null,
  -- It counts: a person did it, as far as can be told.
  counts boolean not null,
  constraint sight_pk primary key (workspace_id, message_id, sight_id),
  constraint sight_message_fk foreign key (workspace_id, message_id) references outreach.message on delete cascade
);

alter table outreach.content_link owner to entregent_keeper;
alter table outreach.content_link enable row level security;
alter table outreach.sight owner to entregent_keeper;
alter table outreach.sight enable row level security;
create policy of_workspace on outreach.content_link to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid)
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid);
grant select, insert on outreach.content_link to entregent_member;
