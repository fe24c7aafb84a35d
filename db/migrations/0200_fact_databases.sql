-- Facts from a company's own databases: a query that is asked again and again for what is newer.

alter table facts.source drop constraint source_kind_ck;
alter table facts.source add constraint source_kind_ck
  check (kind in ('api', 'app', 'tag', 'hook', 'file', 'product', 'database'));

-- The password stands sealed at the source (facts.source.secret).
create table facts.database (
  workspace_id uuid not null,
  source_id uuid not null,
  -- Where it is, what is asked, how rows are read as facts.
  settings jsonb not null,
  -- Raised by each change: what was read by the settings before must not be kept after.
  version int not null default 1,
  state text not null default 'ok',
  problem text,
  failures int not null default 0,
  -- A reading is wanted until it has come to its end.
  wanted_at timestamptz,
  next_at timestamptz not null default now(),
  read_at timestamptz,
  -- What the last reading came to.
  report jsonb,
  -- The greatest value of the column by which rows are known to be newer; null: nothing has been read.
  cursor text,
  -- Rows around it that were read already (a digest, and that value): transactions do not commit in the order of their times and numbers.
  seen jsonb not null default '[]',
  constraint database_pk primary key (workspace_id, source_id),
  constraint database_source_fk foreign key (workspace_id, source_id) references facts.source on delete cascade,
  constraint database_state_ck check (state in ('ok', 'retrying', 'attention', 'paused'))
);
alter table facts.database owner to entregent_keeper;
alter table facts.database enable row level security;

create policy of_overseer on facts.database for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) in ('admin', 'marketing', 'auditor'));
create policy by_admin on facts.database for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) = 'admin');
create policy update_by_admin on facts.database for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) = 'admin');
grant select (workspace_id, source_id, settings, version, state, problem, failures, wanted_at, next_at, read_at, report)
  on facts.database to entregent_member;
grant insert (workspace_id, source_id, settings, wanted_at) on facts.database to entregent_member;
grant update (settings, version, state, problem, failures, wanted_at, next_at, cursor, seen) on facts.database to entregent_member;
