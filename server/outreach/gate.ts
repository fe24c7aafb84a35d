import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { countryCode } from '../formats/normalise/country.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { hashedId } from '../kernel/ids.ts';
import { quietUntil, zoneOf } from './clock.ts';
import type { GateRules, LaterReason, Manner } from './contract.ts';
import * as facts from './facts.ts';
import * as people from './people.ts';
import { type Asking, defaultRules, type Load, profileFor } from './pressure.ts';
import {
  asksConsent,
  beginOf,
  decide,
  type GateAnswer,
  type GateFacts,
  type GrantFacts,
  isAdvertising,
  isMass,
  isPrivatePoint,
  type Later,
} from './rules.ts';
import { channelOf, type Way } from './ways-contract.ts';

/** What somebody wants to do. */
export interface Wish {
  /** A person as the author sees them, or any card of theirs. */
  personId: string;
  contactPointId: string;
  purpose: string;
  /** The law has them told, about their own request. */
  ofRight?: boolean;
  /** By which way; left out: by mail. */
  way?: Way;
  /** Left out: one member writes to one person. */
  manner?: Manner;
  campaignId?: string;
  /** How it ranks among others for a last place; left out: as much as it weighs. */
  priority?: number;
  /** The plan by which it comes, which does not stand in its own way. */
  planId?: string;
}

/** A message that was written before, and the grants whose quota it has taken. */
export interface Leaving {
  messageId: string;
  grantIds: ReadonlySet<string>;
  weight: number;
  priority: number;
}

export interface Asked extends GateAnswer {
  /** The address, as the author's visible cards say it. */
  address: string;
  /** The card of the person that stands for them in lists: the author's own where they have one with this address. */
  cardId: string;
  /** The lent cards by which it goes, with what each takes of its grant's quota. */
  uses: { sighting: facts.Sighting; grant: GrantFacts; counter: facts.Counter | null }[];
  weight: number;
  priority: number;
  /** What it takes of what leaves for a domain in an hour, and from the mailbox in a day. */
  flows: FlowFacts[];
}

export interface FlowFacts extends people.Flow {
  reason: LaterReason;
  most: number;
  /** Milliseconds. */
  lasts: number;
}

/**
 * - `look`: only to know, each for itself;
 * - `take`: to write now: what counts stays locked, so that the answers hold until the end of the transaction, and of several the one before takes its
 *   place before the next is asked;
 * - `leave`: to leave now, under the grants whose quota the messages have taken already.
 */
export type How = 'look' | 'take' | 'leave';

/** Asks the gate about one message. @returns null when the person, or the address on their cards, is not there for the author */
export async function askGate(
  tx: Tx,
  actor: Actor,
  wish: Wish & { leaving?: Leaving },
  how: How,
): Promise<Asked | null> {
  const [asked] = await askGates(tx, actor, [wish], how);
  return asked!;
}

/**
 * Asks the gate about up to some hundreds of messages, as the author, in their transaction: it knows what they see and nothing else. As many queries
 * for many as for one.
 * @param now when it is to leave: what counts then is what is known today
 * @returns an answer for each; null when the person, or the address on their cards, is not there for the author
 */
export async function askGates(
  tx: Tx,
  actor: Actor,
  wishes: readonly (Wish & { leaving?: Leaving })[],
  how: How,
  now = new Date(),
): Promise<(Asked | null)[]> {
  if (wishes.length === 0) return [];
  const all = await see(tx, actor, wishes);
  const seen = all.filter((one) => one !== null);
  const world = await gather(tx, actor, seen, how, now);
  return all.map((one) => one && judge(world, one, how, now));
}

/** A wish, and what the author sees of whom it is about. */
interface Seen {
  wish: Wish & { leaving?: Leaving };
  cards: people.HeldCard[];
  fields: people.HeldField[];
  sightings: facts.Sighting[];
  own: facts.Sighting | undefined;
  lent: facts.Sighting[];
  /** All contact points on these cards, by whatever channel. */
  points: string[];
  manner: Manner;
  way: Way;
}

async function see(tx: Tx, actor: Actor, wishes: readonly (Wish & { leaving?: Leaving })[]): Promise<(Seen | null)[]> {
  const held = await people.findPeople(tx, actor, [...new Set(wishes.map(({ personId }) => personId))]);
  const cardIds = [...new Set([...held.values()].flat().map(({ cardId }) => cardId))];
  const fieldsOf = Map.groupBy(await people.findHeldFields(tx, actor.workspaceId, cardIds), ({ cardId }) => cardId);
  return wishes.map((wish) => {
    const cards = held.get(wish.personId) ?? [];
    const fields = cards.flatMap(({ cardId }) => fieldsOf.get(cardId) ?? []);
    const way = wish.way ?? 'email';
    const sightings = sightingsOf(cards, fieldsOf, wish.contactPointId, way);
    if (sightings.length === 0) return null;
    const own = sightings.find((one) => one.mine && !one.copied);
    return {
      ...{ wish, cards, fields, sightings, own },
      lent: own ? [] : sightings.filter((one) => !one.mine),
      points: [...new Set(fields.flatMap(({ pointId }) => pointId ?? []))].sort(),
      ...{ manner: wish.manner ?? 'personal', way },
    };
  });
}

/** Where an address stands among these cards. */
function sightingsOf(
  cards: readonly people.HeldCard[],
  fieldsOf: ReadonlyMap<string, people.HeldField[]>,
  pointId: string,
  way: Way,
): facts.Sighting[] {
  return cards.flatMap(({ cardId, bookNo, bookId, mine }) => {
    const fields = fieldsOf.get(cardId) ?? [];
    const atCompany = fields.some(({ kind }) => kind === 'organization');
    return fields
      .filter((one) => one.pointId === pointId && people.isReached(way, one))
      .map((one) => ({
        ...{ cardId, bookNo, bookId, mine, atCompany },
        ...{ copied: one.copied, fieldClass: one.class, address: one.normalised! },
      }));
  });
}

/** All that the answers are made of. */
interface World {
  workspaceId: string;
  rules: GateRules;
  /** From whom mail comes; null: there is none. */
  sender: string | null;
  /** By which other ways something can leave. */
  roads: readonly Way[];
  zone: string;
  points: Map<string, people.PointFacts>;
  known: Map<string, people.Known>;
  grants: facts.ContactGrant[];
  /** What is used of quotas, and what weighs on contact points: more with each message that is written in this course. */
  used: Map<string, number>;
  loads: Map<string, Load[]>;
  flowCount: (flow: people.Flow) => number;
  quietAt: Map<string, ReturnType<typeof quietUntil>>;
}

const day = 86_400_000;

async function gather(tx: Tx, actor: Actor, seen: readonly Seen[], how: How, now: Date): Promise<World> {
  const { workspaceId } = actor;
  const { country, sender, roads, rules: said } = await people.findGround(tx, workspaceId);
  const rules = said ?? defaultRules;
  const pointIds = [...new Set(seen.flatMap(({ points }) => points))];
  const points = await people.findPointFacts(tx, workspaceId, pointIds);
  const about = seen.filter(asksKnown);
  const subjects = [...new Set(about.flatMap((one) => [...one.points, ...one.cards.map(({ cardId }) => cardId)]))];
  const known = subjects.length > 0 ? await people.findKnown(tx, subjects, rules.retentionMonths) : new Map();
  const books = [...new Set(seen.flatMap(({ lent }) => lent.map(({ bookId }) => bookId)))];
  const grants = books.length > 0 ? await facts.findContactGrants(tx, actor, books) : [];
  // Locks last, and counting after them: what the one before has taken is seen.
  const weighty = [...new Set(seen.filter((one) => loadOf(rules, one).weight > 0).flatMap((one) => one.points))];
  if (how !== 'look') await people.lockTurns(tx, workspaceId, weighty);
  const counters = how === 'leave' ? [] : seen.flatMap((one) => countersOf(grants, one, now));
  const used = await facts.readCounters(tx, workspaceId, counters, how === 'take');
  const longest = Math.max(1, ...rules.profiles.flatMap(({ caps }) => caps.map(({ days }) => days))) * day;
  const [since, until] = [new Date(now.getTime() - longest), new Date(now.getTime() + longest)];
  const loads = weighty.length > 0 ? await people.findLoads(tx, workspaceId, weighty, since, until) : new Map();
  const flows = seen.flatMap((one) => flowsOf(workspaceId, rules, sender, one, now));
  return {
    ...{ workspaceId, rules, sender, roads, points, known, grants, used, loads },
    zone: zoneFor(rules, country, now),
    flowCount: await people.readFlows(tx, workspaceId, flows),
    quietAt: new Map(),
  };
}

/** The time zone that holds for whom nothing else tells it: the workspace's own, else that of its country. */
const zoneFor = (rules: GateRules, country: string, at: Date): string =>
  rules.quiet?.zone ?? zoneOf(country, at) ?? 'UTC';

/** In which time zone the workspace works (IANA name). */
export async function findWorkZone(tx: Tx, workspaceId: string, at: Date): Promise<string> {
  const { country, rules } = await people.findGround(tx, workspaceId);
  return zoneFor(rules ?? defaultRules, country, at);
}

/** What the whole company knows of them matters for advertising alone. */
const asksKnown = ({ wish, manner }: Seen): boolean =>
  isAdvertising(wish.purpose) && manner !== 'answer' && !wish.ofRight;

/** What it weighs and how it ranks: as the rules have it now, or as it was written. */
function loadOf(rules: GateRules, { wish, manner }: Seen): { weight: number; priority: number } {
  if (wish.leaving) return wish.leaving;
  const { purpose, ofRight, priority } = wish;
  const weight = ofRight || manner === 'answer' ? 0 : (rules.weights[purpose as 'service'] ?? 0);
  return { weight, priority: priority ?? weight };
}

function counterOf(grant: facts.ContactGrant, cardId: string, now: Date): facts.Counter | null {
  if (!grant.quota_count || !grant.quota_period) return null;
  return {
    grantId: grant.grant_id,
    cardId: grant.quota_each ? cardId : grant.grant_id,
    period: grant.quota_period,
    beginsOn: beginOf(grant.quota_period, now),
    granteeId: grant.grantee_id,
  };
}

/** Each grant for writing with the card it opens. */
const offersOf = (grants: readonly facts.ContactGrant[], { lent, wish }: Seen) =>
  grants.flatMap((grant) => {
    const sighting = lent.find(({ bookId }) => bookId === grant.book_id);
    return sighting && (!wish.leaving || wish.leaving.grantIds.has(grant.grant_id)) ? [{ grant, sighting }] : [];
  });

const countersOf = (grants: readonly facts.ContactGrant[], seen: Seen, now: Date): facts.Counter[] =>
  offersOf(grants, seen).flatMap(({ grant, sighting }) => counterOf(grant, sighting.cardId, now) ?? []);

const hour = 3_600_000;

/** What of the mail that leaves at once it takes part in. An answer, and what the law has somebody told, waits for nobody. */
function flowsOf(workspaceId: string, rules: GateRules, sender: string | null, seen: Seen, now: Date): FlowFacts[] {
  if (seen.way !== 'email' || seen.manner === 'answer' || seen.wish.ofRight) return [];
  const beginning = (lasts: number) => new Date(Math.floor(now.getTime() / lasts) * lasts);
  const domain = seen.sightings[0]!.address.split('@').at(-1)!;
  const flow = (of: string, reason: LaterReason, lasts: number, most: number): FlowFacts => ({
    ...{ id: hashedId(`${workspaceId} ${of}`), beginsAt: beginning(lasts), reason, lasts, most },
  });
  return [
    ...(rules.domainPerHour ? [flow(`domain ${domain}`, 'domain_quota', hour, rules.domainPerHour)] : []),
    ...(rules.mailboxPerDay ? [flow(`mailbox ${sender}`, 'mailbox_quota', day, rules.mailboxPerDay)] : []),
  ];
}

/** When there is room in a flow again, with so many counted: those who wait are spread over what comes after. */
export const roomAt = ({ beginsAt, lasts, most }: FlowFacts, count: number): Date =>
  new Date(beginsAt.getTime() + lasts * Math.floor(count / most));

function judge(world: World, seen: Seen, how: How, now: Date): Asked {
  const { wish, own, sightings } = seen;
  const offers = offersOf(world.grants, seen).map(({ grant, sighting }) => {
    const counter = how === 'leave' ? null : counterOf(grant, sighting.cardId, now);
    const used = counter && (world.used.get(facts.keyOf(counter)) ?? 0);
    return { sighting, grant: toFacts(grant, sighting, used), counter };
  });
  const load = loadOf(world.rules, seen);
  const flows = flowsOf(world.workspaceId, world.rules, world.sender, seen, now);
  const answer = decide(
    {
      ...{ purpose: wish.purpose, manner: seen.manner, ofRight: wish.ofRight ?? false, ...standingRoad(world, seen) },
      own: own !== undefined,
      grants: offers.map(({ grant }) => grant),
      ...standingOf(world.points.get(wish.contactPointId)),
      privateAddress: asksConsent(seen.way) && isPrivatePoint(seen.way, sightings),
      person: personFacts(world, seen, load, now),
      later: laterFor(world, seen, flows, how, now),
    },
    now,
  );
  const uses = answer.through.map((grant) => offers.find((offer) => offer.grant === grant)!);
  const first = own ?? sightings[0]!;
  const asked = { ...answer, ...load, address: first.address, cardId: first.cardId, uses, flows };
  if (how === 'take' && answer.allowed) take(world, wish, asked, now);
  return asked;
}

/** What it leaves by, and whether that is there. */
const standingRoad = ({ sender, roads }: World, { way }: Seen) => ({
  channel: channelOf(way),
  hasMailServer: way !== 'email' || sender !== null,
  hasChannel: way === 'email' || way === 'letter' || roads.includes(way),
});

const unknown = { consent: 'unknown', health: 'unknown', objectedTo: [], suppressed: false } as const;

function standingOf(
  point: people.PointFacts | undefined,
): Pick<GateFacts, 'consent' | 'agreedTo' | 'health' | 'objectedTo' | 'suppressed'> {
  if (!point) return unknown;
  const { consent, agreedTo, health, objectedTo, suppressed } = point;
  return { consent, agreedTo, health, objectedTo, suppressed };
}

function personFacts(
  { rules, points, known, loads }: World,
  seen: Seen,
  { weight, priority }: { weight: number; priority: number },
  now: Date,
): NonNullable<GateFacts['person']> {
  const { wish, cards, sightings } = seen;
  const asking: Asking = {
    messageId: wish.leaving?.messageId ?? null,
    planId: wish.planId ?? null,
    ...{ channel: channelOf(seen.way), weight, priority },
  };
  const of = seen.points.map((id) => points.get(id)).filter((point) => point !== undefined);
  const assigned =
    points.get(wish.contactPointId)?.profile ?? of.find(({ profile }) => profile !== null)?.profile ?? null;
  const about = { purpose: wish.purpose, privateAddress: isPrivatePoint(seen.way, sightings), assigned };
  const cooledAt = now.getTime() - rules.complaintDays * day;
  return {
    asking,
    caps: profileFor(rules.profiles, about).caps,
    loads: seen.points.flatMap((id) => loads.get(id) ?? []),
    complained: of.some(({ complainedAt }) => complainedAt !== null && complainedAt.getTime() > cooledAt),
    ...knownFacts(
      rules,
      asksKnown(seen)
        ? [...seen.points, ...cards.map(({ cardId }) => cardId)].flatMap((id) => known.get(id) ?? [])
        : [],
      cards,
      now,
    ),
  };
}

/**
 * What the company knows, as the rules weigh it. A prospect has lapsed when their last word is older than the months of retention; who never said a
 * word, when the last of their cards came in before that (RGPD art. 5, 1 e; CNIL, référentiel gestion commerciale).
 */
function knownFacts(rules: GateRules, known: readonly people.Known[], cards: readonly people.HeldCard[], now: Date) {
  const since = new Date(now);
  since.setUTCMonth(since.getUTCMonth() - rules.retentionMonths);
  const lately = known.some((one) => one.ever)
    ? known.some((one) => one.lately)
    : cards.some(({ createdAt }) => createdAt > since);
  return {
    waits: rules.openTicket && known.some((one) => one.waits),
    lapsed: rules.retentionMonths > 0 && known.length > 0 && !lately && !known.some((one) => one.customer),
  };
}

/** When it could leave if only time stood in its way: once there is room, and nobody is disturbed. */
function laterFor(world: World, seen: Seen, flows: readonly FlowFacts[], how: How, now: Date): Later | null {
  const reasons = new Set<LaterReason>();
  let at = now;
  // When it leaves, its place is taken; whether there is one is known then.
  for (const flow of how === 'leave' ? [] : flows) {
    const room = roomAt(flow, world.flowCount(flow));
    if (room <= now) continue;
    reasons.add(flow.reason);
    if (room > at) at = room;
  }
  const until = isLeftAlone(world.rules, seen) ? quietFor(world, seen, at) : null;
  for (const reason of until?.reasons ?? []) reasons.add(reason);
  return reasons.size > 0 ? { at: until?.at ?? at, reasons: [...reasons] } : null;
}

/** A letter rings at nobody's at night. */
const isLeftAlone = ({ quiet }: GateRules, { manner, wish, way }: Seen): boolean =>
  quiet !== null && way !== 'letter' && !wish.ofRight && (isMass(manner) || (manner === 'personal' && quiet.personal));

function quietFor({ rules, zone: usual, quietAt }: World, { fields }: Seen, at: Date): ReturnType<typeof quietUntil> {
  const zone = zoneOn(fields, at) ?? usual;
  const key = `${zone} ${at.getTime()}`;
  const known = quietAt.get(key);
  if (known !== undefined) return known;
  const until = quietUntil(at, zone, rules.quiet!);
  quietAt.set(key, until);
  return until;
}

/** The time zone of whom these fields are: by the country of an address of theirs, else by that of a number, where it has one time. */
export function zoneOn(fields: readonly people.HeldField[], at: Date): string | null {
  const land = fields.flatMap(({ country }) => (country ? (countryCode(country) ?? []) : []))[0];
  if (land) return zoneOf(land, at);
  const number = fields.find(({ kind, normalised }) => kind === 'phone' && normalised !== null)?.normalised;
  const called = number ? parsePhoneNumberFromString(number)?.country : undefined;
  return called ? zoneOf(called, at) : null;
}

/** What was allowed takes its place before the next of this course is judged. */
function take(
  world: World,
  { contactPointId, way = 'email' }: Wish,
  { uses, weight, priority, later }: Asked,
  now: Date,
): void {
  for (const { counter } of uses)
    if (counter) world.used.set(facts.keyOf(counter), (world.used.get(facts.keyOf(counter)) ?? 0) + 1);
  if (weight === 0) return;
  const load: Load = { state: 'queued', id: '', at: later?.at ?? now, channel: channelOf(way), weight, priority };
  world.loads.set(contactPointId, [...(world.loads.get(contactPointId) ?? []), load]);
}

function toFacts(grant: facts.ContactGrant, sighting: facts.Sighting, used: number | null): GrantFacts {
  return {
    grantId: grant.grant_id,
    version: grant.version,
    cardId: sighting.cardId,
    bookId: grant.book_id,
    distance: grant.distance,
    startsAt: grant.starts_at,
    endsAt: grant.ends_at,
    askFirst: grant.ask_first,
    purposes: grant.purposes,
    channels: grant.channels,
    mask: grant.field_mask,
    fieldClass: sighting.fieldClass,
    quota: used === null ? null : { count: grant.quota_count!, used },
  };
}
