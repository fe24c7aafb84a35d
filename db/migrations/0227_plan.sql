-- The relational plan: objectives, programmes that serve them, campaigns (once) and scenarios (automated) with their production, and what came of it.
-- It names members and segments, no contact.

create schema plan;
grant usage on schema plan to entregent_member, entregent_keeper;
grant create on schema plan to entregent_keeper;

create table plan.objective (
  workspace_id uuid not null,
  objective_id uuid not null,
  name text not null,
  kind text not null,
  why text not null default '',
  -- By hand; how many are in a segment of the company; what share they are of all contacts that the company reads, or of another segment.
  measured_by text not null,
  unit text not null default '',
  segment_id uuid,
  base_segment_id uuid,
  -- The linear path: from a value on one day to another on a later one.
  from_value double precision not null,
  to_value double precision not null,
  starts_on date not null,
  due_on date not null,
  owner_id uuid not null,
  -- It came with the example, and nobody has changed it since.
  example boolean not null default false,
  version int not null default 1,
  created_at timestamptz not null default now(),
  archived_at timestamptz,
  constraint objective_pk primary key (workspace_id, objective_id),
  constraint objective_owner_fk foreign key (workspace_id, owner_id) references identity.member,
  constraint objective_kind_ck check (kind in ('winning', 'keeping')),
  constraint objective_measured_ck check (measured_by in ('hand', 'members', 'share') and (measured_by = 'hand') = (segment_id is null)
    and (measured_by = 'share' or base_segment_id is null)),
  constraint objective_path_ck check (starts_on < due_on)
);

-- Where an objective stood at the end of a week (of its Monday); of the current week, where it stands.
create table plan.figure (
  workspace_id uuid not null,
  objective_id uuid not null,
  week date not null,
  value double precision not null,
  -- Null: it was counted.
  said_by uuid,
  at timestamptz not null default now(),
  constraint figure_pk primary key (workspace_id, objective_id, week),
  constraint figure_objective_fk foreign key (workspace_id, objective_id) references plan.objective on delete cascade,
  constraint figure_week_ck check (extract(isodow from week) = 1)
);

create table plan.programme (
  workspace_id uuid not null,
  programme_id uuid not null,
  name text not null,
  why text not null default '',
  objective_ids uuid[] not null default '{}',
  -- For whom: a segment, or words.
  segment_id uuid,
  target text not null default '',
  -- From least (1) to most (5).
  priority int not null default 3,
  budget_cents bigint,
  currency text not null default 'EUR',
  owner_id uuid not null,
  colour text not null default 'teal',
  starts_on date,
  ends_on date,
  example boolean not null default false,
  version int not null default 1,
  created_at timestamptz not null default now(),
  archived_at timestamptz,
  constraint programme_pk primary key (workspace_id, programme_id),
  constraint programme_owner_fk foreign key (workspace_id, owner_id) references identity.member,
  constraint programme_priority_ck check (priority between 1 and 5),
  constraint programme_budget_ck check (budget_cents >= 0),
  constraint programme_period_ck check (starts_on <= ends_on),
  constraint programme_objectives_ck check (cardinality(objective_ids) <= 20)
);

-- What is done once, or by itself.
create table plan.campaign (
  workspace_id uuid not null,
  campaign_id uuid not null,
  programme_id uuid not null,
  kind text not null,
  name text not null,
  -- Of the closed list of grants.
  purpose text not null,
  segment_id uuid,
  target text not null default '',
  channel text not null,
  planned_on date,
  -- On the clock of the workspace's people.
  planned_time text,
  -- Its weight where two want the same person: from least (1) to most (5).
  priority int not null default 3,
  budget_cents bigint,
  brief text not null default '',
  -- What happened.
  began_on date,
  ended_on date,
  spent_cents bigint,
  brought text not null default '',
  example boolean not null default false,
  version int not null default 1,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  archived_at timestamptz,
  constraint campaign_pk primary key (workspace_id, campaign_id),
  constraint campaign_programme_fk foreign key (workspace_id, programme_id) references plan.programme,
  constraint campaign_kind_ck check (kind in ('campaign', 'scenario')),
  constraint campaign_time_ck check (planned_time is null or (planned_on is not null and planned_time ~ '^([01]\d|2[0-3]):[0-5]\d$')),
  constraint campaign_priority_ck check (priority between 1 and 5),
  constraint campaign_money_ck check (budget_cents >= 0 and spent_cents >= 0),
  constraint campaign_ended_ck check (ended_on is null or (began_on is not null and began_on <= ended_on))
);
create index campaign_programme_ix on plan.campaign (workspace_id, programme_id);

-- The production of a campaign, step by step.
create table plan.step (
  workspace_id uuid not null,
  campaign_id uuid not null,
  step text not null,
  responsible_id uuid,
  due_on date,
  done_at timestamptz,
  -- Null of a step that is done: the product itself did it.
  done_by uuid,
  -- The task that was given for it, to whom, for which day.
  task_id uuid,
  task_owner_id uuid,
  task_due_on date,
  constraint step_pk primary key (workspace_id, campaign_id, step),
  constraint step_campaign_fk foreign key (workspace_id, campaign_id) references plan.campaign on delete cascade,
  constraint step_responsible_fk foreign key (workspace_id, responsible_id) references identity.member,
  constraint step_step_ck check (step in ('brief', 'content', 'check', 'approval', 'scheduled', 'measured'))
);

-- Who moved what, and when: nothing of it is changed or deleted.
create table plan.move (
  workspace_id uuid not null,
  move_id uuid not null,
  campaign_id uuid not null,
  act text not null,
  step text,
  -- Null: the product itself.
  member_id uuid,
  -- The one member of a workspace approved what they wrote.
  alone boolean not null default false,
  -- To whom a step was given and for when; from which day to which; words.
  said jsonb not null default '{}',
  at timestamptz not null default now(),
  constraint move_pk primary key (workspace_id, move_id),
  constraint move_campaign_fk foreign key (workspace_id, campaign_id) references plan.campaign on delete cascade,
  constraint move_act_ck check (act in ('made', 'done', 'reopened', 'given', 'brief', 'changed', 'day', 'outcome', 'archived', 'restored'))
);
create index move_campaign_ix on plan.move (workspace_id, campaign_id, at);

-- The way of a customer: stages in order, each with touchpoints.
create table plan.journey (
  workspace_id uuid not null,
  journey_id uuid not null,
  name text not null,
  segment_id uuid,
  target text not null default '',
  -- [{id, name, segmentId, touchpoints: [{id, name, channel, happens, emotion, problems, topicIds}]}]
  stages jsonb not null,
  owner_id uuid not null,
  example boolean not null default false,
  version int not null default 1,
  created_at timestamptz not null default now(),
  archived_at timestamptz,
  constraint journey_pk primary key (workspace_id, journey_id),
  constraint journey_owner_fk foreign key (workspace_id, owner_id) references identity.member
);

-- A moment of truth, marked by people; what the data showed is asked anew by each reader.
create table plan.moment (
  workspace_id uuid not null,
  moment_id uuid not null,
  journey_id uuid not null,
  stage_id uuid not null,
  name text not null,
  words text not null default '',
  programme_id uuid,
  -- By what it was found: `voices <stage> <topic>`, `leaving <stage>`; null: people marked it.
  found text,
  marked_by uuid not null,
  example boolean not null default false,
  version int not null default 1,
  created_at timestamptz not null default now(),
  archived_at timestamptz,
  constraint moment_pk primary key (workspace_id, moment_id),
  constraint moment_journey_fk foreign key (workspace_id, journey_id) references plan.journey on delete cascade,
  constraint moment_programme_fk foreign key (workspace_id, programme_id) references plan.programme
);
create index moment_journey_ix on plan.moment (workspace_id, journey_id);
create unique index moment_found_uq on plan.moment (workspace_id, journey_id, found) where archived_at is null;

-- Proposals that people do not want to see again.
create table plan.dismissed (
  workspace_id uuid not null,
  journey_id uuid not null,
  found text not null,
  dismissed_by uuid not null,
  at timestamptz not null default now(),
  constraint dismissed_pk primary key (workspace_id, journey_id, found),
  constraint dismissed_journey_fk foreign key (workspace_id, journey_id) references plan.journey on delete cascade
);

do $$
declare t text;
begin
  foreach t in array array['objective', 'figure', 'programme', 'campaign', 'step', 'move', 'journey', 'moment', 'dismissed'] loop
    execute format('alter table plan.%I owner to entregent_keeper', t);
    execute format('alter table plan.%I enable row level security', t);
    -- A plan of the company, which all its members read.
    execute format($policy$
      create policy of_workspace on plan.%I for select to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app')$policy$, t);
    execute format('grant select on plan.%I to entregent_member', t);
  end loop;
  -- Planners write it down; what has an owner, its owner, too.
  foreach t in array array['objective', 'programme', 'journey'] loop
    execute format($policy$
      create policy by_planner on plan.%I for insert to entregent_member
        with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) in ('admin', 'marketing'))$policy$, t);
    execute format($policy$
      create policy update_by_owner on plan.%I for update to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app'
          and (current_setting('app.role', true) in ('admin', 'marketing') or owner_id = nullif(current_setting('app.member', true), '')::uuid))
        with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid)$policy$, t);
    execute format('grant insert, update on plan.%I to entregent_member', t);
  end loop;
  -- Who may is said by rows beside these (the programme's owner, a step's responsible): rules.ts decides, and a history keeps it.
  foreach t in array array['campaign', 'step', 'moment'] loop
    execute format($policy$
      create policy by_member on plan.%I for insert to entregent_member
        with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app')$policy$, t);
    execute format($policy$
      create policy update_by_member on plan.%I for update to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app')$policy$, t);
    execute format('grant insert, update on plan.%I to entregent_member', t);
  end loop;
end $$;

-- What is said by hand says who said it; what was counted is the keeper's.
create policy by_teller on plan.figure to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app' and said_by is not null)
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and said_by = nullif(current_setting('app.member', true), '')::uuid);
grant insert, update, delete on plan.figure to entregent_member;
create policy by_mover on plan.move for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant insert on plan.move to entregent_member;
create policy by_dismisser on plan.dismissed to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app')
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and dismissed_by = nullif(current_setting('app.member', true), '')::uuid);
grant insert, delete on plan.dismissed to entregent_member;
