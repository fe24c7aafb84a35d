-- Company sign-in (OIDC, SAML) and the company's directory (SCIM).

-- Of these mail domains members sign in by their company's way only: kept by module sso, asked at each request.
alter table identity.workspace add column company_domains text[] not null default '{}';
-- Until then the password opens nevertheless: whoever operates the installation has let them in (entregent reset-access).
alter table identity.member add column password_until timestamptz;
grant update (company_domains) on identity.workspace to entregent_member;

create schema sso;
grant usage on schema sso to entregent_member, entregent_keeper, entregent_identity;
grant create on schema sso to entregent_keeper;

-- A way in: an identity provider of the company.
create table sso.provider (
  workspace_id uuid not null,
  provider_id uuid not null,
  kind text not null,
  -- As people call it.
  name text not null,
  -- Mail domains whose addresses it may vouch for.
  domains text[] not null,
  -- OIDC: the issuer; SAML: the provider's entity id.
  issuer text not null,
  -- OIDC.
  client_id text,
  -- Sealed with the installation's master key; no member's role may read it.
  client_secret bytea,
  -- OIDC: an address without the mark email_verified is believed.
  trusts_email boolean not null default false,
  -- SAML: where people are sent, and the certificates that sign.
  sso_url text,
  certificates text[] not null default '{}',
  -- Whether somebody of the domains becomes a member at the first sign-in; else only who is invited.
  newcomers boolean not null,
  role text not null,
  team_ids uuid[] not null default '{}',
  -- Members of the domains sign in this way only.
  only_way boolean not null default false,
  changed_at timestamptz not null default now(),
  last_used_at timestamptz,
  constraint provider_pk primary key (workspace_id, provider_id),
  constraint provider_kind_ck check (case kind when 'oidc' then client_id is not null
    when 'saml' then sso_url is not null and cardinality(certificates) > 0 else false end),
  constraint provider_role_ck check (role in ('member', 'marketing', 'auditor', 'admin'))
);

-- Who a provider's subject is here, since their first sign-in.
create table sso.subject (
  workspace_id uuid not null,
  provider_id uuid not null,
  subject text not null,
  member_id uuid not null,
  linked_at timestamptz not null default now(),
  constraint subject_pk primary key (workspace_id, provider_id, subject),
  constraint subject_provider_fk foreign key (workspace_id, provider_id) references sso.provider on delete cascade,
  constraint subject_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade
);
create index subject_member_ix on sso.subject (workspace_id, member_id);

-- A sign-in under way: ten minutes, one browser, once.
create table sso.attempt (
  workspace_id uuid not null,
  attempt_id uuid not null,
  provider_id uuid not null,
  -- SHA-256 of the browser's cookie.
  browser bytea not null,
  -- Sealed: OIDC's code verifier and nonce; SAML: what the assertion said, once it has been checked.
  sealed bytea,
  proven boolean not null default false,
  -- A path of ours.
  back text not null,
  began_at timestamptz not null default now(),
  constraint attempt_pk primary key (workspace_id, attempt_id),
  constraint attempt_provider_fk foreign key (workspace_id, provider_id) references sso.provider on delete cascade
);
create index attempt_provider_ix on sso.attempt (workspace_id, provider_id);

create schema scim;
grant usage on schema scim to entregent_member, entregent_keeper;
grant create on schema scim to entregent_keeper;

-- What the company's directory shows to be let in. Only the SHA-256 is kept.
create table scim.token (
  workspace_id uuid not null,
  token_id uuid not null,
  name text not null,
  token_hash bytea not null,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  constraint token_pk primary key (workspace_id, token_id),
  constraint token_hash_uq unique (workspace_id, token_hash)
);

-- What the directory calls a member, and a team that it made.
create table scim.person (
  workspace_id uuid not null,
  member_id uuid not null,
  external_id text,
  user_name text not null,
  -- Deleted by the directory: no longer told of to it. The member is suspended, or has left.
  gone boolean not null default false,
  changed_at timestamptz not null default now(),
  constraint person_pk primary key (workspace_id, member_id),
  constraint person_member_fk foreign key (workspace_id, member_id) references identity.member on delete cascade
);
create unique index person_user_name_uq on scim.person (workspace_id, lower(user_name));
create table scim.team (
  workspace_id uuid not null,
  team_id uuid not null,
  external_id text,
  changed_at timestamptz not null default now(),
  constraint team_pk primary key (workspace_id, team_id),
  constraint team_team_fk foreign key (workspace_id, team_id) references identity.team on delete cascade
);

do $$
declare t text;
begin
  foreach t in array array['sso.provider', 'sso.subject', 'sso.attempt', 'scim.token', 'scim.person', 'scim.team'] loop
    execute format('alter table %s owner to entregent_keeper', t);
    execute format('alter table %s enable row level security', t);
  end loop;
  foreach t in array array['sso.provider', 'scim.token'] loop
    execute format($p$create policy by_admin on %s to entregent_member
      using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        and current_setting('app.role', true) = 'admin')$p$, t);
  end loop;
  -- Sign-in comes before a member is known.
  foreach t in array array['sso.provider', 'sso.subject', 'sso.attempt'] loop
    execute format('create policy for_identity on %s to entregent_identity using (true) with check (true)', t);
  end loop;
end $$;

grant select (workspace_id, provider_id, kind, name, domains, issuer, client_id, trusts_email, sso_url, certificates, newcomers, role,
  team_ids, only_way, changed_at, last_used_at) on sso.provider to entregent_member;
grant insert, update, delete on sso.provider to entregent_member;
grant select on sso.provider to entregent_identity;
-- `for update` needs the right to update some column.
grant update (last_used_at) on sso.provider to entregent_identity;
grant select, insert on sso.subject to entregent_identity;
grant select, insert, update, delete on sso.attempt to entregent_identity;
grant select (workspace_id, token_id, name, created_by, created_at, last_used_at), insert, delete on scim.token to entregent_member;
