-- Facts: what people did or what happened to them, each with its time. They hang on a subject (a contact point, or a card), never on a person:
-- merge and split move nothing.

create schema facts;
grant usage on schema facts to entregent_member, entregent_keeper;
grant create on schema facts to entregent_keeper;

-- What kinds of fact there are, what each tells, what for, on which lawful basis, and for how long.
create table facts.kind (
  workspace_id uuid not null,
  kind_id uuid not null,
  -- Small, never used again: rows and settings carry it. Below 64: those that every company has.
  kind_no int not null,
  -- As sources name it; it stays.
  key text not null,
  -- Empty for those that every company has, which are called by their key in the reader's language.
  name text not null,
  description text not null default '',
  -- What it may say besides its time and amount: key, name, type, unit, choices.
  fields jsonb not null default '[]',
  has_amount boolean not null default false,
  purpose text not null default '',
  basis text not null,
  keep_months int not null,
  -- It is known by tracking: kept only of whom agreed to that.
  asks_consent boolean not null,
  -- What becomes of it where they did not agree: refused, or counted with nothing of whom it is of.
  without_consent text not null default 'refuse',
  ended_at timestamptz,
  created_at timestamptz not null default now(),
  constraint kind_pk primary key (workspace_id, kind_id),
  constraint kind_no_uq unique (workspace_id, kind_no),
  constraint kind_key_uq unique (workspace_id, key),
  constraint kind_key_ck check (key ~ '^[a-z][a-z0-9_]{0,39}$'),
  constraint kind_basis_ck check (basis in ('consent', 'contract', 'legal_obligation', 'legitimate_interest')),
  constraint kind_keep_ck check (keep_months between 1 and 120),
  constraint kind_without_ck check (without_consent in ('refuse', 'count'))
);

-- Who sees facts of a kind, on the contacts that they see.
create table facts.kind_access (
  workspace_id uuid not null,
  kind_id uuid not null,
  audience_kind text not null,
  audience_id uuid not null,
  constraint kind_access_pk primary key (workspace_id, kind_id, audience_id),
  constraint kind_access_kind_fk foreign key (workspace_id, kind_id) references facts.kind on delete cascade,
  constraint kind_access_kind_ck check (audience_kind in ('workspace', 'team', 'member'))
);

-- Where facts come from: a program, a site, a file, a part of the product. Sites have numbers below zero: their visitors' browsers make up the
-- ids of what they tell, which come from nowhere else.
create table facts.source (
  workspace_id uuid not null,
  source_id uuid not null,
  source_no int not null,
  kind text not null,
  -- What it is known by: the name that a program gives, the id of an app, the part of the product.
  ref text not null,
  name text not null,
  settings jsonb not null default '{}',
  -- Sealed: with what it signs.
  secret bytea,
  ended_at timestamptz,
  created_at timestamptz not null default now(),
  constraint source_pk primary key (workspace_id, source_id),
  constraint source_no_uq unique (workspace_id, source_no),
  constraint source_ref_uq unique (workspace_id, kind, ref),
  constraint source_kind_ck check (kind in ('api', 'app', 'tag', 'hook', 'file', 'product')),
  constraint source_sign_ck check ((kind = 'tag') = (source_no < 0))
);

create table facts.fact (
  workspace_id uuid not null,
  subject_id uuid not null,
  fact_id uuid not null,
  at timestamptz not null,
  received_at timestamptz not null default now(),
  kind_no int not null,
  source_no int not null,
  -- By what it was told, where that is an alias: a visitor's cookie, a customer number. The way back, should the alias be another's.
  visitor_id uuid,
  amount numeric,
  currency text,
  props jsonb,
  constraint fact_pk primary key (workspace_id, subject_id, fact_id),
  constraint fact_amount_ck check ((amount is null) = (currency is null))
);
create index fact_kind_ix on facts.fact (workspace_id, kind_no, at, subject_id);
-- What a source says again of somebody else stands there once.
create index fact_id_ix on facts.fact (workspace_id, fact_id) where source_no > 0;

-- Whose a visitor's cookie or a customer number is, and since when: of several, what happened before the first is the first one's.
create table facts.alias (
  workspace_id uuid not null,
  alias_id uuid not null,
  since timestamptz not null,
  subject_id uuid not null,
  via text not null,
  created_at timestamptz not null default now(),
  constraint alias_pk primary key (workspace_id, alias_id, since),
  constraint alias_via_ck check (via in ('signed', 'told', 'form', 'survey', 'link', 'chat', 'file'))
);
create index alias_subject_ix on facts.alias (workspace_id, subject_id);

-- Browsers whose users agreed that their visits are kept, known by nothing but a number.
create table facts.visitor (
  workspace_id uuid not null,
  visitor_id uuid not null,
  agreed_at timestamptz not null,
  -- They do not agree any more: nothing is kept, and nothing is taken.
  withdrawn_at timestamptz,
  seen_on date not null,
  -- The contact point that somebody claimed to have, without proof. It joins nothing.
  claimed_id uuid,
  constraint visitor_pk primary key (workspace_id, visitor_id)
);
create index visitor_seen_ix on facts.visitor (workspace_id, seen_on);

-- How much came, by kind, source and day: what lists show without counting facts.
create table facts.volume (
  workspace_id uuid not null,
  kind_no int not null,
  source_no int not null,
  day date not null,
  -- New ones less those deleted that day.
  kept int not null default 0,
  -- Counted without whom they are of.
  counted int not null default 0,
  last_at timestamptz not null default now(),
  constraint volume_pk primary key (workspace_id, kind_no, source_no, day)
);

-- What was not taken, and why: codes and names of fields, nothing of whom. Kept for thirty days.
create table facts.refusal (
  workspace_id uuid not null,
  source_no int not null,
  day date not null,
  code text not null,
  kind_key text not null,
  field text not null,
  count int not null,
  last_at timestamptz not null default now(),
  constraint refusal_pk primary key (workspace_id, source_no, day, code, kind_key, field)
);

do $$
declare t text;
begin
  foreach t in array array['kind', 'kind_access', 'source', 'fact', 'alias', 'visitor', 'volume', 'refusal'] loop
    execute format('alter table facts.%I owner to entregent_keeper', t);
    execute format('alter table facts.%I enable row level security', t);
  end loop;
end $$;

-- The kinds that every company has, in the order of their numbers; everybody sees them until it is said otherwise.
create function facts.add_kinds(workspace uuid) returns void
  language plpgsql set search_path = pg_catalog
as $$
begin
  with said (kind_no, key, fields, has_amount, purpose, basis, keep_months, asks_consent) as (values
    (1, 'visit', '[{"key":"page","type":"text"},{"key":"title","type":"text"},{"key":"referrer","type":"text"},{"key":"campaign","type":"text"}]',
      false, 'audience', 'consent', 13, true),
    (2, 'order', '[{"key":"number","type":"text"},{"key":"items","type":"number"},{"key":"product","type":"text"},{"key":"channel","type":"text"}]',
      true, 'relation', 'contract', 60, false),
    (3, 'refund', '[{"key":"number","type":"text"},{"key":"reason","type":"text"}]', true, 'relation', 'contract', 60, false),
    (4, 'ticket', '[{"key":"number","type":"text"},{"key":"subject","type":"text"},{"key":"status","type":"text"},{"key":"priority","type":"text"}]',
      false, 'service', 'contract', 36, false),
    (5, 'attendance', '[{"key":"event","type":"text"},{"key":"place","type":"text"}]', false, 'relation', 'legitimate_interest', 36, false),
    (6, 'open', '[{"key":"message","type":"text"},{"key":"campaign","type":"text"}]', false, 'audience', 'consent', 13, true),
    (7, 'click', '[{"key":"message","type":"text"},{"key":"campaign","type":"text"},{"key":"page","type":"text"}]',
      false, 'audience', 'consent', 13, true),
    (8, 'till', '[{"key":"number","type":"text"},{"key":"store","type":"text"},{"key":"items","type":"number"}]',
      true, 'relation', 'contract', 60, false),
    (9, 'download', '[{"key":"file","type":"text"},{"key":"page","type":"text"}]', false, 'audience', 'consent', 13, true),
    (10, 'app_event', '[{"key":"name","type":"text"},{"key":"screen","type":"text"},{"key":"value","type":"number"}]',
      false, 'audience', 'consent', 13, true),
    (11, 'form', '[{"key":"form","type":"text"}]', false, 'relation', 'legitimate_interest', 36, false),
    (12, 'survey', '[{"key":"survey","type":"text"},{"key":"score","type":"number"}]', false, 'service', 'legitimate_interest', 36, false)
  ), added as (
    insert into facts.kind (workspace_id, kind_id, kind_no, key, name, fields, has_amount, purpose, basis, keep_months, asks_consent)
    select workspace, gen_random_uuid(), said.kind_no, said.key, '', said.fields::jsonb, said.has_amount,
      said.purpose, said.basis, said.keep_months, said.asks_consent
    from said on conflict do nothing returning kind_id
  )
  insert into facts.kind_access (workspace_id, kind_id, audience_kind, audience_id)
  select workspace, a.kind_id, 'workspace', workspace from added a;
end $$;
alter function facts.add_kinds(uuid) owner to entregent_keeper;
revoke all on function facts.add_kinds(uuid) from public;
grant execute on function facts.add_kinds(uuid) to entregent_keeper;

-- Which kinds the viewer sees, as bits by number, in a setting of this transaction: policies read nothing else. Whoever shows facts calls it
-- before; without it nothing is seen.
create function facts.enter() returns void
  language plpgsql security definer set search_path = pg_catalog
as $$
declare
  workspace uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  bits text;
begin
  if workspace is null or current_setting('app.role', true) = 'app' then
    return;
  end if;
  if not exists (select from facts.kind where workspace_id = workspace and kind_no = 12) then
    perform facts.add_kinds(workspace);
  end if;
  select string_agg(lpad(to_hex(byte), 2, '0'), '' order by no) into bits
  from (
    select n.no, coalesce(bit_or(1 << (k.kind_no & 7)), 0) as byte
    -- Further than there are kinds: asking for a bit beyond the end, of one made meanwhile, would be an error.
    from generate_series(0, 64 + (select coalesce(max(kind_no), 0) >> 3 from facts.kind where workspace_id = workspace)) n(no)
    left join facts.kind k on k.workspace_id = workspace and k.kind_no >> 3 = n.no
      and exists (select from facts.kind_access a where a.workspace_id = workspace and a.kind_id = k.kind_id
        and strpos(current_setting('app.audiences', true), a.audience_id::text) > 0)
    group by n.no) bytes;
  execute format('set local app.fact_kinds = %L', '\x' || coalesce(bits, '00'));
end $$;
alter function facts.enter() owner to entregent_keeper;
revoke all on function facts.enter() from public;
grant execute on function facts.enter() to entregent_member;

create function facts.next_kind_no(workspace uuid) returns int
  language sql stable security definer set search_path = pg_catalog
as $$
  select greatest(63, coalesce(max(kind_no), 0)) + 1 from facts.kind where workspace_id = workspace
$$;
alter function facts.next_kind_no(uuid) owner to entregent_keeper;
revoke all on function facts.next_kind_no(uuid) from public;
grant execute on function facts.next_kind_no(uuid) to entregent_member;

-- What kinds there are, and who sees them, is no secret within the company.
do $$
declare t text;
begin
  foreach t in array array['kind', 'kind_access'] loop
    execute format($policy$
      create policy of_workspace on facts.%I for select to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app')$policy$, t);
  end loop;
end $$;
create policy by_admin on facts.kind for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) = 'admin' and kind_no >= 64);
create policy update_by_admin on facts.kind for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) = 'admin');
create policy by_admin on facts.kind_access to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) = 'admin');
grant select, insert on facts.kind to entregent_member;
grant update (name, description, fields, has_amount, purpose, basis, keep_months, asks_consent, without_consent, ended_at)
  on facts.kind to entregent_member;
grant select, insert, delete on facts.kind_access to entregent_member;

create policy of_kind on facts.fact for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and get_bit(nullif(current_setting('app.fact_kinds', true), '')::bytea, kind_no) = 1);
grant select on facts.fact to entregent_member;

-- What a source is called stands beside what it tells; how it is set up, and how it does, is for who runs it.
create policy of_workspace on facts.source for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
create policy by_admin on facts.source for insert to entregent_member
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) = 'admin');
create policy update_by_admin on facts.source for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) = 'admin');
grant select (workspace_id, source_id, source_no, kind, ref, name, settings, ended_at, created_at) on facts.source to entregent_member;
grant insert on facts.source to entregent_member;
grant update (name, settings, secret, ended_at) on facts.source to entregent_member;

create function facts.next_source_no(workspace uuid, is_site boolean) returns int
  language sql stable security definer set search_path = pg_catalog
as $$
  select case when is_site then least(0, coalesce(min(source_no), 0)) - 1 else greatest(0, coalesce(max(source_no), 0)) + 1 end
  from facts.source where workspace_id = workspace
$$;
alter function facts.next_source_no(uuid, boolean) owner to entregent_keeper;
revoke all on function facts.next_source_no(uuid, boolean) from public;
grant execute on function facts.next_source_no(uuid, boolean) to entregent_member;

do $$
declare t text;
begin
  foreach t in array array['volume', 'refusal'] loop
    execute format($policy$
      create policy of_overseer on facts.%I for select to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) in ('admin', 'marketing', 'auditor'))$policy$, t);
    execute format('grant select on facts.%I to entregent_member', t);
  end loop;
end $$;
