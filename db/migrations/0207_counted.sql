-- How many of a segment's members were made through which books and fields: a viewer's count is the sum of those that they reach, some dozens of rows
-- instead of a hundred thousand.
create table segments.counted (
  workspace_id uuid not null,
  segment_id uuid not null,
  -- MD5 of the books and masks, which may be many.
  reach_key uuid not null,
  audience_id uuid not null,
  book_nos int[] not null,
  book_masks int[] not null,
  members int not null,
  constraint counted_pk primary key (workspace_id, segment_id, reach_key)
);
alter table segments.counted owner to entregent_keeper;
alter table segments.counted enable row level security;
-- As of the members.
create policy of_audience on segments.counted for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0
    and delegation.reaches(book_nos, book_masks));
grant select on segments.counted to entregent_member;

insert into segments.counted (workspace_id, segment_id, reach_key, audience_id, book_nos, book_masks, members)
select workspace_id, segment_id, md5(audience_id || ' ' || book_nos::text || ' ' || book_masks::text)::uuid, audience_id, book_nos, book_masks, count(*)
from segments.member group by workspace_id, segment_id, audience_id, book_nos, book_masks;
