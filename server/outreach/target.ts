import { type RawBuilder, sql } from 'kysely';
import { fieldClass } from '../delegation/field-classes.ts';
import { freeMail } from '../formats/normalise/email.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Cap, GateRules } from './contract.ts';
import { privateNumber } from './rules.ts';
import { channelOf, type Way } from './ways-contract.ts';

// What the gate would say of a whole target, in one statement by what its author reaches. `rules.ts` and `gate.ts` say the same of one message;
// whole-target.model.test.ts holds the two against each other.

type Sql = RawBuilder<unknown>;

/** What can be said of all at once, a bit each; the rest is asked of a sample. */
export const told = [
  'no_mail_server',
  'no_channel',
  'no_grant',
  'not_begun',
  'ended',
  'ask_first',
  'purpose',
  'channel',
  'field',
  'quota',
  'objected',
  'objected_purpose',
  'no_consent',
  'dead',
  'suppressed',
  'pressure',
  'cooling_complaint',
] as const;
type Told = (typeof told)[number];
export const bitOf = (reason: Told): number => 1 << told.indexOf(reason);
/** Beside the reasons: what goes before takes the place; what matters less would lose it. */
export const yieldsBit = 1 << told.length;
export const displacesBit = yieldsBit << 1;
/** All bits, below what they are packed under. */
const low = (1 << 20) - 1;

/** A grant for writing to the cards of a book, as far as it says the same of all of them. */
export interface Offer {
  bookNo: number;
  /** Its place among all grants, by id. */
  no: number;
  distance: number;
  standing: boolean;
  /** Reasons against it, but for those of a card. */
  bits: number;
  mask: number;
  /** A quota for each card: what is counted, and the most. */
  each: { grantId: string; period: string; beginsOn: string; count: number } | null;
}

export interface Asked {
  /** Ids, or a query of `person_id`: persons as the actor sees them, or any card of theirs. It is run as the keeper; who is not seen is left out. */
  persons: Sql | readonly string[];
  purpose: string;
  at: Date;
  rules: GateRules;
  way: Way;
  hasMailServer: boolean;
  hasChannel: boolean;
  /** Whether consent is asked for. */
  advertising: boolean;
  /** Whether a complaint stands in the way. */
  mass: boolean;
  weight: number;
  priority: number;
  campaignId: string | null;
  ownBooks: readonly number[];
  offers: readonly Offer[];
  /** Whether it matters that an address is private. */
  asksPrivate: boolean;
  /** By which profile a message is counted, of a private and of another address, where none is assigned. */
  profiles: { private: string; business: string };
  /** Persons that are looked at at most: of more, so many by lot, each time the same. */
  most: number;
  /** Persons to be looked at more closely: of those against whom nothing was found, and of the others. */
  sample: { free: number; refused: number };
}

const day = 86_400_000;

/** Whether a card, a field of a class, is seen by who reaches its book so (policies `of_reach`). */
const seesCard = (card: Sql): Sql =>
  sql`${card}.exposure < 2 and (r.mask < 0 or (${card}.exposure = 0 and r.mask & 1 = 1))`;
const seesField = sql`f.exposure < 2 and (r.mask < 0 or (f.exposure = 0 and (r.mask >> f.class) & 1 = 1))`;

/** Each person once, as their cards that the actor sees: along visible links, as `joinPersons` does. */
const persons = (workspaceId: string, source: Sql, share: number): Sql => sql`
  reach as materialized (select b.book_no, delegation.reach_of(b.book_no) as mask from delegation.book b where b.workspace_id = ${workspaceId}),
  asked as materialized (select distinct s.person_id from (${source}) s
    where ${share}::float8 >= 1 or (hashtextextended(s.person_id::text, 11) & 1048575) < 1048576 * ${share}::float8),
  near as materialized (
    select card_id from cards.card where workspace_id = ${workspaceId} and card_id = any(array(select person_id from asked))
    union all
    select card_id from cards.person_redirect where workspace_id = ${workspaceId} and person_id = any(array(select person_id from asked))),
  seen as materialized (select c.card_id, c.cluster_id from cards.card c join reach r on r.book_no = c.book_no
    where c.workspace_id = ${workspaceId} and ${seesCard(sql`c`)} and c.cluster_id = any(array(
      select cluster_id from cards.card where workspace_id = ${workspaceId} and card_id = any(array(select card_id from near))))),
  found as materialized (
    select s.card_id, s.cluster_id from asked a join seen s on s.card_id = a.person_id
    union all
    select s.card_id, s.cluster_id from cards.person_redirect p
    join asked a on a.person_id = p.person_id
    join seen s on s.card_id = p.card_id
    where p.workspace_id = ${workspaceId} and not exists (select from seen o where o.card_id = p.person_id)),
  crowded as materialized (select cluster_id from seen group by cluster_id having count(*) > 1),
  several as materialized (select f.card_id from found f where f.cluster_id in (select cluster_id from crowded)),
  link as materialized (
    select l.card_a, l.card_b from cards.link l
    where l.workspace_id = ${workspaceId} and l.card_a = any(array(select s.card_id from seen s where s.cluster_id in (select cluster_id from crowded)))
      and l.card_b in (select card_id from seen)
      and (l.shown is null or cards.is_told(l.book_no_a, l.asks_a, l.book_no_b, l.asks_b, l.shown)
        and (l.cut = '{}' or not cards.is_cut(l.book_no_a, l.book_no_b, l.cut)))),
  ways as materialized (select card_a as from_id, card_b as to_id from link union all select card_b, card_a from link),
  walk as (
    with recursive walked (start_id, card_id) as (
      select card_id, card_id from several
      union select w.start_id, l.to_id from walked w join ways l on l.from_id = w.card_id)
    select * from walked),
  k as materialized (
    select f.card_id as who, f.card_id, 1 as rank from found f where f.cluster_id not in (select cluster_id from crowded)
    union
    select (min(card_id::text) over of_one)::uuid, card_id, (row_number() over (partition by start_id order by card_id))::int from walk
    window of_one as (partition by start_id))`;

/** Whether something goes to a field by a way (`isReached` in people.ts). */
const isReached = (way: Way): Sql =>
  way === 'letter'
    ? sql`(f.kind = 'address' and f.contact_point_id is not null)`
    : way === 'email'
      ? sql`(f.kind = 'email' and f.value ->> 'normalised' is not null)`
      : sql`(f.kind = 'phone' and f.value ->> 'e164' is not null and coalesce(f.value ->> 'type', 'mobile') = 'mobile')`;

/** Whether an address is that of a private person (`isPrivatePoint`). */
function isPrivate(workspaceId: string, way: Way): Sql {
  if (way === 'whatsapp') return sql`true`;
  const ofNobody = sql`not exists (select from cards.card_field o
    where o.workspace_id = ${workspaceId} and o.card_id = f.card_id and o.kind = 'organization' and o.value <> '{}'
      and o.exposure < 2 and (r.mask < 0 or (o.exposure = 0 and (r.mask >> o.class) & 1 = 1)))`;
  if (way === 'letter') return sql`(f.class = ${sql.lit(fieldClass.addressPrivate)} and ${ofNobody})`;
  if (way === 'sms')
    return sql`(f.class = any(${[...privateNumber.said]}::int[]) or (f.class = any(${[...privateNumber.unlabelled]}::int[]) and ${ofNobody}))`;
  return sql`(f.class = ${sql.lit(fieldClass.emailPrivate)}
  or split_part(f.value ->> 'normalised', '@', -1) = any(${freeMail.domains}::text[])
  or split_part(f.value ->> 'normalised', '@', -1) ~ ${freeMail.families}
  or (f.class = ${sql.lit(fieldClass.emailUnlabelled)} and ${ofNobody}))`;
}

/** All contact points on these cards; of those of the way what the gate asks of the address. */
const fields = (
  workspaceId: string,
  { way, ownBooks, asksPrivate }: Pick<Asked, 'way' | 'ownBooks' | 'asksPrivate'>,
): Sql => sql`
  f as materialized (
    select k.who, k.rank, f.no::int as no, f.contact_point_id as point, f.book_no, f.class::int as class, f.copied,
      f.book_no = any(${ownBooks}::int[]) as mine, ${isReached(way)} as is_reached,
      ${isReached(way)} and ${asksPrivate ? isPrivate(workspaceId, way) : sql`false`} as private
    from cards.card_field f join k on k.card_id = f.card_id join reach r on r.book_no = f.book_no
    where f.workspace_id = ${workspaceId} and f.card_id = any(array(select card_id from k)) and f.contact_point_id is not null and ${seesField}),
  sighting as (
    select f.who, f.point, f.book_no, bool_or(f.mine) as mine, bool_or(f.mine and not f.copied) as own, bool_or(f.private) as private,
      min(f.rank) as rank, min(f.no) as no, min((f.rank::bigint << 32) + (f.no << 8) + f.class) filter (where not f.mine) as lent
    from f where f.is_reached group by f.who, f.point, f.book_no)`;

/** The card of the first sighting in a book, where a grant counts each card by itself. */
const ofCard = (workspaceId: string, offers: readonly Offer[]): Sql =>
  offers.some(({ each }) => each)
    ? sql`left join k on g.each_grant is not null and k.who = s.who and k.rank = (s.lent >> 32)::int
      left join outreach.tally t on t.workspace_id = ${workspaceId} and t.grant_id = g.each_grant and t.card_id = k.card_id
        and t.period = g.each_period and t.begins_on = g.each_begins`
    : sql``;

const column = <T>(offers: readonly Offer[], of: (offer: Offer) => T) => offers.map(of);

/**
 * What the grant that comes nearest says of an address: packed so that the least is the one that is told, by the same order as `decide` has (those
 * that stand, fewest reasons, distance, id).
 */
function lending(workspaceId: string, { offers }: Asked): Sql {
  const none = sql.lit(bitOf('no_grant'));
  if (offers.length === 0)
    return sql`point as (select who, point, bool_or(mine) as mine, bool_or(own) as own, bool_or(private) as private, min(rank) as rank, min(no) as no,
      ${none} as lending from sighting group by who, point)`;
  const each = offers.some((offer) => offer.each);
  const field = sql`((g.mask >> (s.lent & 31)::int) & 1 = 0)::int`;
  const full = each ? sql`(g.each_grant is not null and coalesce(t.count, 0) >= g.each_count)::int` : sql`0`;
  const bits = sql`(g.bits | ${field} * ${sql.lit(bitOf('field'))} | ${full} * ${sql.lit(bitOf('quota'))})`;
  const count = sql`(bit_count(g.bits::bit(32))::bigint + ${field} + ${full})`;
  return sql`
    offer as materialized (select * from unnest(${column(offers, (one) => one.bookNo)}::int[], ${column(offers, (one) => one.no)}::bigint[],
      ${column(offers, (one) => one.distance)}::bigint[], ${column(offers, (one) => one.standing)}::boolean[], ${column(offers, (one) => one.bits)}::int[],
      ${column(offers, (one) => one.mask)}::int[], ${column(offers, (one) => one.each?.grantId ?? null)}::uuid[],
      ${column(offers, (one) => one.each?.period ?? null)}::text[], ${column(offers, (one) => one.each?.beginsOn ?? null)}::date[],
      ${column(offers, (one) => one.each?.count ?? null)}::int[])
      o (book_no, no, distance, standing, bits, mask, each_grant, each_period, each_begins, each_count)),
    point as (
      select s.who, s.point, bool_or(s.mine) as mine, bool_or(s.own) as own, bool_or(s.private) as private, min(s.rank) as rank, min(s.no) as no,
        coalesce((min(((((not g.standing)::int * 16 + ${count}) * 4 + g.distance) << 42) + (g.no << 20) + ${bits}) & ${sql.lit(low)})::int, ${none})
          as lending
      from sighting s
      left join offer g on g.book_no = s.book_no and s.lent is not null
      ${ofCard(workspaceId, offers)}
      group by s.who, s.point)`;
}

/** A window of some cap, as it counts. */
interface Window {
  days: number;
  channel: string | null;
}

function windowsOf(rules: GateRules, way: Way): Window[] {
  const caps = rules.profiles
    .flatMap(({ caps: of }) => of)
    .filter(({ channel }) => channel === null || channel === channelOf(way));
  return [...new Map(caps.map(({ days, channel }) => [`${days} ${channel}`, { days, channel }])).values()];
}

const nameOf = (rules: GateRules, way: Way, { days, channel }: Pick<Cap, 'days' | 'channel'>): number =>
  windowsOf(rules, way).findIndex((one) => one.days === days && one.channel === channel);

/** What weighs on each person under each window: before it (`b`), planned and before it (`a`), of lesser weight (`l`). */
function loads(workspaceId: string, { at, rules, way, weight, priority, campaignId }: Asked): Sql {
  const windows = windowsOf(rules, way);
  if (weight === 0 || windows.length === 0) return sql`load as (select null::uuid as who where false)`;
  const longest = Math.max(...windows.map(({ days }) => days)) * day;
  const [since, until] = [new Date(at.getTime() - longest), new Date(at.getTime() + longest)];
  const sums = windows.map(({ days, channel }, no) => {
    const [from, to] = [new Date(at.getTime() - days * day), new Date(at.getTime() + days * day)];
    const within = sql`r.at > ${from} and (r.state = 0 or r.at < ${to}) ${channel ? sql`and r.channel = ${channel}` : sql``}`;
    const sum = (which: Sql) => sql`coalesce(sum(r.weight) filter (where ${within} and ${which}), 0)::int`;
    return sql`${sum(sql`r.state = 0`)} as ${sql.ref(`b${no}`)}, ${sum(sql`r.state <> 0 and r.before`)} as ${sql.ref(`a${no}`)},
      ${sum(sql`r.state <> 0 and not r.before`)} as ${sql.ref(`l${no}`)}`;
  });
  const names = windows.flatMap((_, no) => ['b', 'a', 'l'].map((kind) => sql.ref(`${kind}${no}`)));
  return sql`
    weighing as (
      select r.point, ${sql.join(sums)} from (
        select contact_point_id as point, (not has_left)::int as state, at, channel, weight, priority >= ${priority} as before from outreach.received
        where workspace_id = ${workspaceId} and contact_point_id = any(array(select point from f)) and at > ${since} and weight > 0
        union all
        select contact_point_id, 2, planned_at, channel, weight, priority > ${priority} from outreach.plan
        where workspace_id = ${workspaceId} and contact_point_id = any(array(select point from f)) and planned_at > ${since} and planned_at < ${until} and weight > 0
          and campaign_id is distinct from ${campaignId}::uuid) r
      group by r.point),
    load as (
      select d.who, ${sql.join(names.map((name) => sql`sum(${name})::int as ${name}`))}
      from (select distinct f.who, w.* from f join weighing w on w.point = f.point) d group by d.who)`;
}

/** Whether some cap of a profile has no room: for the message with what goes before, or of what else is asked. */
function over(
  { rules, way }: Pick<Asked, 'rules' | 'way'>,
  caps: readonly Cap[],
  of: (names: { b: Sql; a: Sql; l: Sql }, most: number) => Sql,
): Sql {
  const conditions = caps
    .filter(({ channel }) => channel === null || channel === channelOf(way))
    .map((cap) => {
      const no = nameOf(rules, way, cap);
      const name = (kind: string) => sql`coalesce(load.${sql.ref(`${kind}${no}`)}, 0)`;
      return of({ b: name('b'), a: name('a'), l: name('l') }, cap.most);
    });
  return conditions.length === 0 ? sql`false` : sql`(${sql.join(conditions, sql` or `)})`;
}

/** The bits of pressure, by the profile that counts. */
function pressure({ rules, way, weight, profiles }: Asked): Sql {
  const by = { rules, way };
  if (weight === 0 || windowsOf(rules, way).length === 0) return sql`0`;
  const bitsFor = (caps: readonly Cap[]): Sql => {
    const full = over(by, caps, ({ b, a }, most) => sql`${b} + ${a} + ${weight}::int > ${most}::int`);
    const alone = over(by, caps, ({ b }, most) => sql`${b} + ${weight}::int > ${most}::int`);
    const lost = over(
      by,
      caps,
      ({ b, a, l }, most) =>
        sql`(${l} > 0 and ${b} + ${a} + ${l} <= ${most}::int and ${b} + ${a} + ${l} + ${weight}::int > ${most}::int)`,
    );
    return sql`case when ${full} then ${sql.lit(bitOf('pressure'))} | case when ${alone} then 0 else ${sql.lit(yieldsBit)} end
      when ${lost} then ${sql.lit(displacesBit)} else 0 end`;
  };
  const cases = rules.profiles.map(({ key, caps }) => sql`when ${key} then ${bitsFor(caps)}`);
  const { private: first, business } = profiles;
  return sql`case case when s.profile = any(${rules.profiles.map(({ key }) => key)}::text[]) then s.profile
    when s.private then ${first}::text else ${business}::text end ${sql.join(cases, sql` `)} else 0 end`;
}

/** What each address is told, and of each person what is told of the first against which nothing stands, else of the first. */
function judged(workspaceId: string, asked: Asked): Sql {
  const { purpose, advertising, mass, rules, at, hasMailServer, hasChannel } = asked;
  const bit = (reason: Told, holds: Sql) => sql`(case when ${holds} then ${sql.lit(bitOf(reason))} else 0 end)`;
  const cooled = new Date(at.getTime() - rules.complaintDays * day);
  const agreed = sql`(coalesce(s.consent, '') = 'given' and (s.consent_purposes is null or ${purpose} = any(s.consent_purposes)))`;
  return sql`
    complained as (select distinct f.who from outreach.complaint c join f on f.point = c.contact_point_id
      where c.workspace_id = ${workspaceId} and c.at > ${cooled}),
    assigned as (select distinct on (f.who) f.who, p.profile from outreach.profile_of p join f on f.point = p.contact_point_id
      where p.workspace_id = ${workspaceId} order by f.who, f.point),
    standing as (
      select p.*, cp.consent, cp.consent_purposes, cp.health, coalesce(mine.profile, a.profile) as profile
      from point p
      left join (select contact_point_id, consent, consent_purposes, health from cards.contact_point
        where workspace_id = ${workspaceId} and contact_point_id = any(array(select point from point))) cp on cp.contact_point_id = p.point
      left join outreach.profile_of mine on mine.workspace_id = ${workspaceId} and mine.contact_point_id = p.point
      left join assigned a on a.who = p.who),
    told as (
      select s.who, s.mine, s.rank, s.no, case when s.own then 0 else s.lending end
        | ${hasMailServer ? sql`0` : sql.lit(bitOf('no_mail_server'))}
        | ${hasChannel ? sql`0` : sql.lit(bitOf('no_channel'))}
        | ${bit('objected', sql`s.consent = 'objected'`)}
        | ${bit(
          'objected_purpose',
          sql`s.point in (select contact_point_id from outreach.objection where workspace_id = ${workspaceId} and purpose = ${purpose})`,
        )}
        | ${advertising ? bit('no_consent', sql`s.private and not ${agreed}`) : sql`0`}
        | ${bit('dead', sql`s.health = 'dead'`)}
        | ${bit('suppressed', sql`s.point in (select contact_point_id from outreach.suppression where workspace_id = ${workspaceId})`)}
        | ${mass ? bit('cooling_complaint', sql`s.who in (select who from complained)`) : sql`0`}
        | ${pressure(asked)} as bits
      from standing s left join load on load.who = s.who),
    judged as materialized (
      select who, (min((case when bits & ${sql.lit(yieldsBit - 1)} = 0 then 0 else 1::bigint << 60 end) + (case when mine then 0 else 1::bigint << 59 end)
        + (rank::bigint << 40) + (no::bigint << 20) + bits) & ${sql.lit(low)})::int as bits
      from told group by who)`;
}

export interface TargetFound {
  /** How many ids there are, and persons who were looked at: all that are seen, or the share of them that fell to the lot. */
  ids: number;
  looked: number;
  people: number;
  /** How many persons have exactly these bits. */
  counts: { bits: number; people: number }[];
  /** Persons to be asked one by one. */
  free: string[];
  refused: string[];
}

/** How PostgreSQL is to go about it: what it expects of queries within queries is a handful of rows, and of many thousands that is wrong. */
const manners = ["work_mem = '256MB'", 'enable_nestloop = off', 'enable_mergejoin = off', 'jit = off'];

const sourceOf = (wanted: Asked['persons']): Sql =>
  'compile' in wanted ? wanted : sql`select unnest(${wanted}::uuid[]) as person_id`;

async function countIds(tx: Tx, source: Sql): Promise<number> {
  const { rows } = await sql<{
    ids: number;
  }>`select count(distinct s.person_id)::int as ids from (${source}) s`.execute(tx);
  return rows[0]!.ids;
}

/** What the actor reaches, as settings of the keeper's transaction. */
async function enter(tx: Tx, workspaceId: string, memberId: string): Promise<void> {
  await sql`select delegation.enter(${workspaceId}, ${memberId})`.execute(tx);
  for (const manner of manners) await sql.raw(`set local ${manner}`).execute(tx);
}

/**
 * Sorts a target by what can be said of all at once. As the keeper, since row security takes ten millionths of a second a row; what the actor reaches is
 * asked of the same settings and joined instead. Only numbers are for the actor, and persons whom they see.
 */
export async function sortTarget(tx: Tx, { workspaceId, memberId }: Actor, asked: Asked): Promise<TargetFound> {
  const { most, sample } = asked;
  const source = sourceOf(asked.persons);
  const ids = await countIds(tx, source);
  await enter(tx, workspaceId, memberId);
  const share = ids > most ? most / ids : 1;
  const some = (condition: Sql, limit: number) => sql`array(select who from judged where ${condition}
    order by hashtextextended(who::text, 7), who limit ${limit})`;
  const passes = sql`bits & ${sql.lit(yieldsBit - 1)} = 0`;
  const { rows } = await sql<Omit<TargetFound, 'ids' | 'counts'> & { counts: TargetFound['counts'] | null }>`
    with ${persons(workspaceId, source, share)}, ${fields(workspaceId, asked)}, ${lending(workspaceId, asked)}, ${loads(workspaceId, asked)},
      ${judged(workspaceId, asked)}
    select (select count(*) from asked)::int as looked, (select count(distinct who) from k)::int as people,
      (select json_agg(json_build_object('bits', bits, 'people', people)) from (select bits, count(*) as people from judged group by bits) b) as counts,
      ${some(passes, sample.free)} as free, ${some(sql`not (${passes})`, sample.refused)} as refused`.execute(tx);
  const [found] = rows;
  return { ids, ...found!, counts: found!.counts ?? [] };
}

export interface SpreadFound {
  ids: number;
  looked: number;
  people: number;
  /** Of those who received something in a month, how many in which class of weight, from 1. */
  rows: { month: string; class: number; people: number }[];
}

/** How much each person of a target received in each of twelve months (UTC), by classes: the number of the first whose most is not exceeded. As the keeper. */
export async function spreadOver(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  asked: Pick<Asked, 'persons' | 'most' | 'way' | 'ownBooks' | 'asksPrivate'>,
  classes: readonly number[],
): Promise<SpreadFound> {
  const source = sourceOf(asked.persons);
  const ids = await countIds(tx, source);
  await enter(tx, workspaceId, memberId);
  const { rows } = await sql<Omit<SpreadFound, 'ids' | 'rows'> & { rows: SpreadFound['rows'] | null }>`
    with ${persons(workspaceId, source, ids > asked.most ? asked.most / ids : 1)}, ${fields(workspaceId, asked)},
      got as (
        select contact_point_id as point, date_trunc('month', at at time zone 'UTC') as month, sum(weight) as weight from outreach.received
        where workspace_id = ${workspaceId} and contact_point_id = any(array(select point from f)) and has_left and weight > 0
          and at >= (date_trunc('month', now() at time zone 'UTC') - interval '11 months') at time zone 'UTC'
        group by 1, 2),
      monthly as (select d.who, g.month, sum(g.weight)::int as weight from (select distinct who, point from f) d join got g on g.point = d.point group by 1, 2)
    select (select count(*) from asked)::int as looked, (select count(distinct who) from k)::int as people,
      (select json_agg(json_build_object('month', month, 'class', class, 'people', people)) from (
        select to_char(month, 'YYYY-MM') as month, width_bucket(weight - 1, ${classes}::int[]) as class, count(*)::int as people
        from monthly group by 1, 2) spread) as rows`.execute(tx);
  return { ids, ...rows[0]!, rows: rows[0]!.rows ?? [] };
}
