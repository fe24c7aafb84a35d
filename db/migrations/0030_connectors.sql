-- Connections to where contacts live: each is a source that is read again and again, and may be written to.

create schema connectors;
grant usage on schema connectors to entregent_member, entregent_keeper;
grant create on schema connectors to entregent_keeper;

create table connectors.connection (
  workspace_id uuid not null,
  connection_id uuid not null,
  -- Whose it is: who sees it, and in whose name it writes.
  member_id uuid not null,
  source_id uuid not null,
  -- Where new contacts go.
  book_id uuid not null,
  kind text not null,
  -- What of its settings is no secret, and the rest, sealed with the master key.
  settings jsonb not null,
  secret bytea not null,
  -- What of the service is read: an address book, a folder, a file.
  place text not null,
  place_name text not null,
  -- Whether what changes here is written there.
  two_way boolean not null,
  state text not null default 'ok',
  -- Why it is not `ok`: a code.
  problem text,
  -- Failures in a row.
  failures int not null default 0,
  -- Where the next reading goes on; the connector's own words.
  cursor jsonb,
  -- Since when a synchronisation is wanted that has not come to its end; null: none is.
  wanted_at timestamptz,
  -- When the next one is due by itself.
  next_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  -- The last one that came to a good end.
  synced_at timestamptz,
  constraint connection_pk primary key (workspace_id, connection_id),
  constraint connection_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade,
  constraint connection_source_fk foreign key (workspace_id, source_id) references sources.source,
  constraint connection_state_ck check (state in ('ok', 'retrying', 'paused', 'attention', 'ending'))
);
create index connection_member_ix on connectors.connection (workspace_id, member_id);

-- Which card a contact at a service is.
create table connectors.item (
  workspace_id uuid not null,
  connection_id uuid not null,
  -- Its name there.
  item_key text not null,
  card_id uuid not null,
  -- Its state there as it was last read (an ETag, say); null: not known.
  state text,
  -- The change of the card up to which both sides say the same.
  change_no bigint not null,
  constraint item_pk primary key (workspace_id, connection_id, item_key),
  constraint item_connection_fk foreign key (workspace_id, connection_id) references connectors.connection on delete cascade
);
create index item_card_ix on connectors.item (workspace_id, connection_id, card_id);

-- What became of each synchronisation: codes and numbers only. The last hundred of a connection are kept.
create table connectors.run (
  workspace_id uuid not null,
  connection_id uuid not null,
  run_id uuid not null,
  member_id uuid not null,
  outcome text,
  counts jsonb not null default '{}',
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint run_pk primary key (workspace_id, connection_id, run_id),
  constraint run_connection_fk foreign key (workspace_id, connection_id) references connectors.connection on delete cascade
);

do $$
declare t text;
begin
  foreach t in array array['connectors.connection', 'connectors.item', 'connectors.run'] loop
    execute format('alter table %s owner to entregent_keeper', t);
    execute format('alter table %s enable row level security', t);
  end loop;
  foreach t in array array['connectors.connection', 'connectors.run'] loop
    execute format($p$create policy of_member on %s to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and member_id = nullif(current_setting('app.member', true), '')::uuid)$p$, t);
  end loop;
end $$;
-- The secret is written by its member, and read by the keeper only. Which card is which contact, nobody is told.
grant insert, delete on connectors.connection to entregent_member;
grant select (workspace_id, connection_id, member_id, source_id, book_id, kind, settings, place, place_name, two_way, state, problem, failures,
    wanted_at, next_at, created_at, synced_at),
  update (settings, secret, state, problem, failures, wanted_at, next_at) on connectors.connection to entregent_member;
grant select on connectors.run to entregent_member;
