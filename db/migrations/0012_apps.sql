-- Apps: what a member lets act for the company (a program authorised by OAuth, or a key), as an audience of its own; named uses
-- of a team with a purpose and an end; facts that apps report.

-- Apps ----------------------------------------------------------------------------------------------------------------------

-- A program that ONE member authorised, or a key that one made for some of their books. It reads what is lent to it and nothing
-- else: not what its member sees, nor what is lent to the same program authorised by somebody else, whose data it would show
-- them otherwise.
create table identity.app (
  workspace_id uuid not null,
  app_id uuid not null,
  kind text not null,
  -- The program's id at the authorization server; null for a key.
  client_id text,
  name text not null,
  member_id uuid not null,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  ended_by uuid,
  constraint app_pk primary key (workspace_id, app_id),
  constraint app_kind_ck check (kind in ('oauth', 'key') and (kind = 'oauth') = (client_id is not null)),
  constraint app_member_fk foreign key (workspace_id, member_id) references identity.member
);
create unique index app_client_uq on identity.app (workspace_id, client_id, member_id) where ended_at is null;
create index app_member_ix on identity.app (workspace_id, member_id);

-- What an admin allows: programs that register themselves (RFC 7591), sites that may show the panel of a person.
create table identity.app_settings (
  workspace_id uuid not null,
  self_registration boolean not null default false,
  embed_origins text[] not null default '{}',
  constraint app_settings_pk primary key (workspace_id)
);

-- A named use: a team with a purpose and, mostly, an end. Its members enter with it while it stands.
alter table identity.team
  add column purpose text,
  add column ends_at timestamptz;

do $$
declare t text;
begin
  foreach t in array array['app', 'app_settings'] loop
    execute format('alter table identity.%I owner to entregent_keeper', t);
    execute format('alter table identity.%I enable row level security', t);
    execute format('create policy for_identity on identity.%I to entregent_identity using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on identity.%I to entregent_identity', t);
    execute format($p$create policy of_workspace on identity.%I for select to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid)$p$, t);
  end loop;
end $$;
create policy by_member on identity.app for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
create policy end_by_member on identity.app for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (member_id = nullif(current_setting('app.member', true), '')::uuid or current_setting('app.role', true) = 'admin'));
create policy by_admin on identity.app_settings to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) = 'admin');
grant select, insert on identity.app to entregent_member;
grant update (name, scopes, ended_at, ended_by) on identity.app to entregent_member;
grant select, insert, update on identity.app_settings to entregent_member;

-- Entering: a member with their audiences, or an app with itself alone. An app that was ended, whose member is gone, or to
-- which nothing is lent now does not enter.
create or replace function delegation.enter(workspace uuid, member uuid, act text default 'read') returns boolean
  language plpgsql security definer set search_path = pg_catalog
as $$
declare
  viewer_role text;
  audiences uuid[];
  held int[];
  own_books text;
  chunk record;
begin
  if act not in ('read', 'export') then
    raise exception 'no such act';
  end if;
  select m.role into viewer_role from identity.member m
  where m.workspace_id = workspace and m.member_id = member and m.status = 'active';
  if found then
    select array[member, workspace] || coalesce(array_agg(t.team_id), '{}') into audiences
    from identity.team_member t
    join identity.team named on named.workspace_id = workspace and named.team_id = t.team_id
    where t.workspace_id = workspace and t.member_id = member and coalesce(named.ends_at, 'infinity') > now();
    select array_agg(b.book_no), string_agg(b.book_id::text, ',') into held, own_books
    from (
      select book_no, book_id from delegation.book where workspace_id = workspace and holder_id = member
      union
      select b.book_no, b.book_id from delegation.steward s
      join delegation.book b on b.workspace_id = workspace and b.book_id = s.book_id
      where s.workspace_id = workspace and s.member_id = member) b;
  else
    perform from identity.app a
    join identity.member m on m.workspace_id = workspace and m.member_id = a.member_id and m.status = 'active'
    where a.workspace_id = workspace and a.app_id = member and a.ended_at is null and exists (
      select from delegation.grant g where g.workspace_id = workspace and g.grantee_id = member
        and g.starts_at <= now() and coalesce(g.ends_at, 'infinity') > now());
    if not found then
      return false;
    end if;
    viewer_role := 'app';
    audiences := array[member];
  end if;
  execute format('set local app.workspace = %L', workspace);
  execute format('set local app.member = %L', member);
  execute format('set local app.role = %L', viewer_role);
  execute format('set local app.audiences = %L', array_to_string(audiences, ','));
  execute format('set local app.own_books = %L', coalesce(own_books, ''));
  for chunk in
    with one as (
      select unnest(held) as book_no, -1 as mask
      union all
      select b.book_no, (g.field_mask & x'7ffffffe'::int) | 1
      from delegation.grant g
      join delegation.book b on b.workspace_id = workspace and b.book_id = g.book_id
      where g.workspace_id = workspace and g.grantee_id = any(audiences) and g.starts_at <= now() and coalesce(g.ends_at, 'infinity') > now()
        and case act when 'read' then g.reads and (g.ends_at is not null or g.starts_at > g.created_at) else g.exports end
    ), piece as (
      select r.chunk_no, r.bits from delegation.reach r where r.workspace_id = workspace and r.audience_id = any(audiences) and act = 'read'
      union all
      select book_no >> 6, delegation.bits_of(mask)::bit(2048) >> ((book_no & 63) * 32) from one
    )
    -- The first four octets that bit_send gives are the length.
    select chunk_no, encode(substr(bit_send(bit_or(bits)), 5), 'hex') as hex from piece group by chunk_no
  loop
    execute 'set local app.reach_' || chunk.chunk_no || ' = ''\x' || chunk.hex || '''';
  end loop;
  return true;
end $$;

-- Facts ---------------------------------------------------------------------------------------------------------------------

-- What an app says happened with somebody: a row for each card that it was said of, so that whoever sees the card sees it.
create table cards.fact (
  workspace_id uuid not null,
  -- Made of the app and its own id for it: said twice, it stands once.
  fact_id uuid not null,
  card_id uuid not null,
  book_no int not null,
  exposure smallint not null,
  app_id uuid not null,
  kind text not null,
  title text not null,
  url text,
  -- In hundredths of the currency (ISO 4217).
  amount bigint,
  currency text,
  at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint fact_pk primary key (workspace_id, card_id, fact_id),
  constraint fact_kind_ck check (kind in ('received', 'subscribed', 'unsubscribed', 'opened_ticket', 'closed_ticket', 'bought', 'attended', 'registered', 'replied', 'note')),
  constraint fact_url_ck check (url ~ '^https?://'),
  constraint fact_amount_ck check ((amount is null) = (currency is null))
);
alter table cards.fact owner to entregent_keeper;
alter table cards.fact enable row level security;
create policy of_reach on cards.fact for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (exposure < 2 or current_setting('app.restoring', true) = 'on')
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
      or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)));
create policy by_app on cards.fact for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) = 'app' and app_id = nullif(current_setting('app.member', true), '')::uuid
    and exposure = 0
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1);
create policy correct_by_app on cards.fact for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and app_id = nullif(current_setting('app.member', true), '')::uuid);
create policy update_by_holder on cards.fact for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);
create policy delete_by_holder on cards.fact for delete to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);
grant select, insert, delete, update (book_no, exposure, kind, title, url, amount, currency, at) on cards.fact to entregent_member;

-- The ledger ----------------------------------------------------------------------------------------------------------------

-- user_id is the app's id where an app did it.
alter table delegation.use drop constraint use_kind_ck,
  add constraint use_kind_ck check (kind in ('opened', 'compared', 'exported', 'noted', 'corrected', 'decided', 'contacted', 'invited', 'answered',
    'objected', 'introduced', 'passed_on', 'reported'));
