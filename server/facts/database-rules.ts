import { sha256 } from '../kernel/ids.ts';
import type { DatabaseSettings } from './databases-contract.ts';
import { toFact } from './reading.ts';
import type { KindRule } from './rules.ts';

// What rows of a database say, and from where on they are new. Pure.

export type Row = readonly (string | null)[];
type OrderType = DatabaseSettings['order']['type'];

/**
 * Rows are told apart by times and numbers that are given before their transactions commit: so much before the greatest one is read again. Milliseconds,
 * numbers.
 */
const overlap = { time: 10 * 60_000, number: 1000n };
const start = { time: '1970-01-01 00:00:00.000000', number: '-9223372036854775808' };

const moment = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?)?(?:\+00(?::?00)?|Z)?$/;

/** A value of the column that orders rows, in one way of writing, so that two compare as they stand; undefined for what is none. */
export function toMark(type: OrderType, value: string): string | undefined {
  if (type === 'number') return /^-?\d{1,19}$/.test(value) ? String(BigInt(value)) : undefined;
  const match = moment.exec(value);
  return match ? `${match[1]} ${match[2] ?? '00:00:00'}.${(match[3] ?? '').padEnd(6, '0')}` : undefined;
}

/** Whether one value stands behind another. */
export const isLater = (type: OrderType, one: string, other: string): boolean =>
  type === 'number' ? BigInt(one) > BigInt(other) : one > other;

const written = (ms: number): string => `${new Date(ms).toISOString().slice(0, -1).replace('T', ' ')}000`;

/** What `:since` stands for. @param mark the greatest value that was read; null: nothing was */
export function beginAt(type: OrderType, mark: string | null): string {
  if (mark === null) return start[type];
  if (type === 'number') {
    const from = BigInt(mark) - overlap.number;
    return String(from < BigInt(start.number) ? start.number : from);
  }
  const ms = Date.parse(`${mark.slice(0, 23).replace(' ', 'T')}Z`);
  return Number.isNaN(ms) ? start.time : written(ms - overlap.time);
}

/** The greatest of what was read, but no time that is still to come: what comes until then would never be read. @param began milliseconds */
export function furthest(type: OrderType, mark: string | null, value: string, began: number): string {
  const now = written(began);
  const real = type === 'time' && value > now ? now : value;
  return mark === null || isLater(type, real, mark) ? real : mark;
}

export const digestOf = (row: Row): string => sha256(JSON.stringify(row)).subarray(0, 12).toString('base64');

/** Rows around the cursor that are known; more of them are read again, which changes nothing. */
const mostSeen = 5000;
export type Seen = [digest: string, mark: string][];

/** Those that the next reading meets again. */
export const stillSeen = (type: OrderType, seen: Seen, mark: string | null): Seen => {
  const from = beginAt(type, mark);
  return seen.filter(([, at]) => isLater(type, at, from) || at === from).slice(-mostSeen);
};

/** A moment as our API takes it. */
const toMoment = (text: string): string => {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,6})?)(?:([+-]\d\d)(?::?(\d\d))?)?$/.exec(text);
  return match ? `${match[1]}T${match[2]}${match[3] ? `${match[3]}:${match[4] ?? '00'}` : ''}` : text;
};
/** Without the noughts that a column fills up its numbers with: shops keep six digits behind the point. */
const toAmount = (text: string): string => (/^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text);

function toCell(target: string, value: string | null): string {
  if (target === 'at') return toMoment(value ?? '');
  return target === 'amount' ? toAmount(value ?? '') : (value ?? '');
}

/** The names of columns that the settings name and the result does not have. */
export function missingColumns({ columns, order }: DatabaseSettings, headers: readonly string[]): string[] {
  const { kind, currency, props, ...plain } = columns;
  const named = [...Object.values(plain), kind.column, currency.column, ...Object.values(props), order.column];
  return [...new Set(named)].filter((name) => name !== '' && headers.filter((one) => one === name).length !== 1);
}

/** A row as a fact in the words of the API, whatever is wrong with it: it is judged as what programs tell. */
export function rowToFact(
  settings: DatabaseSettings,
  headers: readonly string[],
  row: Row,
  kinds: ReadonlyMap<string, KindRule>,
): Record<string, unknown> {
  const { columns, customerSystem, zone } = settings;
  const { kind, currency, props, ...plain } = columns;
  const named = [
    ...Object.entries(plain),
    ['kind', kind.column] as const,
    ['currency', currency.column] as const,
    ...Object.entries(props).map(([key, name]) => [`prop:${key}`, name] as const),
  ].filter(([, name]) => name !== '');
  const cells = named.map(([target, name]) => toCell(target, row[headers.indexOf(name)] ?? null));
  const targets = named.map(([target]) => target);
  const options = { kind: kind.fixed, system: customerSystem, dayFirst: true, zone, currency: currency.fixed };
  // A row without an id is not given one here: the next reading would give it another.
  return { ...toFact(cells, targets, kinds, options), externalId: cells[targets.indexOf('externalId')]!.trim() };
}
