-- Roll-out by lots: who begins when, with which sources and parts of the product; and which parts the interface shows to whom.

create schema adoption;
grant usage on schema adoption to entregent_member, entregent_keeper;
grant create on schema adoption to entregent_keeper;

-- Which parts the interface shows to everybody. A workspace without a row begins with the simple ones.
create table adoption.house (
  workspace_id uuid not null,
  all_open boolean not null,
  open text[] not null default '{}',
  changed_at timestamptz not null default now(),
  constraint house_pk primary key (workspace_id),
  constraint house_workspace_fk foreign key (workspace_id) references identity.workspace on delete cascade
);
-- Whoever works with all of it already goes on so.
insert into adoption.house (workspace_id, all_open) select workspace_id, true from identity.workspace;

create table adoption.lot (
  workspace_id uuid not null,
  lot_id uuid not null,
  name text not null,
  starts_on date not null,
  state text not null default 'planned',
  team_ids uuid[] not null,
  -- Kinds of source that its people bring, in words.
  sources text not null default '',
  parts text[] not null,
  goal text not null default '',
  version int not null default 1,
  changed_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  constraint lot_pk primary key (workspace_id, lot_id),
  constraint lot_state_ck check (state in ('planned', 'running', 'done')),
  constraint lot_teams_ck check (cardinality(team_ids) between 1 and 50),
  constraint lot_parts_ck check (cardinality(parts) <= 20)
);

-- What was learnt: for the next lot.
create table adoption.lesson (
  workspace_id uuid not null,
  lesson_id uuid not null,
  lot_id uuid not null,
  text text not null,
  author_id uuid not null,
  at timestamptz not null default now(),
  constraint lesson_pk primary key (workspace_id, lesson_id),
  constraint lesson_lot_fk foreign key (workspace_id, lot_id) references adoption.lot on delete cascade,
  constraint lesson_author_fk foreign key (workspace_id, author_id) references identity.member
);
create index lesson_lot_ix on adoption.lesson (workspace_id, lot_id, at desc);

do $$
declare t text;
begin
  foreach t in array array['house', 'lot', 'lesson'] loop
    execute format('alter table adoption.%I owner to entregent_keeper', t);
    execute format('alter table adoption.%I enable row level security', t);
    execute format($policy$create policy of_workspace on adoption.%I for select to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and current_setting('app.role', true) is distinct from 'app')$policy$, t);
    execute format($policy$create policy by_admin on adoption.%I to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and current_setting('app.role', true) = 'admin')$policy$, t);
    execute format('grant select, insert, update, delete on adoption.%I to entregent_member', t);
  end loop;
end $$;
