-- Contents: what is written to many, in blocks and languages; their versions, reusable blocks, images, and how the company writes.

create schema content;
grant usage on schema content to entregent_member, entregent_keeper;
grant create on schema content to entregent_keeper;

create table content.content (
  workspace_id uuid not null,
  content_id uuid not null,
  name text not null,
  -- Who sees it: the workspace, a team, or its owner.
  audience_id uuid not null,
  owner_id uuid not null,
  -- Counts savings, so that of two at once one is told.
  edition int not null default 1,
  -- The version that is being written.
  version int not null default 1,
  created_at timestamptz not null default now(),
  -- Put away; gone after thirty days, unless it was sent.
  removed_at timestamptz,
  constraint content_pk primary key (workspace_id, content_id),
  constraint content_owner_uq unique (workspace_id, content_id, owner_id),
  constraint content_owner_fk foreign key (workspace_id, owner_id) references identity.member
);

-- What it said when.
create table content.version (
  workspace_id uuid not null,
  content_id uuid not null,
  version int not null,
  owner_id uuid not null,
  audience_id uuid not null,
  said jsonb not null,
  author_id uuid not null,
  begun_at timestamptz not null default now(),
  saved_at timestamptz not null default now(),
  constraint version_pk primary key (workspace_id, content_id, version),
  constraint version_content_fk foreign key (workspace_id, content_id, owner_id)
    references content.content (workspace_id, content_id, owner_id) on delete cascade,
  constraint version_author_fk foreign key (workspace_id, author_id) references identity.member
);

-- A version that was sent, or is to be, never changes: whoever uses it seals it, with what it compiles to.
create table content.sealed (
  workspace_id uuid not null,
  content_id uuid not null,
  version int not null,
  audience_id uuid not null,
  -- By language: templates of Liquid for subject, HTML and text.
  compiled jsonb not null,
  sealed_by uuid not null,
  sealed_at timestamptz not null default now(),
  constraint sealed_pk primary key (workspace_id, content_id, version),
  constraint sealed_version_fk foreign key (workspace_id, content_id, version) references content.version,
  constraint sealed_member_fk foreign key (workspace_id, sealed_by) references identity.member
);

-- Blocks to be used again.
create table content.part (
  workspace_id uuid not null,
  part_id uuid not null,
  name text not null,
  audience_id uuid not null,
  owner_id uuid not null,
  said jsonb not null,
  edition int not null default 1,
  changed_at timestamptz not null default now(),
  removed_at timestamptz,
  constraint part_pk primary key (workspace_id, part_id),
  constraint part_owner_fk foreign key (workspace_id, owner_id) references identity.member
);

-- The library, which everybody here uses.
create table content.image (
  workspace_id uuid not null,
  image_id uuid not null,
  name text not null,
  alt_fr text not null default '',
  alt_en text not null default '',
  width int not null,
  height int not null,
  size int not null,
  media_type text not null,
  -- 144 random bits of its public address.
  secret bytea not null,
  owner_id uuid not null,
  created_at timestamptz not null default now(),
  -- Out of the library; mails in which it stands show it as before.
  removed_at timestamptz,
  constraint image_pk primary key (workspace_id, image_id),
  constraint image_owner_fk foreign key (workspace_id, owner_id) references identity.member,
  constraint image_type_ck check (media_type in ('image/jpeg', 'image/png', 'image/gif'))
);
create table content.image_octets (
  workspace_id uuid not null,
  image_id uuid not null,
  octets bytea not null,
  constraint image_octets_pk primary key (workspace_id, image_id),
  constraint image_octets_image_fk foreign key (workspace_id, image_id) references content.image on delete cascade
);

create table content.house_style (
  workspace_id uuid not null,
  language text not null,
  rules jsonb not null,
  version int not null default 1,
  changed_by uuid not null,
  changed_at timestamptz not null default now(),
  constraint house_style_pk primary key (workspace_id, language),
  constraint house_style_language_ck check (language in ('fr', 'en'))
);

do $$
declare t text;
begin
  foreach t in array array['content', 'version', 'sealed', 'part', 'image', 'image_octets', 'house_style'] loop
    execute format('alter table content.%I owner to entregent_keeper', t);
    execute format('alter table content.%I enable row level security', t);
  end loop;
  foreach t in array array['content', 'version', 'part'] loop
    execute format($policy$
      create policy of_audience on content.%I for select to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app'
          and strpos(current_setting('app.audiences', true), audience_id::text) > 0)$policy$, t);
    execute format($policy$
      create policy by_owner on content.%I for insert to entregent_member
        with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app'
          and strpos(current_setting('app.audiences', true), audience_id::text) > 0
          and (owner_id = nullif(current_setting('app.member', true), '')::uuid %s))$policy$, t,
      -- An admin writes a new version of what another began.
      case t when 'version' then $admin$or current_setting('app.role', true) = 'admin'$admin$ else '' end);
    execute format($policy$
      create policy update_by_owner on content.%I for update to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app'
          and strpos(current_setting('app.audiences', true), audience_id::text) > 0
          and (owner_id = nullif(current_setting('app.member', true), '')::uuid or current_setting('app.role', true) = 'admin'))
        -- Whoever shows it to others goes on seeing it.
        with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app'
          and strpos(current_setting('app.audiences', true), audience_id::text) > 0)$policy$, t);
    execute format('grant select, insert on content.%I to entregent_member', t);
  end loop;
end $$;
grant update (name, audience_id, edition, version, removed_at) on content.content to entregent_member;
grant update (audience_id, said, author_id, saved_at) on content.version to entregent_member;
grant update (name, audience_id, said, edition, changed_at, removed_at) on content.part to entregent_member;

create policy of_audience on content.sealed for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0);
create policy by_user on content.sealed for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and sealed_by = nullif(current_setting('app.member', true), '')::uuid
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0);
create policy update_of_audience on content.sealed for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and strpos(current_setting('app.audiences', true), audience_id::text) > 0);
grant select, insert on content.sealed to entregent_member;
-- It goes where its content goes; what was sealed stays.
grant update (audience_id) on content.sealed to entregent_member;

create policy of_workspace on content.image for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
create policy by_owner on content.image for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and owner_id = nullif(current_setting('app.member', true), '')::uuid);
create policy update_by_owner on content.image for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and (owner_id = nullif(current_setting('app.member', true), '')::uuid or current_setting('app.role', true) = 'admin'));
grant select, insert on content.image to entregent_member;
grant update (name, alt_fr, alt_en, removed_at) on content.image to entregent_member;

-- Read by their public address only.
create policy of_workspace on content.image_octets for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
grant insert on content.image_octets to entregent_member;

create policy of_workspace on content.house_style for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
create policy by_admin on content.house_style for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) = 'admin');
create policy update_by_admin on content.house_style for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) = 'admin');
grant select, insert on content.house_style to entregent_member;
grant update (rules, version, changed_by, changed_at) on content.house_style to entregent_member;
