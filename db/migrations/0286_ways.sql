-- Messages to contacts leave by other ways than mail, too: as SMS, as agreed texts of WhatsApp, as letters.

alter table outreach.message
  add column way text not null default 'email',
  -- The channel of conversations by which it left, and its id there: what is said of it afterwards finds it by that.
  add column channel_id uuid,
  add column external_id text,
  add constraint message_way_ck check (way in ('email', 'sms', 'whatsapp', 'letter'));
create index message_external_ix on outreach.message (workspace_id, channel_id, external_id) where external_id is not null;

alter table outreach.decision
  add column way text not null default 'email',
  add constraint decision_way_ck check (way in ('email', 'sms', 'whatsapp', 'letter'));

-- By which way a campaign goes: that of its content.
alter table campaigns.sending
  add column way text not null default 'email',
  add constraint sending_way_ck check (way in ('email', 'sms', 'whatsapp', 'letter'));
grant update (way) on campaigns.sending to entregent_member;
