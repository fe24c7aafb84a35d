-- Paths to people: hints of what may only be found, whether who hides may search, and requests to the holder of one card.

-- A house rule: who tells nothing of whom they know finds no paths.
create table relations.house (
  workspace_id uuid not null,
  reciprocal boolean not null,
  constraint house_pk primary key (workspace_id),
  constraint house_workspace_fk foreign key (workspace_id) references identity.workspace on delete cascade
);
alter table relations.house owner to entregent_keeper;
alter table relations.house enable row level security;
create policy of_workspace on relations.house to entregent_member
  using (workspace_id = nullif(current_setting('app.workspace', true), '')::uuid);
grant select, insert, update on relations.house to entregent_member;

-- The lent card by which the asker knows whom to ask; null: whoever may be found by the words.
alter table introductions.request add column card_id uuid;

-- How well somebody here knows contacts that may only be found, and in which team: of those alone who tell how well they know people, and
-- of teams in which five or more are besides the asker. Never who, never how many: the best one is said.
create function relations.find_hints(terms text[], kind text) returns table (team text, band text)
  language sql stable security definer set search_path = pg_catalog, public
as $$
  select t.name,
    case when max(a.strength) >= 60 then 'strong' when max(a.strength) >= 25 then 'good' else 'weak' end
  from cards.find_discoverable(terms, kind) f (cluster_id)
  join cards.card c on c.workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and c.cluster_id = f.cluster_id and c.exposure = 0
  join delegation.book b on b.workspace_id = c.workspace_id and b.book_no = c.book_no and b.once_for is null
    and delegation.reach_of(b.book_no) & 1 = 0
  join identity.member h on h.workspace_id = c.workspace_id and h.member_id = b.holder_id and h.status = 'active'
  join relations.connector k on k.workspace_id = c.workspace_id and k.member_id = b.holder_id and k.tells = 'strength'
  join cards.acquaintance a on a.workspace_id = c.workspace_id and a.card_id = c.card_id and a.shared and not a.hidden
  left join lateral (select t.name from identity.team t
    join identity.team_member mine on mine.workspace_id = c.workspace_id and mine.team_id = t.team_id and mine.member_id = b.holder_id
    where t.workspace_id = c.workspace_id and (select count(*) from identity.team_member o
      join identity.member om on om.workspace_id = c.workspace_id and om.member_id = o.member_id and om.status = 'active'
      where o.workspace_id = c.workspace_id and o.team_id = t.team_id
        and o.member_id <> nullif(current_setting('app.member', true), '')::uuid) >= 5
    order by t.name limit 1) t on true
  where exists (select from delegation.grant g where g.workspace_id = c.workspace_id and g.book_id = b.book_id
    and strpos(current_setting('app.audiences', true), g.grantee_id::text) > 0 and 'discover' = any(g.acts)
    and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now()))
  group by b.holder_id, t.name
  order by max(a.strength) desc, t.name
  limit 1
$$;
alter function relations.find_hints(text[], text) owner to entregent_keeper;
revoke all on function relations.find_hints(text[], text) from public;
grant execute on function relations.find_hints(text[], text) to entregent_member;

-- From each cluster along the strongest ties that the viewer may see, as cards.tie's policy says it: all that the viewer reaches is one constant
-- here, which makes a step 10 times quicker (0.3 µs a row where asking the settings costs 3). It says where a closer look is worth while and nothing
-- else: what is shown is read again under row security.
-- Of a million ties on one person the 5,000 strongest are looked at, whoever may see them.
-- `books`: only where one of these books has a card of the other end; null: anywhere.
create function cards.step_along_ties(clusters uuid[], books int[], most int) returns table (from_no int, cluster_id uuid, strength int)
  language plpgsql stable security definer set search_path = pg_catalog, public
  set max_parallel_workers_per_gather = 0
as $$
declare
  workspace uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  viewer uuid := nullif(current_setting('app.member', true), '')::uuid;
  reach bytea;
begin
  if workspace is null or viewer is null or current_setting('app.role', true) = 'app' then
    return;
  end if;
  select string_agg(coalesce(nullif(current_setting('app.reach_' || n, true), '')::bytea, decode(repeat('00', 256), 'hex')), '' order by n)
  into reach
  from generate_series(0, (select max(b.book_no) >> 6 from delegation.book b where b.workspace_id = workspace)) n;
  return query
    select (f.no - 1)::int, t.there, max(t.said)::int
    from unnest(clusters) with ordinality f(here, no)
    cross join lateral (
      (select t.cluster_b as there, t.strength as said from (select * from cards.tie t
          where t.workspace_id = workspace and t.cluster_a = f.here and t.ended_at is null order by t.strength desc limit 5000) t
        where (t.shared or t.author_id = viewer) and t.exposure_a < 2 and t.exposure_b < 2
          and ((t.exposure_a = 0 and get_bit(reach, t.book_no_a::bigint << 5) = 1) or get_bit(reach, (t.book_no_a::bigint << 5) | 31) = 1)
          and ((t.exposure_b = 0 and get_bit(reach, t.book_no_b::bigint << 5) = 1) or get_bit(reach, (t.book_no_b::bigint << 5) | 31) = 1)
        order by t.strength desc limit most)
      union all
      (select t.cluster_a, t.strength from (select * from cards.tie t
          where t.workspace_id = workspace and t.cluster_b = f.here and t.ended_at is null order by t.strength desc limit 5000) t
        where (t.shared or t.author_id = viewer) and t.exposure_a < 2 and t.exposure_b < 2
          and ((t.exposure_a = 0 and get_bit(reach, t.book_no_a::bigint << 5) = 1) or get_bit(reach, (t.book_no_a::bigint << 5) | 31) = 1)
          and ((t.exposure_b = 0 and get_bit(reach, t.book_no_b::bigint << 5) = 1) or get_bit(reach, (t.book_no_b::bigint << 5) | 31) = 1)
        order by t.strength desc limit most)) t
    where books is null or exists (select from cards.card c
      where c.workspace_id = workspace and c.cluster_id = t.there and c.book_no = any(books) and c.exposure < 2)
    group by 1, 2;
end $$;
alter function cards.step_along_ties(uuid[], int[], int) owner to entregent_keeper;
revoke all on function cards.step_along_ties(uuid[], int[], int) from public;
grant execute on function cards.step_along_ties(uuid[], int[], int) to entregent_member;

-- A tie that is shared about a lent contact is told to its holder.
do $$
declare kinds text[];
begin
  select array(select m[1] from regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) into kinds
  from pg_constraint c where c.conname = 'use_kind_ck' and c.conrelid = 'delegation.use'::regclass;
  alter table delegation.use drop constraint use_kind_ck;
  kinds := kinds || array['tied'];
  execute format('alter table delegation.use add constraint use_kind_ck check (kind in (%s))',
    (select string_agg(quote_literal(k), ', ') from unnest(kinds) k));
end $$;
