-- Mail that somebody asked for at their own address (a link by which they come in): to nobody's contact, and to no member. The address stands sealed
-- with what it says, until it has left.
alter table outreach.message drop constraint message_kind_ck;
alter table outreach.message add constraint message_kind_ck check (kind in ('member', 'contact', 'asked'));
alter table outreach.message drop constraint message_recipient_ck;
alter table outreach.message add constraint message_recipient_ck check (case kind when 'member' then recipient_id is not null
  when 'asked' then contact_point_id is not null and author_id is null
  else author_id is not null and contact_point_id is not null and card_id is not null end);
