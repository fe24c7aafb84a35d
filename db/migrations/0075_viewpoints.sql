-- Viewpoints: what ONE member thinks of a person. Said of a card, which it follows; never of a cluster.

create table cards.viewpoint (
  workspace_id uuid not null,
  viewpoint_id uuid not null,
  card_id uuid not null,
  book_no int not null,
  exposure smallint not null,
  author_id uuid not null,
  -- For whoever may read the card; else for its author alone.
  shared boolean not null,
  roles text[] not null,
  importance smallint,
  influence smallint,
  -- From against us (−2) to for us (2).
  stance smallint,
  -- From never met (0) to friends (4).
  closeness smallint,
  -- Whether the person may be called upon.
  callable boolean,
  note text not null default '',
  created_at timestamptz not null default now(),
  -- Since when another one, or none, stands in its place.
  ended_at timestamptz,
  constraint viewpoint_pk primary key (workspace_id, viewpoint_id),
  constraint viewpoint_roles_ck check (roles <@ array['prescriber', 'decider', 'economic_buyer', 'technical_validator', 'user', 'buyer',
    'ally', 'opponent', 'gatekeeper', 'assistant']),
  constraint viewpoint_scales_ck check (importance between 1 and 5 and influence between 1 and 5 and stance between -2 and 2
    and closeness between 0 and 4)
);
create unique index viewpoint_standing_uq on cards.viewpoint (workspace_id, card_id, author_id) where ended_at is null;
create index viewpoint_card_ix on cards.viewpoint (workspace_id, card_id, created_at desc);

alter table cards.viewpoint owner to entregent_keeper;
alter table cards.viewpoint enable row level security;
-- One's own; of others what they share about a card that one may read. Programs are told of none.
create policy of_author_or_shared on cards.viewpoint for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (author_id = nullif(current_setting('app.member', true), '')::uuid
      or (shared
        and (exposure < 2 or current_setting('app.restoring', true) = 'on')
        and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
          or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)))));
create policy by_reader on cards.viewpoint for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and author_id = nullif(current_setting('app.member', true), '')::uuid
    and exposure < 2
    and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
      or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1)));
create policy update_by_author on cards.viewpoint for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and author_id = nullif(current_setting('app.member', true), '')::uuid);
-- What hangs on a card follows it to another book and out of sight.
create policy update_by_holder on cards.viewpoint for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);
grant select, insert, update on cards.viewpoint to entregent_member;
