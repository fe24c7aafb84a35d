-- A message may be a content that was written for many (schema content): kept are its id and version alone, and it is put into words for its reader at
-- the moment of leaving, with what is known then. What is for that reader alone (links) stands in `sealed`.

alter table outreach.message_content
  add column content_id uuid,
  add column content_version int,
  add constraint message_content_version_ck check ((content_id is null) = (content_version is null));
-- Subject and language are those that left, once it has been put into words.
grant update (subject, locale) on outreach.message_content to entregent_member;
