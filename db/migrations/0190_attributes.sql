-- The data dictionary: what the company keeps of its contacts beside their cards' fields, why, for how long and for whom; and the values.

create schema attributes;
grant usage on schema attributes to entregent_member, entregent_keeper;
grant create on schema attributes to entregent_keeper;

create table attributes.attribute (
  workspace_id uuid not null,
  attribute_id uuid not null,
  -- Small, and never given twice: its bit in app.attributes and app.attributes_written.
  attribute_no int not null,
  -- As filters name it; free again for another once it was ended.
  key text not null,
  name text not null,
  meaning text not null,
  type text not null,
  -- Of a number.
  unit text,
  -- Of a choice: [{key, fr, en}], and whether several may be chosen.
  choices jsonb not null default '[]',
  many boolean not null default false,
  -- What is possible: of a number {min, max, whole}, of a date {from, to, past}, of a text {most}.
  bounds jsonb not null default '{}',
  sensitivity text not null,
  purpose text not null,
  -- GDPR art. 6(1), a to f.
  basis text not null,
  -- GDPR art. 9(2), a to j: without one, nothing of a special category may be kept.
  special_basis text,
  months int not null,
  version int not null default 1,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  -- It is asked and shown no more; its values go 30 days later.
  ended_at timestamptz,
  constraint attribute_pk primary key (workspace_id, attribute_id),
  constraint attribute_no_uq unique (workspace_id, attribute_no),
  constraint attribute_key_ck check (key ~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$' and length(key) <= 40),
  constraint attribute_type_ck check (type in ('text', 'number', 'boolean', 'date', 'choice')),
  constraint attribute_sensitivity_ck check (sensitivity in ('ordinary', 'confidential', 'special')),
  constraint attribute_basis_ck check (basis in ('consent', 'contract', 'legal_obligation', 'vital_interests', 'public_task', 'legitimate_interests')),
  constraint attribute_special_ck check ((sensitivity = 'special') = (special_basis is not null)),
  constraint attribute_special_basis_ck check (special_basis in ('explicit_consent', 'employment', 'vital_interests', 'association', 'made_public',
    'legal_claims', 'public_interest', 'health', 'public_health', 'archiving')),
  constraint attribute_months_ck check (months between 1 and 120)
);
create unique index attribute_key_uq on attributes.attribute (workspace_id, key) where ended_at is null;

-- Who sees the values of an attribute, and who may write them, too.
create table attributes.access (
  workspace_id uuid not null,
  attribute_id uuid not null,
  audience_kind text not null,
  audience_id uuid not null,
  writes boolean not null,
  constraint access_pk primary key (workspace_id, attribute_id, audience_id),
  constraint access_attribute_fk foreign key (workspace_id, attribute_id) references attributes.attribute on delete cascade,
  constraint access_kind_ck check (audience_kind in ('workspace', 'team', 'member'))
);
create index access_audience_ix on attributes.access (workspace_id, audience_id, attribute_id);

-- What else rests on an attribute: who ends it is told.
create table attributes.use (
  workspace_id uuid not null,
  attribute_id uuid not null,
  -- segment, aggregate, score, plan, form…
  kind text not null,
  used_by uuid not null,
  constraint use_pk primary key (workspace_id, attribute_id, kind, used_by),
  constraint use_attribute_fk foreign key (workspace_id, attribute_id) references attributes.attribute on delete cascade
);
create index use_user_ix on attributes.use (workspace_id, kind, used_by);

-- One word of one card or contact point: conflicting words of several are composed by the reader.
create table attributes.value (
  workspace_id uuid not null,
  -- A card or a contact point.
  subject_id uuid not null,
  attribute_no int not null,
  -- Of a card; null: a contact point, which is seen by whoever starts from a field that they see.
  book_no int,
  exposure smallint,
  -- A string, number, boolean or day; of a choice the keys chosen.
  value jsonb not null,
  -- The same as PostgreSQL compares it.
  text text,
  number numeric,
  day date,
  -- form, self_update, member, api or import.
  origin text not null,
  -- A member, or the nil UUID: the person themself.
  said_by uuid not null,
  at timestamptz not null default now(),
  constraint value_pk primary key (workspace_id, subject_id, attribute_no),
  constraint value_origin_ck check (origin in ('form', 'self_update', 'member', 'api', 'import')),
  constraint value_card_ck check ((book_no is null) = (exposure is null)),
  constraint value_text_ck check (length(text) <= 500)
);
create index value_text_ix on attributes.value (workspace_id, attribute_no, text, subject_id) where text is not null;
create index value_number_ix on attributes.value (workspace_id, attribute_no, number, subject_id) where number is not null;
create index value_day_ix on attributes.value (workspace_id, attribute_no, day, subject_id) where day is not null;
create index value_at_ix on attributes.value (workspace_id, attribute_no, at);

do $$
declare t text;
begin
  foreach t in array array['attribute', 'access', 'use', 'value'] loop
    execute format('alter table attributes.%I owner to entregent_keeper', t);
    execute format('alter table attributes.%I enable row level security', t);
  end loop;
end $$;

-- Of which attributes the viewer sees the values, and of which they write them, as bits by number in settings of this transaction. Called by
-- whoever shows values; without it none is seen.
create function attributes.enter() returns void
  language plpgsql security definer set search_path = pg_catalog
as $$
declare
  workspace uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  seen text;
  written text;
begin
  if workspace is null or current_setting('app.role', true) = 'app' then
    return;
  end if;
  with allowed as (
    select a.attribute_no as no, bool_or(s.writes) as writes
    from attributes.attribute a join attributes.access s on s.workspace_id = workspace and s.attribute_id = a.attribute_id
    where a.workspace_id = workspace and a.ended_at is null and strpos(current_setting('app.audiences', true), s.audience_id::text) > 0
    group by a.attribute_no)
  select string_agg(lpad(to_hex(seen_byte), 2, '0'), '' order by no), string_agg(lpad(to_hex(written_byte), 2, '0'), '' order by no)
  into seen, written
  from (
    select n.no, coalesce(bit_or(1 << (a.no & 7)), 0) as seen_byte, coalesce(bit_or(1 << (a.no & 7)) filter (where a.writes), 0) as written_byte
    -- Further than there are attributes: asking for a bit beyond the end, of one made meanwhile, would be an error.
    from generate_series(0, 64 + (select coalesce(max(attribute_no), 0) >> 3 from attributes.attribute where workspace_id = workspace)) n(no)
    left join allowed a on a.no >> 3 = n.no
    group by n.no) bytes;
  execute format('set local app.attributes = %L', '\x' || seen);
  execute format('set local app.attributes_written = %L', '\x' || written);
end $$;
alter function attributes.enter() owner to entregent_keeper;
revoke all on function attributes.enter() from public;
grant execute on function attributes.enter() to entregent_member;

-- The dictionary is there to be read.
do $$
declare t text;
begin
  foreach t in array array['attribute', 'access', 'use'] loop
    execute format($policy$
      create policy of_workspace on attributes.%I for select to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app')$policy$, t);
    execute format('grant select on attributes.%I to entregent_member', t);
  end loop;
  foreach t in array array['attribute', 'access'] loop
    execute format($policy$
      create policy by_admin on attributes.%I to entregent_member
        using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and current_setting('app.role', true) = 'admin')$policy$, t);
  end loop;
end $$;
grant insert on attributes.attribute to entregent_member;
grant update (key, name, meaning, unit, choices, bounds, sensitivity, purpose, basis, special_basis, months, version, changed_at, ended_at)
  on attributes.attribute to entregent_member;
grant insert, delete on attributes.access to entregent_member;
create policy by_user on attributes.use to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app');
grant insert, delete on attributes.use to entregent_member;

create policy of_reader on attributes.value for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and get_bit(nullif(current_setting('app.attributes', true), '')::bytea, attribute_no) = 1
    and (book_no is null
      or (exposure < 2 or current_setting('app.restoring', true) = 'on')
        and (get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1
          or (exposure = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, (book_no & 63) << 5) = 1))));
-- Said in one's own name, of a contact point or on a card that one holds.
do $$
declare t text;
begin
  foreach t in array array['insert', 'update'] loop
    execute format($policy$
      create policy %1$I on attributes.value for %2$s to entregent_member
        %3$s (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
          and current_setting('app.role', true) is distinct from 'app'
          and get_bit(nullif(current_setting('app.attributes_written', true), '')::bytea, attribute_no) = 1
          and (book_no is null
            or get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1)%4$s)$policy$,
      t || '_by_writer', t, case t when 'insert' then 'with check' else 'using' end,
      case t when 'insert' then $c$ and said_by = nullif(current_setting('app.member', true), '')::uuid$c$ else '' end);
  end loop;
end $$;
create policy delete_by_writer on attributes.value for delete to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.role', true) is distinct from 'app'
    and get_bit(nullif(current_setting('app.attributes_written', true), '')::bytea, attribute_no) = 1
    and book_no is not null
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);
-- What hangs on a card follows it to another book and out of sight, also where its holder does not see the attribute: for as long as cards are moved.
create policy seen_to_follow on attributes.value for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.following', true) = 'on'
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1);
create policy follow_by_holder on attributes.value for update to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.following', true) = 'on'
    and get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1)
  with check (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and current_setting('app.following', true) = 'on');
grant select, insert, update, delete on attributes.value to entregent_member;
