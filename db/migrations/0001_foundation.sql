-- The ground: roles, workspaces, members, books and grants, cards, sources.
-- Rules that hold for every line here stand in docs/decisions/0004-row-security.md.
--
-- entregent_none      what a connection is until it says who it acts for: no rights at all
-- entregent_member    requests and jobs that act for a member; everything it reads passes row security
-- entregent_identity  sign-in, invitations and links, before a workspace is known
-- entregent_keeper    owns the tables: imports, index upkeep, matching, retention; never answers a member

do $$
declare name text;
begin
  foreach name in array array['entregent_none', 'entregent_member', 'entregent_identity', 'entregent_keeper'] loop
    if not exists (select from pg_roles where rolname = name) then
      execute format('create role %I login noinherit', name);
    end if;
    execute format('grant %I to current_user', name);
  end loop;
end $$;

create extension if not exists pg_trgm with schema public;

create schema kernel;
create schema identity;
create schema delegation;
create schema sources;
create schema cards;
create schema matching;
create schema auth;
grant usage on schema kernel, identity, delegation, sources, cards, matching to entregent_member, entregent_keeper, entregent_identity;
grant usage, create on schema auth to entregent_identity;
grant create on schema kernel, identity, delegation, sources, cards, matching to entregent_keeper;

-- kernel ------------------------------------------------------------------------------------------------------------------

-- What belongs to the installation, not to a workspace: the hash of the setup token, the application's instance id.
create table kernel.installation (
  key text not null,
  value jsonb not null,
  constraint installation_pk primary key (key)
);

-- The cause of every job, written in the transaction of the fact (domain.md rule 6). Read in order, deleted when done.
create table kernel.outbox (
  workspace_id uuid not null,
  outbox_id uuid not null,
  topic text not null,
  payload jsonb not null,
  created_at timestamptz not null default now(),
  constraint outbox_pk primary key (workspace_id, outbox_id)
);

-- Answers to writes that carried an Idempotency-Key, for 24 hours.
create table kernel.idempotent_answer (
  workspace_id uuid not null,
  member_id uuid not null,
  key text not null,
  request_hash bytea not null,
  status int not null,
  body jsonb,
  created_at timestamptz not null default now(),
  constraint idempotent_answer_pk primary key (workspace_id, member_id, key)
);

-- Photos and other small contents, once per workspace and content (SHA-256).
create table kernel.blob (
  workspace_id uuid not null,
  hash bytea not null,
  media_type text not null,
  data bytea not null,
  created_at timestamptz not null default now(),
  constraint blob_pk primary key (workspace_id, hash)
);
alter table kernel.blob alter column data set storage external;

-- identity ----------------------------------------------------------------------------------------------------------------

create table identity.workspace (
  workspace_id uuid not null,
  name text not null,
  country text not null,
  demo boolean not null default false,
  -- The next book's number; see delegation.book.
  next_book_no int not null default 0,
  created_at timestamptz not null default now(),
  constraint workspace_pk primary key (workspace_id)
);

create table identity.member (
  workspace_id uuid not null,
  member_id uuid not null,
  -- The account in auth."user"; a bare id, because accounts are not of one workspace.
  account_id text not null,
  name text not null,
  email text not null,
  role text not null default 'member',
  locale text not null default 'fr',
  theme text not null default 'system',
  status text not null default 'active',
  joined_at timestamptz not null default now(),
  constraint member_pk primary key (workspace_id, member_id),
  constraint member_account_uq unique (workspace_id, account_id),
  constraint member_role_ck check (role in ('member', 'admin')),
  constraint member_status_ck check (status in ('active', 'suspended'))
);
create index member_account_ix on identity.member (account_id);

create table identity.team (
  workspace_id uuid not null,
  team_id uuid not null,
  name text not null,
  constraint team_pk primary key (workspace_id, team_id),
  constraint team_name_uq unique (workspace_id, name)
);

create table identity.team_member (
  workspace_id uuid not null,
  team_id uuid not null,
  member_id uuid not null,
  constraint team_member_pk primary key (workspace_id, team_id, member_id),
  constraint team_member_team_fk foreign key (workspace_id, team_id) references identity.team on delete cascade,
  constraint team_member_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade
);
create index team_member_member_ix on identity.team_member (workspace_id, member_id);

-- Links that admit once: invitations and password resets. Only the token's SHA-256 is kept.
create table identity.link (
  workspace_id uuid not null,
  link_id uuid not null,
  purpose text not null,
  token_hash bytea not null,
  -- invitation: e-mail it is meant for, role and teams to give; reset: whose password.
  email text,
  role text,
  team_ids uuid[] not null default '{}',
  member_id uuid,
  created_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint link_pk primary key (workspace_id, link_id),
  constraint link_purpose_ck check (purpose in ('invitation', 'reset'))
);
create index link_token_ix on identity.link (token_hash);

-- delegation --------------------------------------------------------------------------------------------------------------

create table delegation.book (
  workspace_id uuid not null,
  book_id uuid not null,
  -- Small and dense, because row security addresses books by position in a bit string (see delegation.enter).
  book_no int not null,
  -- Null: the workspace holds it, through its stewards.
  holder_id uuid,
  name text not null,
  main boolean not null default false,
  -- The last change number given out; counts in commit order because taking one locks this row.
  change_no bigint not null default 0,
  created_at timestamptz not null default now(),
  constraint book_pk primary key (workspace_id, book_id),
  constraint book_no_uq unique (workspace_id, book_no),
  constraint book_name_uq unique nulls not distinct (workspace_id, holder_id, name),
  constraint book_holder_fk foreign key (workspace_id, holder_id) references identity.member
);

create table delegation.steward (
  workspace_id uuid not null,
  book_id uuid not null,
  member_id uuid not null,
  constraint steward_pk primary key (workspace_id, book_id, member_id),
  constraint steward_book_fk foreign key (workspace_id, book_id) references delegation.book on delete cascade,
  constraint steward_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade
);
create index steward_member_ix on delegation.steward (workspace_id, member_id);

-- holder → grantee. A change ends the row and writes the next version; rows are never updated otherwise.
create table delegation.grant (
  workspace_id uuid not null,
  grant_id uuid not null,
  version int not null default 1,
  book_id uuid not null,
  -- The audience it is made to: the workspace's, a team's or a member's id.
  grantee_kind text not null,
  grantee_id uuid not null,
  acts text[] not null,
  -- Which field classes may be read, one bit each (delegation/field-classes.ts); all by default.
  field_mask int not null default -1,
  starts_at timestamptz not null default now(),
  ends_at timestamptz,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  ended_by uuid,
  constraint grant_pk primary key (workspace_id, grant_id, version),
  constraint grant_book_fk foreign key (workspace_id, book_id) references delegation.book on delete cascade,
  constraint grant_grantee_ck check (grantee_kind in ('workspace', 'team', 'member', 'process', 'app')),
  constraint grant_acts_ck check (acts <@ array['discover', 'read', 'contact', 'export', 'enrich'])
);
create index grant_book_ix on delegation.grant (workspace_id, book_id);
create index grant_grantee_ix on delegation.grant (workspace_id, grantee_id);

-- sources -----------------------------------------------------------------------------------------------------------------

create table sources.source (
  workspace_id uuid not null,
  source_id uuid not null,
  -- Null: the workspace's own.
  holder_id uuid,
  name text not null,
  kind text not null,
  created_at timestamptz not null default now(),
  constraint source_pk primary key (workspace_id, source_id),
  constraint source_holder_fk foreign key (workspace_id, holder_id) references identity.member
);
create index source_holder_ix on sources.source (workspace_id, holder_id);

-- An import is there from the moment its file begins to arrive, so that a closed browser loses nothing.
create table sources.import (
  workspace_id uuid not null,
  import_id uuid not null,
  member_id uuid not null,
  file_name text not null,
  size bigint not null default 0,
  state text not null,
  recognised jsonb,
  mapping jsonb,
  problem jsonb,
  preview jsonb,
  book_id uuid,
  source_id uuid,
  source_name text,
  country text not null,
  basis text not null default 'unknown',
  obtained_at date,
  progress_read int not null default 0,
  progress_total int,
  report jsonb not null default '{}',
  -- The last content put where; contacts before it are settled (resuming after a crash).
  settled int not null default 0,
  undone_at timestamptz,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  constraint import_pk primary key (workspace_id, import_id),
  constraint import_member_fk foreign key (workspace_id, member_id) references identity.member,
  constraint import_state_ck check (state in ('uploading', 'analysing', 'ready', 'queued', 'running', 'cancelling', 'done', 'cancelled', 'failed', 'unreadable', 'undoing', 'undone'))
);
create index import_member_ix on sources.import (workspace_id, member_id, created_at desc, import_id);

-- The whole file, only until its import is settled. Pieces of 1 MiB, so that no row holds a 2 GB value.
create table sources.file_piece (
  workspace_id uuid not null,
  import_id uuid not null,
  no int not null,
  data bytea not null,
  constraint file_piece_pk primary key (workspace_id, import_id, no),
  constraint file_piece_import_fk foreign key (workspace_id, import_id) references sources.import on delete cascade
);
alter table sources.file_piece alter column data set storage external;

-- Contacts that could not be written, with the row as it was, to download and mend.
create table sources.import_failure (
  workspace_id uuid not null,
  import_id uuid not null,
  position int not null,
  code text not null,
  original text not null,
  constraint import_failure_pk primary key (workspace_id, import_id, position),
  constraint import_failure_import_fk foreign key (workspace_id, import_id) references sources.import on delete cascade
);

-- cards -------------------------------------------------------------------------------------------------------------------

-- exposure: 0 lendable (follows the book's grants), 1 withheld (holder only), 2 removed (nobody; restorable until purge_at).
-- It and book_no stand on every row that row security guards, because policies may read columns and settings only.
create table cards.card (
  workspace_id uuid not null,
  card_id uuid not null,
  book_no int not null,
  exposure smallint not null default 0,
  source_id uuid not null,
  -- What makes it the same card at the next import or sync: the source's id, else its content's identity.
  source_key text collate "C" not null,
  uid text,
  -- Name of the resource in the book for CardDAV; the card's id where none was given.
  resource_name text,
  kind text not null,
  -- All cards that links join, seen by nobody but the keeper. It never leaves the database.
  cluster_id uuid not null,
  change_no bigint not null,
  import_id uuid,
  -- SHA-256 of what the source last said.
  content_hash bytea not null,
  created_at timestamptz not null,
  created_by uuid,
  seen_at timestamptz not null,
  ended_at timestamptz,
  removed_at timestamptz,
  purge_at timestamptz,
  constraint card_pk primary key (workspace_id, card_id),
  constraint card_kind_ck check (kind in ('person', 'organization')),
  constraint card_exposure_ck check (exposure between 0 and 2)
);
create unique index card_source_key_uq on cards.card (workspace_id, source_id, source_key) where exposure < 2;
create index card_cluster_ix on cards.card (workspace_id, cluster_id);
create index card_book_ix on cards.card (workspace_id, book_no, change_no);
create index card_source_ix on cards.card (workspace_id, source_id, card_id);
create index card_import_ix on cards.card (workspace_id, import_id) where import_id is not null;

-- Each value of a card, with its field class (delegation/field-classes.ts) and who wrote it.
create table cards.card_field (
  workspace_id uuid not null,
  card_id uuid not null,
  no smallint not null,
  book_no int not null,
  exposure smallint not null,
  class smallint not null,
  kind text not null,
  value jsonb not null,
  contact_point_id uuid,
  -- Null: the source wrote it; else the member who did.
  author_id uuid,
  -- What the source last said, where a member corrected it. JSON null: the source no longer says anything.
  source_value jsonb,
  seen_at timestamptz not null,
  constraint card_field_pk primary key (workspace_id, card_id, no)
);
create index card_field_contact_point_ix on cards.card_field (workspace_id, contact_point_id) where contact_point_id is not null;

create table cards.card_original (
  workspace_id uuid not null,
  card_id uuid not null,
  book_no int not null,
  exposure smallint not null,
  media_type text not null,
  data bytea not null,
  constraint card_original_pk primary key (workspace_id, card_id)
);

-- What happened to a card after it came: enough to show its history and to go back.
create table cards.card_change (
  workspace_id uuid not null,
  card_id uuid not null,
  change_id uuid not null,
  change_no bigint not null,
  book_no int not null,
  exposure smallint not null,
  kind text not null,
  member_id uuid,
  import_id uuid,
  -- Field kinds touched; the state before stands beside it.
  fields text[] not null default '{}',
  before jsonb,
  at timestamptz not null default now(),
  constraint card_change_pk primary key (workspace_id, card_id, change_id)
);
create index card_change_import_ix on cards.card_change (workspace_id, import_id) where import_id is not null;

-- An address on a channel. Its id is derived from (workspace, channel, normalised address) with the installation's key, so
-- the address itself stands on cards only, and consent and health outlive every card.
create table cards.contact_point (
  workspace_id uuid not null,
  contact_point_id uuid not null,
  channel text not null,
  consent text not null default 'unknown',
  consent_since timestamptz,
  consent_evidence text,
  health text not null default 'unknown',
  health_since timestamptz,
  constraint contact_point_pk primary key (workspace_id, contact_point_id),
  constraint contact_point_channel_ck check (channel in ('email', 'phone')),
  constraint contact_point_consent_ck check (consent in ('unknown', 'given', 'objected')),
  constraint contact_point_health_ck check (health in ('unknown', 'good', 'failing', 'dead'))
);

-- Two cards that are one, as a pair with its evidence. Visible to whom both cards are.
create table cards.link (
  workspace_id uuid not null,
  card_a uuid not null,
  card_b uuid not null,
  book_no_a int not null,
  book_no_b int not null,
  exposure_a smallint not null,
  exposure_b smallint not null,
  evidence text[] not null,
  created_at timestamptz not null default now(),
  constraint link_pk primary key (workspace_id, card_a, card_b),
  constraint link_order_ck check (card_a < card_b)
);
create index link_b_ix on cards.link (workspace_id, card_b);

-- An address that once named a person whose card has gone: where the others are.
create table cards.person_redirect (
  workspace_id uuid not null,
  person_id uuid not null,
  card_id uuid not null,
  constraint person_redirect_pk primary key (workspace_id, person_id)
);

-- The list's index: one row per person and audience, equal to what the view composes (a property test compares them).
-- Only a cache: it can be deleted and made again from cards, links and grants.
create table cards.entry (
  workspace_id uuid not null,
  audience_id uuid not null,
  person_id uuid not null,
  cluster_id uuid not null,
  kind text not null,
  name text not null,
  -- Folded "family given": sorts Éric with Eric and needs no collation.
  sort_name text collate "C" not null,
  sort_organization text collate "C",
  organization text,
  title text,
  email text,
  phone text,
  city text,
  photo text,
  card_count int not null,
  seen_at timestamptz not null,
  book_nos int[] not null,
  source_ids uuid[] not null,
  -- Folded text of all that can be searched.
  search text not null,
  constraint entry_pk primary key (workspace_id, audience_id, person_id)
);
create index entry_name_ix on cards.entry (workspace_id, audience_id, sort_name, person_id);
create index entry_cluster_ix on cards.entry (workspace_id, cluster_id);
create index entry_organization_ix on cards.entry (workspace_id, audience_id, sort_organization, person_id);
create index entry_seen_ix on cards.entry (workspace_id, audience_id, seen_at, person_id);
create index entry_search_ix on cards.entry using gin (search public.gin_trgm_ops, book_nos, source_ids);

-- A row of a wider audience that a narrower audience's row already contains: hidden from those who see the narrower one.
create table cards.entry_cover (
  workspace_id uuid not null,
  audience_id uuid not null,
  covered_audience_id uuid not null,
  covered_person_id uuid not null,
  cluster_id uuid not null,
  constraint entry_cover_pk primary key (workspace_id, audience_id, covered_audience_id, covered_person_id)
);
create index entry_cover_cluster_ix on cards.entry_cover (workspace_id, cluster_id);

-- A dated note hangs on the card it was written about.
create table cards.note (
  workspace_id uuid not null,
  note_id uuid not null,
  card_id uuid not null,
  book_no int not null,
  exposure smallint not null,
  author_id uuid not null,
  text text not null,
  created_at timestamptz not null default now(),
  constraint note_pk primary key (workspace_id, note_id)
);
create index note_card_ix on cards.note (workspace_id, card_id);

create table cards.view (
  workspace_id uuid not null,
  view_id uuid not null,
  member_id uuid not null,
  name text not null,
  filter jsonb not null,
  constraint view_pk primary key (workspace_id, view_id),
  constraint view_name_uq unique (workspace_id, member_id, name)
);

-- matching ----------------------------------------------------------------------------------------------------------------

-- Blocking keys that are no contact points: hashes of full name with company, birthday… Never shown, never reversible.
create table matching.card_key (
  workspace_id uuid not null,
  key bigint not null,
  card_id uuid not null,
  constraint card_key_pk primary key (workspace_id, key, card_id)
);
create index card_key_card_ix on matching.card_key (workspace_id, card_id);

-- Row security ------------------------------------------------------------------------------------------------------------
--
-- app.workspace and app.member say who acts. app.reach_<n> holds, for the books 64n to 64n+63, 32 bits each, as bytea in hex:
-- bit 0: may read the book's cards; bits 1–30: may read fields of that class; bit 31: holds the book.
-- Measured (bench policies): 0.5 µs a row at 200, 2,000 and 50,000 books; a list of ids costs 1, 10 and 550 µs.

alter table kernel.outbox enable row level security;
alter table kernel.idempotent_answer enable row level security;
alter table kernel.blob enable row level security;
alter table identity.workspace enable row level security;
alter table identity.member enable row level security;
alter table identity.team enable row level security;
alter table identity.team_member enable row level security;
alter table identity.link enable row level security;
alter table delegation.book enable row level security;
alter table delegation.steward enable row level security;
alter table delegation.grant enable row level security;
alter table sources.source enable row level security;
alter table sources.import enable row level security;
alter table sources.file_piece enable row level security;
alter table sources.import_failure enable row level security;
alter table cards.card enable row level security;
alter table cards.card_field enable row level security;
alter table cards.card_original enable row level security;
alter table cards.card_change enable row level security;
alter table cards.contact_point enable row level security;
alter table cards.link enable row level security;
alter table cards.person_redirect enable row level security;
alter table cards.entry enable row level security;
alter table cards.entry_cover enable row level security;
alter table cards.note enable row level security;
alter table cards.view enable row level security;
alter table matching.card_key enable row level security;

do $$
declare t text;
begin
  -- What tells nothing of a contact: all members. (A content needs its hash to be found, a contact point holds no address.)
  foreach t in array array['kernel.blob', 'cards.contact_point', 'cards.person_redirect', 'kernel.outbox'] loop
    execute format($p$create policy of_workspace on %s to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid)$p$, t);
  end loop;
  -- Who is here: all members read, admins write.
  foreach t in array array['identity.workspace', 'identity.member', 'identity.team', 'identity.team_member', 'delegation.steward'] loop
    execute format($p$create policy of_workspace on %s for select to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid)$p$, t);
  end loop;
  foreach t in array array['identity.member', 'identity.team', 'identity.team_member', 'identity.link', 'delegation.steward'] loop
    execute format($p$create policy by_admin on %s to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and current_setting('app.role', true) = 'admin')$p$, t);
  end loop;
  -- Sign-in and links come before a workspace is known.
  foreach t in array array['identity.workspace', 'identity.member', 'identity.team', 'identity.team_member', 'identity.link',
      'delegation.book', 'sources.source'] loop
    execute format('create policy for_identity on %s to entregent_identity using (true) with check (true)', t);
  end loop;
  -- A member's own.
  foreach t in array array['cards.view', 'kernel.idempotent_answer', 'sources.import'] loop
    execute format($p$create policy of_member on %s to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and member_id = nullif(current_setting('app.member', true), '')::uuid)$p$, t);
  end loop;
  -- Reached through sources.import only, whose id nobody else learns; rows carry no member of their own.
  foreach t in array array['sources.file_piece', 'sources.import_failure'] loop
    execute format($p$create policy of_import on %s to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and import_id = nullif(current_setting('app.import', true), '')::uuid)$p$, t);
  end loop;
end $$;

-- Members change their own name, language and theme, not their role; taking a number for a new book is open to all.
create policy by_self on identity.member for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid)
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid
    and role = current_setting('app.role', true) and status = 'active');
create policy next_book on identity.workspace for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid);

-- Books: their holder, their stewards, and whoever may read them.
create policy of_reach on delegation.book for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1
      or get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1));
create policy of_holder on delegation.book for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);
create policy by_self on delegation.book for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (holder_id = nullif(current_setting('app.member', true), '')::uuid
      or (holder_id is null and current_setting('app.role', true) = 'admin')));
-- A grant: who made it (any steward: app.own_books lists what the viewer holds) and whom it is made to.
create policy of_holder on delegation.grant to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and strpos(current_setting('app.own_books', true), book_id::text) > 0);

-- A source's name is shown with each card that came from it, whoever sees the card; only its holder writes it.
create policy of_workspace on sources.source for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid);
create policy by_holder on sources.source for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and holder_id = nullif(current_setting('app.member', true), '')::uuid);
create policy update_by_holder on sources.source for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and holder_id = nullif(current_setting('app.member', true), '')::uuid);

-- Cards and what hangs on them.
create policy of_reach on cards.card for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (exposure < 2 or current_setting('app.restoring', true) = 'on')
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
      or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)));
create policy of_reach on cards.card_field for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (exposure < 2 or current_setting('app.restoring', true) = 'on')
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
      or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | class) = 1)));
create policy of_reach on cards.card_original for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (exposure < 2 or current_setting('app.restoring', true) = 'on')
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
      -- 20 is the class of originals.
      or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 20) = 1)));
create policy of_reach on cards.card_change for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (exposure < 2 or current_setting('app.restoring', true) = 'on')
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
      or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)));
create policy of_reach on cards.note for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (exposure < 2 or current_setting('app.restoring', true) = 'on')
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
      -- 15 is the class of notes.
      or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 15) = 1)));
create policy of_author on cards.note for delete to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and author_id = nullif(current_setting('app.member', true), '')::uuid);
create policy by_reader on cards.note for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and author_id = nullif(current_setting('app.member', true), '')::uuid
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1);
create policy of_both on cards.link for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (exposure_a < 2 and exposure_b < 2 or current_setting('app.restoring', true) = 'on')
    and (get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, ((book_no_a & 63) << 5) | 31) = 1
      or (exposure_a = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, (book_no_a & 63) << 5) = 1))
    and (get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, ((book_no_b & 63) << 5) | 31) = 1
      or (exposure_b = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, (book_no_b & 63) << 5) = 1)));

-- Only the holder writes.
do $$
declare t text; command text;
begin
  foreach t in array array['cards.card', 'cards.card_field', 'cards.card_original', 'cards.card_change'] loop
    execute format($p$create policy by_holder on %s for insert to entregent_member
      with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1)$p$, t);
    foreach command in array array['update', 'delete'] loop
      execute format($p$create policy %I on %s for %s to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1)$p$,
        command || '_by_holder', t, command);
    end loop;
  end loop;
end $$;
create policy update_by_holder on cards.note for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);
-- A person joins a card of their own to one they can see; what the machine joins, the keeper writes.
create policy insert_by_holder on cards.link for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and evidence = array['edited']
    and get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, (book_no_a & 63) << 5) = 1
    and get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, (book_no_b & 63) << 5) = 1
    and (get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, ((book_no_a & 63) << 5) | 31) = 1
      or get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, ((book_no_b & 63) << 5) | 31) = 1));
create policy update_by_holder on cards.link for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, ((book_no_a & 63) << 5) | 31) = 1
      or get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, ((book_no_b & 63) << 5) | 31) = 1));

-- Index rows: of my audiences, made of nothing but books that I may read now. A holder may take out rows made of their cards.
create function delegation.reaches_all(book_nos int[]) returns boolean language sql stable parallel safe
  set search_path = pg_catalog
as $$
  select coalesce(bool_and(coalesce(get_bit(nullif(current_setting('app.reach_' || (n >> 6), true), '')::bytea, (n & 63) << 5), 0) = 1), false)
  from unnest(book_nos) n
$$;
create function delegation.holds_any(book_nos int[]) returns boolean language sql stable parallel safe
  set search_path = pg_catalog
as $$
  select coalesce(bool_or(coalesce(get_bit(nullif(current_setting('app.reach_' || (n >> 6), true), '')::bytea, ((n & 63) << 5) | 31), 0) = 1), false)
  from unnest(book_nos) n
$$;
create policy of_audience on cards.entry for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0
    and delegation.reaches_all(book_nos));
create policy stale on cards.entry for delete to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and delegation.holds_any(book_nos));
create policy of_audience on cards.entry_cover for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0);

-- Entering: what the viewer may see is computed once, here, and put in settings that end with the transaction ------------------

create function delegation.enter(workspace uuid, member uuid) returns boolean
  language plpgsql security definer set search_path = pg_catalog
as $$
declare
  who identity.member;
  audiences uuid[];
  chunk record;
begin
  select m.* into who from identity.member m
  where m.workspace_id = workspace and m.member_id = member and m.status = 'active';
  if not found then
    return false;
  end if;
  select array[member, workspace] || coalesce(array_agg(t.team_id), '{}') into audiences
  from identity.team_member t where t.workspace_id = workspace and t.member_id = member;
  execute format('set local app.workspace = %L', workspace);
  execute format('set local app.member = %L', member);
  execute format('set local app.role = %L', who.role);
  execute format('set local app.audiences = %L', array_to_string(audiences, ','));
  execute format('set local app.own_books = %L', coalesce((
    select string_agg(b.book_id::text, ',') from delegation.book b
    where b.workspace_id = workspace and (b.holder_id = member or exists (
      select from delegation.steward s where s.workspace_id = workspace and s.book_id = b.book_id and s.member_id = member))), ''));
  -- Books that may only be found to exist; what is readable needs no hint.
  execute format('set local app.discover = %L', coalesce((
    select string_agg(distinct b.book_no::text, ',')
    from delegation.grant g
    join delegation.book b on b.workspace_id = workspace and b.book_id = g.book_id
    where g.workspace_id = workspace and g.grantee_id = any(audiences) and 'discover' = any(g.acts)
      and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now())
      and b.holder_id is distinct from member
      and not exists (select from delegation.grant r where r.workspace_id = workspace and r.book_id = b.book_id
        and r.grantee_id = any(audiences) and 'read' = any(r.acts) and r.starts_at <= now() and (r.ends_at is null or r.ends_at > now()))), ''));
  for chunk in
    with reach as (
      select b.book_no, bit_or(case
          when b.holder_id = member or s.member_id is not null then -1
          else (g.field_mask & x'7ffffffe'::int) | 1 end) as bits
      from delegation.book b
      left join delegation.steward s on s.workspace_id = workspace and s.book_id = b.book_id and s.member_id = member
      left join delegation.grant g on g.workspace_id = workspace and g.book_id = b.book_id and g.grantee_id = any(audiences)
        and 'read' = any(g.acts) and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now())
      where b.workspace_id = workspace and (b.holder_id = member or s.member_id is not null or g.grant_id is not null)
      group by b.book_no
    ), hexed as (
      select book_no, lpad(to_hex(bits), 8, '0') as h from reach
    )
    select c.n, string_agg(coalesce(substr(h, 7, 2) || substr(h, 5, 2) || substr(h, 3, 2) || substr(h, 1, 2), '00000000'), '' order by i) as bits
    from (select distinct book_no >> 6 as n from hexed) c
    cross join generate_series(0, 63) i
    left join hexed on hexed.book_no = (c.n << 6) + i
    group by c.n
  loop
    execute format('set local app.reach_%s = %L', chunk.n, '\x' || chunk.bits);
  end loop;
  return true;
end $$;
revoke all on function delegation.enter(uuid, uuid) from public;
grant execute on function delegation.enter(uuid, uuid) to entregent_member;

-- Lists -------------------------------------------------------------------------------------------------------------------

-- Row security keeps LIKE away from the trigram index (it is not leakproof; 150–290 ms on 500,000 rows). This function reads
-- the index with its owner's rights and lets out only rows of the viewer's audiences whose books the viewer may read now:
-- the same condition as the policy, taken from the same settings.
create function cards.find_entries(
  terms text[], fuzzy text[], filters jsonb, sort text, after_key text, after_id uuid, page_size int
) returns setof cards.entry
  language plpgsql stable security definer set search_path = pg_catalog, public
  -- "mathys" and "mathis" share 4 of 7 trigrams, "jhonson" and "johnson" half.
  set pg_trgm.word_similarity_threshold = 0.45
  -- Starting workers costs more than a page takes: 150 ms against 10 at a million rows.
  set max_parallel_workers_per_gather = 0
as $$
declare
  workspace uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  audience text;
  key text := case sort when 'organization' then $k$coalesce(e.sort_organization, '')$k$ when 'recent' then 'e.seen_at' else 'e.sort_name' end;
  direction text := case sort when 'recent' then 'desc' else 'asc' end;
  condition text := '';
  term text;
  parts text[] := '{}';
  -- What reaches_all says, without calling it for rows made of one book: 3 µs a row instead of 10. Written with <> and not,
  -- because the planner takes an equality it knows nothing of for rare, and then sorts a whole list to show a page of it.
  reached text := $r$coalesce(get_bit(nullif(current_setting('app.reach_' || (e.book_nos[1] >> 6), true), '')::bytea, (e.book_nos[1] & 63) << 5), 0) <> 0
    and not (cardinality(e.book_nos) > 1 and not delegation.reaches_all(e.book_nos))$r$;
  ordered text;
begin
  if workspace is null then
    return;
  end if;
  if sort = 'organization' then
    key := 'e.sort_organization';
    condition := ' and e.sort_organization is not null';
  end if;
  foreach term in array coalesce(terms, '{}') loop
    -- The trigrams of a mail domain are everywhere ("gmail", "com"): the index finds the name, the rest is compared.
    if length(split_part(term, '@', 1)) > 3 and strpos(term, '@') > 0 then
      condition := condition || format(' and strpos(e.search, %L) > 0', term);
      term := split_part(term, '@', 1);
    end if;
    condition := condition || format(' and e.search like %L', '%' || replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_') || '%');
  end loop;
  if fuzzy is not null then
    -- Nearest first; there is one page of guesses and no next one.
    key := '0';
    direction := 'desc';
    foreach term in array fuzzy loop
      condition := condition || format(' and %L operator(public.<%%) e.search', term);
      key := key || format(' + public.word_similarity(%L, e.search)', term);
    end loop;
  end if;
  if filters ? 'kind' then condition := condition || format(' and e.kind = %L', filters->>'kind'); end if;
  if filters ? 'bookNo' then condition := condition || format(' and e.book_nos @> array[%L::int]', filters->>'bookNo'); end if;
  if filters ? 'sourceId' then condition := condition || format(' and e.source_ids @> array[%L::uuid]', filters->>'sourceId'); end if;
  if filters ? 'sortOrganization' then condition := condition || format(' and e.sort_organization = %L', filters->>'sortOrganization'); end if;
  if filters ? 'seenFrom' then condition := condition || format(' and e.seen_at >= %L', filters->>'seenFrom'); end if;
  if filters ? 'seenBefore' then condition := condition || format(' and e.seen_at < %L', filters->>'seenBefore'); end if;
  if after_id is not null then
    condition := condition || format(' and (%s, e.person_id) %s (%L%s, %L)', key, case direction when 'asc' then '>' else '<' end,
      after_key, case sort when 'recent' then '::timestamptz' else '' end, after_id);
  end if;
  -- Counting needs no order, and sorting 10,000 wide rows would cost more than finding them.
  ordered := case when sort = 'none' then '' else format('order by %1$s %2$s, e.person_id %2$s', key, direction) end;
  foreach audience in array string_to_array(current_setting('app.audiences', true), ',') loop
    parts := parts || format(
      '(select e.* from cards.entry e where e.workspace_id = %1$L and e.audience_id = %2$L%3$s
          and %7$s
          and not exists (select from cards.entry_cover c where c.workspace_id = %1$L and c.audience_id = any(%4$L::uuid[])
            and c.covered_audience_id = e.audience_id and c.covered_person_id = e.person_id)
        %5$s limit %6$s)',
      workspace, audience, condition, '{' || current_setting('app.audiences', true) || '}', ordered, page_size, reached);
  end loop;
  return query execute format('select * from (%s) e %s limit %s', array_to_string(parts, ' union all '), ordered, page_size);
end $$;
revoke all on function cards.find_entries(text[], text[], jsonb, text, text, uuid, int) from public;
grant execute on function cards.find_entries(text[], text[], jsonb, text, text, uuid, int) to entregent_member;

-- How many contacts match in books that are lent for discovery only: a number up to 20, never a name. Counted are persons made
-- of nothing but such books, so that no private card of their holder has a part in the answer.
create function cards.count_discoverable(terms text[], kind text) returns int
  language plpgsql stable security definer set search_path = pg_catalog, public
as $$
declare
  workspace uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  books int[] := string_to_array(nullif(current_setting('app.discover', true), ''), ',')::int[];
  condition text := '';
  term text;
  result int;
begin
  if workspace is null or books is null or coalesce(cardinality(terms), 0) = 0 then
    return 0;
  end if;
  foreach term in array terms loop
    condition := condition || format(' and e.search like %L', '%' || replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_') || '%');
  end loop;
  if kind is not null then
    condition := condition || format(' and e.kind = %L', kind);
  end if;
  execute format('select count(*) from (select distinct e.cluster_id from cards.entry e
      where e.workspace_id = %1$L and e.book_nos <@ %2$L::int[] and e.audience_id in (
        select coalesce(b.holder_id, s.member_id) from delegation.book b
        left join delegation.steward s on s.workspace_id = %1$L and s.book_id = b.book_id
        where b.workspace_id = %1$L and b.book_no = any(%2$L::int[]))%3$s limit 20) found',
    workspace, books, condition) into result;
  return result;
end $$;
revoke all on function cards.count_discoverable(text[], text) from public;
grant execute on function cards.count_discoverable(text[], text) to entregent_member;

-- Ownership and rights ----------------------------------------------------------------------------------------------------

do $$
declare t record;
begin
  for t in select schemaname, tablename from pg_tables
    where schemaname in ('kernel', 'identity', 'delegation', 'sources', 'cards', 'matching') and tablename <> 'migration' loop
    execute format('alter table %I.%I owner to entregent_keeper', t.schemaname, t.tablename);
  end loop;
end $$;
alter function delegation.enter(uuid, uuid) owner to entregent_keeper;
alter function cards.count_discoverable(text[], text) owner to entregent_keeper;
alter function cards.find_entries(text[], text[], jsonb, text, text, uuid, int) owner to entregent_keeper;

grant select on identity.workspace, identity.member, identity.team, identity.team_member to entregent_member;
grant update on identity.member, identity.team to entregent_member;
grant insert, delete on identity.team, identity.team_member to entregent_member;
grant select, insert, update on identity.link to entregent_member;
grant delete on identity.link to entregent_member;
grant select, insert, update, delete on identity.workspace, identity.member, identity.team, identity.team_member, identity.link to entregent_identity;
grant select, insert on delegation.book, sources.source to entregent_identity;
grant select, insert, update on kernel.installation to entregent_identity;
grant insert on kernel.outbox to entregent_member;
grant select, insert on kernel.blob to entregent_member;
grant select, insert on kernel.idempotent_answer to entregent_member;
grant select, insert, update on delegation.book, delegation.grant to entregent_member;
grant select, insert, delete on delegation.steward to entregent_member;
grant update (next_book_no) on identity.workspace to entregent_member;
grant select, insert, update on sources.source, sources.import to entregent_member;
grant select, insert, delete on sources.file_piece to entregent_member;
grant select on sources.import_failure to entregent_member;
grant select, insert, update, delete on cards.card, cards.card_field, cards.card_original to entregent_member;
grant select, insert, update on cards.card_change to entregent_member;
grant select, insert on cards.contact_point to entregent_member;
grant select, insert, update on cards.link to entregent_member;
grant select, insert on cards.person_redirect to entregent_member;
grant select, delete on cards.entry to entregent_member;
grant select on cards.entry_cover to entregent_member;
grant select, insert, update, delete on cards.note to entregent_member;
grant select, insert, update, delete on cards.view to entregent_member;
