-- What members write down of calls, video meetings and visits, and calls that a telephone system tells of.

-- Of a call, a meeting, a visit: which way, how long, what became of it, who was there, which meeting of a calendar it was.
alter table conversations.message add column held jsonb;

-- A member opens conversations in a channel that they tend: their own notes.
create policy by_agent on conversations.conversation for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and get_bit(nullif(current_setting('app.channels', true), '')::bytea, channel_no) = 1);
grant insert on conversations.conversation to entregent_member;

-- Of which meetings a member has said what was said, or that there is nothing to say. By what the calendar calls it: nothing of it stands here.
create table correspondents.meeting_done (
  workspace_id uuid not null,
  member_id uuid not null,
  meeting text not null,
  at timestamptz not null default now(),
  constraint meeting_done_pk primary key (workspace_id, member_id, meeting)
);
alter table correspondents.meeting_done owner to entregent_keeper;
alter table correspondents.meeting_done enable row level security;
create policy of_member on correspondents.meeting_done to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select, insert, delete on correspondents.meeting_done to entregent_member;
