-- The map of data also holds the systems that people declare, beside what is connected: whose they are, what they hold, where it flows.

create schema data_map;
grant usage on schema data_map to entregent_member, entregent_keeper;
grant create on schema data_map to entregent_keeper;

create table data_map.system (
  workspace_id uuid not null,
  system_id uuid not null,
  name text not null,
  kind text not null,
  -- Who answers for it.
  owner_id uuid,
  note text not null default '',
  -- Groups of fields that it holds of people, as a grant names them.
  fields text[] not null default '{}',
  -- About how many people it knows.
  volume int,
  freshness text not null,
  -- Where its data go and come from: [{direction, other, how, what}]; other: entregent, or a system.
  flows jsonb not null default '[]',
  version int not null default 1,
  changed_by uuid not null,
  changed_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  constraint system_pk primary key (workspace_id, system_id),
  constraint system_owner_fk foreign key (workspace_id, owner_id) references identity.member,
  constraint system_changer_fk foreign key (workspace_id, changed_by) references identity.member,
  constraint system_kind_ck check (kind in ('crm', 'erp', 'shop', 'mailing', 'support', 'web', 'spreadsheet', 'paper', 'other')),
  constraint system_freshness_ck check (freshness in ('live', 'daily', 'weekly', 'monthly', 'rarely', 'unknown')),
  constraint system_volume_ck check (volume between 0 and 1000000000),
  constraint system_flows_ck check (jsonb_typeof(flows) = 'array' and jsonb_array_length(flows) <= 40)
);
create unique index system_name_uq on data_map.system (workspace_id, lower(name)) where removed_at is null;

alter table data_map.system owner to entregent_keeper;
alter table data_map.system enable row level security;
create policy of_workspace on data_map.system for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
create policy by_marketer on data_map.system for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) in ('admin', 'marketing'));
create policy update_by_marketer on data_map.system for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) in ('admin', 'marketing'));
grant select, insert, update on data_map.system to entregent_member;
