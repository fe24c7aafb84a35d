-- Cleaning: rules that put values of one's own cards in order, in runs that can be undone; and what a rule is to leave alone.

create schema cleaning;
grant usage on schema cleaning to entregent_member, entregent_keeper;
grant create on schema cleaning to entregent_keeper;

create table cleaning.run (
  workspace_id uuid not null,
  run_id uuid not null,
  member_id uuid not null,
  rule text not null,
  -- One book only; null: all that the member holds.
  book_id uuid,
  state text not null default 'running',
  -- Up to where it has come.
  after_id uuid,
  looked_at int not null default 0,
  changed int not null default 0,
  -- Of what was changed, left as it is because somebody changed it since.
  left_alone int not null default 0,
  started_at timestamptz not null default now(),
  done_at timestamptz,
  constraint run_pk primary key (workspace_id, run_id),
  constraint run_member_fk foreign key (workspace_id, member_id) references identity.member,
  constraint run_rule_ck check (rule in ('postal', 'name_case', 'phone_format', 'impossible', 'duplicates', 'dead_titles')),
  constraint run_state_ck check (state in ('running', 'done', 'cancelled', 'undoing', 'undone'))
);
create index run_member_ix on cleaning.run (workspace_id, member_id, started_at desc);

-- What a run did to a card: for undoing it, for 30 days.
create table cleaning.change (
  workspace_id uuid not null,
  run_id uuid not null,
  card_id uuid not null,
  member_id uuid not null,
  edits jsonb not null,
  constraint change_pk primary key (workspace_id, run_id, card_id),
  constraint change_run_fk foreign key (workspace_id, run_id) references cleaning.run on delete cascade
);
create index change_card_ix on cleaning.change (workspace_id, card_id);

-- A value that a rule leaves alone on a card, by its hash.
create table cleaning.exception (
  workspace_id uuid not null,
  member_id uuid not null,
  card_id uuid not null,
  rule text not null,
  value_hash bytea not null,
  constraint exception_pk primary key (workspace_id, member_id, card_id, rule, value_hash)
);

do $$
declare t text;
begin
  foreach t in array array['run', 'change', 'exception'] loop
    execute format('alter table cleaning.%I owner to entregent_keeper', t);
    execute format('alter table cleaning.%I enable row level security', t);
    execute format($policy$
      create policy of_member on cleaning.%I to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app'
          and member_id = nullif(current_setting('app.member', true), '')::uuid)$policy$, t);
    execute format('grant select, insert, update, delete on cleaning.%I to entregent_member', t);
  end loop;
end $$;
