-- Since when the lists of those a book is lent to have yet to follow its grants; null once they have.
alter table delegation.book add column lists_due_at timestamptz;

-- As in 0004, with the masks of 0007 and two filters more: contacts with details to verify, and those of one name.
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
  -- All bits of the row's mask, without calling reaches() for rows made of one book. Written with <> and not, because the planner
  -- takes an equality it knows nothing of for rare, and then sorts a whole list to show a page of it.
  reached text := $r$case when e.book_nos[1] << 2 < octet_length($1) and (get_byte($1, e.book_nos[1] << 2)
      | (get_byte($1, (e.book_nos[1] << 2) + 1) << 8) | (get_byte($1, (e.book_nos[1] << 2) + 2) << 16)
      | (get_byte($1, (e.book_nos[1] << 2) + 3) << 24)) & e.book_masks[1] = e.book_masks[1] then 1 else 0 end <> 0
    and not (cardinality(e.book_nos) > 1 and not delegation.reaches(e.book_nos, e.book_masks))$r$;
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
  if filters ? 'sortName' then condition := condition || format(' and e.sort_name = %L', filters->>'sortName'); end if;
  if filters ? 'seenFrom' then condition := condition || format(' and e.seen_at >= %L', filters->>'seenFrom'); end if;
  if filters ? 'seenBefore' then condition := condition || format(' and e.seen_at < %L', filters->>'seenBefore'); end if;
  if filters ? 'toVerify' then
    -- What an import of the viewer's remarked on a contact, until somebody has corrected it since.
    condition := condition || format($v$ and e.cluster_id = any(array(
      select c.cluster_id from sources.import_warning w
      join sources.import i on i.workspace_id = %1$L and i.import_id = w.import_id and i.member_id = %2$L and i.state = 'done'
      join cards.card c on c.workspace_id = %1$L and c.card_id = w.card_id and c.exposure < 2
      where w.workspace_id = %1$L and not exists (select from cards.card_change h
        where h.workspace_id = %1$L and h.card_id = w.card_id and h.kind = 'edited' and h.at > i.finished_at)))$v$,
      workspace, nullif(current_setting('app.member', true), ''));
  end if;
  if after_id is not null then
    condition := condition || format(' and (%s, e.person_id) %s (%L%s, %L)', key, case direction when 'asc' then '>' else '<' end,
      after_key, case sort when 'recent' then '::timestamptz' else '' end, after_id);
  end if;
  if sort = 'none' then
    -- What is counted needs no text: 10,000 whole rows are 6 MB to carry.
    shown := $s$e.workspace_id, e.audience_id, e.person_id, e.cluster_id, e.kind, ''::text, ''::text, e.sort_organization, e.organization,
      null::text, null::text, null::text, null::text, null::text, e.card_count, e.seen_at, e.book_nos, e.source_ids, ''::text, e.book_masks$s$;
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

-- Companies that stand on the cards of persons and are no organisation of the reference, in order, each once, from `after` on.
-- Steps from name to name along the index of the list, so that a company of a thousand people costs as much as one of two. A row
-- without people says where to go on, when all that were looked at are organisations already.
create function cards.list_companies(terms text[], word text, after text, page_size int)
  returns table (sort_organization text, organization text, people int)
  language plpgsql stable set search_path = pg_catalog
as $$
declare
  here text := coalesce(after, '');
  given int := 0;
begin
  for step in 1..500 loop
    select e.sort_organization, e.organization into sort_organization, organization
    from cards.find_entries(terms, null, '{"kind": "person"}', 'organization', here, 'ffffffff-ffff-ffff-ffff-ffffffffffff', 1) e;
    if not found then
      return;
    end if;
    here := sort_organization;
    continue when strpos(here, word) = 0 or exists (
      select from cards.find_entries('{}', null, jsonb_build_object('kind', 'organization', 'sortName', here), 'none', null, null, 1));
    select count(*) into people
    from cards.find_entries('{}', null, jsonb_build_object('kind', 'person', 'sortOrganization', here), 'none', null, null, 100);
    return next;
    given := given + 1;
    if given = page_size then
      return;
    end if;
  end loop;
  people := 0;
  return next;
end $$;
revoke all on function cards.list_companies(text[], text, text, int) from public;
grant execute on function cards.list_companies(text[], text, text, int) to entregent_member;
