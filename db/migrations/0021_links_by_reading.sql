-- Who sees two cards as one depends on what they read of both: a number that is kept from a viewer must neither join nor part the cards for
-- them, or it could be found out by trying. A link says it for every reading (matching/hunt/readings.ts): `asks_a` and `asks_b` hold classes of
-- field of each card, as bits, that count when the viewer reads all of them; which of these count makes a number, bit by bit, and the bit of
-- `shown` at that number says whether the two are one. No `shown`: to whoever sees both, as people's own words are. `cut`: third cards
-- speak against it, in these books; whoever reads everything of all of them is not told that the two are one. Links of before get theirs in
-- the next full run.
alter table cards.link add column asks_a int[] not null default '{}', add column asks_b int[] not null default '{}', add column shown bytea,
  add column cut int[] not null default '{}';

-- What is asked about is told in the same way: `offered` to which readings, `to_all` whether to whoever reads everything. Else whoever tries
-- numbers would see by what is asked which was right.
alter table matching.proposal add column asks_a int[] not null default '{}', add column asks_b int[] not null default '{}',
  add column offered bytea, add column to_all boolean not null default true;

-- Whether the viewer reads everything of all these books, by the settings of their transaction.
create function delegation.reads_all(book_nos int[]) returns boolean language sql stable parallel safe
  set search_path = pg_catalog
as $$
  select coalesce(bool_and(delegation.reach_of(n) & 2147483647 = 2147483647), true) from unnest(book_nos) n
$$;

-- What a table says of the viewer's reading of two cards, by the settings of their transaction.
create function cards.is_told(book_no_a int, asks_a int[], book_no_b int, asks_b int[], told bytea) returns boolean
  language plpgsql stable parallel safe set search_path = pg_catalog
as $$
declare
  reach int := delegation.reach_of(book_no_a);
  mask int;
  reading int := 0;
  bit int := 1;
begin
  foreach mask in array asks_a loop
    if reach & mask = mask then reading := reading | bit; end if;
    bit := bit << 1;
  end loop;
  reach := delegation.reach_of(book_no_b);
  foreach mask in array asks_b loop
    if reach & mask = mask then reading := reading | bit; end if;
    bit := bit << 1;
  end loop;
  return get_bit(told, reading) = 1;
end $$;
revoke all on function cards.is_told(int, int[], int, int[], bytea), delegation.reads_all(int[]) from public;
grant execute on function cards.is_told(int, int[], int, int[], bytea), delegation.reads_all(int[]) to entregent_member, entregent_keeper;

drop policy of_both on cards.link;
create policy of_both on cards.link for select to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and (exposure_a < 2 and exposure_b < 2 or current_setting('app.restoring', true) = 'on')
    and (get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, ((book_no_a & 63) << 5) | 31) = 1
      or (exposure_a = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no_a >> 6), true), '')::bytea, (book_no_a & 63) << 5) = 1))
    and (get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, ((book_no_b & 63) << 5) | 31) = 1
      or (exposure_b = 0 and get_bit(nullif(current_setting('app.reach_' || (book_no_b >> 6), true), '')::bytea, (book_no_b & 63) << 5) = 1))
    and (shown is null or cards.is_told(book_no_a, asks_a, book_no_b, asks_b, shown) and (cut = '{}' or not delegation.reads_all(cut))));

-- As in 0020, along links that the viewer sees.
create or replace function cards.is_one_with(workspace uuid, start uuid, cards uuid[]) returns boolean
  language sql stable set search_path = pg_catalog
as $$
  with recursive met as (
    select start as card_id
    union
    select case when l.card_a = m.card_id then l.card_b else l.card_a end from met m
    join cards.link l on l.workspace_id = workspace and (l.card_a = m.card_id or l.card_b = m.card_id)
    where cards.is_seen(l.book_no_a, l.exposure_a) and cards.is_seen(l.book_no_b, l.exposure_b)
      and (l.shown is null or cards.is_told(l.book_no_a, l.asks_a, l.book_no_b, l.asks_b, l.shown)
        and (l.cut = '{}' or not delegation.reads_all(l.cut))))
  select exists (select from met where card_id = any(cards))
$$;
