-- Opportunities, kept light: what may be sold to whom, at which stage, and who has a part in it.

create schema opportunities;
grant usage on schema opportunities to entregent_member, entregent_keeper;
grant create on schema opportunities to entregent_keeper;

-- The workspace's own stages, in order. One that nobody has renamed has a key and no name: it is said in the reader's language.
create table opportunities.stage (
  workspace_id uuid not null,
  stage_id uuid not null,
  key text,
  name text,
  position smallint not null,
  -- How likely what stands here is won, 0 to 100.
  probability smallint not null,
  -- Since when nothing goes there any more; what stands there stays.
  ended_at timestamptz,
  constraint stage_pk primary key (workspace_id, stage_id),
  constraint stage_name_ck check ((key is null) <> (name is null)),
  constraint stage_probability_ck check (probability between 0 and 100)
);

create table opportunities.opportunity (
  workspace_id uuid not null,
  opportunity_id uuid not null,
  name text not null,
  -- A card of the organisation that its writer could read, and the name as it was typed; who may not read the card sees the name.
  organization_card uuid,
  organization_name text not null default '',
  stage_id uuid not null,
  -- In hundredths of the currency, whatever its own smallest coin.
  value_cents bigint,
  -- ISO 4217.
  currency text,
  expected_on date,
  opened_on date not null,
  closed_on date,
  outcome text,
  reasons text[] not null default '{}',
  outcome_note text not null default '',
  owner_id uuid not null,
  -- Who sees it beside its owner: a team, the workspace (its id), or nobody (the owner's id).
  audience_id uuid not null,
  note text not null default '',
  -- Of what came by a file: the product that wrote it, its id there, and the row as it was last read (what it says, and its cells).
  source text,
  external_id text,
  source_state jsonb,
  imported_by uuid,
  -- Grows with each change: who changes an older one is told.
  version int not null default 1,
  -- The task that keeps its people warm once it is lost, and until when.
  word_task_id uuid,
  word_due_on date,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  removed_at timestamptz,
  constraint opportunity_pk primary key (workspace_id, opportunity_id),
  constraint opportunity_stage_fk foreign key (workspace_id, stage_id) references opportunities.stage,
  constraint opportunity_owner_fk foreign key (workspace_id, owner_id) references identity.member,
  constraint opportunity_value_ck check ((value_cents is null) = (currency is null) and value_cents >= 0 and currency ~ '^[A-Z]{3}$'),
  constraint opportunity_outcome_ck check (outcome in ('won', 'lost')),
  constraint opportunity_closed_ck check ((outcome is null) = (closed_on is null) and closed_on >= opened_on),
  constraint opportunity_expected_ck check (expected_on >= opened_on)
);
create index opportunity_open_ix on opportunities.opportunity (workspace_id, expected_on, opportunity_id) where outcome is null and removed_at is null;
create index opportunity_closed_ix on opportunities.opportunity (workspace_id, closed_on desc, opportunity_id desc) where outcome is not null and removed_at is null;
create index opportunity_owner_ix on opportunities.opportunity (workspace_id, owner_id);
create index opportunity_organization_ix on opportunities.opportunity (workspace_id, organization_card) where organization_card is not null;
-- The same file again meets what it brought.
create unique index opportunity_external_uq on opportunities.opportunity (workspace_id, imported_by, source, external_id) where external_id is not null;

-- What became of it, step by step; never changed.
create table opportunities.move (
  workspace_id uuid not null,
  move_id uuid not null,
  opportunity_id uuid not null,
  kind text not null,
  from_stage uuid,
  to_stage uuid,
  reasons text[] not null default '{}',
  note text not null default '',
  member_id uuid not null,
  at timestamptz not null default now(),
  -- As of its opportunity.
  owner_id uuid not null,
  audience_id uuid not null,
  constraint move_pk primary key (workspace_id, opportunity_id, move_id),
  constraint move_kind_ck check (kind in ('opened', 'moved', 'won', 'lost', 'reopened')),
  constraint move_opportunity_fk foreign key (workspace_id, opportunity_id) references opportunities.opportunity on delete cascade
);

-- A file that was read into opportunities, and what it brought.
create table opportunities.import (
  workspace_id uuid not null,
  import_id uuid not null,
  member_id uuid not null,
  file_name text not null,
  source text not null,
  created int not null,
  updated int not null,
  unchanged int not null,
  -- By line of the file: codes and what stood there.
  problems jsonb not null,
  at timestamptz not null default now(),
  undone_at timestamptz,
  constraint import_pk primary key (workspace_id, import_id)
);
create index import_member_ix on opportunities.import (workspace_id, member_id, import_id desc);

create table opportunities.import_change (
  workspace_id uuid not null,
  import_id uuid not null,
  opportunity_id uuid not null,
  -- What the import changed, as it was and as it became; null: the import brought it.
  before jsonb,
  after jsonb,
  constraint import_change_pk primary key (workspace_id, import_id, opportunity_id),
  constraint import_change_import_fk foreign key (workspace_id, import_id) references opportunities.import on delete cascade,
  constraint import_change_opportunity_fk foreign key (workspace_id, opportunity_id) references opportunities.opportunity on delete cascade
);
create index import_change_opportunity_ix on opportunities.import_change (workspace_id, opportunity_id);

-- Who has a part in an opportunity. It hangs on a card, which it follows; never on a person.
create table cards.participant (
  workspace_id uuid not null,
  opportunity_id uuid not null,
  card_id uuid not null,
  book_no int not null,
  exposure smallint not null,
  roles text[] not null,
  author_id uuid not null,
  added_at timestamptz not null default now(),
  -- As of its opportunity.
  owner_id uuid not null,
  audience_id uuid not null,
  constraint participant_pk primary key (workspace_id, opportunity_id, card_id),
  constraint participant_opportunity_fk foreign key (workspace_id, opportunity_id) references opportunities.opportunity on delete cascade,
  constraint participant_roles_ck check (roles <@ array['prescriber', 'decider', 'economic_buyer', 'technical_validator', 'user', 'buyer',
    'ally', 'opponent', 'gatekeeper', 'assistant'])
);
create index participant_card_ix on cards.participant (workspace_id, card_id);

do $$
declare t text;
begin
  foreach t in array array['opportunities.stage', 'opportunities.opportunity', 'opportunities.move', 'opportunities.import',
    'opportunities.import_change', 'cards.participant'] loop
    execute format('alter table %s owner to entregent_keeper', t);
    execute format('alter table %s enable row level security', t);
  end loop;
end $$;

create policy of_workspace on opportunities.stage for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
-- The first who looks writes those that everybody begins with; others are an admin's.
create policy by_admin on opportunities.stage for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (current_setting('app.role', true) = 'admin' or key is not null));
create policy update_by_admin on opportunities.stage for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) = 'admin');
grant select, insert, update on opportunities.stage to entregent_member;

create policy of_audience on opportunities.opportunity for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (owner_id = nullif(current_setting('app.member', true), '')::uuid
      or strpos(current_setting('app.audiences', true), audience_id::text) > 0));
create policy by_member on opportunities.opportunity for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and created_by = nullif(current_setting('app.member', true), '')::uuid);
create policy update_by_audience on opportunities.opportunity for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (owner_id = nullif(current_setting('app.member', true), '')::uuid
      or strpos(current_setting('app.audiences', true), audience_id::text) > 0));
grant select, insert, update on opportunities.opportunity to entregent_member;

create policy of_audience on opportunities.move for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (owner_id = nullif(current_setting('app.member', true), '')::uuid
      or strpos(current_setting('app.audiences', true), audience_id::text) > 0));
create policy by_mover on opportunities.move for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select, insert on opportunities.move to entregent_member;

create policy of_member on opportunities.import to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select, insert, update on opportunities.import to entregent_member;
-- Reached through one's own import only.
create policy of_workspace on opportunities.import_change to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
grant insert, select on opportunities.import_change to entregent_member;

-- Where the opportunity is seen and the card is read; and by who holds the card, whose hand moves it. What opportunity it is of, only those learn
-- who see that.
create policy of_both on cards.participant for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (exposure < 2 or current_setting('app.restoring', true) = 'on')
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
      or ((owner_id = nullif(current_setting('app.member', true), '')::uuid or strpos(current_setting('app.audiences', true), audience_id::text) > 0)
        and exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)));
create policy by_reader on cards.participant for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and author_id = nullif(current_setting('app.member', true), '')::uuid
    and exposure < 2
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
      or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)));
create policy update_by_audience on cards.participant for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (owner_id = nullif(current_setting('app.member', true), '')::uuid or strpos(current_setting('app.audiences', true), audience_id::text) > 0));
-- What hangs on a card follows it to another book and out of sight.
create policy update_by_holder on cards.participant for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);
create policy delete_by_audience on cards.participant for delete to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (owner_id = nullif(current_setting('app.member', true), '')::uuid or strpos(current_setting('app.audiences', true), audience_id::text) > 0));
grant select, insert, update, delete on cards.participant to entregent_member;

-- That somebody put a lent contact into an opportunity that others see is told to its holder as what it is.
do $$
declare kinds text[];
begin
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) into kinds
  from pg_constraint c where c.conname = 'use_kind_ck' and c.conrelid = 'delegation.use'::regclass;
  alter table delegation.use drop constraint use_kind_ck;
  kinds := kinds || array['opportunity'];
  execute format('alter table delegation.use add constraint use_kind_ck check (kind in (%s))',
    (select string_agg(quote_literal(k), ', ') from unnest(kinds) k));
end $$;
