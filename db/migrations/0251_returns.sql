-- Mail that comes back: the mailbox where reports arrive, and what they said.

create table outreach.return_box (
  workspace_id uuid not null,
  host text not null,
  port int not null,
  security text not null,
  username text not null,
  -- Sealed with the master key; no role of members reads it.
  password bytea not null,
  changed_at timestamptz not null default now(),
  changed_by uuid not null,
  -- How far it is read (RFC 3501, 2.3.1.1); null: not yet.
  uid_validity bigint,
  last_uid bigint,
  read_at timestamptz,
  -- Why it could not be read last time.
  failure text,
  constraint return_box_pk primary key (workspace_id),
  constraint return_box_security_ck check (security in ('tls', 'starttls', 'none'))
);

-- What a report said of a message that left here: the worst of several.
create table outreach.bounce (
  workspace_id uuid not null,
  message_id uuid not null,
  contact_point_id uuid not null,
  -- RFC 3463.
  status text not null,
  -- Whether it counts towards giving the address up: for now there is no room, or nobody answers.
  counts boolean not null,
  at timestamptz not null default now(),
  constraint bounce_pk primary key (workspace_id, message_id)
);
create index bounce_point_ix on outreach.bounce (workspace_id, contact_point_id, at) where counts;

-- It left, and came back.
alter table outreach.message
  add column bounced_at timestamptz,
  add column bounce text;
create index message_campaign_ix on outreach.message (workspace_id, campaign_id) where campaign_id is not null;

-- Nobody's word: mail came back too often.
alter table outreach.suppression alter column by_id drop not null;

alter table outreach.return_box owner to entregent_keeper;
alter table outreach.bounce owner to entregent_keeper;
alter table outreach.return_box enable row level security;
alter table outreach.bounce enable row level security;
create policy by_admin on outreach.return_box to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin');
create policy of_admin on outreach.bounce for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin');
grant select (workspace_id, host, port, security, username, changed_at, changed_by, read_at, failure) on outreach.return_box to entregent_member;
grant insert, update, delete on outreach.return_box to entregent_member;
grant select on outreach.bounce to entregent_member;
