-- Web forms: what was shown, what was sent, and the mails by which whoever has the address says that it was them.

-- For which purposes somebody agreed; null: whatever for.
alter table cards.contact_point add column consent_purposes text[];

create schema forms;
grant usage on schema forms to entregent_keeper;
grant create on schema forms to entregent_keeper;

-- A form as it was when somebody filled it in: the words that they agreed to.
create table forms.version (
  workspace_id uuid not null,
  channel_id uuid not null,
  version_no int not null,
  -- SHA-256 of the settings.
  hash bytea not null,
  settings jsonb not null,
  created_at timestamptz not null default now(),
  constraint version_pk primary key (workspace_id, channel_id, version_no),
  constraint version_hash_uq unique (workspace_id, channel_id, hash),
  constraint version_channel_fk foreign key (workspace_id, channel_id) references conversations.channel on delete cascade
);

create table forms.submission (
  workspace_id uuid not null,
  submission_id uuid not null,
  channel_id uuid not null,
  version_no int not null,
  conversation_id uuid not null,
  -- Of the e-mail address that was given; null: none.
  contact_point_id uuid,
  locale text not null,
  -- The consents that were ticked: key, purpose, and the words as they were shown; with the answer of what stood in the way, once it is known.
  consents jsonb not null,
  -- Name, addresses and company for a card, sealed; gone once there is one, or nobody has confirmed in time.
  said bytea,
  created_at timestamptz not null default now(),
  -- Whoever has the address said that it was them.
  confirmed_at timestamptz,
  constraint submission_pk primary key (workspace_id, submission_id),
  constraint submission_version_fk foreign key (workspace_id, channel_id, version_no) references forms.version on delete cascade
);
create index submission_point_ix on forms.submission (workspace_id, contact_point_id, created_at) where confirmed_at is null;
create index submission_flood_ix on forms.submission (workspace_id, channel_id, created_at);

-- A mail with a link, which one address gets at most once an hour.
create table forms.confirmation (
  workspace_id uuid not null,
  confirmation_id uuid not null,
  contact_point_id uuid not null,
  -- What was sent when it was asked for.
  submission_id uuid not null,
  -- SHA-256 of the link's token.
  token_hash bytea not null,
  state text not null default 'sending',
  answer text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint confirmation_pk primary key (workspace_id, confirmation_id),
  constraint confirmation_submission_fk foreign key (workspace_id, submission_id) references forms.submission on delete cascade,
  constraint confirmation_state_ck check (state in ('sending', 'sent', 'failed', 'in_doubt'))
);
create index confirmation_point_ix on forms.confirmation (workspace_id, contact_point_id, created_at);

do $$
declare t text;
begin
  foreach t in array array['version', 'submission', 'confirmation'] loop
    execute format('alter table forms.%I owner to entregent_keeper', t);
    execute format('alter table forms.%I enable row level security', t);
  end loop;
end $$;
