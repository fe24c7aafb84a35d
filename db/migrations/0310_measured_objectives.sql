-- What an objective is measured by besides segments: what happens while it runs (opportunities won, meetings, attendance, voices…), counted anew for
-- each reader; the organisations of a segment's people; and, of money, its currency.

alter table plan.objective add column currency text;
alter table plan.objective drop constraint objective_measured_ck;
alter table plan.objective add constraint objective_measured_ck check (
  measured_by in ('hand', 'members', 'organizations', 'share', 'won', 'won_amount', 'purchases', 'answers', 'meetings', 'attendance', 'voices', 'conversations')
  and (measured_by in ('members', 'organizations', 'share')) = (segment_id is not null)
  and (measured_by = 'share' or base_segment_id is null)
  and (measured_by = 'won_amount') = (currency is not null) and currency ~ '^[A-Z]{3}$');

-- Meetings that members noted, by the day on which they were held.
create index message_met_ix on conversations.message (workspace_id, sent_at) where kind = 'note' and nature in ('meeting', 'visit');
