-- Conditions by opportunities, groups and categories.

-- The categories on the cards through which a row of the list was made, as they are compared: small, without accents, single spaces.
alter table cards.entry add column categories text[] not null default '{}';

-- As in 0180, with the new column.
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
  warned uuid[];
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
    -- What an import of the viewer's remarked on a contact, until somebody has corrected it since. Cards that a hidden one alone joins are
    -- two persons: the filter shows the one of them that was meant.
    warned := array(
      select w.card_id from sources.import_warning w
      join sources.import i on i.workspace_id = workspace and i.import_id = w.import_id and i.state = 'done'
        and i.member_id = nullif(current_setting('app.member', true), '')::uuid
      where w.workspace_id = workspace and not exists (select from cards.card_change h
        where h.workspace_id = workspace and h.card_id = w.card_id and h.kind = 'edited' and h.at > i.finished_at));
    condition := condition || format($v$ and e.cluster_id = any(array(
      select c.cluster_id from cards.card c where c.workspace_id = %1$L and c.card_id = any(%2$L::uuid[]) and c.exposure < 2))
      and cards.is_one_with(%1$L, e.person_id, %2$L::uuid[])$v$, workspace, warned);
  end if;
  if after_id is not null then
    condition := condition || format(' and (%s, e.person_id) %s (%L%s, %L)', key, case direction when 'asc' then '>' else '<' end,
      after_key, case sort when 'recent' then '::timestamptz' else '' end, after_id);
  end if;
  if sort = 'none' then
    -- What is counted needs no text: 10,000 whole rows are 6 MB to carry.
    shown := $s$e.workspace_id, e.audience_id, e.person_id, e.cluster_id, e.kind, ''::text, ''::text, e.sort_organization, e.organization,
      null::text, null::text, null::text, null::text, null::text, e.card_count, e.seen_at, e.book_nos, e.source_ids, ''::text, e.book_masks,
      '{}'::uuid[], '{}'::text[]$s$;
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

-- Rows of before get theirs by being made anew, book by book. Older than a minute: the start that follows wakes them.
insert into kernel.outbox (workspace_id, outbox_id, topic, payload, queue, created_at, due_at)
select workspace_id, gen_random_uuid(), 'delegation.bookShared', jsonb_build_object('bookNo', book_no), null, now() - interval '2 minutes', now() - interval '2 minutes'
from delegation.book;
