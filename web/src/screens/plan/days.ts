import type { Campaign } from '../../../../server/plan/contract.ts';

// Days of the calendar as `YYYY-MM-DD`, counted in UTC so that no clock moves them.

const length = 86_400_000;
const asDay = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Today on the clock of who looks. */
export function today(): string {
  const now = new Date();
  return asDay(now.getTime() - now.getTimezoneOffset() * 60_000);
}

export const addDays = (day: string, days: number): string => asDay(Date.parse(day) + days * length);
const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / length;

/** Monday (0) to Sunday (6). */
export const weekday = (day: string): number => (new Date(day).getUTCDay() + 6) % 7;
export const mondayOf = (day: string): string => addDays(day, -weekday(day));

/** The same day of another month; the last one of a shorter month. */
export function addMonths(day: string, months: number): string {
  const at = new Date(day);
  const first = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1);
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months + 1, 0)).getUTCDate();
  return asDay(first + (Math.min(at.getUTCDate(), last) - 1) * length);
}

/** The days that a view shows, whole weeks of a month, or a quarter of a year. */
export function shownDays(view: 'month' | 'quarter', at: string): string[] {
  const date = new Date(at);
  const month = view === 'month' ? date.getUTCMonth() : Math.floor(date.getUTCMonth() / 3) * 3;
  const first = mondayOf(asDay(Date.UTC(date.getUTCFullYear(), month, 1)));
  const last = asDay(Date.UTC(date.getUTCFullYear(), month + (view === 'month' ? 1 : 3), 0));
  const count = daysBetween(first, addDays(mondayOf(last), 7));
  return Array.from({ length: count }, (_, no) => addDays(first, no));
}

/** The weeks of days, each of seven. */
export const weeksOf = (days: readonly string[]): string[][] =>
  Array.from({ length: days.length / 7 }, (_, no) => days.slice(no * 7, no * 7 + 7));

/** For whom a campaign is: its segment, else its words; nobody said: null. */
export const targetOf = ({ segment, target }: Pick<Campaign, 'segment' | 'target'>): string | null =>
  segment?.id ?? (target.trim() === '' ? null : target.trim().toLowerCase());

/** Campaigns that meet others for the same people in the same week, each with how many others. Scenarios go on by themselves and count for none. */
export function collisions(campaigns: readonly Campaign[]): Map<string, Campaign[]> {
  const planned = campaigns.filter(
    (one) => one.kind === 'campaign' && one.plannedOn !== null && targetOf(one) !== null,
  );
  const meeting = Map.groupBy(planned, (one) => `${mondayOf(one.plannedOn!)} ${targetOf(one)}`);
  return new Map(
    [...meeting.values()].flatMap((of) =>
      of.length < 2 ? [] : of.map((one) => [one.id, of.filter(({ id }) => id !== one.id)] as const),
    ),
  );
}

/** Where an item of a row is drawn: from how many columns before its own, and over how many. */
export interface Stretch {
  before: number;
  over: number;
}

/**
 * How wide the items of one row may be: a column of a month is too narrow for a name, and what stands beside it is mostly empty. Each reaches to the
 * right as far as nothing else stands there, at the end of the row to the left. @param at the columns with items, ascending
 * @param columns how many there are @param most the most one item takes
 */
export function stretches(at: readonly number[], columns: number, most: number): Map<number, Stretch> {
  const found = new Map<number, Stretch>();
  let free = 0;
  for (const [no, column] of at.entries()) {
    const right = Math.min(most, (at[no + 1] ?? columns) - column);
    const before = no + 1 < at.length ? 0 : Math.min(most - right, column - free);
    found.set(column, { before, over: before + right });
    free = column + right;
  }
  return found;
}
