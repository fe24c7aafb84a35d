import type { Tx } from '../kernel/database.ts';
import { wilson } from '../kernel/shares.ts';
import { count, type Scope } from './computing.ts';
import type { Dictionary } from './dictionary.ts';
import type { Filter } from './language-contract.ts';
import { countAbout } from './queries.ts';

/** Persons that an estimate looks at, about. */
const looked = 2000;

export interface Counted {
  people: number;
  /** Of how many. */
  of: number;
  /** Of an estimate, between which numbers it lies; null: it is exact. */
  between: [number, number] | null;
  /** Some of them. */
  ids: string[];
}

/**
 * How many a condition finds. Of a large company about two thousand persons are looked at, taken by pages of the table, unless it is to be
 * exact. As the keeper.
 */
export async function countIt(
  tx: Tx,
  dictionary: Dictionary,
  filter: Filter,
  scope: Scope,
  { exact, shown }: { exact: boolean; shown: number },
): Promise<Counted> {
  const all = await countAbout(tx, scope.workspaceId, scope.audiences);
  const percent = exact || all <= looked * 2 ? undefined : Math.max(0.01, (looked / all) * 100);
  const some = { ...scope, ...(percent && { percent }) };
  const { ids, ...counted } = await count(tx, dictionary, filter, some, { timeout: exact ? '60s' : '5s', shown });
  if (!percent) return { people: counted.found, of: counted.all, between: null, ids };
  const { share, low, high } = wilson(counted.found, counted.all);
  return { people: Math.round(share * all), of: all, between: [Math.floor(low * all), Math.ceil(high * all)], ids };
}
