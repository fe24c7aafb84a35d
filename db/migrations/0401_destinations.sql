-- Destinations: whom a segment holds, kept up to date in a program of others, as far as a grantee may take along.
create schema destinations;
grant usage on schema destinations to entregent_member, entregent_keeper;
grant create on schema destinations to entregent_keeper;

create table destinations.destination (
  workspace_id uuid not null,
  destination_id uuid not null,
  name text not null,
  kind text not null,
  settings jsonb not null,
  -- Sealed with the master key.
  secret bytea not null,
  -- As whom everything is read that goes there.
  grantee_kind text not null,
  grantee_id uuid not null,
  segment_id uuid not null,
  -- Which details go along.
  fields text[] not null,
  every_minutes integer not null,
  state text not null default 'draft',
  -- Grows with each change of what leaves or where to: what starts is what a dry run has shown.
  version integer not null default 1,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  due_at timestamptz,
  -- Somebody is at it until then, at most, and as which run.
  held_until timestamptz,
  held_by uuid,
  ran_at timestamptz,
  succeeded_at timestamptz,
  failures smallint not null default 0,
  -- Why the last run came to no good end: a code.
  trouble text,
  -- Since when it takes back what it sent, to end then.
  ending_at timestamptz,
  constraint destination_pk primary key (workspace_id, destination_id),
  constraint destination_member_fk foreign key (workspace_id, created_by) references identity.member,
  constraint destination_grantee_ck check (grantee_kind in ('member', 'team', 'process')),
  constraint destination_every_ck check (every_minutes between 1 and 10080),
  -- draft: not started, or changed since. failing: often in vain, tried once a day. ended: whom it was for is not there any more.
  constraint destination_state_ck check (state in ('draft', 'active', 'paused', 'failing', 'ended'))
);
create index destination_due_ix on destinations.destination (workspace_id, due_at);

-- What stands at a destination, as far as is known: neither addresses nor names, but by what each is called there.
create table destinations.sent (
  workspace_id uuid not null,
  destination_id uuid not null,
  -- By what it is called there, the same however often it is sent: our id, or the hash of an address.
  key text not null,
  person_id uuid not null,
  -- Of what was said last: the same is not sent again.
  digest text not null,
  -- leaving, removing: under way, or a crash or silence hid what came of it. waiting: told in the ledger, and surely not arrived. refused: it is not taken there.
  state text not null,
  -- Whether something of it has stood there before.
  arrived boolean not null default false,
  at timestamptz not null default now(),
  constraint sent_pk primary key (workspace_id, destination_id, key),
  constraint sent_destination_fk foreign key (workspace_id, destination_id) references destinations.destination on delete cascade,
  constraint sent_state_ck check (state in ('leaving', 'waiting', 'sent', 'refused', 'removing'))
);

create table destinations.run (
  workspace_id uuid not null,
  run_id uuid not null,
  destination_id uuid not null,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  -- ok, interrupted, or why it came to no good end; null while it runs.
  outcome text,
  added integer not null default 0,
  changed integer not null default 0,
  removed integer not null default 0,
  refused integer not null default 0,
  constraint run_pk primary key (workspace_id, run_id),
  constraint run_destination_fk foreign key (workspace_id, destination_id) references destinations.destination on delete cascade
);
create index run_log_ix on destinations.run (workspace_id, destination_id, started_at desc, run_id);

do $$
declare t text;
begin
  foreach t in array array['destination', 'sent', 'run'] loop
    execute format('alter table destinations.%I owner to entregent_keeper', t);
    execute format('alter table destinations.%I enable row level security', t);
  end loop;
  foreach t in array array['destination', 'run'] loop
    execute format($p$create policy of_admin on destinations.%I to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin')$p$, t);
  end loop;
end $$;
grant select (workspace_id, destination_id, name, kind, settings, grantee_kind, grantee_id, segment_id, fields, every_minutes, state, version,
    created_by, created_at, due_at, held_until, ran_at, succeeded_at, failures, trouble, ending_at), insert, delete,
  update (name, settings, secret, segment_id, fields, every_minutes, state, version, due_at, failures, trouble, ending_at)
  on destinations.destination to entregent_member;
grant select on destinations.run to entregent_member;

do $$
declare kinds text[];
begin
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) into kinds
  from pg_constraint c where c.conname = 'notice_kind_ck' and c.conrelid = 'notices.notice'::regclass;
  alter table notices.notice drop constraint notice_kind_ck;
  kinds := kinds || array['destination_failed'];
  execute format('alter table notices.notice add constraint notice_kind_ck check (kind in (%s))',
    (select string_agg(quote_literal(k), ', ') from unnest(kinds) k));
end $$;
