-- Roles, the audit, the charter, and members who leave.

-- Roles --------------------------------------------------------------------------------------------------------------------

-- marketing: addresses contacts on behalf of the company; auditor: reads settings and the audit, changes nothing. None of them,
-- admins included, reads a card that was not lent to them.
alter table identity.member
  drop constraint member_role_ck,
  add constraint member_role_ck check (role in ('member', 'marketing', 'auditor', 'admin')),
  -- left: gone for good, kept as a name beside what they did.
  drop constraint member_status_ck,
  add constraint member_status_ck check (status in ('active', 'suspended', 'left')),
  -- The version of the charter that they accepted; 0: none.
  add column charter_version int not null default 0;
alter table identity.workspace add column charter_version int not null default 0;
-- Leads say who is in their team.
alter table identity.team_member add column lead boolean not null default false;
-- The charter: members accept it for themselves, admins publish it.
grant update (charter_version) on identity.workspace to entregent_member;

-- What was done to the workspace, by whom: ids and codes only. Never changed, never deleted.
create table identity.audit (
  workspace_id uuid not null,
  audit_id uuid not null,
  -- Null: a system (SCIM, a date).
  actor_id uuid,
  code text not null,
  -- The member, team, book, grant… it was done to.
  subject_id uuid,
  -- Codes: a role, a state.
  detail jsonb not null default '{}',
  at timestamptz not null default now(),
  constraint audit_pk primary key (workspace_id, audit_id)
);
alter table identity.audit owner to entregent_keeper;
alter table identity.audit enable row level security;
create policy by_overseer on identity.audit for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) in ('admin', 'auditor'));
create policy by_actor on identity.audit for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and actor_id = nullif(current_setting('app.member', true), '')::uuid);
create policy for_identity on identity.audit for insert to entregent_identity with check (true);
grant select, insert on identity.audit to entregent_member;
grant insert on identity.audit to entregent_identity;

-- The charter ---------------------------------------------------------------------------------------------------------------

create schema charter;
grant usage on schema charter to entregent_member, entregent_keeper;
grant create on schema charter to entregent_keeper;

-- Each version as it was published; the newest holds.
create table charter.charter (
  workspace_id uuid not null,
  version int not null,
  text_fr text not null,
  text_en text not null,
  -- What is to be lent of each main book at least: nothing, discover, read.
  least text not null,
  -- What happens to lent contacts of who leaves: stay, go.
  on_leaving text not null,
  -- How names that are typed are written: as_typed, usual, capitals.
  naming text not null,
  published_by uuid not null,
  published_at timestamptz not null default now(),
  constraint charter_pk primary key (workspace_id, version),
  constraint charter_least_ck check (least in ('nothing', 'discover', 'read')),
  constraint charter_on_leaving_ck check (on_leaving in ('stay', 'go')),
  constraint charter_naming_ck check (naming in ('as_typed', 'usual', 'capitals'))
);
create table charter.acceptance (
  workspace_id uuid not null,
  member_id uuid not null,
  version int not null,
  at timestamptz not null default now(),
  constraint acceptance_pk primary key (workspace_id, member_id, version),
  constraint acceptance_charter_fk foreign key (workspace_id, version) references charter.charter
);
do $$
declare t text;
begin
  foreach t in array array['charter', 'acceptance'] loop
    execute format('alter table charter.%I owner to entregent_keeper', t);
    execute format('alter table charter.%I enable row level security', t);
  end loop;
end $$;
create policy of_workspace on charter.charter for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid);
create policy by_admin on charter.charter for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) = 'admin');
create policy of_member on charter.acceptance for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (member_id = nullif(current_setting('app.member', true), '')::uuid
      or current_setting('app.role', true) in ('admin', 'auditor')));
create policy by_member on charter.acceptance for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select, insert on charter.charter, charter.acceptance to entregent_member;

-- Leaving -------------------------------------------------------------------------------------------------------------------

create schema leaving;
grant usage on schema leaving to entregent_member, entregent_keeper;
grant create on schema leaving to entregent_keeper;

create table leaving.departure (
  workspace_id uuid not null,
  departure_id uuid not null,
  member_id uuid not null,
  -- open: nothing has happened; leaving: confirmed and under way; done; cancelled; returned: taken back within 30 days.
  state text not null default 'open',
  -- admin, or scim where the company's directory said so.
  origin text not null,
  opened_by uuid,
  opened_at timestamptz not null default now(),
  confirmed_by uuid,
  confirmed_at timestamptz,
  -- The steward of what stays.
  successor_id uuid,
  -- What the charter said at that moment.
  lent_stays boolean,
  done_at timestamptz,
  constraint departure_pk primary key (workspace_id, departure_id),
  constraint departure_state_ck check (state in ('open', 'leaving', 'done', 'cancelled', 'returning', 'returned')),
  constraint departure_origin_ck check (origin in ('admin', 'scim'))
);
create unique index departure_member_uq on leaving.departure (workspace_id, member_id) where state in ('open', 'leaving', 'returning');
-- What was done with each book: enough to go back, and to go on after a crash.
create table leaving.departure_book (
  workspace_id uuid not null,
  departure_id uuid not null,
  book_id uuid not null,
  -- It became the workspace's; else all its cards went.
  stays boolean not null,
  -- As it was called, and whether it was the main one.
  name text not null,
  main boolean not null,
  -- Of a book that stays: the leaver's own, where what was not lent of it is out of sight.
  kept_book_id uuid,
  cards_stay int not null,
  cards_go int not null,
  constraint departure_book_pk primary key (workspace_id, departure_id, book_id),
  constraint departure_book_departure_fk foreign key (workspace_id, departure_id) references leaving.departure
);
do $$
declare t text;
begin
  foreach t in array array['departure', 'departure_book'] loop
    execute format('alter table leaving.%I owner to entregent_keeper', t);
    execute format('alter table leaving.%I enable row level security', t);
  end loop;
end $$;
create policy of_overseer on leaving.departure for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (current_setting('app.role', true) in ('admin', 'auditor')
      or member_id = nullif(current_setting('app.member', true), '')::uuid));
create policy by_admin on leaving.departure to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) = 'admin');
create policy of_overseer on leaving.departure_book for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) in ('admin', 'auditor'));
grant select, insert, update on leaving.departure to entregent_member;
grant select on leaving.departure_book to entregent_member;

-- What a holder answered stands between them and whom they answered: whoever looks after the book later reads no word of it.
drop policy of_holder on delegation.use_reply;
create policy of_author on delegation.use_reply for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and author_id = nullif(current_setting('app.member', true), '')::uuid);

-- Rows of cards that were taken out of sight for an occasion (a departure), one by one: what was not lent of a card that stays.
create table cards.set_aside (
  workspace_id uuid not null,
  occasion_id uuid not null,
  -- card_field, card_original, card_change or note; source_value: of a field that stays.
  kind text not null,
  card_id uuid not null,
  -- Which of the card's: a number or an id.
  item text not null,
  content jsonb not null,
  purge_at timestamptz not null,
  constraint set_aside_pk primary key (workspace_id, occasion_id, kind, card_id, item)
);
create index set_aside_purge_ix on cards.set_aside (workspace_id, purge_at);
create index set_aside_card_ix on cards.set_aside (workspace_id, card_id);
-- The occasion for which a card is out of sight, where it is one.
alter table cards.card add column removed_for uuid;
create index card_removed_for_ix on cards.card (workspace_id, removed_for) where removed_for is not null;
-- Nobody but the keeper sees what was set aside.
alter table cards.set_aside owner to entregent_keeper;
alter table cards.set_aside enable row level security;
