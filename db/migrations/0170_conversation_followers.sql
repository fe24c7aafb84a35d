-- Holders hear when a contact they lend writes; who may read along may follow; what was said is erased when its time is over.

-- Whose own channel a conversation stands in, beside it: whoever reads along sees no row of that channel.
alter table conversations.conversation add column owner_id uuid;
update conversations.conversation c set owner_id = ch.owner_id from conversations.channel ch
where ch.workspace_id = c.workspace_id and ch.channel_id = c.channel_id and ch.owner_id is not null;
-- Nothing that was said stands there any more; that it was said does, so that it does not come again.
alter table conversations.conversation add column erased_at timestamptz;
create index conversation_retention_ix on conversations.conversation (workspace_id, channel_id, last_at) where erased_at is null;

-- Months after the last word; three years where nobody says otherwise.
alter table conversations.channel add column keep_months int not null default 36;
alter table conversations.channel add constraint channel_keep_ck check (keep_months between 1 and 120);
grant select (keep_months), update (keep_months) on conversations.channel to entregent_member;

-- Who wants to hear what somebody says, on whichever channel, as far as they may read it when it is said.
create table conversations.follower (
  workspace_id uuid not null,
  contact_point_id uuid not null,
  member_id uuid not null,
  since timestamptz not null default now(),
  constraint follower_pk primary key (workspace_id, contact_point_id, member_id)
);
alter table conversations.follower owner to entregent_keeper;
alter table conversations.follower enable row level security;
create policy of_member on conversations.follower to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select, insert, delete on conversations.follower to entregent_member;

do $$
declare kinds text[];
begin
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) into kinds
  from pg_constraint c where c.conname = 'notice_kind_ck' and c.conrelid = 'notices.notice'::regclass;
  alter table notices.notice drop constraint notice_kind_ck;
  kinds := kinds || array['followed_wrote'];
  execute format('alter table notices.notice add constraint notice_kind_ck check (kind in (%s))',
    (select string_agg(quote_literal(k), ', ') from unnest(kinds) k));
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) into kinds
  from pg_constraint c where c.conname = 'use_kind_ck' and c.conrelid = 'delegation.use'::regclass;
  alter table delegation.use drop constraint use_kind_ck;
  kinds := kinds || array['wrote'];
  execute format('alter table delegation.use add constraint use_kind_ck check (kind in (%s))',
    (select string_agg(quote_literal(k), ', ') from unnest(kinds) k));
end $$;
-- Told once an hour, however much somebody writes.
create unique index use_wrote_uq on delegation.use (workspace_id, user_id, card_id, kind, hour) where kind = 'wrote';

-- The search looks into threads that colleagues share, too: into the newest of them, through their messages.
drop function conversations.find_messages(uuid, tsquery, timestamptz, uuid, int);
create function conversations.find_messages(workspace uuid, query tsquery, before timestamptz, before_id uuid, wanted int)
  returns table (conversation_id uuid, message_id uuid, sent_at timestamptz)
  language plpgsql stable security definer set search_path = pg_catalog
as $$
declare
  mine int[];
  audiences uuid[];
  depth constant int := 500;
  -- Threads that others share, of which the messages are read one by one.
  most_shared constant int := 500;
  -- Down to when the newest of each channel are all known.
  horizon timestamptz;
  given int;
begin
  if workspace is distinct from nullif(current_setting('app.workspace', true), '')::uuid or current_setting('app.role', true) = 'app' then
    return;
  end if;
  select coalesce(array_agg(c.channel_no), '{}') into mine from conversations.channel c
  where c.workspace_id = workspace
    and get_bit(coalesce(nullif(current_setting('app.channels', true), ''), '\x00')::bytea, c.channel_no) = 1;
  audiences := string_to_array(nullif(current_setting('app.audiences', true), ''), ',')::uuid[];
  select max(last.sent_at) into horizon
  from unnest(mine) no cross join lateral (
    select m.sent_at from conversations.message m
    where m.workspace_id = workspace and m.channel_no = no and (before is null or (m.sent_at, m.message_id) < (before, before_id))
    order by m.sent_at desc, m.message_id desc offset depth limit 1) last;
  return query
    select w.conversation_id, w.message_id, w.sent_at
    from (
      select n.* from unnest(mine) no cross join lateral (
        select m.conversation_id, m.message_id, m.sent_at, m.words from conversations.message m
        where m.workspace_id = workspace and m.channel_no = no and (before is null or (m.sent_at, m.message_id) < (before, before_id))
          and (horizon is null or m.sent_at > horizon)
        order by m.sent_at desc, m.message_id desc limit depth) n
      union all
      select m.conversation_id, m.message_id, m.sent_at, m.words
      from (select c.conversation_id from conversations.conversation c
        where c.workspace_id = workspace and c.shared_with = any(audiences) and c.channel_no <> all(mine) and c.erased_at is null
        order by c.last_at desc limit most_shared) c
      join conversations.message m on m.workspace_id = workspace and m.conversation_id = c.conversation_id
      where (before is null or (m.sent_at, m.message_id) < (before, before_id))
        and (horizon is null or m.sent_at > horizon)) w
    where w.words @@ query
    order by w.sent_at desc, w.message_id desc limit wanted;
  get diagnostics given = row_count;
  if given = wanted or horizon is null then
    return;
  end if;
  return query
    select m.conversation_id, m.message_id, m.sent_at from conversations.message m
    where m.workspace_id = workspace and m.words @@ query and m.sent_at <= horizon
      and (m.channel_no = any(mine) or m.shared_with = any(audiences))
      and (before is null or (m.sent_at, m.message_id) < (before, before_id))
    order by m.sent_at desc, m.message_id desc limit wanted - given;
end $$;
alter function conversations.find_messages(uuid, tsquery, timestamptz, uuid, int) owner to entregent_keeper;
revoke all on function conversations.find_messages(uuid, tsquery, timestamptz, uuid, int) from public;
grant execute on function conversations.find_messages(uuid, tsquery, timestamptz, uuid, int) to entregent_member;
