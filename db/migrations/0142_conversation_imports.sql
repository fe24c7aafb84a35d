-- Files of what was said elsewhere: reviews, exported chats, tickets. Kept until they are brought in, and what they brought can be undone.

create table conversations.import (
  workspace_id uuid not null,
  import_id uuid not null,
  kind text not null,
  file_name text not null,
  -- Of which platform; under which name the company speaks in it.
  options jsonb not null default '{}',
  state text not null default 'ready',
  -- How often it was begun.
  tried smallint not null default 0,
  channel_id uuid,
  report jsonb,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint import_pk primary key (workspace_id, import_id),
  constraint import_channel_fk foreign key (workspace_id, channel_id) references conversations.channel,
  constraint import_kind_ck check (kind in ('reviews', 'whatsapp', 'zendesk')),
  constraint import_state_ck check (state in ('ready', 'queued', 'done', 'failed', 'undone'))
);
create index import_list_ix on conversations.import (workspace_id, created_at desc);

-- Their octets, in pieces; gone once they are brought in, or after a week.
create table conversations.import_part (
  workspace_id uuid not null,
  import_id uuid not null,
  -- `main`; of tickets `comments` and `users` beside them.
  role text not null,
  no smallint not null,
  data bytea not null,
  constraint import_part_pk primary key (workspace_id, import_id, role, no),
  constraint import_part_import_fk foreign key (workspace_id, import_id) references conversations.import on delete cascade,
  constraint import_part_role_ck check (role in ('main', 'comments', 'users'))
);

alter table conversations.message add column import_id uuid;
create index message_import_ix on conversations.message (workspace_id, import_id) where import_id is not null;

do $$
declare t text;
begin
  foreach t in array array['import', 'import_part'] loop
    execute format('alter table conversations.%I owner to entregent_keeper', t);
    execute format('alter table conversations.%I enable row level security', t);
  end loop;
end $$;
create policy by_admin on conversations.import for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin');
grant select on conversations.import to entregent_member;
