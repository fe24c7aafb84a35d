-- Landing pages: a content that is a page, and where it stands for everybody to see.

alter table content.content
  drop constraint content_kind_ck,
  add constraint content_kind_ck check (kind in ('email', 'sms', 'whatsapp', 'letter', 'page'));

create schema pages;
grant usage on schema pages to entregent_member, entregent_keeper;
grant create on schema pages to entregent_keeper;

create table pages.publication (
  workspace_id uuid not null,
  content_id uuid not null,
  -- In its address, which is the installation's.
  slug text not null,
  -- The version that is shown; it is sealed.
  version int not null,
  -- The form that stands below it.
  channel_id uuid,
  -- Search engines may show it.
  indexed boolean not null,
  published_by uuid not null,
  published_at timestamptz not null default now(),
  -- It was taken offline then; its address stays its own.
  withdrawn_at timestamptz,
  constraint publication_pk primary key (workspace_id, content_id),
  constraint publication_version_fk foreign key (workspace_id, content_id, version) references content.sealed,
  constraint publication_member_fk foreign key (workspace_id, published_by) references identity.member,
  constraint publication_slug_ck check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 60)
);
create unique index publication_slug_uq on pages.publication (slug);

-- How often it was opened on which day. Nothing is kept of who opened it.
create table pages.opening (
  workspace_id uuid not null,
  content_id uuid not null,
  -- UTC.
  day date not null,
  count int not null,
  constraint opening_pk primary key (workspace_id, content_id, day),
  constraint opening_publication_fk foreign key (workspace_id, content_id) references pages.publication on delete cascade
);

alter table pages.publication owner to entregent_keeper;
alter table pages.opening owner to entregent_keeper;
alter table pages.publication enable row level security;
alter table pages.opening enable row level security;

-- What is shown to everybody is no secret among members; whoever publishes addresses people for the company.
create policy of_workspace on pages.publication for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
create policy by_marketing on pages.publication for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) in ('admin', 'marketing')
    and published_by = nullif(current_setting('app.member', true), '')::uuid);
create policy update_by_marketing on pages.publication for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) in ('admin', 'marketing'));
create policy of_workspace on pages.opening for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
grant select, insert on pages.publication to entregent_member;
grant update (slug, version, channel_id, indexed, published_by, published_at, withdrawn_at) on pages.publication to entregent_member;
grant select on pages.opening to entregent_member;
