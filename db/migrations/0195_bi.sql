-- Access for BI programs: a login and a schema of its own for each grantee, whose tables the server fills with what its grants let it take along.
-- The logins and schemas are made when an access is; here stands what is kept of them.

do $$
begin
  -- Each login of BI belongs to it; it opens nothing, and says in pg_hba.conf who may come over the network.
  if not exists (select from pg_roles where rolname = 'entregent_bi') then
    create role entregent_bi nologin noinherit;
  end if;
end $$;

create schema bi;
grant usage on schema bi to entregent_member, entregent_keeper;
grant create on schema bi to entregent_keeper;

create table bi.access (
  workspace_id uuid not null,
  access_id uuid not null,
  name text not null,
  grantee_kind text not null,
  grantee_id uuid not null,
  -- The login is entregent_bi_<short>, the schema bi_<short>: drawn by lot, so that a name tells nothing.
  short text not null,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  password_at timestamptz not null default now(),
  ends_at timestamptz not null,
  ended_at timestamptz,
  -- Raised whenever grants take something from it: what was read before must not be written after.
  grants_no bigint not null default 0,
  -- What it was filled from, so that nothing is done where nothing changed.
  made_of text,
  filled_at timestamptz,
  row_count int not null default 0,
  constraint access_pk primary key (workspace_id, access_id),
  constraint access_short_uq unique (workspace_id, short),
  constraint access_member_fk foreign key (workspace_id, created_by) references identity.member,
  constraint access_grantee_ck check (grantee_kind in ('member', 'team', 'process')),
  constraint access_short_ck check (short ~ '^[a-z0-9]{12}$')
);

-- Through which books, and what of them, each row of an access was made.
create table bi.row (
  workspace_id uuid not null,
  access_id uuid not null,
  row_id uuid not null,
  organization boolean not null,
  book_nos int[] not null,
  book_masks int[] not null,
  constraint row_pk primary key (workspace_id, access_id, row_id),
  constraint row_access_fk foreign key (workspace_id, access_id) references bi.access on delete cascade
);

alter table bi.access owner to entregent_keeper;
alter table bi.row owner to entregent_keeper;
alter table bi.access enable row level security;
alter table bi.row enable row level security;

-- Whoever changes a grant takes back, in the same transaction, what was made through it.
create policy of_workspace on bi.access to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
grant select, update (grants_no) on bi.access to entregent_member;
create policy read_by_holder on bi.row for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and delegation.holds_any(book_nos));
create policy delete_by_holder on bi.row for delete to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and delegation.holds_any(book_nos));
grant select, delete on bi.row to entregent_member;

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
    if found then
      viewer_role := 'app';
      audiences := array[member];
    else
      -- As a team or a named use, whatever is lent to it: what is made for it is filled so. It is nobody's own and holds no book.
      perform from identity.team t
      where t.workspace_id = workspace and t.team_id = member and coalesce(t.ends_at, 'infinity') > now();
      if not found then
        return false;
      end if;
      viewer_role := 'team';
      audiences := array[member, workspace];
    end if;
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

do $$
declare kinds text[];
begin
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) into kinds
  from pg_constraint c where c.conname = 'use_kind_ck' and c.conrelid = 'delegation.use'::regclass;
  alter table delegation.use drop constraint use_kind_ck;
  kinds := kinds || array['analysed'];
  execute format('alter table delegation.use add constraint use_kind_ck check (kind in (%s))',
    (select string_agg(quote_literal(k), ', ') from unnest(kinds) k));
end $$;
