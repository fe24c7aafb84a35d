-- Campaigns: what was approved holds the filter of its segment; how far its people are planned; whom its sender agreed to send what; who waits until when.

alter table campaigns.sending
  -- The filter of the segment when it was approved; null: approved before it was kept.
  add column approved_filter text,
  -- Up to whom its people are planned in the gate, in the order of their ids; null: not yet.
  add column planned_after uuid,
  -- Contents of which its sender said that they go in their name.
  add column agreed_ids uuid[] not null default '{}';
update campaigns.sending set agreed_ids = array[content_id];
grant update (approved_filter, planned_after, agreed_ids) on campaigns.sending to entregent_member;

-- Until when the gate has somebody wait, where the campaign has a pace: they are written to then, at that pace.
alter table campaigns.recipient add column not_before timestamptz;
grant update (not_before) on campaigns.recipient to entregent_member;
