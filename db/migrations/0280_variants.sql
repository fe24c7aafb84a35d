-- A campaign may be sent in several variants, dealt by lot, so that which of them does better can be told; and first to a part, until somebody chooses.

alter table campaigns.sending
  -- So many of a hundred, by lot, get a variant dealt to them; the others wait until one is chosen.
  add column test_share int not null default 100,
  -- By what people do the variants are compared: said before anything is known.
  add column aim text not null default 'wrote',
  -- Which variant the others get, who said so, and when.
  add column chosen_no int,
  add column chosen_by uuid,
  add column chosen_at timestamptz,
  -- The task of whoever sends it to choose one.
  add column choice_task_id uuid,
  -- The variants besides the first, as they were approved: `[{"no", "contentId", "version"}]`.
  add column approved_variants jsonb not null default '[]',
  add constraint sending_test_ck check (test_share between 5 and 100),
  add constraint sending_aim_ck check (aim in ('wrote', 'attended', 'answered', 'bought', 'replied', 'clicked')),
  add constraint sending_chosen_ck check ((chosen_no is null) = (chosen_by is null) and (chosen_no is null) = (chosen_at is null));
grant update (test_share, aim, chosen_no, chosen_by, chosen_at, choice_task_id, approved_variants) on campaigns.sending to entregent_member;

-- The variants of a campaign besides the first, which is its content: `variant_no` from 2 on.
create table campaigns.variant (
  workspace_id uuid not null,
  campaign_id uuid not null,
  variant_no int not null,
  content_id uuid not null,
  -- So many of a hundred get it; the first gets what is left.
  share int not null,
  constraint variant_pk primary key (workspace_id, campaign_id, variant_no),
  constraint variant_sending_fk foreign key (workspace_id, campaign_id) references campaigns.sending on delete cascade,
  constraint variant_content_uq unique (workspace_id, campaign_id, content_id),
  constraint variant_no_ck check (variant_no between 2 and 4),
  constraint variant_share_ck check (share between 1 and 98)
);
create index variant_content_ix on campaigns.variant (workspace_id, content_id);
alter table campaigns.variant owner to entregent_keeper;
alter table campaigns.variant enable row level security;
-- As on the sending.
create policy of_workspace on campaigns.variant to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app')
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
grant select, insert, delete on campaigns.variant to entregent_member;

-- Which variant the lot dealt to somebody; null where none was: there is one content, they are held back, or they wait for what is chosen.
alter table campaigns.recipient add column variant_no int;
create index recipient_dealt_ix on campaigns.recipient (workspace_id, campaign_id, lot, recipient_id) where state = 'waiting' and variant_no is not null;
