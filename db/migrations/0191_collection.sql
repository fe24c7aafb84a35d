-- The collection plan: needs ask for data, which are collected at touchpoints by mechanisms; tests of these with a control, and how full it gets.

create schema collection;
grant usage on schema collection to entregent_member, entregent_keeper;
grant create on schema collection to entregent_keeper;

create table collection.need (
  workspace_id uuid not null,
  need_id uuid not null,
  name text not null,
  kind text not null,
  why text not null,
  -- Where it is written down; of the company's pages or others'.
  link text,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint need_pk primary key (workspace_id, need_id),
  constraint need_kind_ck check (kind in ('segment', 'programme', 'personalisation', 'law', 'other'))
);

-- A data item: an attribute (by its id), a kind of field, or a kind of fact (by its key).
create table collection.item (
  workspace_id uuid not null,
  item_id uuid not null,
  kind text not null,
  ref text not null,
  -- Older than so many months it is to be asked again; null: never.
  stale_months int,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint item_pk primary key (workspace_id, item_id),
  constraint item_ref_uq unique (workspace_id, kind, ref),
  constraint item_kind_ck check (kind in ('attribute', 'field', 'fact')),
  constraint item_stale_ck check (stale_months between 1 and 120)
);

create table collection.need_item (
  workspace_id uuid not null,
  need_id uuid not null,
  item_id uuid not null,
  constraint need_item_pk primary key (workspace_id, need_id, item_id),
  constraint need_item_need_fk foreign key (workspace_id, need_id) references collection.need on delete cascade,
  constraint need_item_item_fk foreign key (workspace_id, item_id) references collection.item on delete cascade
);

create table collection.touchpoint (
  workspace_id uuid not null,
  touchpoint_id uuid not null,
  name text not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint touchpoint_pk primary key (workspace_id, touchpoint_id)
);

-- How an item is collected at a touchpoint: an idea at first.
create table collection.mechanism (
  workspace_id uuid not null,
  mechanism_id uuid not null,
  item_id uuid not null,
  touchpoint_id uuid not null,
  kind text not null,
  idea text not null,
  -- Asked where a page asks: of an attribute only.
  question_fr text not null default '',
  question_en text not null default '',
  -- The one form that asks it; null: all that ask what is missing.
  channel_id uuid,
  -- From hardly possible (1) to easy (5), each with a sentence.
  business int,
  business_note text not null default '',
  it int,
  it_note text not null default '',
  cost_euros int,
  responsible_id uuid,
  due_on date,
  state text not null default 'idea',
  proposed_by uuid not null,
  created_at timestamptz not null default now(),
  version int not null default 1,
  -- The last decision: to roll out or to drop.
  decided_at timestamptz,
  decided_by uuid,
  decision text,
  constraint mechanism_pk primary key (workspace_id, mechanism_id),
  constraint mechanism_item_fk foreign key (workspace_id, item_id) references collection.item,
  constraint mechanism_touchpoint_fk foreign key (workspace_id, touchpoint_id) references collection.touchpoint,
  constraint mechanism_kind_ck check (kind in ('form_question', 'till_prompt', 'self_update', 'game', 'profiling', 'call_script', 'import', 'other')),
  constraint mechanism_state_ck check (state in ('idea', 'studied', 'test', 'rolled_out', 'dropped')),
  constraint mechanism_feasible_ck check (business between 1 and 5 and it between 1 and 5 and cost_euros >= 0),
  constraint mechanism_decided_ck check ((decided_at is null) = (decided_by is null) and (decided_at is null) = (decision is null))
);
create index mechanism_item_ix on collection.mechanism (workspace_id, item_id);

create table collection.test (
  workspace_id uuid not null,
  test_id uuid not null,
  mechanism_id uuid not null,
  started_by uuid not null,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint test_pk primary key (workspace_id, test_id),
  constraint test_mechanism_fk foreign key (workspace_id, mechanism_id) references collection.mechanism
);
create unique index test_running_uq on collection.test (workspace_id, mechanism_id) where ended_at is null;

-- Who sent a page while a test ran, in which half. Ids only; nobody but systems reads it.
create table collection.trial (
  workspace_id uuid not null,
  test_id uuid not null,
  -- A contact point, or a page that was shown to nobody known.
  unit_id uuid not null,
  asked boolean not null,
  answered boolean not null,
  -- The answer was possible as it was given first.
  first_try boolean not null,
  -- Of the address that was given; what it holds counts once it was confirmed.
  contact_point_id uuid,
  confirmed_at timestamptz,
  sent_at timestamptz not null default now(),
  constraint trial_pk primary key (workspace_id, test_id, unit_id),
  constraint trial_test_fk foreign key (workspace_id, test_id) references collection.test on delete cascade
);

-- How many of the contacts that the company may read have an item, day by day.
create table collection.progress (
  workspace_id uuid not null,
  item_id uuid not null,
  day date not null,
  people int not null,
  filled int not null,
  constraint progress_pk primary key (workspace_id, item_id, day),
  constraint progress_item_fk foreign key (workspace_id, item_id) references collection.item on delete cascade
);

do $$
declare t text;
begin
  foreach t in array array['need', 'item', 'need_item', 'touchpoint', 'mechanism', 'test', 'trial', 'progress'] loop
    execute format('alter table collection.%I owner to entregent_keeper', t);
    execute format('alter table collection.%I enable row level security', t);
  end loop;
  -- A plan of the company, which all read.
  foreach t in array array['need', 'item', 'need_item', 'touchpoint', 'mechanism', 'test', 'progress'] loop
    execute format($policy$
      create policy of_workspace on collection.%I for select to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app')$policy$, t);
    execute format('grant select on collection.%I to entregent_member', t);
  end loop;
  foreach t in array array['need', 'item', 'need_item', 'touchpoint'] loop
    execute format($policy$
      create policy by_planner on collection.%I to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) in ('admin', 'marketing'))$policy$, t);
    execute format('grant insert, update, delete on collection.%I to entregent_member', t);
  end loop;
end $$;
-- Anybody proposes; planners, who answers for it, and of an idea whoever had it, go on with it.
create policy by_proposer on collection.mechanism for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and proposed_by = nullif(current_setting('app.member', true), '')::uuid and state = 'idea' and decided_at is null);
create policy update_by_planner on collection.mechanism for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (current_setting('app.role', true) in ('admin', 'marketing')
      or responsible_id = nullif(current_setting('app.member', true), '')::uuid
      or state = 'idea' and proposed_by = nullif(current_setting('app.member', true), '')::uuid))
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (current_setting('app.role', true) in ('admin', 'marketing') or state in ('idea', 'studied')
      and (responsible_id = nullif(current_setting('app.member', true), '')::uuid or proposed_by = nullif(current_setting('app.member', true), '')::uuid)));
grant insert on collection.mechanism to entregent_member;
grant update (kind, idea, question_fr, question_en, channel_id, business, business_note, it, it_note, cost_euros, responsible_id, due_on, state, version,
  decided_at, decided_by, decision) on collection.mechanism to entregent_member;
create policy by_planner on collection.test for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) in ('admin', 'marketing')
    and started_by = nullif(current_setting('app.member', true), '')::uuid);
create policy update_by_planner on collection.test for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) in ('admin', 'marketing'));
grant insert on collection.test to entregent_member;
grant update (ended_at) on collection.test to entregent_member;
