-- Scenarios: whose day it is, who was looked for and not seen, calls that are not made any more, and what was approved.

alter table scenarios.journey
  -- The day of theirs for which they came in.
  add column day date,
  -- On how many days they were due, looked for, and not seen by whoever answers for the scenario; and when last.
  add column unseen_days smallint not null default 0,
  add column unseen_at timestamptz;
grant update (unseen_days, unseen_at) on scenarios.journey to entregent_member;

alter table scenarios.effect drop constraint effect_state_ck;
alter table scenarios.effect
  add constraint effect_state_ck check (state in ('queued', 'sending', 'sent', 'failed', 'in_doubt', 'cancelled'));

-- What somebody approved: of which edition, and which sealed version of each content. It falls with the next edition.
alter table scenarios.scenario add column approved jsonb;
grant update (approved) on scenarios.scenario to entregent_member;
