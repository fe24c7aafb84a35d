-- What colleagues learned, offered to the holder of a card (act `enrich`).

-- A value for a card of somebody else's. It stands here, never in the ledger, and goes with its card. Who offered it does not see the
-- row: an offer that was ignored and one that waits are the same to them.
create table cards.offer (
  workspace_id uuid not null,
  offer_id uuid not null,
  card_id uuid not null,
  book_no int not null,
  exposure smallint not null,
  author_id uuid not null,
  kind text not null,
  value jsonb not null,
  -- Of what it says, however it is written.
  value_hash bytea not null,
  state text not null default 'waiting',
  -- Once it was accepted: where it was written, and what stood there.
  field_no int,
  replaced jsonb,
  created_at timestamptz not null default now(),
  decided_at timestamptz,
  constraint offer_pk primary key (workspace_id, offer_id),
  constraint offer_state_ck check (state in ('waiting', 'accepted', 'ignored')),
  constraint offer_accepted_ck check (state <> 'accepted' or field_no is not null)
);
-- What waits or was ignored is not asked again.
create unique index offer_value_uq on cards.offer (workspace_id, card_id, value_hash) where state <> 'accepted';
create index offer_waiting_ix on cards.offer (workspace_id, book_no, offer_id) where state = 'waiting';
create index offer_card_ix on cards.offer (workspace_id, card_id);

-- From whom the offers for a book are written at once, in the name of who said so.
create table cards.trust (
  workspace_id uuid not null,
  book_id uuid not null,
  member_id uuid not null,
  said_by uuid not null,
  created_at timestamptz not null default now(),
  constraint trust_pk primary key (workspace_id, book_id, member_id),
  constraint trust_book_fk foreign key (workspace_id, book_id) references delegation.book on delete cascade,
  constraint trust_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade
);

alter table cards.offer owner to entregent_keeper;
alter table cards.offer enable row level security;
alter table cards.trust owner to entregent_keeper;
alter table cards.trust enable row level security;
create policy of_holder on cards.offer for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (exposure < 2 or current_setting('app.restoring', true) = 'on')
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);
create policy update_by_holder on cards.offer for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);
create policy by_reader on cards.offer for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and author_id = nullif(current_setting('app.member', true), '')::uuid
    and exposure = 0 and state = 'waiting'
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1);
create policy of_holder on cards.trust to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and strpos(current_setting('app.own_books', true), book_id::text) > 0);
grant select, insert, update (book_no, exposure, state, field_no, replaced, decided_at) on cards.offer to entregent_member;
grant select, insert, delete on cards.trust to entregent_member;

-- Who accepted a correction that somebody else offered.
alter table cards.card_change add column accepted_by uuid;

alter table notices.notice drop constraint notice_kind_ck,
  add constraint notice_kind_ck check (kind in ('request_received', 'request_answered', 'request_outcome', 'reply', 'task_due',
    'task_given', 'task_done', 'grant_made', 'grant_ended', 'use_changed', 'import_done', 'joined', 'offer_received',
    'offer_accepted'));
