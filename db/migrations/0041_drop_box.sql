-- A mailbox of the company's to which members send copies of what they exchange with others.

-- Its address, for members to know. One a workspace: the latest connected.
create table correspondents.drop_box (
  workspace_id uuid not null,
  connection_id uuid not null,
  address text not null,
  constraint drop_box_pk primary key (workspace_id),
  constraint drop_box_connection_fk foreign key (workspace_id, connection_id) references connectors.connection on delete cascade
);

-- Which secret a member's own address of it has: the tag is derived from the master key, the member and this number, and stands nowhere.
create table correspondents.drop_tag (
  workspace_id uuid not null,
  member_id uuid not null,
  version int not null,
  constraint drop_tag_pk primary key (workspace_id, member_id),
  constraint drop_tag_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade
);

alter table correspondents.drop_box owner to entregent_keeper;
alter table correspondents.drop_box enable row level security;
alter table correspondents.drop_tag owner to entregent_keeper;
alter table correspondents.drop_tag enable row level security;
create policy of_workspace on correspondents.drop_box for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid);
create policy of_self on correspondents.drop_tag to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select on correspondents.drop_box to entregent_member;
grant select, insert, update on correspondents.drop_tag to entregent_member;
