-- Of some people by lot nothing is sent, so that what a campaign changed can be told from what would have come anyway.

alter table campaigns.sending
  -- So many of a hundred.
  add column holdout int not null default 0,
  -- Days after its beginning in which it is looked what people do.
  add column watch_days int not null default 30,
  add constraint sending_holdout_ck check (holdout between 0 and 50),
  add constraint sending_watch_ck check (watch_days between 1 and 365);
grant update (holdout, watch_days) on campaigns.sending to entregent_member;

alter table campaigns.recipient drop constraint recipient_state_ck;
alter table campaigns.recipient
  add constraint recipient_state_ck check (state in ('waiting', 'written', 'refused', 'aside', 'stopped', 'held'));
