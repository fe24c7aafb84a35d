-- How many values of each class a company lost, in how many years of values (cards/ageing.ts): figures only, of nobody. Counted at night.
create table cards.decay (
  workspace_id uuid not null,
  class smallint not null,
  lost int not null,
  years double precision not null,
  counted_at timestamptz not null default now(),
  constraint decay_pk primary key (workspace_id, class)
);
alter table cards.decay owner to entregent_keeper;
alter table cards.decay enable row level security;
create policy of_workspace on cards.decay for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid);
grant select on cards.decay to entregent_member;
