-- Voices: what messages were read to say (language, tone, topics), corrected by people, and counted.

create schema voices;
grant usage on schema voices to entregent_member, entregent_keeper;
grant create on schema voices to entregent_keeper;

-- What people speak of, as the company names it. Nothing stands here until somebody changes the tree that everybody begins with.
create table voices.topic (
  workspace_id uuid not null,
  topic_id uuid not null,
  parent_id uuid,
  name_fr text not null,
  name_en text not null,
  words text[] not null,
  position int not null,
  changed_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint topic_pk primary key (workspace_id, topic_id)
);

create table voices.reading (
  workspace_id uuid not null,
  conversation_id uuid not null,
  message_id uuid not null,
  channel_no int not null,
  contact_point_id uuid not null,
  sent_at timestamptz not null,
  language text not null,
  tone text not null,
  confidence double precision not null,
  -- The words that it was told by, as they stand in the message.
  why text[] not null,
  read_at timestamptz not null default now(),
  constraint reading_pk primary key (workspace_id, conversation_id, message_id),
  constraint reading_tone_ck check (tone in ('negative', 'neutral', 'positive'))
);

-- A row for each topic of a message; of one that fits none, a single row with the id that is all zeros.
create table voices.reading_topic (
  workspace_id uuid not null,
  conversation_id uuid not null,
  message_id uuid not null,
  topic_id uuid not null,
  channel_no int not null,
  contact_point_id uuid not null,
  sent_at timestamptz not null,
  tone text not null,
  confidence double precision not null,
  why text[] not null,
  -- Said by a member; else by the machine.
  said boolean not null,
  constraint reading_topic_pk primary key (workspace_id, conversation_id, message_id, topic_id),
  constraint reading_topic_reading_fk foreign key (workspace_id, conversation_id, message_id) references voices.reading on delete cascade
);
create index reading_topic_cell_ix on voices.reading_topic (workspace_id, topic_id, channel_no, sent_at desc, message_id desc);
create index reading_topic_point_ix on voices.reading_topic (workspace_id, contact_point_id, topic_id, channel_no, sent_at);

-- One voice: one contact point on one topic of one channel, once a calendar month (UTC), counted on its first day; for each tone, and for any.
create table voices.voice (
  workspace_id uuid not null,
  contact_point_id uuid not null,
  topic_id uuid not null,
  channel_no int not null,
  month date not null,
  tone text not null,
  first_day date not null,
  constraint voice_pk primary key (workspace_id, contact_point_id, topic_id, channel_no, month, tone)
);

-- What the picture shows: messages, and voices first heard, of a day (UTC). Equal to the readings by a test.
create table voices.tally (
  workspace_id uuid not null,
  day date not null,
  channel_no int not null,
  topic_id uuid not null,
  tone text not null,
  messages int not null,
  voices int not null,
  constraint tally_pk primary key (workspace_id, day, channel_no, topic_id, tone),
  constraint tally_tone_ck check (tone in ('negative', 'neutral', 'positive', 'any'))
);

-- What a member says of a message; the last word stands. Null: as it was read.
create table voices.correction (
  workspace_id uuid not null,
  conversation_id uuid not null,
  message_id uuid not null,
  channel_no int not null,
  tone text,
  topic_ids uuid[],
  member_id uuid not null,
  at timestamptz not null default now(),
  constraint correction_pk primary key (workspace_id, conversation_id, message_id),
  constraint correction_tone_ck check (tone in ('negative', 'neutral', 'positive'))
);
create index correction_time_ix on voices.correction (workspace_id, at desc);

-- What corrections taught: counts, made anew from them whenever one comes or goes.
create table voices.learnt (
  workspace_id uuid not null,
  state jsonb not null,
  constraint learnt_pk primary key (workspace_id)
);

-- Proposals that a member does not want to see again, by the word that holds them together.
create table voices.dismissed (
  workspace_id uuid not null,
  member_id uuid not null,
  word text not null,
  constraint dismissed_pk primary key (workspace_id, member_id, word)
);

do $$
declare t text;
begin
  foreach t in array array['topic', 'reading', 'reading_topic', 'voice', 'tally', 'correction', 'learnt', 'dismissed'] loop
    execute format('alter table voices.%I owner to entregent_keeper', t);
    execute format('alter table voices.%I enable row level security', t);
  end loop;
  -- Who tends the channel; whoever only reads along in a thread sees what was said, not what was read in it.
  foreach t in array array['reading', 'reading_topic', 'tally', 'correction'] loop
    execute format($policy$
      create policy of_channel on voices.%I for select to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app'
          and get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1)$policy$, t);
    execute format('grant select on voices.%I to entregent_member', t);
  end loop;
end $$;

create policy of_workspace on voices.topic for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
create policy by_admin on voices.topic to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin');
grant select, insert, update on voices.topic to entregent_member;

create policy by_agent on voices.correction to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1)
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid
    and get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1);
grant insert, update, delete on voices.correction to entregent_member;

create policy of_member on voices.dismissed to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select, insert on voices.dismissed to entregent_member;
