-- What an import wrote into attributes, so that it can be taken back: what stood there before, and what it said. Kept while the import can be undone.
create table sources.import_value (
  workspace_id uuid not null,
  import_id uuid not null,
  card_id uuid not null,
  attribute_no int not null,
  -- {value, origin, saidBy, at}; null: nothing stood there.
  before jsonb,
  value jsonb not null,
  constraint import_value_pk primary key (workspace_id, import_id, card_id, attribute_no),
  constraint import_value_import_fk foreign key (workspace_id, import_id) references sources.import on delete cascade
);
create index import_value_card_ix on sources.import_value (workspace_id, card_id);
alter table sources.import_value owner to entregent_keeper;
-- Nobody but the keeper reads it.
alter table sources.import_value enable row level security;
