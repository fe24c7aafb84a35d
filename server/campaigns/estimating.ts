import type { Actor, Tx } from '../kernel/database.ts';
import { chooseAddresses } from '../outreach/choosing.ts';
import type { Wish } from '../outreach/gate.ts';
import { findEverybody, type Looking } from '../segments/index.ts';
import type { Estimate, WhyNot } from './contract.ts';
import { spread } from './rules.ts';

/** People that are looked at, at most; and for how long, in milliseconds. */
const mostLooked = 2000;
const patience = 8000;
const atOnce = 200;

/** Numbers by what they count, the greatest first. */
function counted<K extends string>(counts: ReadonlyMap<K, number>): { reason: K; people: number }[] {
  return [...counts].map(([reason, people]) => ({ reason, people })).sort((a, b) => b.people - a.people);
}

const add = <K>(counts: Map<K, number>, key: K): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

/**
 * How many of a segment would get a message now, as the gate answers its sender, and why not the others. Of a large one some are looked at, evenly
 * spread; nothing is kept or taken.
 * @throws AppError not_found for a segment that they do not see
 */
export async function estimate(
  looking: Looking,
  segmentId: string,
  wish: Omit<Wish, 'personId' | 'contactPointId'>,
): Promise<Estimate> {
  const everybody = await findEverybody(looking, segmentId);
  const some = spread(everybody, mostLooked);
  const [later, reasons] = [new Map<Estimate['later'][number]['reason'], number>(), new Map<WhyNot, number>()];
  const until = Date.now() + patience;
  let [looked, allowed] = [0, 0];
  while (looked < some.length && (looked === 0 || Date.now() < until)) {
    const persons = some.slice(looked, looked + atOnce);
    const answers = await looking.asViewer((tx) => ask(tx, looking.viewer, persons, wish));
    looked += persons.length;
    for (const answer of answers) {
      for (const one of answer.reasons) add(reasons, one);
      for (const one of answer.later) add(later, one);
      if (answer.reasons.length === 0) allowed++;
    }
  }
  return {
    ...{ at: new Date().toISOString(), people: everybody.length, looked, allowed },
    ...{ later: counted(later), reasons: counted(reasons) },
  };
}

async function ask(
  tx: Tx,
  actor: Actor,
  persons: readonly string[],
  wish: Omit<Wish, 'personId' | 'contactPointId'>,
): Promise<{ reasons: WhyNot[]; later: Estimate['later'][number]['reason'][] }[]> {
  const chosen = await chooseAddresses(
    tx,
    actor,
    persons.map((personId) => ({ ...wish, personId })),
  );
  return chosen.map((one) => {
    if (one === null) return { reasons: ['out_of_sight'], later: [] };
    if (one.points.length === 0) return { reasons: ['no_address'], later: [] };
    return { reasons: one.asked?.reasons ?? ['out_of_sight'], later: one.asked?.later?.reasons ?? [] };
  });
}
