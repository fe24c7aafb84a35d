import { enterAttributes, listVisible } from '../attributes/index.ts';
import { enterFacts } from '../facts/index.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { instantOf } from '../outreach/clock.ts';
import { findPeople, type HeldCard } from '../outreach/people.ts';
import * as arrivals from './arrivals.ts';
import type { Definition, Entry, StepSaid } from './contract.ts';
import * as journeys from './journeys.ts';
import * as queries from './queries.ts';
import { dayIn, dueAt, nodesOf } from './rules.ts';
import { findZones, type Zones } from './zones.ts';

// Whoever something lets in comes in: once for each occasion, and again only as the scenario says.

const day = 86_400_000;
/** People who come in in one transaction. */
const together = 1000;

/** A scenario that runs, and as whom: the member who published it. */
export interface Running {
  actor: Actor;
  scenarioId: string;
  version: number;
  definition: Definition;
}

type Candidate = arrivals.Arrival & {
  said: StepSaid['occasion'];
  /** When they are to begin; left out: at once. */
  at?: (zone: string) => Date;
  /** The day of theirs (`YYYY-MM-DD`) for which they come in: once for all cards of theirs that say one of that year. */
  day?: string;
};

/** By what a day of somebody's lets them in, as a card of theirs says it. */
const dayOccasion = (cardId: string, day: string): string => `date ${cardId} ${day.slice(0, 4)}`;

/**
 * Lets people in whom the actor sees, in the caller's transaction, which holds the scenario.
 * @returns how many came in: who is on their way, or has been through and may not come again, does not
 */
export async function letIn(
  tx: Tx,
  { actor, scenarioId, version, definition }: Running,
  candidates: readonly Candidate[],
  now: Date,
): Promise<number> {
  const node = nodesOf(definition).get(definition.start ?? '');
  if (!node || candidates.length === 0) return 0;
  const cardsOf = await findPeople(tx, actor, [...new Set(candidates.map(({ cardId }) => cardId))].filter(Boolean));
  const open = await findOpen(tx, actor, { scenarioId, definition }, cardsOf, now);
  const kept = await findKept(tx, actor, scenarioId, candidates, cardsOf);
  const needsZone = (node.kind === 'wait' && node.until !== null) || candidates.some(({ at }) => at);
  const zones: Zones = needsZone ? await findZones(tx, actor, cardsOf, now) : () => 'UTC';
  const taken = new Set<string>();
  const wanted = candidates.filter((candidate) => {
    const person = open.get(candidate.cardId);
    if (person === undefined || taken.has(person) || kept.has(candidate)) return false;
    taken.add(person);
    return true;
  });
  const added = wanted.map(({ cardId, contactPointId, occasion, said, at, day: of }): journeys.NewJourney => {
    const zone = zones(cardId);
    const due = dueAt(node, at ? at(zone) : now, zone, of ?? null);
    const waits = due > now ? { until: due.toISOString() } : {};
    return {
      ...{
        journeyId: newId(),
        cardId,
        contactPointId,
        occasion,
        version,
        nodeId: node.id,
        dueAt: due,
        day: of ?? null,
      },
      said: { ...(said ? { occasion: said } : {}), ...waits },
    };
  });
  return journeys.addJourneys(tx, actor.workspaceId, scenarioId, added, now);
}

/** Those whose day has let them in already this year, by whichever of their cards says it. */
async function findKept(
  tx: Tx,
  { workspaceId }: Actor,
  scenarioId: string,
  candidates: readonly Candidate[],
  cardsOf: ReadonlyMap<string, readonly HeldCard[]>,
): Promise<Set<Candidate>> {
  const asked = new Map(
    candidates.flatMap((one) => {
      const { cardId, day: of } = one;
      return of ? [[one, (cardsOf.get(cardId) ?? []).map((card) => dayOccasion(card.cardId, of))] as const] : [];
    }),
  );
  if (asked.size === 0) return new Set();
  const known = await journeys.findOccasions(tx, workspaceId, scenarioId, [...asked.values()].flat());
  return new Set([...asked].flatMap(([one, occasions]) => (occasions.some((is) => known.has(is)) ? [one] : [])));
}

/** Of those who are seen, whoever may come in: by what each person is known among the others. */
async function findOpen(
  tx: Tx,
  { workspaceId }: Actor,
  { scenarioId, definition }: Pick<Running, 'scenarioId' | 'definition'>,
  cardsOf: ReadonlyMap<string, readonly HeldCard[]>,
  now: Date,
): Promise<Map<string, string>> {
  const all = [...new Set([...cardsOf.values()].flat().map(({ cardId }) => cardId))];
  const earlier = new Map(
    (await journeys.findEarlier(tx, workspaceId, scenarioId, all)).map((one) => [one.card_id, one]),
  );
  const { again } = definition;
  const stays = (cards: readonly HeldCard[]) =>
    cards.some(({ cardId }) => {
      const before = earlier.get(cardId);
      if (!before) return false;
      if (before.inside || again === null) return true;
      return before.ended_at !== null && before.ended_at.getTime() > now.getTime() - again.days * day;
    });
  return new Map([...cardsOf].flatMap(([id, cards]) => (stays(cards) ? [] : [[id, cards[0]!.cardId] as const])));
}

/** Holds the scenario. @returns false where it lets nobody in any more by this version */
const hold = async (tx: Tx, { actor, scenarioId, version }: Running): Promise<boolean> => {
  const row = await queries.lockScenario(tx, actor, scenarioId);
  return row?.state === 'running' && row.version === version;
};

/** Looks who is to come in, page by page, each a transaction that holds the scenario. @returns how many came in */
export async function enterAll(app: App, running: Running, now: Date): Promise<number> {
  const { actor, scenarioId, definition } = running;
  const { entry } = definition;
  const looked = await app.db.asActor(actor, arrivals.readClock);
  let entered = await takeMembersIn(app, running, now);
  if (entry.kind === 'date') return entered + (await enterByDay(app, running, entry, now));
  if (entry.kind === 'hand') return entered;
  for (let after: string | null = null; ; ) {
    const page: { entered: number; last: string | null } = await app.db.asActor(actor, async (tx) => {
      if (!(await hold(tx, running))) return { entered: 0, last: null };
      const found = await listArrivals(tx, actor, entry, { scenarioId, after, limit: together });
      const seen = found.filter(({ cardId }) => cardId !== '').map((one) => ({ ...one, said: entry.kind }));
      const last = found.length < together ? null : found.at(-1)!.id;
      return { entered: await letIn(tx, running, seen, now), last };
    });
    entered += page.entered;
    if (page.last === null) break;
    after = page.last;
  }
  await app.db.asActor(actor, async (tx) => {
    // Published anew meanwhile, with something else that lets people in: nothing of that has been looked for.
    if (await hold(tx, running)) await arrivals.setLooked(tx, actor, scenarioId, looked);
  });
  return entered;
}

async function listArrivals(
  tx: Tx,
  actor: Actor,
  entry: Extract<Entry, { kind: 'segment' | 'fact' }>,
  asked: Parameters<typeof arrivals.listMoved>[2],
): Promise<(arrivals.Arrival & { id: string })[]> {
  if (entry.kind === 'segment')
    return entry.segmentId === null ? [] : arrivals.listMoved(tx, actor, asked, entry.segmentId, entry.on === 'enter');
  const kind = await queries.findKind(tx, actor, entry.fact);
  if (!kind) return [];
  await enterFacts(tx);
  return arrivals.listTold(tx, actor, asked, kind.kind_no, entry.where);
}

/** Lets in whoever is in the segment already, where that was wished. */
async function takeMembersIn(app: App, running: Running, now: Date): Promise<number> {
  const { actor, scenarioId, definition } = running;
  const { entry } = definition;
  let entered = 0;
  for (let more = true; more; ) {
    const came = await app.db.asActor(actor, async (tx) => {
      const row = await queries.lockScenario(tx, actor, scenarioId);
      if (!row || row.taking_in_after === null || row.state !== 'running' || row.version !== running.version)
        return null;
      const all =
        entry.kind === 'segment' && entry.segmentId !== null
          ? await arrivals.listMembers(tx, actor, entry.segmentId, row.taking_in_after, together)
          : [];
      await arrivals.setTakenIn(tx, actor, scenarioId, all.length < together ? null : all.at(-1)!.cardId);
      return letIn(
        tx,
        running,
        all.map((one) => ({ ...one, said: 'member' as const })),
        now,
      );
    });
    more = came !== null;
    entered += came ?? 0;
  }
  return entered;
}

/** How long before its time somebody is let in by a day of theirs, and how long after it they still are. */
const [ahead, behind] = [day, day / 2];

const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The days of the year (`MM-DD`) that are kept on a day: in years that lack the 29 February it is on the 28th. */
const keptOn = (date: string): string[] => [
  date.slice(5),
  ...(date.slice(5) === '02-28' && dayIn(Number(date.slice(0, 4)), '02-29') === date ? ['02-29'] : []),
];

async function enterByDay(
  app: App,
  running: Running,
  entry: Extract<Entry, { kind: 'date' }>,
  now: Date,
): Promise<number> {
  const { actor } = running;
  // Somewhere it is the day before, somewhere the day after.
  const days = [-1, 0, 1, 2].map((off) => dateOf(now.getTime() + off * day));
  const targets = days.flatMap((date) => {
    const target = dateOf(Date.parse(date) + entry.daysBefore * day);
    return keptOn(target).map((monthDay) => ({ date, target, monthDay }));
  });
  const monthDays = [...new Set(targets.map(({ monthDay }) => monthDay))];
  const found = await findDated(app, actor, entry.of, monthDays);
  const candidates = found.flatMap(({ cardId, contactPointId, monthDay }) =>
    targets
      .filter((one) => one.monthDay === monthDay)
      .map(({ date, target }) => ({
        ...{ cardId, contactPointId, occasion: dayOccasion(cardId, target), said: 'date' as const, day: target },
        at: (zone: string) => instantOf(zone, date, entry.at),
      })),
  );
  let entered = 0;
  for (let from = 0; from < candidates.length; from += together)
    entered += await app.db.asActor(actor, async (tx) => {
      if (!(await hold(tx, running))) return 0;
      const some = candidates.slice(from, from + together);
      const cardsOf = await findPeople(tx, actor, [...new Set(some.map(({ cardId }) => cardId))]);
      const zones = await findZones(tx, actor, cardsOf, now);
      const due = some.filter(({ cardId, at }) => {
        const wait = at(zones(cardId)).getTime() - now.getTime();
        return cardsOf.has(cardId) && wait <= ahead && wait > -behind;
      });
      return letIn(tx, running, due, now);
    });
  return entered;
}

async function findDated(app: App, actor: Actor, of: string, monthDays: readonly string[]): Promise<arrivals.Dated[]> {
  if (of !== 'birthday')
    return app.db.asActor(actor, async (tx) => {
      const attribute = (await listVisible(tx, actor)).find(({ key, type }) => key === of && type === 'date');
      if (!attribute) return [];
      await enterAttributes(tx);
      return arrivals.listDays(tx, actor, attribute.attribute_no, monthDays);
    });
  const cardIds = await app.db.asSystem('keeper', (tx) => arrivals.listBirthdays(tx, actor.workspaceId, monthDays));
  if (cardIds.length === 0) return [];
  return app.db.asActor(actor, (tx) => arrivals.readBirthdays(tx, actor, cardIds));
}
