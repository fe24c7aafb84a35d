-- What grants open, counted out beforehand; consent that files state, at the contact point; a quicker search of the list.

-- Reach: so that entering costs the same few milliseconds with 200 books as with 50,000 ---------------------------------------

-- For each audience and 64 books: what standing grants open, 32 bits a book as in app.reach_<n>. A standing grant began when it
-- was made and has no end; dated ones are read live by delegation.enter. Kept in the transaction of each change of a grant
-- (delegation/queries.ts); a property test compares it with the grants.
create table delegation.reach (
  workspace_id uuid not null,
  audience_id uuid not null,
  chunk_no int not null,
  bits bit(2048) not null,
  constraint reach_pk primary key (workspace_id, audience_id, chunk_no)
);
alter table delegation.reach owner to entregent_keeper;
alter table delegation.reach enable row level security;
grant select, insert, update on delegation.reach to entregent_member;
-- Who holds one of the 64 books (bit 31 of any) may say to whom it is open.
create policy by_holder on delegation.reach to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (('x' || substr(nullif(current_setting('app.reach_' || chunk_no, true), ''), 3))::bit(2048)
      & ('x' || repeat('00000080', 64))::bit(2048)) <> 0::bit(2048));

-- Dated grants that may still open something; those that are over stay behind as history.
create index grant_dated_ix on delegation.grant (workspace_id, grantee_id, coalesce(ends_at, 'infinity'))
  where ends_at is not null or starts_at > created_at;

-- The 32 bits of a mask in the order in which get_bit counts those of a bytea.
create function delegation.bits_of(mask int) returns bit(32) language sql immutable parallel safe
as $$
  select ('x' || substr(lpad(to_hex(mask), 8, '0'), 7, 2) || substr(lpad(to_hex(mask), 8, '0'), 5, 2)
    || substr(lpad(to_hex(mask), 8, '0'), 3, 2) || substr(lpad(to_hex(mask), 8, '0'), 1, 2))::bit(32)
$$;

insert into delegation.reach (workspace_id, audience_id, chunk_no, bits)
select g.workspace_id, g.grantee_id, b.book_no >> 6,
  bit_or(delegation.bits_of((g.field_mask & x'7ffffffe'::int) | 1)::bit(2048) >> ((b.book_no & 63) * 32))
from delegation.grant g
join delegation.book b on b.workspace_id = g.workspace_id and b.book_id = g.book_id
where 'read' = any(g.acts) and g.ends_at is null and g.starts_at <= g.created_at
group by g.workspace_id, g.grantee_id, b.book_no >> 6;

create or replace function delegation.enter(workspace uuid, member uuid) returns boolean
  language plpgsql security definer set search_path = pg_catalog
as $$
declare
  who identity.member;
  audiences uuid[];
  held int[];
  own_books text;
  chunk record;
begin
  select m.* into who from identity.member m
  where m.workspace_id = workspace and m.member_id = member and m.status = 'active';
  if not found then
    return false;
  end if;
  select array[member, workspace] || coalesce(array_agg(t.team_id), '{}') into audiences
  from identity.team_member t where t.workspace_id = workspace and t.member_id = member;
  select array_agg(b.book_no), string_agg(b.book_id::text, ',') into held, own_books
  from (
    select book_no, book_id from delegation.book where workspace_id = workspace and holder_id = member
    union
    select b.book_no, b.book_id from delegation.steward s
    join delegation.book b on b.workspace_id = workspace and b.book_id = s.book_id
    where s.workspace_id = workspace and s.member_id = member) b;
  execute format('set local app.workspace = %L', workspace);
  execute format('set local app.member = %L', member);
  execute format('set local app.role = %L', who.role);
  execute format('set local app.audiences = %L', array_to_string(audiences, ','));
  execute format('set local app.own_books = %L', coalesce(own_books, ''));
  for chunk in
    with one as (
      select unnest(held) as book_no, -1 as mask
      union all
      select b.book_no, (g.field_mask & x'7ffffffe'::int) | 1
      from delegation.grant g
      join delegation.book b on b.workspace_id = workspace and b.book_id = g.book_id
      where g.workspace_id = workspace and g.grantee_id = any(audiences) and 'read' = any(g.acts) and g.starts_at <= now()
        and (g.ends_at is not null or g.starts_at > g.created_at) and coalesce(g.ends_at, 'infinity') > now()
    ), piece as (
      select r.chunk_no, r.bits from delegation.reach r where r.workspace_id = workspace and r.audience_id = any(audiences)
      union all
      select book_no >> 6, delegation.bits_of(mask)::bit(2048) >> ((book_no & 63) * 32) from one
    )
    -- The first four octets that bit_send gives are the length.
    select chunk_no, encode(substr(bit_send(bit_or(bits)), 5), 'hex') as hex from piece group by chunk_no
  loop
    execute 'set local app.reach_' || chunk.chunk_no || ' = ''\x' || chunk.hex || '''';
  end loop;
  return true;
end $$;

-- As before, but the books are found when they are asked for, not at each entering.
create or replace function cards.count_discoverable(terms text[], kind text) returns int
  language plpgsql stable security definer set search_path = pg_catalog, public
as $$
declare
  workspace uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  audiences uuid[] := string_to_array(nullif(current_setting('app.audiences', true), ''), ',')::uuid[];
  books int[];
  condition text := '';
  term text;
  result int;
begin
  if workspace is null or coalesce(cardinality(terms), 0) = 0 then
    return 0;
  end if;
  -- Books that may only be found to exist; what is readable needs no hint.
  select array_agg(distinct b.book_no) into books
  from delegation.grant g
  join delegation.book b on b.workspace_id = workspace and b.book_id = g.book_id
  where g.workspace_id = workspace and g.grantee_id = any(audiences) and 'discover' = any(g.acts)
    and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now())
    and not delegation.reaches_all(array[b.book_no]);
  if books is null then
    return 0;
  end if;
  foreach term in array terms loop
    condition := condition || format(' and e.search like %L', '%' || replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_') || '%');
  end loop;
  if kind is not null then
    condition := condition || format(' and e.kind = %L', kind);
  end if;
  execute format('select count(*) from (select distinct e.cluster_id from cards.entry e
      where e.workspace_id = %1$L and e.book_nos <@ %2$L::int[] and e.audience_id in (
        select coalesce(b.holder_id, s.member_id) from delegation.book b
        left join delegation.steward s on s.workspace_id = %1$L and s.book_id = b.book_id
        where b.workspace_id = %1$L and b.book_no = any(%2$L::int[]))%3$s limit 20) found',
    workspace, books, condition) into result;
  return result;
end $$;

-- Consent ------------------------------------------------------------------------------------------------------------------

-- What an import's file says of the consent at a contact point. It outlives the cards; taking the import back takes it back.
create table cards.consent_statement (
  workspace_id uuid not null,
  contact_point_id uuid not null,
  import_id uuid not null,
  consent text not null,
  since timestamptz,
  evidence text not null,
  constraint consent_statement_pk primary key (workspace_id, contact_point_id, import_id),
  constraint consent_statement_consent_ck check (consent in ('given', 'objected'))
);
create index consent_statement_import_ix on cards.consent_statement (workspace_id, import_id);
alter table cards.consent_statement owner to entregent_keeper;
alter table cards.consent_statement enable row level security;

-- The import whose statement stands; null where the consent came by another way, which no import may loosen or take back.
alter table cards.contact_point add column consent_origin uuid;
create index contact_point_consent_ix on cards.contact_point (workspace_id, consent_origin) where consent_origin is not null;
