import type { Chart } from './contract.ts';

export interface Row {
  key: string;
  series?: string;
  name?: string | null;
  value: number;
}

interface Shape {
  form?: Chart['form'];
  unit?: Chart['unit'];
  currency?: string;
  /** In their order; what has no rows is nought. */
  series?: readonly string[];
  /** In their order, those without rows included; otherwise as the rows come. */
  points?: readonly string[];
  /** At most so many points. */
  most?: number;
  /** The list behind a point. */
  to: (key: string) => string;
}

/** Puts rows together as a chart. */
export function chartOf(key: string, rows: readonly Row[], shape: Shape): Chart {
  const series = shape.series ?? ['all'];
  const byKey = Map.groupBy(rows, (row) => row.key);
  const keys = (shape.points ?? [...byKey.keys()]).slice(0, shape.most);
  return {
    key,
    form: shape.form ?? 'bars',
    unit: shape.unit ?? 'count',
    currency: shape.currency ?? null,
    series: series.map((one) => ({ key: one, name: null, to: null })),
    points: keys.map((point) => {
      const own = byKey.get(point) ?? [];
      return {
        key: point,
        name: own[0]?.name ?? null,
        values: series.map((one) => own.reduce((sum, row) => sum + ((row.series ?? 'all') === one ? row.value : 0), 0)),
        to: shape.to(point),
      };
    }),
  };
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/**
 * The steps of a period, each by its first day, the current one last: Mondays, or of a year the first of each month.
 * @param days 30, 90 or 365
 */
export function stepsOf(days: number, today: Date): string[] {
  const first = new Date(today.getTime() - (days - 1) * 86_400_000);
  const at = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), first.getUTCDate()));
  if (days > 100) at.setUTCDate(1);
  else at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7));
  const steps: string[] = [];
  while (at <= today) {
    steps.push(dayOf(at));
    if (days > 100) at.setUTCMonth(at.getUTCMonth() + 1);
    else at.setUTCDate(at.getUTCDate() + 7);
  }
  return steps;
}

/** By which steps a period is told, as date_trunc calls them. */
export const stepOf = (days: number): 'week' | 'month' => (days > 100 ? 'month' : 'week');

/** The days after steps. */
export function endsOf(steps: readonly string[], today: Date): string[] {
  const tomorrow = dayOf(new Date(today.getTime() + 86_400_000));
  return steps.map((_, at) => steps[at + 1] ?? tomorrow);
}

/** Of each need how much is known of its data on average, and how much is missing to what is wanted, in hundredths. */
export function needRows(
  rows: readonly { need_id: string; need: string; wanted: number | null; share: number | null }[],
): Row[] {
  return [...Map.groupBy(rows, (row) => row.need_id)].flatMap(([key, of]) => {
    const counted = of.flatMap(({ share }) => share ?? []);
    if (counted.length === 0) return [];
    const [{ need: name, wanted }] = of as [(typeof of)[0]];
    const filled = counted.reduce((sum, one) => sum + one, 0) / counted.length;
    const tenth = (value: number) => Math.round(value * 10) / 10;
    return [
      { key, name, series: 'filled', value: tenth(filled) },
      { key, name, series: 'missing', value: tenth(Math.max(0, (wanted ?? 0) - filled)) },
    ];
  });
}
