-- What the reader remarked on a contact of an import, so that details to verify can be found again; codes only.
create table sources.import_warning (
  workspace_id uuid not null,
  import_id uuid not null,
  card_id uuid not null,
  code text not null,
  constraint import_warning_pk primary key (workspace_id, import_id, card_id, code),
  constraint import_warning_import_fk foreign key (workspace_id, import_id) references sources.import on delete cascade
);
alter table sources.import_warning owner to entregent_keeper;
alter table sources.import_warning enable row level security;
-- Reached through sources.import only, as pieces and failures are.
create policy of_import on sources.import_warning to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and import_id = nullif(current_setting('app.import', true), '')::uuid);
grant select on sources.import_warning to entregent_member;

-- An import that brought nothing can leave its member's list.
grant delete on sources.import to entregent_member;
