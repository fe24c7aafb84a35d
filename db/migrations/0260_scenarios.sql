-- Scenarios: what is done by itself for those whom something lets in, step by step, each step once.
-- A scenario is a planned item (`plan.campaign` of kind scenario), whose id it bears.

create schema scenarios;
grant usage on schema scenarios to entregent_member, entregent_keeper;
grant create on schema scenarios to entregent_keeper;

create table scenarios.scenario (
  workspace_id uuid not null,
  scenario_id uuid not null,
  -- What is being written.
  draft jsonb not null,
  edition int not null default 1,
  -- Who wrote on it since the last version: none of them may have approved it.
  writer_ids uuid[] not null default '{}',
  -- The version that lets people in; 0: none was published.
  version int not null default 0,
  state text not null default 'draft',
  -- Since when it runs: what happened before lets nobody in.
  since timestamptz,
  -- Until when facts that were told late have been looked for.
  looked_at timestamptz,
  -- Who is in its segment already is let in: after which person, in the order of their ids; null: nobody is (any more).
  taking_in_after uuid,
  -- Why it does not go on: its owner has gone, its goal cannot be read…
  problem text,
  changed_at timestamptz not null default now(),
  constraint scenario_pk primary key (workspace_id, scenario_id),
  constraint scenario_campaign_fk foreign key (workspace_id, scenario_id) references plan.campaign on delete cascade,
  constraint scenario_state_ck check (state in ('draft', 'running', 'paused', 'ended')),
  constraint scenario_running_ck check (state = 'draft' or (version > 0 and since is not null))
);

create table scenarios.version (
  workspace_id uuid not null,
  scenario_id uuid not null,
  version int not null,
  -- With the versions of contents that were sealed for it.
  definition jsonb not null,
  published_by uuid not null,
  published_at timestamptz not null default now(),
  constraint version_pk primary key (workspace_id, scenario_id, version),
  constraint version_scenario_fk foreign key (workspace_id, scenario_id) references scenarios.scenario on delete cascade
);

-- Somebody's way through a scenario. It hangs on the card, or the contact point, by which they came in.
create table scenarios.journey (
  workspace_id uuid not null,
  journey_id uuid not null,
  scenario_id uuid not null,
  card_id uuid not null,
  contact_point_id uuid,
  -- What let them in: a movement, a fact, a day, a hand. Nobody comes in twice by the same.
  occasion text not null,
  version int not null,
  -- The step at which they stand, and which it is of their way.
  node_id text not null,
  step_no int not null default 1,
  -- Asked: their holder has been asked, and may answer until it is due.
  phase text not null default 'moving',
  due_at timestamptz not null,
  -- How often this step failed.
  tries smallint not null default 0,
  outcome text,
  entered_at timestamptz not null,
  ended_at timestamptz,
  constraint journey_pk primary key (workspace_id, journey_id),
  constraint journey_scenario_fk foreign key (workspace_id, scenario_id) references scenarios.scenario on delete cascade,
  constraint journey_phase_ck check (phase in ('moving', 'asked')),
  constraint journey_outcome_ck check (outcome in ('goal', 'exit', 'taken_out', 'stopped', 'out_of_sight', 'failed')),
  constraint journey_ended_ck check ((outcome is null) = (ended_at is null))
);
create unique index journey_occasion_uq on scenarios.journey (workspace_id, scenario_id, occasion);
create index journey_due_ix on scenarios.journey (workspace_id, scenario_id, due_at, journey_id) where outcome is null;
create index journey_card_ix on scenarios.journey (workspace_id, card_id, scenario_id);

-- Each step that somebody passed, with why it went as it did: nothing of it is changed. Its key is what keeps a step from being done twice.
create table scenarios.passage (
  workspace_id uuid not null,
  journey_id uuid not null,
  step_no int not null,
  scenario_id uuid not null,
  version int not null,
  node_id text not null,
  result text not null,
  -- Reasons, branch, ids of what was written; nothing that names anybody.
  said jsonb not null default '{}',
  at timestamptz not null,
  constraint passage_pk primary key (workspace_id, journey_id, step_no),
  constraint passage_journey_fk foreign key (workspace_id, journey_id) references scenarios.journey on delete cascade
);
create index passage_node_ix on scenarios.passage (workspace_id, scenario_id, node_id, result);

-- A holder is asked before something is done with a contact of theirs.
create table scenarios.question (
  workspace_id uuid not null,
  question_id uuid not null,
  scenario_id uuid not null,
  journey_id uuid not null,
  step_no int not null,
  card_id uuid not null,
  holder_id uuid not null,
  words text not null,
  task_id uuid not null,
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  answer text,
  answered_by uuid,
  answered_at timestamptz,
  constraint question_pk primary key (workspace_id, question_id),
  constraint question_journey_fk foreign key (workspace_id, journey_id) references scenarios.journey on delete cascade,
  constraint question_answer_ck check (answer in ('write', 'go', 'leave')),
  constraint question_answered_ck check ((answer is null) = (answered_at is null))
);
create unique index question_step_uq on scenarios.question (workspace_id, journey_id, step_no);
create index question_open_ix on scenarios.question (workspace_id, holder_id, asked_at) where answer is null;

-- What is told to programs outside. Sending is committed before anybody hears of it, so that a crash leaves it in doubt and never twice.
create table scenarios.effect (
  workspace_id uuid not null,
  effect_id uuid not null,
  scenario_id uuid not null,
  journey_id uuid not null,
  step_no int not null,
  node_id text not null,
  url text not null,
  body jsonb not null,
  state text not null default 'queued',
  attempts smallint not null default 0,
  answer text,
  made_at timestamptz not null default now(),
  claimed_at timestamptz,
  -- Somebody looked at what was in doubt, and it stands as it is.
  looked_by uuid,
  constraint effect_pk primary key (workspace_id, effect_id),
  constraint effect_journey_fk foreign key (workspace_id, journey_id) references scenarios.journey on delete cascade,
  constraint effect_state_ck check (state in ('queued', 'sending', 'sent', 'failed', 'in_doubt'))
);
create index effect_open_ix on scenarios.effect (workspace_id, scenario_id, made_at) where state in ('queued', 'sending', 'in_doubt', 'failed');

do $$
declare t text;
declare ours constant text := 'workspace_id = nullif(current_setting(''app.workspace'', true), '''')::uuid
  and current_setting(''app.role'', true) is distinct from ''app''';
begin
  foreach t in array array['scenario', 'version', 'journey', 'passage', 'question', 'effect'] loop
    execute format('alter table scenarios.%I owner to entregent_keeper', t);
    execute format('alter table scenarios.%I enable row level security', t);
    -- Who of these people is seen, the card tells, with which every query of them is joined.
    execute format('create policy of_workspace on scenarios.%I to entregent_member using (%s) with check (%s)', t, ours, ours);
    execute format('grant select, insert on scenarios.%I to entregent_member', t);
  end loop;
end $$;
grant update (draft, edition, writer_ids, version, state, since, looked_at, taking_in_after, problem, changed_at) on scenarios.scenario to entregent_member;
grant update (version, node_id, step_no, phase, due_at, tries, outcome, ended_at) on scenarios.journey to entregent_member;
grant update (answer, answered_by, answered_at) on scenarios.question to entregent_member;
grant update (state, looked_by) on scenarios.effect to entregent_member;

-- Whose day it is, is asked by month and day.
create index card_field_birthday_ix on cards.card_field (workspace_id, (right(value ->> 'value', 5))) where kind = 'birthday';
