-- Voices with weights: what a topic is about, what counts how much, voices that are no messages, and rises that were told.

-- Of what a topic speaks: what one offers, how one serves, the competition, what one says, how one is seen.
alter table voices.topic add column aspect text;
alter table voices.topic add constraint topic_aspect_ck check (aspect in ('product', 'service', 'competition', 'message', 'image'));

-- Who spoke, and how, is counted from the index alone: a busy topic has a hundred thousand rows in ninety days.
drop index voices.reading_topic_cell_ix;
create index reading_topic_cell_ix on voices.reading_topic (workspace_id, topic_id, channel_no, sent_at desc, message_id desc)
  include (contact_point_id, tone);

-- What a person, an organisation and a thousand of value weigh. Nothing stands here until an admin says otherwise.
create table voices.weighing (
  workspace_id uuid not null,
  person double precision not null,
  account double precision not null,
  thousand double precision not null,
  currency text not null,
  constraint weighing_pk primary key (workspace_id),
  constraint weighing_ck check (person >= 0 and account >= 0 and thousand >= 0 and currency ~ '^[A-Z]{3}$')
);

-- What was said elsewhere than in a message (a field note, an interview, a survey, an idea): a row for each topic of it, and one with the id
-- of zeros where it fits none, or has yet to be read. Who it is of: a contact point, or a card.
create table voices.reported (
  workspace_id uuid not null,
  origin text not null,
  origin_id uuid not null,
  topic_id uuid not null,
  contact_point_id uuid,
  card_id uuid,
  -- Who sees it: the workspace, a team, a member.
  audience_id uuid not null,
  said_at timestamptz not null,
  tone text not null,
  text text not null,
  -- They agreed to be quoted by name.
  quotable boolean not null,
  constraint reported_pk primary key (workspace_id, origin, origin_id, topic_id),
  constraint reported_origin_ck check (origin in ('note', 'interview', 'survey', 'idea')),
  constraint reported_tone_ck check (tone in ('negative', 'neutral', 'positive')),
  constraint reported_of_ck check (contact_point_id is not null or card_id is not null)
);
create index reported_topic_ix on voices.reported (workspace_id, topic_id, said_at desc);
create index reported_card_ix on voices.reported (workspace_id, card_id) where card_id is not null;

-- Topics of which something was read, or taken back, since somebody last looked: a mark, so that many messages wake whoever watches once.
create table voices.stirred (
  workspace_id uuid not null,
  topic_id uuid not null,
  lost boolean not null default false,
  constraint stirred_pk primary key (workspace_id, topic_id)
);

-- Unusual rises that were told, each once.
create table voices.rise (
  workspace_id uuid not null,
  rise_id uuid not null,
  day date not null,
  topic_id uuid not null,
  channel_no int not null,
  count int not null,
  expected double precision not null,
  told_at timestamptz not null default now(),
  constraint rise_pk primary key (workspace_id, rise_id),
  constraint rise_cell_uq unique (workspace_id, day, topic_id, channel_no)
);

do $$
declare
  t text;
  kinds text[];
begin
  foreach t in array array['weighing', 'reported', 'stirred', 'rise'] loop
    execute format('alter table voices.%I owner to entregent_keeper', t);
    execute format('alter table voices.%I enable row level security', t);
  end loop;
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) into kinds
  from pg_constraint c where c.conname = 'notice_kind_ck' and c.conrelid = 'notices.notice'::regclass;
  alter table notices.notice drop constraint notice_kind_ck;
  kinds := kinds || array['voices_rise'];
  execute format('alter table notices.notice add constraint notice_kind_ck check (kind in (%s))',
    (select string_agg(quote_literal(k), ', ') from unnest(kinds) k));
end $$;

create policy of_workspace on voices.weighing for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
create policy by_admin on voices.weighing to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin');
grant select, insert, update on voices.weighing to entregent_member;

create policy of_channel on voices.rise for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1);
grant select on voices.rise to entregent_member;

create policy of_audience on voices.reported to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0);
grant select, insert, update, delete on voices.reported to entregent_member;
