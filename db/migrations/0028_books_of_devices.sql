-- What a device asks of a whole book. Its member holds the book, which is asked once: row by row, the policies would take four times as
-- long as all the rest (10,000 cards: 60 ms of 80), and mislead the planner. Who does not hold it is told nothing.
create function cards.holds_now(book int) returns boolean
  language sql stable set search_path = pg_catalog
as $$
  select coalesce(get_bit(nullif(current_setting('app.reach_' || (book >> 6), true), '')::bytea, ((book & 63) << 5) | 31), 0) = 1
$$;
alter function cards.holds_now(int) owner to entregent_keeper;
revoke all on function cards.holds_now(int) from public;
grant execute on function cards.holds_now(int) to entregent_member;

-- Names and what has become of what stood under them since a change, in the order of the changes; from 0 what is there.
create function cards.list_device_changes(book int, after bigint, most int)
  returns table(name text, change_no bigint, gone boolean)
  language plpgsql stable security definer set search_path = pg_catalog
as $$
declare
  workspace uuid := nullif(current_setting('app.workspace', true), '')::uuid;
begin
  if not cards.holds_now(book) then
    return;
  end if;
  -- From the beginning nothing has gone.
  return query
    (select coalesce(c.resource_name, c.card_id || '.vcf'), c.change_no, c.exposure >= 2 or c.held_at is not null from cards.card c
      where c.workspace_id = workspace and c.book_no = book and c.change_no > after
        and (after > 0 or c.exposure < 2 and c.held_at is null)
      order by c.change_no limit most)
    union all
    (select g.resource_name, g.change_no, g.gone from cards.device_group g
      where g.workspace_id = workspace and g.book_no = book and g.change_no > after and (after > 0 or not g.gone)
      order by g.change_no limit most)
    union all
    (select d.resource_name, d.change_no, true from cards.departed d
      where d.workspace_id = workspace and d.book_no = book and d.change_no > after and after > 0
      order by d.change_no limit most)
    order by 2 limit most;
end $$;
alter function cards.list_device_changes(int, bigint, int) owner to entregent_keeper;
revoke all on function cards.list_device_changes(int, bigint, int) from public;
grant execute on function cards.list_device_changes(int, bigint, int) to entregent_member;

-- Names under which one of these patterns may be said: all where it is, and where nobody knows (groups, and cards that no device has put as
-- they are).
create function cards.find_on_devices(book int, patterns text[]) returns setof text
  language plpgsql stable security definer set search_path = pg_catalog
as $$
declare
  workspace uuid := nullif(current_setting('app.workspace', true), '')::uuid;
begin
  if not cards.holds_now(book) then
    return;
  end if;
  return query
    select coalesce(c.resource_name, c.card_id || '.vcf') from cards.card c
      left join cards.card_original o on o.workspace_id = workspace and o.card_id = c.card_id and o.change_no = c.change_no
      where c.workspace_id = workspace and c.book_no = book and c.exposure < 2 and c.held_at is null
        and (o.search is null or o.search like any(patterns))
    union all
    select g.resource_name from cards.device_group g where g.workspace_id = workspace and g.book_no = book and not g.gone;
end $$;
alter function cards.find_on_devices(int, text[]) owner to entregent_keeper;
revoke all on function cards.find_on_devices(int, text[]) from public;
grant execute on function cards.find_on_devices(int, text[]) to entregent_member;
