-- Campaigns as they are sent: what, in whose name, how fast, and what became of each person of the target.

create schema campaigns;
grant usage on schema campaigns to entregent_member, entregent_keeper;
grant create on schema campaigns to entregent_keeper;

create table campaigns.sending (
  workspace_id uuid not null,
  campaign_id uuid not null,
  content_id uuid not null,
  -- In whose name and with whose grants it is sent: they said so themselves.
  sender_id uuid not null,
  -- Members who get a copy of it, marked as such and not counted.
  seed_ids uuid[] not null default '{}',
  -- Messages an hour; null: as quick as they come.
  per_hour int,
  -- In so many lots, spread over so many hours.
  lots int not null default 1,
  over_hours int not null default 0,
  state text not null default 'draft',
  -- Why the product paused or ended it by itself.
  problem text,
  -- What was approved: it leaves while this is still so.
  approved_content_id uuid,
  approved_version int,
  approved_segment_id uuid,
  approved_sender_id uuid,
  approved_purpose text,
  -- Its people are known.
  gathered boolean not null default false,
  -- When it is to begin, when it began and ended.
  starts_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  -- Whose turn it is to work on it: an older job with another one has had its turn. And when one last did.
  chain uuid,
  beat_at timestamptz not null default now(),
  -- Until when what was written fills the pace.
  paced_until timestamptz,
  -- What the gate said when it was last asked, in numbers.
  estimate jsonb,
  edition int not null default 1,
  changed_by uuid not null,
  created_at timestamptz not null default now(),
  constraint sending_pk primary key (workspace_id, campaign_id),
  constraint sending_campaign_fk foreign key (workspace_id, campaign_id) references plan.campaign,
  constraint sending_sender_fk foreign key (workspace_id, sender_id) references identity.member,
  constraint sending_state_ck check (state in ('draft', 'scheduled', 'gathering', 'sending', 'paused', 'stopped', 'done')),
  constraint sending_pace_ck check (per_hour > 0 and lots between 1 and 100 and over_hours between 0 and 720)
);
create index sending_content_ix on campaigns.sending (workspace_id, content_id);

-- Each person of the target once, with what became of them. What became of their message stands with the message.
create table campaigns.recipient (
  workspace_id uuid not null,
  campaign_id uuid not null,
  recipient_id uuid not null,
  -- Whoever sends it, as whom they are seen.
  author_id uuid not null,
  -- The person, by a card of theirs.
  card_id uuid not null,
  lot int not null default 0,
  state text not null default 'waiting',
  -- Why nothing was written to them.
  reasons text[] not null default '{}',
  contact_point_id uuid,
  message_id uuid,
  constraint recipient_pk primary key (workspace_id, campaign_id, recipient_id),
  constraint recipient_card_uq unique (workspace_id, campaign_id, card_id),
  -- Nobody is written to twice, by whatever cards.
  constraint recipient_point_uq unique (workspace_id, campaign_id, contact_point_id),
  constraint recipient_sending_fk foreign key (workspace_id, campaign_id) references campaigns.sending on delete cascade,
  constraint recipient_state_ck check (state in ('waiting', 'written', 'refused', 'aside', 'stopped')),
  constraint recipient_written_ck check ((state = 'written') = (message_id is not null) and (state = 'written') = (contact_point_id is not null))
);
create index recipient_state_ix on campaigns.recipient (workspace_id, campaign_id, state, lot, recipient_id);
create index recipient_message_ix on campaigns.recipient (workspace_id, message_id) where message_id is not null;

-- What became of a campaign's messages is counted, and taken back, by campaign.
create index message_outcome_ix on outreach.message (workspace_id, campaign_id, state, message_id) where campaign_id is not null;

do $$
declare t text;
begin
  foreach t in array array['sending', 'recipient'] loop
    execute format('alter table campaigns.%I owner to entregent_keeper', t);
    execute format('alter table campaigns.%I enable row level security', t);
  end loop;
end $$;

-- Part of the plan, which all members read; who may change it is said by rows of the plan, so the operation asks.
create policy of_workspace on campaigns.sending to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app')
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
grant select, insert on campaigns.sending to entregent_member;
grant update (content_id, sender_id, seed_ids, per_hour, lots, over_hours, state, problem, approved_content_id, approved_version, approved_segment_id,
  approved_sender_id, approved_purpose, gathered, starts_at, started_at, ended_at, chain, beat_at, paced_until, estimate, edition, changed_by)
  on campaigns.sending to entregent_member;

-- Who is in it is known as whoever sends it sees them.
create policy of_author on campaigns.recipient to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and author_id = nullif(current_setting('app.member', true), '')::uuid);
grant select on campaigns.recipient to entregent_member;
grant update (state, reasons, contact_point_id, message_id) on campaigns.recipient to entregent_member;
