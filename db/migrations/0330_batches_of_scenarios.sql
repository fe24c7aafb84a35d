-- Batches of letters are of any item of the plan, and may be made anew: scenarios write letters, too.

create schema letters;
grant usage on schema letters to entregent_member, entregent_keeper;
grant create on schema letters to entregent_keeper;

alter table campaigns.batch drop constraint batch_sending_fk;
alter table campaigns.batch set schema letters;
alter table campaigns.letter set schema letters;
alter table campaigns.batch_piece set schema letters;
alter table letters.batch add constraint batch_campaign_fk
  foreign key (workspace_id, campaign_id) references plan.campaign (workspace_id, campaign_id) on delete cascade;

-- A batch that was being made when the product was stopped is made by the job of the new name.
update kernel.outbox set topic = 'letters.makeBatch' where topic = 'campaigns.makeBatch';

-- Letters that scenarios have written and that are in no batch yet: who wrote them is asked to have them made.
create table letters.pile (
  workspace_id uuid not null,
  campaign_id uuid not null,
  sender_id uuid not null,
  -- The task by which they are asked.
  task_id uuid not null,
  since timestamptz not null default now(),
  constraint pile_pk primary key (workspace_id, campaign_id, sender_id),
  constraint pile_campaign_fk foreign key (workspace_id, campaign_id) references plan.campaign (workspace_id, campaign_id) on delete cascade,
  constraint pile_sender_fk foreign key (workspace_id, sender_id) references identity.member (workspace_id, member_id)
);
alter table letters.pile owner to entregent_keeper;
alter table letters.pile enable row level security;
create policy of_sender on letters.pile for all to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and sender_id = nullif(current_setting('app.member', true), '')::uuid and current_setting('app.role', true) is distinct from 'app');
grant select, insert, update, delete on letters.pile to entregent_member;

-- Whose name they go in cuts them.
create policy insert_of_sender on letters.batch for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and sender_id = nullif(current_setting('app.member', true), '')::uuid and current_setting('app.role', true) is distinct from 'app');
create policy insert_of_sender on letters.letter for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and sender_id = nullif(current_setting('app.member', true), '')::uuid and current_setting('app.role', true) is distinct from 'app');
grant insert on letters.batch, letters.letter to entregent_member;
