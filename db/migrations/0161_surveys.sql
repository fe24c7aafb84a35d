-- Surveys: questions put to contacts through the gate, at the foot of an answer, or by an open link; and what they answer.

create schema surveys;
grant usage on schema surveys to entregent_member, entregent_keeper;
grant create on schema surveys to entregent_keeper;

create table surveys.survey (
  workspace_id uuid not null,
  survey_id uuid not null,
  name text not null,
  kind text not null,
  intro_fr text not null,
  intro_en text not null,
  questions jsonb not null,
  -- Answers are kept without whom they are from.
  anonymous boolean not null,
  -- Who sees the survey and its answers: the workspace, a team, or its owner. Neither this nor whether it is anonymous ever changes.
  audience_id uuid not null,
  owner_id uuid not null,
  -- Whoever has the link may answer.
  open_link boolean not null,
  closed_at timestamptz,
  -- Days before anybody who was asked by any survey is asked by this one.
  pause_days int not null,
  created_at timestamptz not null default now(),
  constraint survey_pk primary key (workspace_id, survey_id),
  constraint survey_owner_fk foreign key (workspace_id, owner_id) references identity.member,
  constraint survey_kind_ck check (kind in ('csat', 'nps', 'free')),
  constraint survey_pause_ck check (pause_days between 1 and 730)
);

-- Who was asked. Of an anonymous survey this knows that somebody answered, and neither what nor when.
create table surveys.invitation (
  workspace_id uuid not null,
  invitation_id uuid not null,
  survey_id uuid not null,
  audience_id uuid not null,
  via text not null,
  contact_point_id uuid,
  -- The message that it went with, whose lent cards hear of the answer.
  message_id uuid,
  conversation_id uuid,
  opportunity_id uuid,
  asked_by uuid not null,
  locale text not null,
  -- SHA-256 of the secret in the link.
  secret_hash bytea not null,
  answered boolean not null default false,
  created_at timestamptz not null default now(),
  constraint invitation_pk primary key (workspace_id, invitation_id),
  constraint invitation_survey_fk foreign key (workspace_id, survey_id) references surveys.survey on delete cascade,
  constraint invitation_via_ck check (via in ('mail', 'conversation'))
);
create index invitation_survey_ix on surveys.invitation (workspace_id, survey_id, invitation_id);
-- Once in a conversation, whoever asks.
create unique index invitation_conversation_uq on surveys.invitation (workspace_id, survey_id, conversation_id) where conversation_id is not null;

-- What was answered. Its id is the invitation's; of an anonymous survey it is drawn by lot, and there is no contact point, no way by which it came
-- and no time but the month.
create table surveys.answer (
  workspace_id uuid not null,
  answer_id uuid not null,
  survey_id uuid not null,
  audience_id uuid not null,
  via text not null,
  contact_point_id uuid,
  -- The first question's that asks for a number.
  score int,
  -- By the question's id.
  given jsonb not null,
  answered_on date not null,
  -- Of an anonymous survey: shown when four others are, all at once, so that none of them stands out by its time.
  shown boolean not null default true,
  constraint answer_pk primary key (workspace_id, answer_id),
  constraint answer_survey_fk foreign key (workspace_id, survey_id) references surveys.survey on delete cascade,
  constraint answer_via_ck check (via in ('mail', 'conversation', 'link'))
);
create index answer_survey_ix on surveys.answer (workspace_id, survey_id, answered_on desc, answer_id desc);

-- When a contact point was last asked by any survey. Tells nothing of the address.
create table surveys.asked (
  workspace_id uuid not null,
  contact_point_id uuid not null,
  asked_at timestamptz not null default now(),
  constraint asked_pk primary key (workspace_id, contact_point_id)
);

do $$
declare t text;
begin
  foreach t in array array['survey', 'invitation', 'answer', 'asked'] loop
    execute format('alter table surveys.%I owner to entregent_keeper', t);
    execute format('alter table surveys.%I enable row level security', t);
  end loop;
  foreach t in array array['survey', 'invitation', 'answer'] loop
    execute format($policy$
      create policy of_audience on surveys.%I for select to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app'
          and strpos(current_setting('app.audiences', true), audience_id::text) > 0%s)$policy$, t, case t when 'answer' then ' and shown' else '' end);
  end loop;
end $$;

create policy by_owner on surveys.survey for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and owner_id = nullif(current_setting('app.member', true), '')::uuid
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0
    and (audience_id <> workspace_id or current_setting('app.role', true) in ('admin', 'marketing')));
create policy update_by_owner on surveys.survey for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0
    and (owner_id = nullif(current_setting('app.member', true), '')::uuid or current_setting('app.role', true) = 'admin'));
grant select, insert on surveys.survey to entregent_member;
grant update (name, intro_fr, intro_en, questions, open_link, closed_at, pause_days) on surveys.survey to entregent_member;

create policy by_asker on surveys.invitation for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and asked_by = nullif(current_setting('app.member', true), '')::uuid
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0);
grant insert on surveys.invitation to entregent_member;
-- Not the secret, even as a hash.
grant select (workspace_id, invitation_id, survey_id, audience_id, via, contact_point_id, conversation_id, opportunity_id, asked_by, locale,
  answered, created_at) on surveys.invitation to entregent_member;
grant select on surveys.answer to entregent_member;

create policy of_workspace on surveys.asked to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
grant select, insert, update, delete on surveys.asked to entregent_member;
