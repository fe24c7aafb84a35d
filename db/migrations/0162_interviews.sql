-- What decided an opportunity that has ended, in the words of who was there; won or lost.

create table opportunities.interview (
  workspace_id uuid not null,
  opportunity_id uuid not null,
  -- As of its opportunity.
  owner_id uuid not null,
  audience_id uuid not null,
  -- By the word for what it is about: decided, others, otherwise, product, competition, message, image, word.
  said jsonb not null,
  author_id uuid not null,
  changed_at timestamptz not null default now(),
  constraint interview_pk primary key (workspace_id, opportunity_id),
  constraint interview_opportunity_fk foreign key (workspace_id, opportunity_id) references opportunities.opportunity on delete cascade
);
alter table opportunities.interview owner to entregent_keeper;
alter table opportunities.interview enable row level security;
create policy of_audience on opportunities.interview for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (owner_id = nullif(current_setting('app.member', true), '')::uuid
      or strpos(current_setting('app.audiences', true), audience_id::text) > 0));
create policy by_audience on opportunities.interview to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (owner_id = nullif(current_setting('app.member', true), '')::uuid
      or strpos(current_setting('app.audiences', true), audience_id::text) > 0))
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and author_id = nullif(current_setting('app.member', true), '')::uuid
    and (owner_id = nullif(current_setting('app.member', true), '')::uuid
      or strpos(current_setting('app.audiences', true), audience_id::text) > 0));
grant select, insert, update on opportunities.interview to entregent_member;
