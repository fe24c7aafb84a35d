-- The month in which a wish to be forgotten is answered may be made longer once, by two, with a reason that the person is told (RGPD art. 12, 3).
alter table self_update.forget
  add column extended_at timestamptz,
  add column extension_reason text,
  add constraint forget_extended_ck check ((extended_at is null) = (extension_reason is null));
grant update (due_at, extended_at, extension_reason) on self_update.forget to entregent_member;

-- What the law has the company tell somebody about their own request goes to them although they want no mail.
alter table outreach.message add column of_right boolean not null default false;
