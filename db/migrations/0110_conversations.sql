-- Conversations: channels on which people write to us and we to them, conversations there, their messages and files.

create schema conversations;
grant usage on schema conversations to entregent_member, entregent_keeper;
grant create on schema conversations to entregent_keeper;

-- What a conversation belongs to is a contact point too where it is no address and no number: an account of a network, a visitor of a site.
alter table cards.contact_point drop constraint contact_point_channel_ck;
alter table cards.contact_point add constraint contact_point_channel_ck check (channel in ('email', 'phone', 'handle', 'visitor'));

create table conversations.channel (
  workspace_id uuid not null,
  channel_id uuid not null,
  -- Small, and never given twice: its bit in app.channels.
  channel_no int not null,
  kind text not null,
  name text not null,
  -- A member's own: nobody else sees what stands there, but what they share. Null: the company's.
  owner_id uuid,
  settings jsonb not null,
  -- Sealed. Members may not read this column.
  secret bytea,
  state text not null default 'working',
  -- What the platform would not do, in a code, and since when.
  problem text,
  problem_since timestamptz,
  -- From where reading goes on, and when.
  cursor jsonb,
  next_pull_at timestamptz,
  heard_at timestamptz,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint channel_pk primary key (workspace_id, channel_id),
  constraint channel_no_uq unique (workspace_id, channel_no),
  constraint channel_state_ck check (state in ('working', 'paused', 'ended'))
);
create index channel_pull_ix on conversations.channel (workspace_id, next_pull_at) where next_pull_at is not null and state = 'working';

-- Who tends a channel: sees its conversations and answers there.
create table conversations.access (
  workspace_id uuid not null,
  channel_id uuid not null,
  audience_kind text not null,
  audience_id uuid not null,
  constraint access_pk primary key (workspace_id, channel_id, audience_id),
  constraint access_channel_fk foreign key (workspace_id, channel_id) references conversations.channel on delete cascade,
  constraint access_kind_ck check (audience_kind in ('workspace', 'team', 'member'))
);
create index access_audience_ix on conversations.access (workspace_id, audience_id, channel_id);

create table conversations.conversation (
  workspace_id uuid not null,
  conversation_id uuid not null,
  channel_id uuid not null,
  channel_no int not null,
  -- Of a member's own channel: with whom its owner shares it (a team, a member, the workspace).
  shared_with uuid,
  -- How the channel calls what belongs together. What comes on a thread goes to the current one; one closed long ago is no longer current.
  thread text not null,
  is_current boolean not null default true,
  contact_point_id uuid not null,
  point_channel text not null,
  -- The contact point's address, as the channel gives it, and what an answer is sent to where that is something else.
  address text not null,
  reply_to text,
  -- The address is what an anonymous visitor says of themself; nothing has shown that it is theirs.
  claimed boolean not null default false,
  -- Until when a visitor is taken to be writing.
  writing_until timestamptz,
  -- As they call themselves.
  contact_name text not null default '',
  subject text not null default '',
  status text not null default 'open',
  snoozed_until timestamptz,
  assignee_id uuid,
  team_id uuid,
  -- The beginning of the last message.
  excerpt text not null default '',
  last_kind text not null default 'in',
  last_at timestamptz not null,
  last_in_at timestamptz,
  -- Their first word since it was opened, our first answer to it, and since when they wait for one.
  opened_at timestamptz not null,
  first_answer_at timestamptz,
  waiting_since timestamptz,
  closed_at timestamptz,
  -- Grows with each change that a member decides: who decides on an older state is told.
  version int not null default 1,
  created_at timestamptz not null default now(),
  constraint conversation_pk primary key (workspace_id, conversation_id),
  constraint conversation_channel_fk foreign key (workspace_id, channel_id) references conversations.channel,
  constraint conversation_status_ck check (status in ('open', 'pending', 'snoozed', 'closed', 'spam')),
  constraint conversation_snoozed_ck check ((status = 'snoozed') = (snoozed_until is not null))
);
create unique index conversation_current_uq on conversations.conversation (workspace_id, channel_id, thread) where is_current;
create index conversation_list_ix on conversations.conversation (workspace_id, channel_id, status, last_at desc, conversation_id desc);
create index conversation_assignee_ix on conversations.conversation (workspace_id, assignee_id, status, last_at desc, conversation_id desc)
  where assignee_id is not null;
create index conversation_unassigned_ix on conversations.conversation (workspace_id, channel_id, status, last_at desc, conversation_id desc)
  where assignee_id is null;
create index conversation_point_ix on conversations.conversation (workspace_id, contact_point_id, last_at desc, conversation_id desc);
create index conversation_shared_ix on conversations.conversation (workspace_id, shared_with, status, last_at desc, conversation_id desc)
  where shared_with is not null;
create index conversation_snoozed_ix on conversations.conversation (workspace_id, snoozed_until) where snoozed_until is not null;
create index conversation_opened_ix on conversations.conversation (workspace_id, channel_id, opened_at);

create table conversations.message (
  workspace_id uuid not null,
  conversation_id uuid not null,
  message_id uuid not null,
  channel_id uuid not null,
  channel_no int not null,
  shared_with uuid,
  -- `in`: theirs; `out`: ours; `note`: among ourselves; `event`: what became of the conversation.
  kind text not null,
  -- Of what a member wrote or did.
  author_id uuid,
  -- Of what came: who wrote, where it is not whom the conversation is with.
  author_name text,
  subject text,
  text text not null,
  quoted text,
  -- Made harmless before it is kept.
  html text,
  -- The platform's id: said twice, it stands once.
  external_id text,
  sent_at timestamptz not null,
  created_at timestamptz not null default now(),
  edited_at timestamptz,
  deleted_at timestamptz,
  -- Of ours: queued → sending → sent → delivered → read; or failed, refused, in_doubt, cancelled.
  state text,
  -- Why not, in a code; how often it was tried.
  answer text,
  attempts smallint not null default 0,
  claimed_at timestamptz,
  -- The gate's reasons, as it gave them.
  decision jsonb,
  -- A text agreed with the platform, by its name there.
  template jsonb,
  automatic boolean not null default false,
  nature text,
  url text,
  rating jsonb,
  others text[],
  -- Emojis that the other side has put on it.
  reactions jsonb,
  -- Of an event: what was done.
  event jsonb,
  -- Its words without accents, for the search.
  words tsvector,
  constraint message_pk primary key (workspace_id, conversation_id, message_id),
  constraint message_conversation_fk foreign key (workspace_id, conversation_id) references conversations.conversation on delete cascade,
  constraint message_kind_ck check (kind in ('in', 'out', 'note', 'event')),
  constraint message_state_ck check ((kind = 'out') = (state is not null)
    and state in ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'refused', 'in_doubt', 'cancelled'))
);
create unique index message_external_uq on conversations.message (workspace_id, channel_id, external_id) where external_id is not null;
create index message_time_ix on conversations.message (workspace_id, conversation_id, sent_at, message_id);
create index message_leaving_ix on conversations.message (workspace_id, created_at) where state in ('queued', 'sending', 'in_doubt');
-- For the search: what is said often is found among the newest of each channel, what is said seldom by its words.
create index message_channel_ix on conversations.message (workspace_id, channel_no, sent_at desc, message_id desc);
create index message_words_ix on conversations.message using gin (workspace_id, words);

create table conversations.file (
  workspace_id uuid not null,
  conversation_id uuid not null,
  -- Null: put there for an answer that has not left yet, by its author; forgotten after a day.
  message_id uuid,
  author_id uuid,
  file_id uuid not null,
  created_at timestamptz not null default now(),
  channel_no int not null,
  shared_with uuid,
  name text not null,
  -- What it is by its octets, where that is known; else what the other side says.
  media_type text not null,
  size int not null,
  -- It is what it says it is, and of a kind that is shown in the page.
  shown boolean not null,
  -- `kept`: its octets stand in `file_part`; `waiting`: they are still to be fetched; `refused`: they are not here, for `reason`.
  state text not null,
  reason text,
  -- Where the channel has it.
  remote jsonb,
  content_id text,
  constraint file_pk primary key (workspace_id, file_id),
  constraint file_message_fk foreign key (workspace_id, conversation_id, message_id) references conversations.message on delete cascade,
  constraint file_state_ck check (state in ('kept', 'waiting', 'refused'))
);
create index file_message_ix on conversations.file (workspace_id, conversation_id, message_id);
create index file_loose_ix on conversations.file (workspace_id, created_at) where message_id is null;

create table conversations.file_part (
  workspace_id uuid not null,
  file_id uuid not null,
  no smallint not null,
  channel_no int not null,
  shared_with uuid,
  data bytea not null,
  constraint file_part_pk primary key (workspace_id, file_id, no),
  constraint file_part_file_fk foreign key (workspace_id, file_id) references conversations.file on delete cascade
);

-- News of messages that have not come yet (an edit that overtook its message); forgotten after some days.
create table conversations.early (
  workspace_id uuid not null,
  channel_id uuid not null,
  external_id text not null,
  early_id uuid not null,
  news jsonb not null,
  at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint early_pk primary key (workspace_id, channel_id, external_id, early_id),
  constraint early_channel_fk foreign key (workspace_id, channel_id) references conversations.channel on delete cascade
);

-- Up to when each member has read a conversation.
create table conversations.seen (
  workspace_id uuid not null,
  member_id uuid not null,
  conversation_id uuid not null,
  seen_at timestamptz not null,
  constraint seen_pk primary key (workspace_id, member_id, conversation_id),
  constraint seen_conversation_fk foreign key (workspace_id, conversation_id) references conversations.conversation on delete cascade
);

-- Who was called upon in a note.
create table conversations.mention (
  workspace_id uuid not null,
  member_id uuid not null,
  conversation_id uuid not null,
  message_id uuid not null,
  at timestamptz not null default now(),
  constraint mention_pk primary key (workspace_id, member_id, message_id),
  constraint mention_conversation_fk foreign key (workspace_id, conversation_id) references conversations.conversation on delete cascade
);
create index mention_member_ix on conversations.mention (workspace_id, member_id, conversation_id);

-- Who looks at a conversation or writes an answer just now.
create table conversations.presence (
  workspace_id uuid not null,
  conversation_id uuid not null,
  member_id uuid not null,
  channel_no int not null,
  shared_with uuid,
  writing boolean not null,
  until timestamptz not null,
  constraint presence_pk primary key (workspace_id, conversation_id, member_id),
  constraint presence_conversation_fk foreign key (workspace_id, conversation_id) references conversations.conversation on delete cascade
);

-- Texts for answers that come again, with Liquid variables.
create table conversations.saved_reply (
  workspace_id uuid not null,
  reply_id uuid not null,
  name text not null,
  -- By language; at least one.
  texts jsonb not null,
  -- Who has it: its author, a team, the workspace.
  audience_id uuid not null,
  author_id uuid not null,
  changed_at timestamptz not null default now(),
  constraint saved_reply_pk primary key (workspace_id, reply_id)
);

do $$
declare t text;
begin
  foreach t in array array['channel', 'access', 'conversation', 'message', 'file', 'file_part', 'early', 'seen', 'mention', 'presence', 'saved_reply'] loop
    execute format('alter table conversations.%I owner to entregent_keeper', t);
    execute format('alter table conversations.%I enable row level security', t);
  end loop;
end $$;

-- Which channels the viewer tends, as bits by number, in a setting of this transaction: policies read nothing else. Called by whoever
-- shows conversations; without it nothing is seen but what is shared.
create function conversations.enter() returns void
  language plpgsql security definer set search_path = pg_catalog
as $$
declare
  workspace uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  bits text;
begin
  if workspace is null or current_setting('app.role', true) = 'app' then
    return;
  end if;
  select string_agg(lpad(to_hex(byte), 2, '0'), '' order by no) into bits
  from (
    select n.no, coalesce(bit_or(1 << (c.channel_no & 7)), 0) as byte
    -- Further than there are channels: asking for a bit beyond the end, of one made meanwhile, would be an error.
    from generate_series(0, 64 + (select coalesce(max(channel_no), 0) >> 3 from conversations.channel where workspace_id = workspace)) n(no)
    left join conversations.channel c on c.workspace_id = workspace and c.channel_no >> 3 = n.no
      and (c.owner_id = nullif(current_setting('app.member', true), '')::uuid
        or exists (select from conversations.access a where a.workspace_id = workspace and a.channel_id = c.channel_id
          and strpos(current_setting('app.audiences', true), a.audience_id::text) > 0))
    group by n.no) bytes;
  execute format('set local app.channels = %L', '\x' || coalesce(bits, '00'));
end $$;
alter function conversations.enter() owner to entregent_keeper;
revoke all on function conversations.enter() from public;
grant execute on function conversations.enter() to entregent_member;

create policy of_workspace on conversations.channel for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (owner_id is null or owner_id = nullif(current_setting('app.member', true), '')::uuid));
create policy by_admin on conversations.channel for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (current_setting('app.role', true) = 'admin' and owner_id is null
      or current_setting('app.role', true) is distinct from 'app' and owner_id = nullif(current_setting('app.member', true), '')::uuid));
create policy update_by_admin on conversations.channel for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (current_setting('app.role', true) = 'admin' and owner_id is null
      or current_setting('app.role', true) is distinct from 'app' and owner_id = nullif(current_setting('app.member', true), '')::uuid));
grant select (workspace_id, channel_id, channel_no, kind, name, owner_id, settings, state, problem, problem_since, heard_at, created_by, created_at, ended_at)
  on conversations.channel to entregent_member;
grant insert on conversations.channel to entregent_member;
grant update (name, settings, secret, state, problem, problem_since, next_pull_at, ended_at) on conversations.channel to entregent_member;

-- Who answers where is no secret within the company; of members' own channels nothing stands here.
create policy of_workspace on conversations.access for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
create policy by_admin on conversations.access to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin');
grant select, insert, delete on conversations.access to entregent_member;

do $$
declare t text;
begin
  foreach t in array array['conversation', 'message', 'file', 'file_part', 'presence'] loop
    execute format($policy$
      create policy of_channel on conversations.%I for select to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app'
          and (get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1
            or strpos(current_setting('app.audiences', true), shared_with::text) > 0))$policy$, t);
    execute format('grant select on conversations.%I to entregent_member', t);
  end loop;
end $$;

-- What one decides about a conversation, and what one writes there.
create policy update_by_agent on conversations.conversation for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1);
grant update (status, snoozed_until, assignee_id, team_id, excerpt, last_kind, last_at, first_answer_at, waiting_since, closed_at, version)
  on conversations.conversation to entregent_member;
create policy by_author on conversations.message for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and author_id = nullif(current_setting('app.member', true), '')::uuid and kind <> 'in'
    and (get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1
      or kind = 'note' and strpos(current_setting('app.audiences', true), shared_with::text) > 0));
create policy update_by_agent on conversations.message for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1);
grant insert on conversations.message to entregent_member;
grant update (state, answer, attempts) on conversations.message to entregent_member;
create policy by_author on conversations.file for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and author_id = nullif(current_setting('app.member', true), '')::uuid
    and get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1);
create policy update_by_author on conversations.file for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and author_id = nullif(current_setting('app.member', true), '')::uuid);
grant insert on conversations.file to entregent_member;
grant update (message_id) on conversations.file to entregent_member;
create policy by_author on conversations.file_part for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1);
grant insert on conversations.file_part to entregent_member;

create policy of_member on conversations.presence to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid)
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid
    and (get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1
      or strpos(current_setting('app.audiences', true), shared_with::text) > 0));
grant insert, update, delete on conversations.presence to entregent_member;
create policy of_member on conversations.seen to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select, insert, update on conversations.seen to entregent_member;

-- One's own; and whoever calls upon a colleague writes it.
create policy of_member on conversations.mention for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
create policy by_colleague on conversations.mention for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
grant select, insert on conversations.mention to entregent_member;

create policy of_audience on conversations.saved_reply for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0);
create policy by_author on conversations.saved_reply to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (author_id = nullif(current_setting('app.member', true), '')::uuid or current_setting('app.role', true) = 'admin'))
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0);
grant select, insert, update, delete on conversations.saved_reply to entregent_member;

-- The newest messages of the viewer's channels that hold all words: full-text search cannot pass row security, so the channels stand in the
-- question. Looked for among the newest of each channel first: an index of words alone would read every message that holds a usual one before it
-- knew which are new. What is not among these is said seldom enough for the index.
create function conversations.find_messages(workspace uuid, query tsquery, before timestamptz, before_id uuid, wanted int)
  returns table (conversation_id uuid, message_id uuid, sent_at timestamptz)
  language plpgsql stable security definer set search_path = pg_catalog
as $$
declare
  mine int[];
  depth constant int := 500;
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
  select max(last.sent_at) into horizon
  from unnest(mine) no cross join lateral (
    select m.sent_at from conversations.message m
    where m.workspace_id = workspace and m.channel_no = no and (before is null or (m.sent_at, m.message_id) < (before, before_id))
    order by m.sent_at desc, m.message_id desc offset depth limit 1) last;
  return query
    select w.conversation_id, w.message_id, w.sent_at
    from unnest(mine) no cross join lateral (
      select m.conversation_id, m.message_id, m.sent_at, m.words from conversations.message m
      where m.workspace_id = workspace and m.channel_no = no and (before is null or (m.sent_at, m.message_id) < (before, before_id))
        and (horizon is null or m.sent_at > horizon)
      order by m.sent_at desc, m.message_id desc limit depth) w
    where w.words @@ query
    order by w.sent_at desc, w.message_id desc limit wanted;
  get diagnostics given = row_count;
  if given = wanted or horizon is null then
    return;
  end if;
  return query
    select m.conversation_id, m.message_id, m.sent_at from conversations.message m
    where m.workspace_id = workspace and m.channel_no = any(mine) and m.words @@ query and m.sent_at <= horizon
      and (before is null or (m.sent_at, m.message_id) < (before, before_id))
    order by m.sent_at desc, m.message_id desc limit wanted - given;
end $$;
alter function conversations.find_messages(uuid, tsquery, timestamptz, uuid, int) owner to entregent_keeper;
revoke all on function conversations.find_messages(uuid, tsquery, timestamptz, uuid, int) from public;
grant execute on function conversations.find_messages(uuid, tsquery, timestamptz, uuid, int) to entregent_member;

-- Members see no others' own channels: the next number is found above them.
create function conversations.next_channel_no(workspace uuid) returns int
  language sql stable security definer set search_path = pg_catalog
as $$
  select coalesce(max(channel_no), 0) + 1 from conversations.channel where workspace_id = workspace
$$;
alter function conversations.next_channel_no(uuid) owner to entregent_keeper;
revoke all on function conversations.next_channel_no(uuid) from public;
grant execute on function conversations.next_channel_no(uuid) to entregent_member;
