-- What an assistant was shown and then did, by the fingerprint that its member's program brought: each once.

create schema mcp;
alter schema mcp owner to entregent_keeper;
grant usage on schema mcp to entregent_member;

create table mcp.spent (
  workspace_id uuid not null,
  -- Drawn with the fingerprint.
  spent_id uuid not null,
  member_id uuid not null,
  at timestamptz not null default now(),
  constraint spent_pk primary key (workspace_id, spent_id),
  constraint spent_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade
);
alter table mcp.spent owner to entregent_keeper;
alter table mcp.spent enable row level security;
-- For the program's member alone: the program itself, which acts as nobody but itself, writes none.
create policy of_member on mcp.spent for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant insert on mcp.spent to entregent_member;

-- Enters as one, to see of the contacts what another sees, too: an app that acts for its member, and the member for what only they know. What the
-- viewer is (role, audiences, what is their own) stays; what is reached is what both reach, and nobody holds anything.
create function delegation.enter_both(workspace uuid, viewer uuid, other uuid) returns boolean
  language plpgsql security definer set search_path = pg_catalog
as $$
declare
  last int;
  theirs text[] := '{}';
  ours text;
begin
  select coalesce(max(book_no), 0) >> 6 into last from delegation.book where workspace_id = workspace;
  if not delegation.enter(workspace, other) then
    return false;
  end if;
  for n in 0..last loop
    theirs[n] := nullif(current_setting('app.reach_' || n, true), '');
    execute 'set local app.reach_' || n || ' = ''''';
  end loop;
  if not delegation.enter(workspace, viewer) then
    return false;
  end if;
  for n in 0..last loop
    ours := nullif(current_setting('app.reach_' || n, true), '');
    if ours is null or theirs[n] is null then
      execute 'set local app.reach_' || n || ' = ''''';
    else
      execute format('set local app.reach_%s = %L', n,
        '\x' || encode(substr(bit_send(delegation.bits_of_reach(ours) & delegation.bits_of_reach(theirs[n])), 5), 'hex'));
    end if;
  end loop;
  return true;
end $$;

-- A setting of 64 books as bits: `\x` and two hexadecimal digits for each octet.
create function delegation.bits_of_reach(setting text) returns bit(2048)
  language sql immutable set search_path = pg_catalog
as $$ select ('x' || substr(setting, 3))::bit(2048) $$;

alter function delegation.bits_of_reach(text) owner to entregent_keeper;
revoke all on function delegation.bits_of_reach(text) from public;
alter function delegation.enter_both(uuid, uuid, uuid) owner to entregent_keeper;
revoke all on function delegation.enter_both(uuid, uuid, uuid) from public;
grant execute on function delegation.enter_both(uuid, uuid, uuid) to entregent_member;
