-- Who stands on the same messages: pairs of correspondents of a mailbox, counted on messages of few people. No message, no subject.
create table correspondents.pair (
  workspace_id uuid not null,
  source_id uuid not null,
  point_a uuid not null,
  point_b uuid not null,
  member_id uuid not null,
  messages int not null,
  last_at timestamptz not null,
  constraint pair_pk primary key (workspace_id, source_id, point_a, point_b),
  constraint pair_order_ck check (point_a < point_b),
  constraint pair_mailbox_fk foreign key (workspace_id, source_id) references correspondents.mailbox on delete cascade
);
create index pair_member_ix on correspondents.pair (workspace_id, member_id);
alter table correspondents.pair owner to entregent_keeper;
alter table correspondents.pair enable row level security;
create policy of_self on correspondents.pair for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select on correspondents.pair to entregent_member;
