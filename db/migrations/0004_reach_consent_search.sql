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

-- Search -------------------------------------------------------------------------------------------------------------------

-- As before, but what the viewer reaches is one constant, counting carries no text, and guesses are ranked by names.
create or replace function cards.find_entries(
  terms text[], fuzzy text[], filters jsonb, sort text, after_key text, after_id uuid, page_size int
) returns setof cards.entry
  language plpgsql stable security definer set search_path = pg_catalog, public
  -- "mathys" and "mathis" share 4 of 7 trigrams, "jhonson" and "johnson" half.
  set pg_trgm.word_similarity_threshold = 0.45
  -- Starting workers costs more than a page takes: 150 ms against 10 at a million rows.
  set max_parallel_workers_per_gather = 0
as $$
declare
  workspace uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  audience text;
  key text := case sort when 'organization' then $k$coalesce(e.sort_organization, '')$k$ when 'recent' then 'e.seen_at' else 'e.sort_name' end;
  direction text := case sort when 'recent' then 'desc' else 'asc' end;
  condition text := '';
  term text;
  parts text[] := '{}';
  -- All that the viewer reaches in one piece, as a constant of the query: 0.2 µs a row where asking the setting costs 3.
  reach bytea;
  -- What reaches_all says, without calling it for rows made of one book. Written with <> and not, because the planner takes an
  -- equality it knows nothing of for rare, and then sorts a whole list to show a page of it.
  reached text := $r$case when e.book_nos[1] << 2 < octet_length($1) then get_bit($1, (e.book_nos[1] << 5)::bigint) else 0 end <> 0
    and not (cardinality(e.book_nos) > 1 and not delegation.reaches_all(e.book_nos))$r$;
  shown text := 'e.*';
  ordered text;
begin
  if workspace is null then
    return;
  end if;
  select string_agg(coalesce(nullif(current_setting('app.reach_' || n, true), '')::bytea, decode(repeat('00', 256), 'hex')), '' order by n)
  into reach
  from generate_series(0, (select max(b.book_no) >> 6 from delegation.book b where b.workspace_id = workspace)) n;
  if sort = 'organization' then
    key := 'e.sort_organization';
    condition := ' and e.sort_organization is not null';
  end if;
  foreach term in array coalesce(terms, '{}') loop
    -- The trigrams of a mail domain are everywhere ("gmail", "com"): the index finds the name, the rest is compared.
    if length(split_part(term, '@', 1)) > 3 and strpos(term, '@') > 0 then
      condition := condition || format(' and strpos(e.search, %L) > 0', term);
      term := split_part(term, '@', 1);
    end if;
    condition := condition || format(' and e.search like %L', '%' || replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_') || '%');
  end loop;
  if fuzzy is not null then
    -- Nearest first; there is one page of guesses and no next one.
    key := '0';
    direction := 'desc';
    foreach term in array fuzzy loop
      condition := condition || format(' and %L operator(public.<%%) e.search', term);
      -- Ranked by name and company alone: to compare with all that can be searched takes 22 µs a row, as much as to find it.
      key := key || format($f$ + public.word_similarity(%L, e.sort_name || ' ' || coalesce(e.sort_organization, ''))$f$, term);
    end loop;
  end if;
  if filters ? 'kind' then condition := condition || format(' and e.kind = %L', filters->>'kind'); end if;
  if filters ? 'bookNo' then condition := condition || format(' and e.book_nos @> array[%L::int]', filters->>'bookNo'); end if;
  if filters ? 'sourceId' then condition := condition || format(' and e.source_ids @> array[%L::uuid]', filters->>'sourceId'); end if;
  if filters ? 'sortOrganization' then condition := condition || format(' and e.sort_organization = %L', filters->>'sortOrganization'); end if;
  if filters ? 'seenFrom' then condition := condition || format(' and e.seen_at >= %L', filters->>'seenFrom'); end if;
  if filters ? 'seenBefore' then condition := condition || format(' and e.seen_at < %L', filters->>'seenBefore'); end if;
  if after_id is not null then
    condition := condition || format(' and (%s, e.person_id) %s (%L%s, %L)', key, case direction when 'asc' then '>' else '<' end,
      after_key, case sort when 'recent' then '::timestamptz' else '' end, after_id);
  end if;
  if sort = 'none' then
    -- What is counted needs no text: 10,000 whole rows are 6 MB to carry.
    shown := $s$e.workspace_id, e.audience_id, e.person_id, e.cluster_id, e.kind, ''::text, ''::text, e.sort_organization, e.organization,
      null::text, null::text, null::text, null::text, null::text, e.card_count, e.seen_at, e.book_nos, e.source_ids, ''::text$s$;
  end if;
  -- Counting needs no order, and sorting 10,000 wide rows would cost more than finding them.
  ordered := case when sort = 'none' then '' else format('order by %1$s %2$s, e.person_id %2$s', key, direction) end;
  foreach audience in array string_to_array(current_setting('app.audiences', true), ',') loop
    parts := parts || format(
      '(select %8$s from cards.entry e where e.workspace_id = %1$L and e.audience_id = %2$L%3$s
          and %7$s
          and not exists (select from cards.entry_cover c where c.workspace_id = %1$L and c.audience_id = any(%4$L::uuid[])
            and c.covered_audience_id = e.audience_id and c.covered_person_id = e.person_id)
        %5$s limit %6$s)',
      workspace, audience, condition, '{' || current_setting('app.audiences', true) || '}', ordered, page_size, reached, shown);
  end loop;
  return query execute format('select * from (%s) e %s limit %s', array_to_string(parts, ' union all '), ordered, page_size) using reach;
end $$;
