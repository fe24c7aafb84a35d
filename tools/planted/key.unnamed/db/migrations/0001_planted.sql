create table cards.planted (
  planted_id uuid primary key,
  workspace_id uuid not null
);
