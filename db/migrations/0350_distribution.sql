-- Signed webhooks: what happened, told to programs outside as far as a grantee may take it along.

-- What happened that others outside may hear of: the cause of what is spread, written in the transaction of what happened.
create table kernel.told (
  workspace_id uuid not null,
  told_id uuid not null,
  -- What happened (`TellKind` in server/kernel/telling.ts).
  kind text not null,
  -- Of what it happened; together with the time, which is the transaction's, they lead to the rows that say it.
  subject_ids uuid[] not null,
  at timestamptz not null default now(),
  constraint told_pk primary key (workspace_id, told_id)
);
alter table kernel.told owner to entregent_keeper;
alter table kernel.told enable row level security;
create policy of_workspace on kernel.told for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid);
create policy for_identity on kernel.told for insert to entregent_identity with check (true);
grant insert on kernel.told to entregent_member, entregent_identity;

create schema distribution;
grant usage on schema distribution to entregent_member, entregent_keeper;
grant create on schema distribution to entregent_keeper;

create table distribution.endpoint (
  workspace_id uuid not null,
  endpoint_id uuid not null,
  name text not null,
  url text not null,
  -- [{"event": …, "only": [ids or keys] | null}]
  events jsonb not null,
  -- As whom everything is read that goes out.
  grantee_kind text not null,
  grantee_id uuid not null,
  -- Made by a program through the API, for itself.
  hook boolean not null default false,
  -- Sealed with the master key; the one before signs, too, until its time is over.
  secret bytea not null,
  former_secret bytea,
  former_until timestamptz,
  state text not null default 'active',
  created_by uuid not null,
  created_at timestamptz not null default now(),
  constraint endpoint_pk primary key (workspace_id, endpoint_id),
  constraint endpoint_member_fk foreign key (workspace_id, created_by) references identity.member,
  constraint endpoint_grantee_ck check (grantee_kind in ('member', 'team', 'process', 'app')),
  -- gone: it answered 410. ended: whom it was for is not there any more.
  constraint endpoint_state_ck check (state in ('active', 'paused', 'gone', 'ended')),
  constraint endpoint_url_ck check (url ~ '^https?://')
);

create table distribution.delivery (
  workspace_id uuid not null,
  -- The webhook-id: of endpoint, event and cause, so that the same cause is one delivery, however often it is spread or sent.
  delivery_id uuid not null,
  endpoint_id uuid not null,
  grantee_id uuid not null,
  event text not null,
  -- Of what it happened: a card, contact point, fact, movement, opportunity.
  subject_id uuid not null,
  happened_at timestamptz not null,
  -- waiting: it has not left, or not arrived. withheld: it was seen no longer when it was to leave again.
  state text not null default 'waiting',
  attempts smallint not null default 0,
  -- When it is to leave (again). Whoever sends it moves this into the future first, so that after a crash it leaves once more.
  due_at timestamptz not null default now(),
  -- Since when it has been tried: for three days, anew where it is replayed.
  since timestamptz not null default now(),
  -- Whether the holders were told.
  told boolean not null default false,
  last_at timestamptz,
  status smallint,
  -- Why there is no status: a code.
  trouble text,
  took_ms integer,
  constraint delivery_pk primary key (workspace_id, delivery_id),
  constraint delivery_endpoint_fk foreign key (workspace_id, endpoint_id) references distribution.endpoint on delete cascade,
  constraint delivery_state_ck check (state in ('waiting', 'sent', 'dead', 'withheld'))
);
create index delivery_due_ix on distribution.delivery (workspace_id, endpoint_id, due_at) where state = 'waiting';
create index delivery_log_ix on distribution.delivery (workspace_id, endpoint_id, last_at desc, delivery_id) where last_at is not null;
create index delivery_subject_ix on distribution.delivery (workspace_id, subject_id);

-- Of whom an endpoint has been told: it hears when they are withdrawn.
create table distribution.known (
  workspace_id uuid not null,
  endpoint_id uuid not null,
  card_id uuid not null,
  since timestamptz not null default now(),
  constraint known_pk primary key (workspace_id, endpoint_id, card_id),
  constraint known_endpoint_fk foreign key (workspace_id, endpoint_id) references distribution.endpoint on delete cascade
);
create index known_card_ix on distribution.known (workspace_id, card_id);

do $$
declare t text;
begin
  foreach t in array array['endpoint', 'delivery', 'known'] loop
    execute format('alter table distribution.%I owner to entregent_keeper', t);
    execute format('alter table distribution.%I enable row level security', t);
  end loop;
  foreach t in array array['endpoint', 'delivery'] loop
    execute format($p$create policy of_admin on distribution.%I to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin')$p$, t);
    execute format($p$create policy of_grantee on distribution.%I to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and grantee_id = nullif(current_setting('app.member', true), '')::uuid)$p$, t);
  end loop;
end $$;
grant select (workspace_id, endpoint_id, name, url, events, grantee_kind, grantee_id, hook, former_until, state, created_by, created_at),
  insert, delete, update (name, url, events, secret, former_secret, former_until, state) on distribution.endpoint to entregent_member;
grant select, insert, update (state, attempts, due_at, since) on distribution.delivery to entregent_member;

-- The ledger tells holders that something about their contact went to a program outside; admins are told of a receiver that is not reached.
do $$
declare kinds text[];
begin
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) into kinds
  from pg_constraint c where c.conname = 'use_kind_ck' and c.conrelid = 'delegation.use'::regclass;
  alter table delegation.use drop constraint use_kind_ck;
  kinds := kinds || array['sent_out'];
  execute format('alter table delegation.use add constraint use_kind_ck check (kind in (%s))',
    (select string_agg(quote_literal(k), ', ') from unnest(kinds) k));
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) into kinds
  from pg_constraint c where c.conname = 'notice_kind_ck' and c.conrelid = 'notices.notice'::regclass;
  alter table notices.notice drop constraint notice_kind_ck;
  kinds := kinds || array['webhook_failed'];
  execute format('alter table notices.notice add constraint notice_kind_ck check (kind in (%s))',
    (select string_agg(quote_literal(k), ', ') from unnest(kinds) k));
end $$;
