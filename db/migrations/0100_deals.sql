-- Deals of CRMs that a connection reads beside contacts, and the opportunities that are made of them.

-- For whom deals are read beside contacts: its member (their own id), a team, the workspace (its id); null: they are not read.
alter table connectors.connection add column deals_audience uuid;
-- ISO 4217, of amounts that come without one.
alter table connectors.connection add column deals_currency text;
-- Where the next reading of deals goes on.
alter table connectors.connection add column deals_cursor jsonb;
alter table connectors.connection add constraint connection_deals_ck
  check ((deals_audience is null) = (deals_currency is null) and deals_currency ~ '^[A-Z]{3}$');
grant select (deals_audience, deals_currency) on connectors.connection to entregent_member;

-- Which deals stand at a service. What one says waits here until its member's opportunities have taken it in, and is forgotten then.
create table connectors.deal (
  workspace_id uuid not null,
  connection_id uuid not null,
  -- Its id there.
  deal_key text not null,
  -- Whose the connection is.
  member_id uuid not null,
  -- A hash of what it said last.
  state text not null,
  -- What it says, as long as that has not been taken in.
  said jsonb,
  -- It stands there no more; the row goes when that has been taken in.
  gone boolean not null default false,
  constraint deal_pk primary key (workspace_id, connection_id, deal_key),
  constraint deal_connection_fk foreign key (workspace_id, connection_id) references connectors.connection on delete cascade
);
create index deal_waiting_ix on connectors.deal (workspace_id, connection_id) where said is not null or gone;
alter table connectors.deal owner to entregent_keeper;
alter table connectors.deal enable row level security;
create policy of_member on connectors.deal to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select, update (said), delete on connectors.deal to entregent_member;

-- What a connection brings is one import that goes on: it bears the connection's id.
alter table opportunities.import add column connected boolean not null default false;
-- Of those that a connection found or brought: since when they stand there no more.
alter table opportunities.opportunity add column ended_at timestamptz;
grant update on opportunities.import_change to entregent_member;
-- Its id there, of what a connection brought: kept when the opportunity was removed and is deleted for good, since it is not to come back.
alter table opportunities.import_change add column external_id text;
alter table opportunities.import_change drop constraint import_change_opportunity_fk;
