-- The contact updates their own details: links, whom a bulk request has reached, rounds, and wishes to be forgotten.

create schema self_update;
grant usage on schema self_update to entregent_member, entregent_keeper;
grant create on schema self_update to entregent_keeper;

-- A link that one person was sent. Ids and hashes only: what they say goes onto cards, and who opened it when is not kept.
create table self_update.link (
  workspace_id uuid not null,
  link_id uuid not null,
  -- The member who sent it, the card of theirs by which they know the person, and the address it went to.
  holder_id uuid not null,
  card_id uuid not null,
  contact_point_id uuid not null,
  message_id uuid not null,
  locale text not null,
  -- SHA-256 of the secret part of the link.
  secret_hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_by text,
  -- The code that was sent to the same address, without which nothing is shown or changed.
  code_hash bytea,
  code_sent_at timestamptz,
  code_until timestamptz,
  code_tries smallint not null default 0,
  code_count smallint not null default 0,
  -- The visit that a code opened.
  visit_hash bytea,
  visit_until timestamptz,
  answered_at timestamptz,
  -- Who took over, as the person said, sealed with the installation's master key until the holder has decided about it.
  successor bytea,
  has_successor boolean not null generated always as (successor is not null) stored,
  constraint link_pk primary key (workspace_id, link_id),
  constraint link_holder_fk foreign key (workspace_id, holder_id) references identity.member,
  constraint link_ended_ck check (ended_by in ('holder', 'contact', 'time') and (ended_at is null) = (ended_by is null))
);
-- One link of a holder's stands for each address.
create unique index link_open_uq on self_update.link (workspace_id, holder_id, contact_point_id) where ended_at is null;
create index link_card_ix on self_update.link (workspace_id, card_id);

-- When an address was last asked, by whomever: in bulk at most once a year. Tells nothing of the address.
create table self_update.asked (
  workspace_id uuid not null,
  contact_point_id uuid not null,
  asked_at timestamptz not null default now(),
  constraint asked_pk primary key (workspace_id, contact_point_id)
);

-- A whole book that is asked; how far it has come.
create table self_update.round (
  workspace_id uuid not null,
  round_id uuid not null,
  book_id uuid not null,
  member_id uuid not null,
  locale text not null,
  state text not null default 'running',
  asked int not null default 0,
  left_out int not null default 0,
  -- The last card that was looked at.
  at_card uuid,
  created_at timestamptz not null default now(),
  done_at timestamptz,
  constraint round_pk primary key (workspace_id, round_id),
  constraint round_book_fk foreign key (workspace_id, book_id) references delegation.book on delete cascade,
  constraint round_state_ck check (state in ('running', 'done'))
);
create unique index round_running_uq on self_update.round (workspace_id, book_id) where state = 'running';
create index round_book_ix on self_update.round (workspace_id, book_id, round_id desc);

-- Somebody asked to be forgotten: what each member who holds them answers, and until when (RGPD art. 12, 3, and art. 17).
create table self_update.forget (
  workspace_id uuid not null,
  forget_id uuid not null,
  link_id uuid not null,
  member_id uuid not null,
  card_id uuid not null,
  task_id uuid not null,
  outcome text,
  asked_at timestamptz not null default now(),
  due_at timestamptz not null,
  answered_at timestamptz,
  constraint forget_pk primary key (workspace_id, forget_id),
  constraint forget_once_uq unique (workspace_id, link_id, member_id),
  constraint forget_member_fk foreign key (workspace_id, member_id) references identity.member,
  constraint forget_outcome_ck check (outcome in ('erased', 'contract', 'law', 'somebody_else') and (outcome is null) = (answered_at is null))
);
create index forget_member_ix on self_update.forget (workspace_id, member_id, forget_id desc);

do $$
declare t text;
begin
  foreach t in array array['link', 'asked', 'round', 'forget'] loop
    execute format('alter table self_update.%I owner to entregent_keeper', t);
    execute format('alter table self_update.%I enable row level security', t);
  end loop;
end $$;
create policy of_holder on self_update.link to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and holder_id = nullif(current_setting('app.member', true), '')::uuid);
create policy of_workspace on self_update.asked to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid);
create policy of_book on self_update.round to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and strpos(current_setting('app.own_books', true), book_id::text) > 0);
create policy of_member on self_update.forget to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
-- Whether they are answered in time, without the contact: its card is not shown to who administers.
create policy of_overseer on self_update.forget for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) in ('admin', 'auditor'));

grant select (workspace_id, link_id, holder_id, card_id, contact_point_id, message_id, locale, created_at, expires_at, ended_at, ended_by,
  answered_at, successor, has_successor) on self_update.link to entregent_member;
grant insert, update (ended_at, ended_by, successor) on self_update.link to entregent_member;
grant select, insert, update on self_update.asked to entregent_member;
grant select, insert, update on self_update.round to entregent_member;
grant select, update (outcome, answered_at) on self_update.forget to entregent_member;

-- What of a message to a contact is for them alone (their link, their code), sealed with the installation's master key: its author may read what
-- they wrote, not this.
alter table outreach.message_content add column sealed bytea;

-- Kinds of notices and uses are added to what is there, whichever came before.
do $$
declare kinds text[];
begin
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) into kinds
  from pg_constraint c where c.conname = 'notice_kind_ck' and c.conrelid = 'notices.notice'::regclass;
  alter table notices.notice drop constraint notice_kind_ck;
  kinds := kinds || array['self_updated', 'forget_asked'];
  execute format('alter table notices.notice add constraint notice_kind_ck check (kind in (%s))',
    (select string_agg(quote_literal(k), ', ') from unnest(kinds) k));
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) into kinds
  from pg_constraint c where c.conname = 'use_kind_ck' and c.conrelid = 'delegation.use'::regclass;
  alter table delegation.use drop constraint use_kind_ck;
  kinds := kinds || array['self_updated'];
  execute format('alter table delegation.use add constraint use_kind_ck check (kind in (%s))',
    (select string_agg(quote_literal(k), ', ') from unnest(kinds) k));
end $$;
