-- The key with which a workspace's mail is signed (RFC 6376). The private one is sealed with the master key, and no role of members reads it.
create table outreach.signing_key (
  workspace_id uuid not null,
  domain text not null,
  selector text not null,
  -- PKCS #8, sealed.
  private_key bytea not null,
  -- SubjectPublicKeyInfo in base64, as it is published.
  public_key text not null,
  created_at timestamptz not null default now(),
  created_by uuid not null,
  -- When it was last seen in the domain name system, and who said that it is there.
  seen_at timestamptz,
  confirmed_by uuid,
  constraint signing_key_pk primary key (workspace_id)
);
alter table outreach.signing_key owner to entregent_keeper;
alter table outreach.signing_key enable row level security;
create policy by_admin on outreach.signing_key to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin');
grant select (workspace_id, domain, selector, public_key, created_at, created_by, seen_at, confirmed_by) on outreach.signing_key to entregent_member;
grant insert, update, delete on outreach.signing_key to entregent_member;
