-- Notices and the ways they take, devices that take pushed ones, the digest by mail; tasks with reminders.

create schema notices;
create schema tasks;
grant usage on schema notices, tasks to entregent_member, entregent_keeper;
grant create on schema notices, tasks to entregent_keeper;

-- What a member is told. Ids and codes only: the sentence is composed when it is read, from what the reader may see then.
create table notices.notice (
  workspace_id uuid not null,
  notice_id uuid not null,
  member_id uuid not null,
  kind text not null,
  -- The grant, task, import, request… it is about.
  subject_id uuid not null,
  -- Which of several of one kind about one subject (a reminder that was set anew); empty: there is but one.
  occasion text not null default '',
  -- Who caused it; null: a date did.
  actor_id uuid,
  -- Whether it stands in the list; a member may want some kinds by other ways only.
  in_app boolean not null default true,
  at timestamptz not null default now(),
  read_at timestamptz,
  constraint notice_pk primary key (workspace_id, notice_id),
  -- However often the job runs that tells it, it is told once.
  constraint notice_once_uq unique (workspace_id, member_id, kind, subject_id, occasion),
  constraint notice_kind_ck check (kind in ('request_received', 'request_answered', 'request_outcome', 'reply', 'task_due',
    'task_given', 'task_done', 'grant_made', 'grant_ended', 'import_done', 'joined'))
);
create index notice_member_ix on notices.notice (workspace_id, member_id, notice_id desc) where in_app;
create index notice_unread_ix on notices.notice (workspace_id, member_id) where in_app and read_at is null;

-- By which ways a member wants a kind, where it is not as usual (server/notices/rules.ts).
create table notices.preference (
  workspace_id uuid not null,
  member_id uuid not null,
  kind text not null,
  way text not null,
  wanted boolean not null,
  constraint preference_pk primary key (workspace_id, member_id, kind, way),
  constraint preference_way_ck check (way in ('app', 'push', 'mail'))
);

-- How often a member wants the digest; no row: weekly.
create table notices.digest_choice (
  workspace_id uuid not null,
  member_id uuid not null,
  every text not null,
  constraint digest_choice_pk primary key (workspace_id, member_id),
  constraint digest_choice_every_ck check (every in ('day', 'week', 'never'))
);

-- Digests that were written: one a period and member, whatever crashes in between.
create table notices.digest (
  workspace_id uuid not null,
  member_id uuid not null,
  -- The day, or the Monday of the week, at whose beginning it was written.
  period date not null,
  at timestamptz not null default now(),
  constraint digest_pk primary key (workspace_id, member_id, period)
);

-- A browser that shows pushed notices (W3C Push API): where to send them, sealed with the installation's master key.
create table notices.device (
  workspace_id uuid not null,
  device_id uuid not null,
  member_id uuid not null,
  -- SHA-256 of the endpoint: one browser is one device of a member.
  endpoint_hash bytea not null,
  subscription bytea not null,
  user_agent text not null default '',
  created_at timestamptz not null default now(),
  constraint device_pk primary key (workspace_id, device_id),
  constraint device_endpoint_uq unique (workspace_id, member_id, endpoint_hash)
);

-- Something to do, for its owner: the one who wrote it or a colleague.
create table tasks.task (
  workspace_id uuid not null,
  task_id uuid not null,
  title text not null,
  note text,
  owner_id uuid not null,
  created_by uuid not null,
  -- The contact it is about: named to whom the card is visible.
  card_id uuid,
  -- The request for an introduction that it is about.
  request_id uuid,
  due_on date,
  -- The time of that day, where one was said, as people write it (15:30).
  due_time text,
  remind_at timestamptz,
  reminded_at timestamptz,
  done_at timestamptz,
  done_by uuid,
  created_at timestamptz not null default now(),
  constraint task_pk primary key (workspace_id, task_id),
  constraint task_owner_fk foreign key (workspace_id, owner_id) references identity.member,
  constraint task_time_ck check (due_time is null or (due_on is not null and due_time ~ '^([01]\d|2[0-3]):[0-5]\d$'))
);
create index task_owner_ix on tasks.task (workspace_id, owner_id, due_on, task_id) where done_at is null;
create index task_creator_ix on tasks.task (workspace_id, created_by, task_id);
create index task_card_ix on tasks.task (workspace_id, card_id) where card_id is not null;

do $$
declare t text;
begin
  foreach t in array array['notices.notice', 'notices.preference', 'notices.digest_choice', 'notices.digest', 'notices.device', 'tasks.task'] loop
    execute format('alter table %s owner to entregent_keeper', t);
    execute format('alter table %s enable row level security', t);
  end loop;
  -- A member's own.
  foreach t in array array['notice', 'preference', 'digest_choice', 'device'] loop
    execute format($p$create policy of_member on notices.%I to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and member_id = nullif(current_setting('app.member', true), '')::uuid)$p$, t);
  end loop;
end $$;
-- Seen by who does it and by who wrote it, and by nobody else.
create policy of_party on tasks.task for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (owner_id = nullif(current_setting('app.member', true), '')::uuid
      or created_by = nullif(current_setting('app.member', true), '')::uuid));
create policy by_creator on tasks.task for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and created_by = nullif(current_setting('app.member', true), '')::uuid);
create policy by_party on tasks.task for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (owner_id = nullif(current_setting('app.member', true), '')::uuid
      or created_by = nullif(current_setting('app.member', true), '')::uuid));
create policy removed_by_creator on tasks.task for delete to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and created_by = nullif(current_setting('app.member', true), '')::uuid);

grant select on notices.notice to entregent_member;
grant update (read_at) on notices.notice to entregent_member;
grant select, insert, update, delete on notices.preference, notices.digest_choice to entregent_member;
grant select, insert, delete on notices.device to entregent_member;
grant select, insert, delete on tasks.task to entregent_member;
grant update (title, note, owner_id, card_id, due_on, due_time, remind_at, reminded_at, done_at, done_by) on tasks.task
  to entregent_member;

-- Who joins is told to who invited them: its cause is written where nobody is inside yet.
create policy for_identity on kernel.outbox for insert to entregent_identity with check (true);
grant insert on kernel.outbox to entregent_identity;
