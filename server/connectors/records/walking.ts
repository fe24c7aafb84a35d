import { z } from 'zod';
import { type Batch, type Item, type Since, Trouble } from '../connector.ts';

/**
 * A service that stamps its records with the time of their last change, and gives them by it. Some keep parts of a second and compare
 * with them, others show or keep none: a walk goes by whole seconds, which all of them compare alike.
 */
export interface Stamped<R> {
  /** Records that were changed at this time (whole seconds since 1970) or later, the earliest first; `more`: there are others behind them. */
  from(second: number): Promise<{ records: R[]; more: boolean }>;
  /**
   * Those that were changed within this second, in an order that changes do not disturb, behind a position (null: from the first on).
   * @returns the position behind them; null: these were the last
   */
  within(second: number, after: string | null): Promise<{ records: R[]; next: string | null }>;
  /** Milliseconds since 1970. */
  changedAt(record: R): number;
}

interface Position {
  second: number;
  /** More records bear this second than a page holds: behind which of them it goes on. */
  within: { after: string | null } | null;
}

/**
 * All records that were changed since a position, each at least once: every page asks anew from the last second of the one before, so that
 * nothing is passed over when records change meanwhile.
 * @throws Trouble malformed where the answers lead nowhere
 */
export async function* walk<R>(
  stamped: Stamped<R>,
  from: Position,
): AsyncGenerator<{ records: R[]; position: Position }> {
  for (let at: Position | null = from; at !== null; ) {
    const { records, next }: { records: R[]; next: Position | null } = at.within
      ? await stepWithin(stamped, at.second, at.within.after)
      : await step(stamped, at.second);
    yield { records, position: next ?? at };
    at = next;
  }
}

async function step<R>(stamped: Stamped<R>, second: number): Promise<{ records: R[]; next: Position | null }> {
  const { records, more } = await stamped.from(second);
  const times = records.map((record) => stamped.changedAt(record));
  // Of an answer out of order nobody knows where it goes on.
  if (times.some((time, index) => !(time >= (times[index - 1] ?? second * 1000)))) throw new Trouble('malformed');
  if (!more) return { records, next: null };
  const last = Math.floor((times.at(-1) ?? Number.NaN) / 1000);
  if (Number.isNaN(last)) throw new Trouble('malformed');
  return { records, next: last === second ? { second, within: { after: null } } : { second: last, within: null } };
}

async function stepWithin<R>(stamped: Stamped<R>, second: number, after: string | null) {
  const { records, next } = await stamped.within(second, after);
  if (next !== null && next === after) throw new Trouble('malformed');
  const then: Position = next === null ? { second: second + 1, within: null } : { second, within: { after: next } };
  return { records, next: then };
}

/** What a walk leaves for the next one. */
const cursor = z.object({
  second: z.number().int(),
  within: z.object({ after: z.string().nullable() }).nullable(),
  /** When the walk under way began; null: it has come to its end. */
  began: z.number().nullable(),
  /** When all that stands there was listed last. */
  listed: z.number(),
});

/** Milliseconds: what is in an open transaction, or not in the service's index yet, is read the next time. */
export const lag = 10 * 60_000;
/** Milliseconds between two lists of all that stands there. */
export const listEvery = 86_400_000;

export interface Changes<R, I = Item> {
  stamped: Stamped<R>;
  /** Milliseconds since 1970, by the service. */
  now(): number;
  /** What records say, and the keys of those that stand there no more. */
  toBatch(records: readonly R[]): Batch<I> | Promise<Batch<I>>;
  /** Keys of what was taken away there lately, for services that say so apart. */
  removed?(): Promise<string[]>;
  /** Keys of all that stands there; null where that could not be had whole. */
  list(): Promise<Set<string> | null>;
}

/** What has changed since last time; once a day also what has vanished without a word. */
export async function* pullChanges<R, I = Item>(
  changes: Changes<R, I>,
  since: Omit<Since, 'place'>,
): AsyncGenerator<Batch<I>> {
  const known = cursor.safeParse(since.cursor).data;
  const at = known ?? { second: 0, within: null };
  let began = known?.began ?? null;
  for await (const { records, position } of walk(changes.stamped, at)) {
    began ??= changes.now();
    const batch = await changes.toBatch(records);
    yield { ...batch, cursor: { ...position, began, listed: known?.listed ?? began } };
  }
  const now = changes.now();
  const gone = new Set(await changes.removed?.());
  const isDue = known !== undefined && now - known.listed > listEvery;
  const there = isDue ? await changes.list() : null;
  if (there) for (const key of vanished(await since.known(), there)) gone.add(key);
  const listed = there || !known ? now : known.listed;
  const second = Math.max(0, Math.floor((began! - lag) / 1000));
  yield { items: [], gone: [...gone], cursor: { second, within: null, began: null, listed } };
}

/** Fewer may vanish at once, whatever their share. */
const few = 10;

/**
 * Keys that stood there and are in a list of everything no more. A list that lacks more than half of them is none of everything (a right
 * was taken away, a table is being filled anew) and says nothing: so do imports judge a file.
 */
export function vanished(known: ReadonlyMap<string, unknown>, there: ReadonlySet<string>): string[] {
  const missing = [...known.keys()].filter((key) => !there.has(key));
  return missing.length > Math.max(few, known.size / 2) ? [] : missing;
}
