-- Accounts that are opened by their service's own page (OAuth 2.0, RFC 6749) instead of a password.

-- By which the company is known to a service. Its secret is written by admins, and read by the keeper only.
create table connectors.oauth_client (
  workspace_id uuid not null,
  provider text not null,
  client_id text not null,
  client_secret bytea not null,
  -- Microsoft: whose accounts are let in; null: anybody's.
  tenant text,
  changed_at timestamptz not null default now(),
  constraint oauth_client_pk primary key (workspace_id, provider)
);

-- A member on their way to a service and back: ten minutes, one browser, once; then what it gave, for an hour, until a connection is made of it.
create table connectors.authorisation (
  workspace_id uuid not null,
  authorisation_id uuid not null,
  member_id uuid not null,
  kind text not null,
  -- The connection that is to be opened again; null: a new one.
  connection_id uuid,
  -- SHA-256 of the browser's cookie.
  browser bytea not null,
  -- What the way back is checked against (RFC 7636), then the account and its tokens; sealed with the master key.
  sealed bytea not null,
  state text not null default 'waiting',
  began_at timestamptz not null default now(),
  constraint authorisation_pk primary key (workspace_id, authorisation_id),
  constraint authorisation_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade,
  constraint authorisation_connection_fk foreign key (workspace_id, connection_id) references connectors.connection on delete cascade,
  constraint authorisation_state_ck check (state in ('waiting', 'taken', 'granted'))
);
create index authorisation_member_ix on connectors.authorisation (workspace_id, member_id);
create index authorisation_connection_ix on connectors.authorisation (workspace_id, connection_id);

alter table connectors.oauth_client owner to entregent_keeper;
alter table connectors.oauth_client enable row level security;
alter table connectors.authorisation owner to entregent_keeper;
alter table connectors.authorisation enable row level security;
create policy of_workspace on connectors.oauth_client for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid);
create policy by_admin on connectors.oauth_client to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin');
create policy of_member on connectors.authorisation to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select (workspace_id, provider, client_id, tenant, changed_at) on connectors.oauth_client to entregent_member;
grant insert, update, delete on connectors.oauth_client to entregent_member;
grant select (workspace_id, authorisation_id, member_id, kind, connection_id, state, began_at), insert, delete
  on connectors.authorisation to entregent_member;
