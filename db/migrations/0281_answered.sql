-- Which messages that left were answered: mail that came in says what it answers (RFC 5322, In-Reply-To and References).

create table outreach.answer (
  workspace_id uuid not null,
  message_id uuid not null,
  -- The SHA-256 of the answer's own Message-ID: the same however many mailboxes it lies in. Nothing else of it is kept.
  answer_key bytea not null,
  -- Whose private mailbox it lies in; null: one that a team reads.
  member_id uuid,
  at timestamptz not null,
  constraint answer_pk primary key (workspace_id, message_id, answer_key),
  constraint answer_message_fk foreign key (workspace_id, message_id) references outreach.message on delete cascade
);
alter table outreach.answer owner to entregent_keeper;
alter table outreach.answer enable row level security;
