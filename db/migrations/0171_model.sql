-- A model of the company's choice that may be asked what unclear messages say. Off until an admin sets it up.
create table voices.model (
  workspace_id uuid not null,
  -- The address of an interface like OpenAI's, without "/chat/completions"; the model's name there; the key, sealed.
  url text not null,
  name text not null,
  key bytea,
  state text not null default 'working',
  -- `unclear`: messages of which nothing certain was read here; `all`.
  asks text not null,
  -- Messages a day (UTC) at most, and how many left on the day of the last one, and in all.
  most_a_day int not null,
  asked_on date,
  asked_that_day int not null default 0,
  asked bigint not null default 0,
  -- What it would not do, in a code, and since when.
  problem text,
  problem_since timestamptz,
  changed_by uuid not null,
  changed_at timestamptz not null default now(),
  constraint model_pk primary key (workspace_id),
  constraint model_state_ck check (state in ('working', 'paused')),
  constraint model_asks_ck check (asks in ('unclear', 'all')),
  constraint model_most_ck check (most_a_day between 1 and 100000)
);
alter table voices.model owner to entregent_keeper;
alter table voices.model enable row level security;
-- That something leaves, and to where, is no secret within the company; the key is.
create policy of_workspace on voices.model for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
create policy by_admin on voices.model to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin');
grant select (workspace_id, url, name, state, asks, most_a_day, asked_on, asked_that_day, asked, problem, problem_since, changed_by, changed_at)
  on voices.model to entregent_member;
grant insert, update, delete on voices.model to entregent_member;

-- The model's name where it said what a message says.
alter table voices.reading add column by_model text;
