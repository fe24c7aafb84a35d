create table cards.planted (
  workspace_id uuid not null,
  planted_id uuid not null,
  constraint planted_pk primary key (planted_id, workspace_id)
);
