import type { FieldKind } from '../../../../server/cards/contract.ts';
import type { Proposal, Reason } from '../../../../server/matching/contract.ts';
import { shownKinds, wordOf } from '../contacts/values.ts';

export type Side = Proposal['left'];
type Value = Side['values'][number];

/** How two values stand to each other; `alone`: the other card says nothing of the kind. */
export type Mark = 'equal' | 'near' | 'different' | 'alone';
export type RowKind = FieldKind | 'given' | 'family';

/** One line of a comparison: what each card says, and how far both agree. */
export interface Row {
  kind: RowKind;
  left: string | undefined;
  right: string | undefined;
  mark: Mark;
}

/** Sets the values of two cards side by side, kind by kind: what agrees first, then what resembles, then the rest. */
export function align(left: Side, right: Side, reasons: Reason[]): Row[] {
  return [...nameRows(left, right, reasons), ...shownKinds.flatMap((kind) => rowsOf(kind, left, right))];
}

/** First and last name apart where both cards know them apart, judged as the reasons judge them; else the whole name. */
function nameRows(left: Side, right: Side, reasons: Reason[]): Row[] {
  const [a, b] = [left, right].map(({ values }) => values.find(({ kind }) => kind === 'name'));
  const parts = (['given', 'family'] as const).map((kind) => {
    const level = reasons.find(({ feature }) => feature === kind)?.level;
    return rowOf(kind, wordOf(a?.value, kind), wordOf(b?.value, kind), level);
  });
  if (parts.every(({ mark }) => mark !== 'alone')) return parts;
  return a === undefined && b === undefined ? [] : [rowOf('name', a?.display, b?.display)];
}

function rowOf(kind: RowKind, left: string | undefined, right: string | undefined, level?: string): Row {
  if (left === undefined || right === undefined) return { kind, left, right, mark: 'alone' };
  const judged = level === undefined ? undefined : level === 'same' ? 'equal' : level === 'different' ? level : 'near';
  return { kind, left, right, mark: judged ?? markOf(resemblance(left, right)) };
}

function rowsOf(kind: FieldKind, left: Side, right: Side): Row[] {
  const of = ({ values }: Side) => values.filter((value) => value.kind === kind);
  const [lefts, rights] = [of(left), of(right)];
  const pairs = lefts
    .flatMap((a) => rights.map((b) => ({ a, b, score: resemblance(plainOf(a), plainOf(b)) })))
    .sort((one, other) => other.score - one.score);
  const rows: Row[] = [];
  const taken = new Set<Value>();
  for (const { a, b, score } of pairs) {
    if (taken.has(a) || taken.has(b)) continue;
    taken.add(a).add(b);
    rows.push({ kind, left: a.display, right: b.display, mark: markOf(score) });
  }
  const mark = lefts.length > 0 && rights.length > 0 ? 'different' : 'alone';
  for (const a of lefts) if (!taken.has(a)) rows.push({ kind, left: a.display, right: undefined, mark });
  for (const b of rights) if (!taken.has(b)) rows.push({ kind, left: undefined, right: b.display, mark });
  return rows;
}

/** What of a value is compared: the address as it is dialled or written to, else the line that people read. */
function plainOf({ value, display }: Value): string {
  return wordOf(value, 'e164') ?? wordOf(value, 'normalised') ?? display;
}

const nearFrom = 0.6;

function markOf(score: number): Mark {
  return score === 1 ? 'equal' : score >= nearFrom ? 'near' : 'different';
}

/** 1 for the same letters and digits, whatever their case, accents and blanks; else the share of common pairs (Dice 1945). */
export function resemblance(one: string, other: string): number {
  const [a, b] = [lettersOf(one), lettersOf(other)];
  if (a === b) return 1;
  if (a.length < 2 || b.length < 2) return 0;
  const left = pairsOf(a);
  const count = left.length + b.length - 1;
  let common = 0;
  for (const pair of pairsOf(b)) {
    const at = left.indexOf(pair);
    if (at < 0) continue;
    left.splice(at, 1);
    common += 1;
  }
  // Equal pairs in another order are not the same letters.
  return Math.min((2 * common) / count, 0.99);
}

function lettersOf(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}@.+]/gu, '')
    .toLowerCase();
}

function pairsOf(text: string): string[] {
  return Array.from({ length: text.length - 1 }, (_, at) => text.slice(at, at + 2));
}
