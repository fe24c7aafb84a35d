-- Requests of persons about their data, what is asked of holders for them, answers, proof, and what stays forgotten.

create schema compliance;
grant usage on schema compliance to entregent_member, entregent_keeper;
grant create on schema compliance to entregent_keeper;

-- A request of a person by the address that they proved (RGPD art. 15 to 21), and until when it is answered (art. 12, 3).
create table compliance.request (
  workspace_id uuid not null,
  request_id uuid not null,
  kind text not null,
  state text not null default 'asking',
  contact_point_id uuid not null,
  -- The address, sealed with the installation's master key; gone some time after the end.
  address bytea,
  -- What is to be corrected, or why it is asked: sealed, gone with the address.
  said bytea,
  locale text not null,
  received_on date not null,
  due_on date not null,
  extended_at timestamptz,
  -- Of how many holders something is asked, and how many have answered: who they are is not told.
  asked int not null default 0,
  answered int not null default 0,
  recorded_by uuid not null,
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  constraint request_pk primary key (workspace_id, request_id),
  constraint request_kind_ck check (kind in ('access', 'portability', 'rectification', 'objection', 'restriction', 'erasure')),
  constraint request_state_ck check (state in ('asking', 'erasing', 'done', 'partly', 'refused') and (state in ('asking', 'erasing')) = (closed_at is null))
);
create index request_due_ix on compliance.request (workspace_id, due_on) where closed_at is null;

-- What a holder is asked: whether these cards of theirs are of the person, and what is to become of them.
create table compliance.asked (
  workspace_id uuid not null,
  asked_id uuid not null,
  request_id uuid not null,
  member_id uuid not null,
  task_id uuid not null,
  kind text not null,
  due_on date not null,
  card_ids uuid[] not null,
  -- Of these, whose holder says that they are somebody else's, or are not to be disclosed for the sake of others (art. 15, 4).
  left_out uuid[] not null default '{}',
  outcome text,
  created_at timestamptz not null default now(),
  answered_at timestamptz,
  constraint asked_pk primary key (workspace_id, asked_id),
  constraint asked_once_uq unique (workspace_id, request_id, member_id),
  constraint asked_request_fk foreign key (workspace_id, request_id) references compliance.request on delete cascade,
  constraint asked_outcome_ck check (outcome in ('agreed', 'contract', 'law', 'somebody_else') and (outcome is null) = (answered_at is null))
);
create index asked_member_ix on compliance.asked (workspace_id, member_id, asked_id desc);

-- What the person is given to read: sealed, by a link of which the hash is kept, until it expires.
create table compliance.answer (
  workspace_id uuid not null,
  request_id uuid not null,
  secret_hash bytea not null,
  content bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint answer_pk primary key (workspace_id, request_id),
  constraint answer_request_fk foreign key (workspace_id, request_id) references compliance.request on delete cascade
);

-- Proof: what was done for a request, when; by whom only where an administrator did it. Numbers and codes, nothing of the person.
create table compliance.step (
  workspace_id uuid not null,
  request_id uuid not null,
  step_id uuid not null,
  kind text not null,
  member_id uuid,
  detail jsonb not null default '{}',
  at timestamptz not null default now(),
  constraint step_pk primary key (workspace_id, request_id, step_id),
  constraint step_request_fk foreign key (workspace_id, request_id) references compliance.request on delete cascade
);

-- What was erased, by ids and keyed hashes only: carried out again after a backup from before is restored.
create table compliance.erasure (
  workspace_id uuid not null,
  erasure_id uuid not null,
  request_id uuid,
  card_ids uuid[] not null,
  contact_point_ids uuid[] not null,
  -- Keyed hashes by which they are known again, each with its channel.
  suppressed jsonb not null,
  at timestamptz not null default now(),
  constraint erasure_pk primary key (workspace_id, erasure_id)
);

-- Who asked to be forgotten, by a keyed hash of an address, a number, or what identified a contact at a source: what files and services bring of
-- them is left out.
create table cards.suppressed (
  workspace_id uuid not null,
  suppressed_id uuid not null,
  channel text not null,
  at timestamptz not null default now(),
  constraint suppressed_pk primary key (workspace_id, suppressed_id),
  constraint suppressed_channel_ck check (channel in ('email', 'phone', 'source'))
);

do $$
declare t text;
begin
  foreach t in array array['compliance.request', 'compliance.asked', 'compliance.answer', 'compliance.step', 'compliance.erasure', 'cards.suppressed'] loop
    execute format('alter table %s owner to entregent_keeper', t);
    execute format('alter table %s enable row level security', t);
  end loop;
end $$;
create policy of_overseer on compliance.request for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) in ('admin', 'auditor'));
create policy of_overseer on compliance.step for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) in ('admin', 'auditor'));
create policy of_member on compliance.asked for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
-- Hashes that tell nothing; what a calendar file of a member brings is compared with them.
create policy of_workspace on cards.suppressed for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid);
grant select on cards.suppressed to entregent_member;
grant select on compliance.request, compliance.step, compliance.asked to entregent_member;

do $$
declare kinds text[];
begin
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) into kinds
  from pg_constraint c where c.conname = 'notice_kind_ck' and c.conrelid = 'notices.notice'::regclass;
  alter table notices.notice drop constraint notice_kind_ck;
  kinds := kinds || array['privacy_asked', 'privacy_due'];
  execute format('alter table notices.notice add constraint notice_kind_ck check (kind in (%s))',
    (select string_agg(quote_literal(k), ', ') from unnest(kinds) k));
end $$;
