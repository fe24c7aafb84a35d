-- The audit and the ledger, sealed in a chain: what was written down and sealed cannot be changed, taken out or slipped in unnoticed.

create schema audit;
grant usage on schema audit to entregent_member, entregent_keeper;
grant create on schema audit to entregent_keeper;

-- One link of the chain of a workspace: all entries of which the id lies between two ids (UUIDv7: between two instants).
create table audit.seal (
  workspace_id uuid not null,
  seal_no integer not null,
  -- The first id, and the first one after the last.
  from_id uuid not null,
  until_id uuid not null,
  -- Of identity.audit and of delegation.use: how many, and SHA-256 over the SHA-256 of each, in the order of their ids.
  entries integer not null,
  entries_digest bytea not null,
  uses integer not null,
  uses_digest bytea not null,
  -- HMAC-SHA-256 over all of the above and the seal before, under a key that is in no database and no backup.
  mac bytea not null,
  sealed_at timestamptz not null,
  constraint seal_pk primary key (workspace_id, seal_no),
  constraint seal_range_ck check (from_id < until_id),
  constraint seal_count_ck check (entries + uses > 0)
);
alter table audit.seal owner to entregent_keeper;
alter table audit.seal enable row level security;
create policy of_overseer on audit.seal for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) in ('admin', 'auditor'));
grant select on audit.seal to entregent_member;

-- When the whole chain was gone through, and what was found.
create table audit.verification (
  workspace_id uuid not null,
  verification_id uuid not null,
  at timestamptz not null default now(),
  seals integer not null,
  entries integer not null,
  uses integer not null,
  -- [{"sealNo": …, "problem": …}]; empty: whole.
  breaks jsonb not null,
  constraint verification_pk primary key (workspace_id, verification_id)
);
alter table audit.verification owner to entregent_keeper;
alter table audit.verification enable row level security;
create policy of_overseer on audit.verification for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) in ('admin', 'auditor'));
grant select on audit.verification to entregent_member;

-- Who oversees sees who used whose contacts and how often; which contacts, of those alone that they may read themselves.
create policy of_overseer on delegation.happening for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) in ('admin', 'auditor'));
create policy of_overseer on delegation.use for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) in ('admin', 'auditor')
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1);

-- Whose book it is: overseers are told who lends, not what the book is called.
create function audit.holder_of(no integer) returns uuid
  language sql stable security definer set search_path = pg_catalog
begin atomic
  select holder_id from delegation.book
  where workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and book_no = no
    and current_setting('app.role', true) in ('admin', 'auditor');
end;
revoke all on function audit.holder_of(integer) from public;
grant execute on function audit.holder_of(integer) to entregent_member;

-- What members are told of their own access, and overseers of exports.
do $$
declare kinds text[];
begin
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) into kinds
  from pg_constraint c where c.conname = 'notice_kind_ck' and c.conrelid = 'notices.notice'::regclass;
  alter table notices.notice drop constraint notice_kind_ck;
  kinds := kinds || array['audit_broken', 'signed_in', 'access_changed', 'many_exported'];
  execute format('alter table notices.notice add constraint notice_kind_ck check (kind in (%s))',
    (select string_agg(quote_literal(k), ', ') from unnest(kinds) k));
end $$;

-- From which browsers a member has signed in: the hash of a cookie.
create table identity.known_device (
  workspace_id uuid not null,
  member_id uuid not null,
  token_hash bytea not null,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  constraint known_device_pk primary key (workspace_id, member_id, token_hash),
  constraint known_device_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade
);
alter table identity.known_device enable row level security;
create policy for_identity on identity.known_device for all to entregent_identity using (true) with check (true);
grant select, insert, update, delete on identity.known_device to entregent_identity;
grant all on identity.known_device to entregent_keeper;
