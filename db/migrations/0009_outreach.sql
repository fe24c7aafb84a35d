-- Outgoing mail: how it leaves, the durable queue, the gate's answers, quotas, objections, suppressed addresses.

create schema outreach;
grant usage on schema outreach to entregent_member, entregent_keeper;
grant create on schema outreach to entregent_keeper;

-- An e-mail address or phone number that its holder typed while reading it on a colleague's card: it is still that colleague's to
-- lend, and nobody writes to it as to their own.
alter table cards.card_field add column copied boolean not null default false;

-- How mail leaves this workspace; no row: it does not.
create table outreach.mail_setup (
  workspace_id uuid not null,
  host text not null,
  port int not null,
  security text not null,
  username text,
  -- Sealed with the installation's master key (kernel/secrets.ts); no member's role may read it.
  password bytea,
  has_password boolean not null generated always as (password is not null) stored,
  sender_name text not null,
  sender_address text not null,
  reply_to text,
  changed_at timestamptz not null default now(),
  changed_by uuid not null,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  last_failure text,
  constraint mail_setup_pk primary key (workspace_id),
  constraint mail_setup_security_ck check (security in ('tls', 'starttls', 'none'))
);

-- The queue, and what became of each message. Ids and codes only: a member's address is read when it is sent, a contact's from
-- the cards that its author sees then; what it says stands in message_content.
create table outreach.message (
  workspace_id uuid not null,
  message_id uuid not null,
  kind text not null,
  -- To a member: which of the kinds that pass no gate (member_mail_kinds in the contract). To a contact: the purpose.
  purpose text not null,
  -- The member it goes to.
  recipient_id uuid,
  -- The member who writes to a contact, the address, and the card by which the author knew it.
  author_id uuid,
  contact_point_id uuid,
  card_id uuid,
  -- The Message-ID header (RFC 5322, 3.6.4), made before anything is sent and the same at each attempt.
  mail_id text not null,
  state text not null default 'queued',
  attempts smallint not null default 0,
  next_at timestamptz not null default now(),
  -- When the conversation with the mail server began, and when its outcome was known.
  sending_at timestamptz,
  settled_at timestamptz,
  -- What the mail server answered last, as a code (deliver.ts).
  answer text,
  -- Why the gate refused it at the moment of sending.
  reasons text[] not null default '{}',
  created_at timestamptz not null default now(),
  constraint message_pk primary key (workspace_id, message_id),
  constraint message_kind_ck check (kind in ('member', 'contact')),
  constraint message_state_ck check (state in ('queued', 'sending', 'sent', 'failed', 'refused', 'in_doubt', 'cancelled')),
  constraint message_recipient_ck check (case kind when 'member' then recipient_id is not null
    else author_id is not null and contact_point_id is not null and card_id is not null end)
);
create index message_waiting_ix on outreach.message (workspace_id, state, next_at) where state in ('queued', 'sending', 'in_doubt');
create index message_author_ix on outreach.message (workspace_id, author_id, message_id desc) where author_id is not null;
create index message_point_ix on outreach.message (workspace_id, contact_point_id, message_id desc) where contact_point_id is not null;

-- What it says: apart, so that it can be erased.
create table outreach.message_content (
  workspace_id uuid not null,
  message_id uuid not null,
  author_id uuid,
  locale text not null,
  subject text not null,
  paragraphs text[] not null,
  -- One button: {label, url}.
  action jsonb,
  -- Why one gets it and how to stop it; a contact's is written when it is sent.
  footer text,
  constraint message_content_pk primary key (workspace_id, message_id),
  constraint message_content_message_fk foreign key (workspace_id, message_id) references outreach.message on delete cascade
);

-- The lent cards by which a message goes to a contact, each under its grant: whose quota it takes, who hears of it.
create table outreach.message_card (
  workspace_id uuid not null,
  message_id uuid not null,
  card_id uuid not null,
  book_no int not null,
  author_id uuid not null,
  purpose text not null,
  grant_id uuid not null,
  grant_version int not null,
  -- The row of tally that counts it, to be given back should it not leave; null: the grant has no quota.
  tally_card_id uuid,
  tally_period text,
  tally_begins_on date,
  at timestamptz not null default now(),
  constraint message_card_pk primary key (workspace_id, message_id, card_id),
  constraint message_card_message_fk foreign key (workspace_id, message_id) references outreach.message on delete cascade
);
create index message_card_card_ix on outreach.message_card (workspace_id, card_id, message_id desc);

-- What the gate answered, and why; never changed, never deleted.
create table outreach.decision (
  workspace_id uuid not null,
  decision_id uuid not null,
  -- Null: nothing was queued.
  message_id uuid,
  author_id uuid not null,
  contact_point_id uuid not null,
  purpose text not null,
  -- Asked when it was written, and again when it was to leave.
  moment text not null,
  allowed boolean not null,
  reasons text[] not null,
  grant_ids uuid[] not null,
  at timestamptz not null default now(),
  constraint decision_pk primary key (workspace_id, decision_id),
  constraint decision_moment_ck check (moment in ('written', 'leaving'))
);
create index decision_message_ix on outreach.decision (workspace_id, message_id) where message_id is not null;

-- How often a grant was used in a calendar period (UTC): in all (card_id is the grant's id then) or to each card. One row is
-- counted up or not at all, under its lock, so that messages at once cannot exceed a quota.
create table outreach.tally (
  workspace_id uuid not null,
  grant_id uuid not null,
  card_id uuid not null,
  period text not null,
  begins_on date not null,
  -- Whom the grant is made to: they count.
  grantee_id uuid not null,
  count int not null default 0,
  constraint tally_pk primary key (workspace_id, grant_id, card_id, period, begins_on)
);

-- A contact has said that they want no more, for one purpose; for all: cards.contact_point.consent.
create table outreach.objection (
  workspace_id uuid not null,
  contact_point_id uuid not null,
  purpose text not null,
  message_id uuid not null,
  at timestamptz not null default now(),
  constraint objection_pk primary key (workspace_id, contact_point_id, purpose)
);

-- Addresses that the company writes to no more, whoever asks and whatever for.
create table outreach.suppression (
  workspace_id uuid not null,
  contact_point_id uuid not null,
  by_id uuid not null,
  at timestamptz not null default now(),
  constraint suppression_pk primary key (workspace_id, contact_point_id)
);

do $$
declare t text;
begin
  foreach t in array array['mail_setup', 'message', 'message_content', 'message_card', 'decision', 'tally', 'objection', 'suppression'] loop
    execute format('alter table outreach.%I owner to entregent_keeper', t);
    execute format('alter table outreach.%I enable row level security', t);
  end loop;
  -- Written by the actor in the course of writing to a contact, and theirs to read.
  foreach t in array array['message', 'message_content', 'message_card', 'decision'] loop
    execute format($p$create policy of_author on outreach.%I to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and author_id = nullif(current_setting('app.member', true), '')::uuid)$p$, t);
  end loop;
  -- What tells nothing of a contact: ids of addresses, without the address.
  foreach t in array array['mail_setup', 'objection', 'suppression'] loop
    execute format($p$create policy of_workspace on outreach.%I for select to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid)$p$, t);
  end loop;
  foreach t in array array['mail_setup', 'suppression'] loop
    execute format($p$create policy by_admin on outreach.%I to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and current_setting('app.role', true) = 'admin')$p$, t);
  end loop;
  -- Mail to a member is put into the queue by whoever causes it, and read by nobody.
  foreach t in array array['message', 'message_content'] loop
    execute format($p$create policy to_member on outreach.%I for insert to entregent_member
      with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and author_id is null)$p$, t);
  end loop;
end $$;
create policy of_admin on outreach.message for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin');
create policy by_admin on outreach.message for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin');
-- Told to who holds the book.
create policy of_holder on outreach.message_card for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);
create policy of_grantee on outreach.tally to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and strpos(current_setting('app.audiences', true), grantee_id::text) > 0);

grant select (workspace_id, host, port, security, username, has_password, sender_name, sender_address, reply_to, changed_at, changed_by,
  last_success_at, last_failure_at, last_failure) on outreach.mail_setup to entregent_member;
grant insert, update, delete on outreach.mail_setup to entregent_member;
grant select, insert on outreach.message to entregent_member;
grant update (state, attempts, next_at, sending_at, settled_at, answer) on outreach.message to entregent_member;
grant select, insert on outreach.message_content, outreach.message_card, outreach.decision to entregent_member;
grant select, insert, update on outreach.tally to entregent_member;
grant select on outreach.objection to entregent_member;
grant select, insert, delete on outreach.suppression to entregent_member;

-- A contact who asks to receive no more is told to who lent them.
alter table delegation.use drop constraint use_kind_ck, add constraint use_kind_ck check (kind in
  ('opened', 'compared', 'exported', 'noted', 'corrected', 'decided', 'contacted', 'invited', 'answered', 'objected'));
