-- Critical mass and decisions: thresholds, cases with their evidence and history, who was answered, and links to issue trackers.

create schema decisions;
grant usage on schema decisions to entregent_member, entregent_keeper;
grant create on schema decisions to entregent_keeper;

-- From when on the voices on a topic are a case. The id of zeros: of all topics that have no row.
create table decisions.threshold (
  workspace_id uuid not null,
  topic_id uuid not null,
  tone text not null,
  people int not null,
  accounts int not null,
  cents bigint not null,
  currency text not null,
  days int not null,
  -- Who decides; null: admins.
  team_id uuid,
  is_off boolean not null,
  constraint threshold_pk primary key (workspace_id, topic_id),
  -- Of fewer than five it would be known who they are: everybody in the company hears that a threshold was reached.
  constraint threshold_ck check (people >= 5 and accounts >= 0 and cents >= 0 and days between 1 and 365 and tone in ('negative', 'any'))
);

-- A topic that reached its threshold. Everybody in the company sees that, and what is decided; who said what, those who tend the channels.
create table decisions.case (
  workspace_id uuid not null,
  case_id uuid not null,
  topic_id uuid not null,
  -- The threshold as it was when it was reached.
  threshold jsonb not null,
  -- What was said from here on is its evidence.
  since timestamptz not null,
  opened_at timestamptz not null default now(),
  team_id uuid,
  outcome text,
  words text not null default '',
  owner_id uuid,
  due_on date,
  decided_at timestamptz,
  -- Decided for good: what is said of it afterwards is another case.
  settled_at timestamptz,
  -- The owner's reminder.
  task_id uuid,
  -- What a linked issue suggests.
  proposed text,
  version int not null default 1,
  constraint case_pk primary key (workspace_id, case_id),
  constraint case_outcome_ck check (outcome in ('will_do', 'will_not_do', 'done', 'needs_more')),
  constraint case_settled_ck check ((settled_at is not null) = coalesce(outcome in ('will_not_do', 'done'), false)),
  constraint case_proposed_ck check (proposed in ('done'))
);
create unique index case_open_uq on decisions.case (workspace_id, topic_id) where settled_at is null;
create index case_topic_ix on decisions.case (workspace_id, topic_id, settled_at desc);
create index case_order_ix on decisions.case (workspace_id, opened_at desc, case_id desc);

-- What became of it, step by step; never changed.
create table decisions.step (
  workspace_id uuid not null,
  case_id uuid not null,
  step_id uuid not null,
  kind text not null,
  detail jsonb not null,
  member_id uuid,
  at timestamptz not null default now(),
  constraint step_pk primary key (workspace_id, case_id, step_id),
  constraint step_case_fk foreign key (workspace_id, case_id) references decisions.case on delete cascade,
  constraint step_kind_ck check (kind in ('opened', 'decided', 'issue', 'issue_closed', 'issue_reopened'))
);

-- What was said on it: messages of the company's channels, and what was reported to the whole company. A row stays when the message is
-- read anew as something else: who was counted is answered.
create table decisions.evidence (
  workspace_id uuid not null,
  case_id uuid not null,
  -- Of the message, or of what reported it.
  voice_id uuid not null,
  origin text not null,
  conversation_id uuid,
  channel_no int,
  -- Who sees it where it stands on no channel.
  audience_id uuid,
  contact_point_id uuid,
  card_id uuid,
  said_at timestamptz not null,
  tone text not null,
  constraint evidence_pk primary key (workspace_id, case_id, voice_id),
  constraint evidence_case_fk foreign key (workspace_id, case_id) references decisions.case on delete cascade
);
create index evidence_order_ix on decisions.evidence (workspace_id, case_id, said_at desc, voice_id desc) include (contact_point_id, card_id, channel_no);

-- Who was answered, how, or why not: one row for each contact point (or card, where nothing else is known) of a case.
create table decisions.answer (
  workspace_id uuid not null,
  case_id uuid not null,
  point_id uuid not null,
  channel_no int,
  audience_id uuid,
  kind text not null,
  conversation_id uuid,
  message_id uuid,
  request_id uuid,
  -- Handed to a colleague whom they know, with the text.
  to_id uuid,
  text text not null default '',
  -- Why they are not answered: it stays.
  reason text not null default '',
  member_id uuid not null,
  at timestamptz not null default now(),
  constraint answer_pk primary key (workspace_id, case_id, point_id),
  constraint answer_case_fk foreign key (workspace_id, case_id) references decisions.case on delete cascade,
  constraint answer_kind_ck check (kind in ('reply', 'mail', 'introduction', 'handed', 'not_answered')),
  constraint answer_reason_ck check ((kind = 'not_answered') = (reason <> ''))
);

-- Who agreed to be quoted by name. Everybody else is quoted without.
create table decisions.consent (
  workspace_id uuid not null,
  contact_point_id uuid not null,
  channel_no int not null,
  member_id uuid not null,
  at timestamptz not null default now(),
  constraint consent_pk primary key (workspace_id, contact_point_id, channel_no)
);

create table decisions.tracker (
  workspace_id uuid not null,
  tracker_id uuid not null,
  kind text not null,
  name text not null,
  settings jsonb not null,
  -- Sealed: the token, and the secret of what it sends us. Members may not read this column.
  secret bytea not null,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint tracker_pk primary key (workspace_id, tracker_id),
  constraint tracker_kind_ck check (kind in ('github', 'gitlab', 'jira', 'webhook'))
);

create table decisions.issue (
  workspace_id uuid not null,
  case_id uuid not null,
  issue_id uuid not null,
  tracker_id uuid not null,
  state text not null default 'queued',
  -- How the tracker calls it, and where it is looked at.
  external_id text,
  url text,
  title text not null,
  -- As it left. Members may not read this column: it may quote.
  text text not null,
  -- What the tracker would not do, as a code.
  answer text,
  attempts int not null default 0,
  claimed_at timestamptz,
  member_id uuid not null,
  at timestamptz not null default now(),
  constraint issue_pk primary key (workspace_id, issue_id),
  constraint issue_case_fk foreign key (workspace_id, case_id) references decisions.case on delete cascade,
  constraint issue_tracker_fk foreign key (workspace_id, tracker_id) references decisions.tracker,
  constraint issue_state_ck check (state in ('queued', 'sending', 'open', 'closed', 'failed', 'in_doubt'))
);
create index issue_case_ix on decisions.issue (workspace_id, case_id);
create index issue_external_ix on decisions.issue (workspace_id, tracker_id, external_id) where external_id is not null;

do $$
declare
  t text;
  kinds text[];
begin
  foreach t in array array['threshold', 'case', 'step', 'evidence', 'answer', 'consent', 'tracker', 'issue'] loop
    execute format('alter table decisions.%I owner to entregent_keeper', t);
    execute format('alter table decisions.%I enable row level security', t);
  end loop;
  foreach t in array array['threshold', 'case', 'step', 'tracker', 'issue'] loop
    execute format($policy$
      create policy of_workspace on decisions.%I for select to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app')$policy$, t);
  end loop;
  foreach t in array array['threshold', 'tracker'] loop
    execute format($policy$
      create policy by_admin on decisions.%I to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin')$policy$, t);
  end loop;
  -- Who tends the channel, or is told what was reported.
  foreach t in array array['evidence', 'answer'] loop
    execute format($policy$
      create policy of_channel on decisions.%I for select to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app'
          and (get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1
            or strpos(current_setting('app.audiences', true), audience_id::text) > 0))$policy$, t);
    execute format('grant select on decisions.%I to entregent_member', t);
  end loop;
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) into kinds
  from pg_constraint c where c.conname = 'notice_kind_ck' and c.conrelid = 'notices.notice'::regclass;
  alter table notices.notice drop constraint notice_kind_ck;
  kinds := kinds || array['case_opened', 'case_proposed'];
  execute format('alter table notices.notice add constraint notice_kind_ck check (kind in (%s))',
    (select string_agg(quote_literal(k), ', ') from unnest(kinds) k));
end $$;

grant select, insert, update, delete on decisions.threshold to entregent_member;

-- Who decides: the team, who has it in hand, admins.
create policy update_by_decider on decisions.case for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (current_setting('app.role', true) = 'admin' or owner_id = nullif(current_setting('app.member', true), '')::uuid
      or strpos(current_setting('app.audiences', true), team_id::text) > 0))
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
grant select on decisions.case to entregent_member;
grant update (outcome, words, owner_id, due_on, decided_at, settled_at, task_id, proposed, version) on decisions.case to entregent_member;
create policy by_member on decisions.step for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select, insert on decisions.step to entregent_member;

create policy by_agent on decisions.answer for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid
    and (get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1
      or strpos(current_setting('app.audiences', true), audience_id::text) > 0));
create policy update_by_agent on decisions.answer for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1
      or strpos(current_setting('app.audiences', true), audience_id::text) > 0))
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant insert, update on decisions.answer to entregent_member;

create policy of_channel on decisions.consent to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1)
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid
    and get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1);
grant select, insert, delete on decisions.consent to entregent_member;

grant select (workspace_id, tracker_id, kind, name, settings, created_by, created_at, ended_at) on decisions.tracker to entregent_member;
grant insert, update (name, settings, secret, ended_at) on decisions.tracker to entregent_member;

create policy by_member on decisions.issue for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select (workspace_id, case_id, issue_id, tracker_id, state, external_id, url, title, answer, attempts, claimed_at, member_id, at)
  on decisions.issue to entregent_member;
grant insert on decisions.issue to entregent_member;
