-- Communities: pages of ours on which customers and partners speak with us and with each other, apart from conversations.

create schema community;
grant usage on schema community to entregent_member, entregent_keeper;
grant create on schema community to entregent_keeper;

create table community.community (
  workspace_id uuid not null,
  community_id uuid not null,
  -- Its address, /c/<slug>: of the whole installation.
  slug text not null,
  name text not null,
  intro_fr text not null,
  intro_en text not null,
  -- Read and joined by those alone who were invited.
  invited_only boolean not null,
  -- The first post of somebody is read by a moderator before others see it.
  first_reviewed boolean not null,
  -- Who moderates beside admins: the workspace or a team.
  moderators_id uuid not null,
  closed_at timestamptz,
  created_at timestamptz not null default now(),
  constraint community_pk primary key (workspace_id, community_id)
);
create unique index community_slug_ix on community.community (slug);

create table community.person (
  workspace_id uuid not null,
  community_id uuid not null,
  person_id uuid not null,
  -- A verified address; null: one of ours.
  contact_point_id uuid,
  -- Sealed: to tell them what became of what they proposed.
  address bytea,
  member_id uuid,
  name text not null,
  -- By which names that look alike are one.
  name_key text not null,
  locale text not null,
  banned boolean not null default false,
  -- A post of theirs was let through.
  trusted boolean not null default false,
  -- Who gave them their link.
  referrer_id uuid,
  -- What stands in their own link.
  code text not null,
  joined_at timestamptz not null default now(),
  constraint person_pk primary key (workspace_id, person_id),
  constraint person_community_fk foreign key (workspace_id, community_id) references community.community on delete cascade,
  constraint person_kind_ck check ((member_id is null) <> (contact_point_id is null))
);
create unique index person_point_uq on community.person (workspace_id, community_id, contact_point_id) where contact_point_id is not null;
create unique index person_member_uq on community.person (workspace_id, community_id, member_id) where member_id is not null;
create unique index person_name_uq on community.person (workspace_id, community_id, name_key);
create unique index person_code_uq on community.person (workspace_id, community_id, code);

-- A link by which somebody comes in: used once. Of its secret the hash is kept.
create table community.link (
  workspace_id uuid not null,
  link_id uuid not null,
  community_id uuid not null,
  contact_point_id uuid not null,
  address bytea not null,
  locale text not null,
  referrer_id uuid,
  secret_hash bytea not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint link_pk primary key (workspace_id, link_id),
  constraint link_community_fk foreign key (workspace_id, community_id) references community.community on delete cascade
);

create table community.session (
  workspace_id uuid not null,
  secret_hash bytea not null,
  community_id uuid not null,
  person_id uuid not null,
  expires_at timestamptz not null,
  constraint session_pk primary key (workspace_id, secret_hash),
  constraint session_person_fk foreign key (workspace_id, person_id) references community.person on delete cascade
);

create table community.space (
  workspace_id uuid not null,
  space_id uuid not null,
  community_id uuid not null,
  -- `call`: proposals until a day, and what became of them.
  kind text not null,
  name_fr text not null,
  name_en text not null,
  intro_fr text not null,
  intro_en text not null,
  closes_on date,
  feedback text not null default '',
  fed_back_at timestamptz,
  created_at timestamptz not null default now(),
  constraint space_pk primary key (workspace_id, space_id),
  constraint space_community_fk foreign key (workspace_id, community_id) references community.community on delete cascade,
  constraint space_kind_ck check (kind in ('ideas', 'call')),
  constraint space_call_ck check (kind = 'call' or closes_on is null)
);
create index space_community_ix on community.space (workspace_id, community_id);

-- Who was invited, by a message that passed the gate.
create table community.invitation (
  workspace_id uuid not null,
  community_id uuid not null,
  contact_point_id uuid not null,
  space_id uuid,
  invited_by uuid not null,
  at timestamptz not null default now(),
  constraint invitation_pk primary key (workspace_id, community_id, contact_point_id),
  constraint invitation_community_fk foreign key (workspace_id, community_id) references community.community on delete cascade
);

-- An idea, or (with a parent) what is said about it.
create table community.post (
  workspace_id uuid not null,
  post_id uuid not null,
  community_id uuid not null,
  space_id uuid not null,
  parent_id uuid,
  person_id uuid not null,
  title text not null,
  text text not null,
  state text not null,
  -- Why it was hidden: told to its author.
  reason text not null default '',
  status text not null default 'new',
  status_reason text not null default '',
  at timestamptz not null default now(),
  constraint post_pk primary key (workspace_id, post_id),
  constraint post_space_fk foreign key (workspace_id, space_id) references community.space on delete cascade,
  constraint post_person_fk foreign key (workspace_id, person_id) references community.person on delete cascade,
  constraint post_state_ck check (state in ('pending', 'shown', 'hidden')),
  constraint post_status_ck check (status in ('new', 'considered', 'planned', 'done', 'declined')),
  constraint post_declined_ck check (status <> 'declined' or status_reason <> '')
);
create index post_space_ix on community.post (workspace_id, space_id, post_id) where parent_id is null;
create index post_parent_ix on community.post (workspace_id, parent_id, post_id) where parent_id is not null;
create index post_person_ix on community.post (workspace_id, person_id, at desc);
create index post_pending_ix on community.post (workspace_id, community_id, post_id) where state = 'pending';

create table community.vote (
  workspace_id uuid not null,
  post_id uuid not null,
  person_id uuid not null,
  at timestamptz not null default now(),
  constraint vote_pk primary key (workspace_id, post_id, person_id),
  constraint vote_post_fk foreign key (workspace_id, post_id) references community.post on delete cascade,
  constraint vote_person_fk foreign key (workspace_id, person_id) references community.person on delete cascade
);

create table community.report (
  workspace_id uuid not null,
  post_id uuid not null,
  person_id uuid not null,
  community_id uuid not null,
  reason text not null,
  at timestamptz not null default now(),
  settled_at timestamptz,
  constraint report_pk primary key (workspace_id, post_id, person_id),
  constraint report_post_fk foreign key (workspace_id, post_id) references community.post on delete cascade,
  constraint report_person_fk foreign key (workspace_id, person_id) references community.person on delete cascade
);

-- What customers let us show, with the words to which they agreed.
create table community.story (
  workspace_id uuid not null,
  story_id uuid not null,
  community_id uuid not null,
  person_id uuid not null,
  -- Empty once it was withdrawn.
  text text not null,
  consent text not null,
  consented_at timestamptz not null default now(),
  withdrawn_at timestamptz,
  state text not null default 'pending',
  constraint story_pk primary key (workspace_id, story_id),
  constraint story_person_fk foreign key (workspace_id, person_id) references community.person on delete cascade,
  constraint story_state_ck check (state in ('pending', 'shown', 'hidden'))
);
create index story_community_ix on community.story (workspace_id, community_id, story_id);

-- What moderators did, and why; never changed.
create table community.act (
  workspace_id uuid not null,
  act_id uuid not null,
  community_id uuid not null,
  member_id uuid not null,
  kind text not null,
  subject_id uuid not null,
  reason text not null,
  at timestamptz not null default now(),
  constraint act_pk primary key (workspace_id, act_id),
  constraint act_community_fk foreign key (workspace_id, community_id) references community.community on delete cascade
);
create index act_community_ix on community.act (workspace_id, community_id, act_id desc);

-- Members read; what is written was judged by an operation, and is the keeper's to write.
do $$
declare t text;
begin
  foreach t in array array['community', 'person', 'link', 'session', 'space', 'invitation', 'post', 'vote', 'report', 'story', 'act'] loop
    execute format('alter table community.%I owner to entregent_keeper', t);
    execute format('alter table community.%I enable row level security', t);
  end loop;
  foreach t in array array['community', 'person', 'space', 'post', 'vote', 'report', 'story', 'act'] loop
    execute format($policy$
      create policy of_workspace on community.%I for select to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app')$policy$, t);
  end loop;
end $$;
grant select on community.community, community.space, community.post, community.vote, community.report, community.story, community.act
  to entregent_member;
grant select (workspace_id, community_id, person_id, contact_point_id, member_id, name, name_key, locale, banned, trusted, referrer_id, joined_at)
  on community.person to entregent_member;
