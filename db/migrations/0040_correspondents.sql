-- From mail to contacts: with whom a member exchanges mail, and what signatures say. No subject, no body is ever stored.

create schema correspondents;
grant usage on schema correspondents to entregent_member, entregent_keeper;
grant create on schema correspondents to entregent_keeper;

-- A mailbox that is read: a source of a member's, and theirs alone.
create table correspondents.mailbox (
  workspace_id uuid not null,
  source_id uuid not null,
  member_id uuid not null,
  -- The connection that it is read by, and forgotten with.
  connection_id uuid not null,
  -- How many messages were read, passed over as private, and passed over as written by machines.
  read_count int not null default 0,
  private_count int not null default 0,
  machine_count int not null default 0,
  -- When all that was there had been read.
  caught_up_at timestamptz,
  created_at timestamptz not null default now(),
  constraint mailbox_pk primary key (workspace_id, source_id),
  constraint mailbox_connection_fk foreign key (workspace_id, connection_id) references connectors.connection on delete cascade,
  constraint mailbox_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade
);
create index mailbox_connection_ix on correspondents.mailbox (workspace_id, connection_id);
create index mailbox_member_ix on correspondents.mailbox (workspace_id, member_id);

-- Messages that were counted, by the SHA-256 of their Message-ID: one that lies in two folders, was moved, or is read again after a crash
-- counts once. `own`: the mailbox's owner sent it, so that a bounce can be told from a forged one.
create table correspondents.message (
  workspace_id uuid not null,
  source_id uuid not null,
  message_key bytea not null,
  own boolean not null,
  at timestamptz not null,
  constraint message_pk primary key (workspace_id, source_id, message_key),
  constraint message_mailbox_fk foreign key (workspace_id, source_id) references correspondents.mailbox on delete cascade
);

-- Somebody with whom mail was exchanged. `contact_point_id` is the one that cards would have for the address.
create table correspondents.correspondent (
  workspace_id uuid not null,
  source_id uuid not null,
  contact_point_id uuid not null,
  member_id uuid not null,
  email text not null,
  name text not null,
  -- They wrote; the owner wrote to them; both received what a third wrote.
  received int not null default 0,
  sent int not null default 0,
  beside int not null default 0,
  first_at timestamptz not null,
  last_at timestamptz not null,
  last_received_at timestamptz,
  last_sent_at timestamptz,
  -- As their mailbox answered: away until then, or gone for good.
  away_until date,
  left_at timestamptz,
  -- The newest of their messages in which a signature was looked for.
  signature_at timestamptz,
  -- Nobody to keep, says the member.
  set_aside boolean not null default false,
  constraint correspondent_pk primary key (workspace_id, source_id, contact_point_id),
  constraint correspondent_mailbox_fk foreign key (workspace_id, source_id) references correspondents.mailbox on delete cascade
);
create index correspondent_member_ix on correspondents.correspondent (workspace_id, member_id, last_at desc, contact_point_id);

-- What a message said of its writer, or of whoever follows them, for the member to accept or decline. What it says, with the lines it was
-- read from, is sealed, and gone a day after the decision.
create table correspondents.proposal (
  workspace_id uuid not null,
  proposal_id uuid not null,
  source_id uuid not null,
  member_id uuid not null,
  -- Whose card it is for: of the address that a card has now.
  contact_point_id uuid not null,
  kind text not null,
  -- When the message was written.
  written_at timestamptz not null,
  sealed bytea,
  -- Of each value, so that what was decided is not asked again.
  marks uuid[] not null,
  state text not null default 'waiting',
  card_id uuid,
  -- What stood on the card before, sealed.
  undo bytea,
  decided_at timestamptz,
  created_at timestamptz not null default now(),
  constraint proposal_pk primary key (workspace_id, proposal_id),
  constraint proposal_kind_ck check (kind in ('signature', 'moved', 'successor')),
  constraint proposal_state_ck check (state in ('waiting', 'accepted', 'declined')),
  constraint proposal_mailbox_fk foreign key (workspace_id, source_id) references correspondents.mailbox on delete cascade
);
create unique index proposal_waiting_uq on correspondents.proposal (workspace_id, member_id, contact_point_id, kind) where state = 'waiting';
create index proposal_point_ix on correspondents.proposal (workspace_id, member_id, contact_point_id);

do $$
declare t text;
begin
  foreach t in array array['mailbox', 'message', 'correspondent', 'proposal'] loop
    execute format('alter table correspondents.%I owner to entregent_keeper', t);
    execute format('alter table correspondents.%I enable row level security', t);
  end loop;
  foreach t in array array['mailbox', 'correspondent', 'proposal'] loop
    execute format($p$create policy of_self on correspondents.%I to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and member_id = nullif(current_setting('app.member', true), '')::uuid)$p$, t);
    execute format('grant select on correspondents.%I to entregent_member', t);
  end loop;
end $$;
grant update (set_aside) on correspondents.correspondent to entregent_member;
grant update (state, card_id, undo, decided_at) on correspondents.proposal to entregent_member;
