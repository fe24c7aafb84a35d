import type { RawBuilder } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { GateRules, Manner, Reason } from './contract.ts';
import type { Estimate, EstimateReason, Figure } from './estimate-contract.ts';
import * as facts from './facts.ts';
import { type Asked, askGates, type Wish } from './gate.ts';
import * as people from './people.ts';
import { defaultRules, profileFor } from './pressure.ts';
import { asksConsent, beginOf, isAdvertising, isMass } from './rules.ts';
import * as target from './target.ts';
import { channelOf, type Way } from './ways-contract.ts';

/** Whom a message is meant for, and how. */
export interface Target {
  /** Persons as the actor sees them, or any card of theirs: ids, or a query whose column is `person_id`. It runs as the keeper; whom the actor does not see is left out. */
  persons: RawBuilder<unknown> | readonly string[];
  purpose: string;
  manner: Exclude<Manner, 'answer'>;
  /** By which way; left out: by mail. */
  way?: Way;
  /** When it is to leave; left out: now. */
  at?: Date;
  /** How it ranks among others for a last place; left out: as much as it weighs. */
  priority?: number;
  /** Plans of this campaign do not stand in its own way. */
  campaignId?: string;
}

/** What the gate says of a person: of the address that would be written to. */
export interface PersonAsked {
  personId: string;
  /** Null: the author sees no such address of theirs. */
  contactPointId: string | null;
  asked: Asked | null;
  /** The cards of theirs that the author sees. */
  cardIds: string[];
}

/** Reasons that stand against the person rather than the address: those that are asked of few. */
const ofPerson: ReadonlySet<Reason> = new Set(['open_ticket', 'retention']);

/**
 * Asks the gate about up to some thousands of persons, each at the first of their addresses of its way (own cards' first, then in the order of cards) against
 * which nothing stands, else at the first.
 * @returns nobody whom the author does not see; each person once, by the first of the ids that name them
 */
export async function askPeople(
  tx: Tx,
  actor: Actor,
  personIds: readonly string[],
  wish: Omit<Wish, 'personId' | 'contactPointId' | 'planId'>,
  at = new Date(),
): Promise<PersonAsked[]> {
  const answers: PersonAsked[] = [];
  const seen = new Set<string>();
  for (let from = 0; from < personIds.length; from += atOnce)
    answers.push(...(await askSome(tx, actor, personIds.slice(from, from + atOnce), wish, at, seen)));
  return answers;
}

/** People whose facts are read together. */
const atOnce = 500;

async function askSome(
  tx: Tx,
  actor: Actor,
  personIds: readonly string[],
  wish: Omit<Wish, 'personId' | 'contactPointId' | 'planId'>,
  at: Date,
  seen: Set<string>,
): Promise<PersonAsked[]> {
  const held = await people.findPeople(tx, actor, personIds);
  const shown = [...new Set([...held.values()].flat().map(({ cardId }) => cardId))];
  const fields = Map.groupBy(await people.findHeldFields(tx, actor.workspaceId, shown), ({ cardId }) => cardId);
  const persons = [...held].flatMap(([personId, cards]) => {
    if (seen.has(cards[0]!.cardId)) return [];
    seen.add(cards[0]!.cardId);
    return [
      { personId, cardIds: cards.map(({ cardId }) => cardId), points: addressesOn(cards, fields, wish.way ?? 'email') },
    ];
  });
  const wishes = persons.flatMap(({ personId, points }) =>
    points.map((contactPointId) => ({ ...wish, personId, contactPointId })),
  );
  const answers = await askGates(tx, actor, wishes, 'look', at);
  let next = 0;
  return persons.map(({ personId, cardIds, points }) => {
    const own = points.map((contactPointId) => ({ contactPointId, asked: answers[next++]! }));
    const free = own.find(({ asked }) => asked.reasons.every((reason) => ofPerson.has(reason)));
    return { personId, cardIds, ...(free ?? own[0] ?? { contactPointId: null, asked: null }) };
  });
}

/** Addresses of a way on cards, in the order in which they are tried. */
function addressesOn(
  cards: readonly people.HeldCard[],
  fields: ReadonlyMap<string, people.HeldField[]>,
  way: Way,
): string[] {
  const all = cards.flatMap((card, rank) =>
    (fields.get(card.cardId) ?? []).flatMap((field) =>
      field.pointId && people.isReached(way, field)
        ? [{ pointId: field.pointId, mine: card.mine, rank, no: field.no }]
        : [],
    ),
  );
  const places = [...Map.groupBy(all, ({ pointId }) => pointId)].map(([pointId, of]) => ({
    pointId,
    key: [
      of.some(({ mine }) => mine) ? 0 : 1,
      Math.min(...of.map(({ rank }) => rank)),
      Math.min(...of.map(({ no }) => no)),
    ],
  }));
  return places
    .sort((a, b) => a.key[0]! - b.key[0]! || a.key[1]! - b.key[1]! || a.key[2]! - b.key[2]!)
    .map(({ pointId }) => pointId);
}

/** Who asks, and transactions as them and above row security; none is open. */
export interface Estimating {
  actor: Actor;
  asViewer<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  asKeeper<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/**
 * How many are looked at: of a larger target as many by lot, the same each time; of these some are asked one by one, of those against whom nothing was
 * found, and of the others. A target that is no larger is told exactly.
 */
interface Bounds {
  most: number;
  free: number;
  refused: number;
}
const defaultBounds: Bounds = { most: 40_000, free: 1500, refused: 700 };

/**
 * What the gate would say of a whole target, as the actor, each of whom they see once, by the rules that `askPeople` goes by for one: exactly for all
 * reasons that one statement can tell; of a sample for what takes more (the last word of prospects, open tickets, when it may leave). Who planned something
 * that takes the place, and what would lose its own, is told as numbers only.
 */
export async function estimateTarget(
  { actor, asViewer, asKeeper }: Estimating,
  wanted: Target,
  bounds = defaultBounds,
): Promise<Estimate> {
  const asked = await asViewer((tx) => gatherFor(tx, actor, wanted, bounds));
  const found = await asKeeper((tx) => target.sortTarget(tx, actor, asked));
  const { purpose, manner, way = 'email', priority } = wanted;
  const wish = { purpose, manner, way, ...(priority === undefined ? {} : { priority }) };
  const { rules, advertising, at } = asked;
  const waits = rules.quiet !== null || rules.domainPerHour !== null || rules.mailboxPerDay !== null;
  const [free, refused] = [advertising || waits ? found.free : [], advertising ? found.refused : []];
  const closely = { free: [] as PersonAsked[], refused: [] as PersonAsked[], closer: advertising };
  if (free.length + refused.length > 0)
    await asViewer(async (tx) => {
      closely.free = await askPeople(tx, actor, free, wish, at);
      closely.refused = await askPeople(tx, actor, refused, wish, at);
    });
  return sum(found, groupsOf(found), closely);
}

/** The most weight of each class of what somebody received in a month, but of the last, which has no most. */
export const weightClasses = [0, 3, 6, 10, 15] as const;

/** How many people of a target received how much in each of the last twelve months (UTC), by class; of those whom the actor sees. As the keeper. */
export async function spreadOfTarget(
  tx: Tx,
  actor: Actor,
  persons: Target['persons'],
): Promise<{ people: Figure; months: { month: string; people: number[] }[] }> {
  const { most } = defaultBounds;
  const found = await target.spreadOver(
    tx,
    actor,
    { persons, most, way: 'email', ownBooks: [], asksPrivate: false },
    weightClasses,
  );
  const { ids, looked } = found;
  const lot = (count: number): Figure => (looked < ids ? scaled(ids, looked, count) : { people: count, margin: 0 });
  const now = new Date();
  const months = Array.from({ length: 12 }, (_, at) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 11 + at, 1)).toISOString().slice(0, 7),
  );
  return {
    people: lot(found.people),
    months: months.map((month) => {
      const of = found.rows.filter((row) => row.month === month);
      const counts = [...weightClasses, null].map((_, no) => of.find((row) => row.class === no)?.people ?? 0);
      counts[0] = found.people - counts.reduce((all, one) => all + one, 0);
      return { month, people: counts.map((count) => lot(count).people) };
    }),
  };
}

/** What the one statement needs to know beforehand. */
async function gatherFor(
  tx: Tx,
  actor: Actor,
  { persons, purpose, manner, way = 'email', at = new Date(), priority, campaignId }: Target,
  { most, ...sample }: Bounds,
): Promise<target.Asked> {
  const { sender, roads, rules: said } = await people.findGround(tx, actor.workspaceId);
  const rules: GateRules = said ?? defaultRules;
  const weight = rules.weights[purpose as 'service'] ?? 0;
  const books = await people.listReachedBooks(tx, actor.workspaceId);
  const profile = (privateAddress: boolean) =>
    profileFor(rules.profiles, { purpose, privateAddress, assigned: null }).key;
  return {
    ...{ persons, purpose, at, rules, weight, priority: priority ?? weight, campaignId: campaignId ?? null },
    ...{
      way,
      hasMailServer: way !== 'email' || sender !== null,
      hasChannel: way === 'email' || way === 'letter' || roads.includes(way),
    },
    ...{ advertising: isAdvertising(purpose) && asksConsent(way), mass: isMass(manner), most, sample },
    ownBooks: books.filter(({ mine }) => mine).map(({ bookNo }) => bookNo),
    offers: await offersFor(tx, actor, books, { purpose, way }, at),
    profiles: { private: profile(true), business: profile(false) },
    asksPrivate: isAdvertising(purpose) || profile(true) !== profile(false),
  };
}

/** Grants for writing to what others lend, with what stands against each whatever the card. */
async function offersFor(
  tx: Tx,
  actor: Actor,
  books: readonly people.ReachedBook[],
  { purpose, way }: { purpose: string; way: Way },
  at: Date,
): Promise<target.Offer[]> {
  const lent = new Map(books.filter(({ mine }) => !mine).map((book) => [book.bookId, book.bookNo]));
  const grants = lent.size > 0 ? await facts.findContactGrants(tx, actor, [...lent.keys()]) : [];
  const counters = grants.flatMap((grant) => {
    const counter = counterOf(grant, at);
    return counter ? [counter] : [];
  });
  const used = await facts.readCounters(tx, actor.workspaceId, counters, false);
  return grants.map((grant, no) => {
    const counter = counterOf(grant, at);
    const wrong: [Parameters<typeof target.bitOf>[0], boolean][] = [
      ['not_begun', grant.starts_at > at],
      ['ended', grant.ends_at !== null && grant.ends_at <= at],
      ['ask_first', grant.ask_first],
      ['purpose', grant.purposes.length > 0 && !grant.purposes.includes(purpose)],
      ['channel', grant.channels.length > 0 && !grant.channels.includes(channelOf(way))],
      ['quota', counter !== null && (used.get(facts.keyOf(counter)) ?? 0) >= grant.quota_count!],
    ];
    const bits = wrong.reduce((sum, [reason, holds]) => (holds ? sum | target.bitOf(reason) : sum), 0);
    const each = grant.quota_each && grant.quota_count && grant.quota_period;
    return {
      ...{ bookNo: lent.get(grant.book_id)!, no, distance: grant.distance, bits, mask: grant.field_mask },
      standing: grant.ends_at === null || grant.ends_at > at,
      each: each
        ? {
            ...{ grantId: grant.grant_id, period: grant.quota_period!, count: grant.quota_count! },
            beginsOn: beginOf(grant.quota_period!, at),
          }
        : null,
    };
  });
}

/** What a grant counts in all; null where it counts nothing, or each card by itself. */
function counterOf(grant: facts.ContactGrant, at: Date): facts.Counter | null {
  if (!grant.quota_count || !grant.quota_period || grant.quota_each) return null;
  const { grant_id: grantId, quota_period: period, grantee_id: granteeId } = grant;
  return { grantId, cardId: grantId, period, beginsOn: beginOf(period, at), granteeId };
}

interface Groups {
  free: number;
  refused: number;
  withoutAddress: number;
  reasons: Map<Reason, number>;
  yields: number;
  displaces: number;
}

function groupsOf({ people: all, counts }: target.TargetFound): Groups {
  const count = (holds: (bits: number) => boolean) =>
    counts.reduce((total, one) => (holds(one.bits) ? total + one.people : total), 0);
  const reasonBits = target.yieldsBit - 1;
  const free = count((bits) => (bits & reasonBits) === 0);
  const refused = count((bits) => (bits & reasonBits) !== 0);
  const reasons = target.told.map((reason) => [reason, count((bits) => (bits & target.bitOf(reason)) !== 0)] as const);
  return {
    ...{ free, refused, withoutAddress: all - free - refused, reasons: new Map(reasons) },
    yields: count((bits) => (bits & target.yieldsBit) !== 0),
    displaces: count((bits) => (bits & reasonBits) === 0 && (bits & target.displacesBit) !== 0),
  };
}

interface Closer {
  free: readonly PersonAsked[];
  refused: readonly PersonAsked[];
  /** Whether the sample can change who is refused. */
  closer: boolean;
}

function sum(
  { ids, looked, people: all }: target.TargetFound,
  groups: Groups,
  { free, refused, closer }: Closer,
): Estimate {
  // Of a target that was looked at by lot, each number stands for so many.
  const times = looked < ids ? ids / looked : 1;
  const lot = (count: number): Figure => (times === 1 ? { people: count, margin: 0 } : scaled(ids, looked, count));
  const isSaid = (reason: Reason) => (one: PersonAsked) => one.asked?.reasons.includes(reason) ?? false;
  const ofSample = (size: number, sample: readonly PersonAsked[], holds: (one: PersonAsked) => boolean): Figure => {
    const whole = scaled(size, sample.length, sample.filter(holds).length);
    return {
      people: Math.round(whole.people * times),
      margin: Math.ceil(Math.hypot(whole.margin * times, lot(whole.people).margin)),
    };
  };
  const ofFree = (holds: (one: PersonAsked) => boolean) => ofSample(groups.free, free, holds);
  const ofRefused = (holds: (one: PersonAsked) => boolean) => ofSample(groups.refused, refused, holds);
  const allowed = closer ? ofFree(({ asked }) => asked?.allowed ?? false) : lot(groups.free);
  const known = [...groups.reasons].map(([reason, count]) => ({ reason: reason as EstimateReason, ...lot(count) }));
  const closely = closer
    ? [...ofPerson].map((reason) => ({ reason, ...add(ofFree(isSaid(reason)), ofRefused(isSaid(reason))) }))
    : [];
  const reasons = [...known, ...closely, { reason: 'no_address' as const, ...lot(groups.withoutAddress) }]
    .filter((one) => one.people > 0)
    .sort((a, b) => b.people - a.people);
  const later = free.length > 0 ? ofFree(({ asked }) => asked?.allowed === true && asked.later !== null) : lot(0);
  const people = lot(all);
  const figures = [people, allowed, later, ...reasons];
  return {
    ...{ people, allowed, reasons, later, yields: lot(groups.yields), displaces: lot(groups.displaces) },
    refused: { people: Math.max(0, people.people - allowed.people), margin: allowed.margin },
    exact: figures.every(({ margin }) => margin === 0),
  };
}

/** The factor by which a number lies within its margin 19 times in 20. */
const z = 1.96;

/** How many of all, where so many of the sample are it: exactly where the sample is all, else with a margin (Wilson, 1927). */
function scaled(all: number, sample: number, found: number): Figure {
  if (sample >= all) return { people: found, margin: 0 };
  if (sample === 0) return { people: 0, margin: all };
  const share = found / sample;
  const middle = (share + (z * z) / (2 * sample)) / (1 + (z * z) / sample);
  const half =
    (z * Math.sqrt((share * (1 - share)) / sample + (z * z) / (4 * sample * sample))) / (1 + (z * z) / sample);
  const farthest = Math.max(Math.abs(middle + half - share), Math.abs(share - middle + half));
  return { people: Math.round(all * share), margin: Math.ceil(all * farthest) };
}

const add = (a: Figure, b: Figure): Figure => ({
  people: a.people + b.people,
  margin: Math.ceil(Math.hypot(a.margin, b.margin)),
});
