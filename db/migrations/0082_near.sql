-- Near contacts that a member was shown, or wants not to see: ids and a reason, so that what is dismissed stays away and the kind is learned from.
create table relations.suggestion (
  workspace_id uuid not null,
  suggestion_id uuid not null,
  member_id uuid not null,
  -- Near whom, and who.
  subject_id uuid not null,
  card_id uuid not null,
  reason text not null,
  made_at timestamptz not null default now(),
  dismissed_at timestamptz,
  -- When the member went to see them.
  taken_at timestamptz,
  constraint suggestion_pk primary key (workspace_id, suggestion_id),
  constraint suggestion_once_uq unique (workspace_id, member_id, card_id, reason),
  constraint suggestion_reason_ck check (reason in ('former_colleague', 'known_by_several', 'in_common', 'same_group')),
  constraint suggestion_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade
);
alter table relations.suggestion owner to entregent_keeper;
alter table relations.suggestion enable row level security;
create policy of_self on relations.suggestion to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and member_id = nullif(current_setting('app.member', true), '')::uuid);
grant select, insert, update on relations.suggestion to entregent_member;
