-- Files of facts, kept until they are brought in; what they brought can be undone. What visitors fill in on a site that knows their browser.

create table facts.import (
  workspace_id uuid not null,
  import_id uuid not null,
  file_name text not null,
  -- What each column is, and what all lines have in common.
  options jsonb not null default '{}',
  state text not null default 'ready',
  tried smallint not null default 0,
  -- Lines that have been brought in; a job that was interrupted goes on behind them.
  done_lines int not null default 0,
  report jsonb,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint import_pk primary key (workspace_id, import_id),
  constraint import_state_ck check (state in ('ready', 'queued', 'done', 'failed', 'undone'))
);
create index import_list_ix on facts.import (workspace_id, created_at desc);

create table facts.import_part (
  workspace_id uuid not null,
  import_id uuid not null,
  no int not null,
  data bytea not null,
  constraint import_part_pk primary key (workspace_id, import_id, no),
  constraint import_part_import_fk foreign key (workspace_id, import_id) references facts.import on delete cascade
);

-- What a file brought that was not here: the way back, for as long as it can be undone.
create table facts.import_fact (
  workspace_id uuid not null,
  import_id uuid not null,
  fact_id uuid not null,
  constraint import_fact_pk primary key (workspace_id, import_id, fact_id),
  constraint import_fact_import_fk foreign key (workspace_id, import_id) references facts.import on delete cascade
);

do $$
declare t text;
begin
  foreach t in array array['import', 'import_part', 'import_fact'] loop
    execute format('alter table facts.%I owner to entregent_keeper', t);
    execute format('alter table facts.%I enable row level security', t);
  end loop;
end $$;
create policy by_marketer on facts.import for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) in ('admin', 'marketing'));
grant select on facts.import to entregent_member;

-- The browser in which a form was filled in, where its user agreed to being known: joined once they have confirmed that it was them.
alter table forms.submission add column visitor text;
