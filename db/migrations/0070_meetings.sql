-- Meetings as evidence of ties, out of calendars that members connect or drop. No title, no description and no place is ever stored.

-- A calendar that is read: a source of a member's, and theirs alone. `connection_id` null: files that they dropped.
create table correspondents.calendar (
  workspace_id uuid not null,
  source_id uuid not null,
  member_id uuid not null,
  connection_id uuid,
  created_at timestamptz not null default now(),
  constraint calendar_pk primary key (workspace_id, source_id),
  constraint calendar_connection_fk foreign key (workspace_id, connection_id) references connectors.connection on delete cascade,
  constraint calendar_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade
);
create index calendar_connection_ix on correspondents.calendar (workspace_id, connection_id);
create index calendar_member_ix on correspondents.calendar (workspace_id, member_id);

-- An event as its calendar holds it, with its series: the name it has there, and its state, to tell whether it has changed.
create table correspondents.calendar_entry (
  workspace_id uuid not null,
  source_id uuid not null,
  entry_key text not null,
  member_id uuid not null,
  state text not null,
  -- Passed over as private; passed over because it is no evidence (declined, too large, of others).
  private boolean not null,
  left_out boolean not null,
  constraint calendar_entry_pk primary key (workspace_id, source_id, entry_key),
  constraint calendar_entry_calendar_fk foreign key (workspace_id, source_id) references correspondents.calendar on delete cascade
);

-- A meeting, or all of a series that the same people were asked to. The key is the SHA-256 of its UID and RECURRENCE-ID (RFC 5545).
create table correspondents.meeting (
  workspace_id uuid not null,
  source_id uuid not null,
  meeting_key bytea not null,
  entry_key text not null,
  member_id uuid not null,
  starts timestamptz[] not null,
  minutes int not null,
  -- How many were asked, its owner included.
  people int not null,
  -- By the calendar's owner.
  organised boolean not null,
  constraint meeting_pk primary key (workspace_id, source_id, meeting_key),
  constraint meeting_entry_fk foreign key (workspace_id, source_id, entry_key) references correspondents.calendar_entry on delete cascade
);
create index meeting_entry_ix on correspondents.meeting (workspace_id, source_id, entry_key);

-- Who else was asked, and what they answered.
create table correspondents.attendee (
  workspace_id uuid not null,
  source_id uuid not null,
  meeting_key bytea not null,
  contact_point_id uuid not null,
  member_id uuid not null,
  email text not null,
  name text not null,
  organised boolean not null,
  answer text not null,
  constraint attendee_pk primary key (workspace_id, source_id, meeting_key, contact_point_id),
  constraint attendee_answer_ck check (answer in ('accepted', 'declined', 'tentative', 'none')),
  constraint attendee_meeting_fk foreign key (workspace_id, source_id, meeting_key) references correspondents.meeting on delete cascade
);
create index attendee_member_ix on correspondents.attendee (workspace_id, member_id, contact_point_id);

-- Nobody to keep, says the member: of an address, wherever it was met.
create table correspondents.aside (
  workspace_id uuid not null,
  member_id uuid not null,
  contact_point_id uuid not null,
  constraint aside_pk primary key (workspace_id, member_id, contact_point_id),
  constraint aside_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade
);
insert into correspondents.aside (workspace_id, member_id, contact_point_id)
  select distinct workspace_id, member_id, contact_point_id from correspondents.correspondent where set_aside;
alter table correspondents.correspondent drop column set_aside;

do $$
declare t text;
begin
  foreach t in array array['calendar', 'calendar_entry', 'meeting', 'attendee', 'aside'] loop
    execute format('alter table correspondents.%I owner to entregent_keeper', t);
    execute format('alter table correspondents.%I enable row level security', t);
    execute format($p$create policy of_self on correspondents.%I to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and member_id = nullif(current_setting('app.member', true), '')::uuid)$p$, t);
    execute format('grant select, insert, delete on correspondents.%I to entregent_member', t);
  end loop;
end $$;
