-- Letters on paper: somebody at a postal address is a contact point, and a campaign by letter is made in batches that its sender prints and posts.

alter table cards.contact_point drop constraint contact_point_channel_ck;
alter table cards.contact_point add constraint contact_point_channel_ck check (channel in ('email', 'phone', 'handle', 'visitor', 'postal'));

-- How far the addresses that stood on cards before letters were written have been looked at; the id of a contact point is made with a key that SQL has not.
create table cards.postal_progress (
  workspace_id uuid not null,
  after_id uuid not null default '00000000-0000-0000-0000-000000000000',
  done_at timestamptz,
  constraint postal_progress_pk primary key (workspace_id),
  constraint postal_progress_workspace_fk foreign key (workspace_id) references identity.workspace on delete cascade
);
alter table cards.postal_progress owner to entregent_keeper;
alter table cards.postal_progress enable row level security;

-- A letter that is made waits to be posted: it may still be called back.
alter table outreach.message drop constraint message_state_ck;
alter table outreach.message add constraint message_state_ck
  check (state in ('queued', 'sending', 'made', 'sent', 'failed', 'refused', 'in_doubt', 'cancelled'));

-- The short address that stands on a letter, which people type: it leads to the page by which its reader says what they want no more.
create table outreach.short_link (
  workspace_id uuid not null,
  code text not null,
  message_id uuid not null,
  constraint short_link_pk primary key (workspace_id, code),
  constraint short_link_message_fk foreign key (workspace_id, message_id) references outreach.message on delete cascade
);
create index short_link_message_ix on outreach.short_link (workspace_id, message_id);
alter table outreach.short_link owner to entregent_keeper;
alter table outreach.short_link enable row level security;

-- What stands at the head of the company's letters.
create table content.letterhead (
  workspace_id uuid not null,
  -- The sender's address, line by line.
  lines text[] not null default '{}',
  -- Where letters are written, before the date.
  place text not null default '',
  version int not null default 1,
  changed_by uuid not null,
  changed_at timestamptz not null default now(),
  constraint letterhead_pk primary key (workspace_id),
  constraint letterhead_workspace_fk foreign key (workspace_id) references identity.workspace on delete cascade
);
alter table content.letterhead owner to entregent_keeper;
alter table content.letterhead enable row level security;
create policy of_workspace on content.letterhead for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
create policy by_admin on content.letterhead for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin');
create policy update_by_admin on content.letterhead for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin');
grant select, insert on content.letterhead to entregent_member;
grant update (lines, place, version, changed_by, changed_at) on content.letterhead to entregent_member;

-- A batch of letters: made as one file, printed, posted, or called back.
create table campaigns.batch (
  workspace_id uuid not null,
  batch_id uuid not null,
  campaign_id uuid not null,
  -- In whose name it goes, and the only one who reads it.
  sender_id uuid not null,
  no int not null,
  -- Letters that it was cut for; fewer are made where the gate says no.
  planned int not null,
  letters int not null default 0,
  pages int not null default 0,
  state text not null default 'making',
  created_at timestamptz not null default now(),
  -- Somebody works on it.
  beat_at timestamptz not null default now(),
  made_at timestamptz,
  ended_at timestamptz,
  constraint batch_pk primary key (workspace_id, batch_id),
  constraint batch_no_uq unique (workspace_id, campaign_id, no),
  constraint batch_sending_fk foreign key (workspace_id, campaign_id) references campaigns.sending on delete cascade,
  constraint batch_sender_fk foreign key (workspace_id, sender_id) references identity.member (workspace_id, member_id),
  constraint batch_state_ck check (state in ('making', 'ready', 'posted', 'called_back')),
  constraint batch_ended_ck check ((state in ('posted', 'called_back')) = (ended_at is not null))
);

-- Which letters are in a batch, in their order for the post.
create table campaigns.letter (
  workspace_id uuid not null,
  message_id uuid not null,
  batch_id uuid not null,
  sender_id uuid not null,
  place int not null,
  -- The pages of the file on which it stands; null: it is not made.
  first_page int,
  pages int,
  constraint letter_pk primary key (workspace_id, message_id),
  constraint letter_batch_fk foreign key (workspace_id, batch_id) references campaigns.batch on delete cascade,
  constraint letter_message_fk foreign key (workspace_id, message_id) references outreach.message on delete cascade,
  constraint letter_pages_ck check ((first_page is null) = (pages is null))
);
create index letter_batch_ix on campaigns.letter (workspace_id, batch_id, place);

-- The file of a batch, sealed, until it is posted or called back.
create table campaigns.batch_piece (
  workspace_id uuid not null,
  batch_id uuid not null,
  no int not null,
  sender_id uuid not null,
  octets bytea not null,
  constraint batch_piece_pk primary key (workspace_id, batch_id, no),
  constraint batch_piece_batch_fk foreign key (workspace_id, batch_id) references campaigns.batch on delete cascade
);

do $$
declare t text;
begin
  foreach t in array array['batch', 'letter', 'batch_piece'] loop
    execute format('alter table campaigns.%I owner to entregent_keeper', t);
    execute format('alter table campaigns.%I enable row level security', t);
  end loop;
end $$;
-- How far batches are, whoever handles the campaign may know: the operation asks. Whom they are to and what they say, the sender alone.
create policy of_workspace on campaigns.batch for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
create policy by_sender on campaigns.batch for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and sender_id = nullif(current_setting('app.member', true), '')::uuid and current_setting('app.role', true) is distinct from 'app');
create policy of_sender on campaigns.letter for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and sender_id = nullif(current_setting('app.member', true), '')::uuid and current_setting('app.role', true) is distinct from 'app');
create policy of_sender on campaigns.batch_piece for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and sender_id = nullif(current_setting('app.member', true), '')::uuid and current_setting('app.role', true) is distinct from 'app');
create policy delete_of_sender on campaigns.batch_piece for delete to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and sender_id = nullif(current_setting('app.member', true), '')::uuid and current_setting('app.role', true) is distinct from 'app');
grant select on campaigns.batch, campaigns.letter to entregent_member;
grant update (state, ended_at, letters) on campaigns.batch to entregent_member;
grant select, delete on campaigns.batch_piece to entregent_member;
