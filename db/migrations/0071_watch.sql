-- Which process watches which mailbox: one at a time. Who stops saying so is replaced.
create table correspondents.watch (
  workspace_id uuid not null,
  connection_id uuid not null,
  -- A process, for as long as it runs.
  watcher_id uuid not null,
  until timestamptz not null,
  constraint watch_pk primary key (workspace_id, connection_id),
  constraint watch_connection_fk foreign key (workspace_id, connection_id) references connectors.connection on delete cascade
);
alter table correspondents.watch owner to entregent_keeper;
alter table correspondents.watch enable row level security;
