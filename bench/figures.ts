/** One promise and what was measured of it. */
export interface Figure {
  name: string;
  measured: number;
  unit: string;
  /** The most that was promised; absent where a figure only explains another. */
  asked?: number;
  /** The least that was promised, for what must be large. */
  atLeast?: number;
}

const show = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value.toFixed(4);

/** One line: name, measured, asked, `met` or `short`, separated by tabs. */
export function print({ name, measured, unit, asked, atLeast }: Figure): void {
  const promised = asked ?? atLeast;
  const met = asked === undefined ? measured >= atLeast! : measured <= asked;
  const promise =
    promised === undefined ? '' : `${atLeast === undefined ? '' : '≥ '}${show(promised)} ${unit}`.trimEnd();
  const verdict = promised === undefined ? '' : met ? 'met' : 'short';
  process.stdout.write(`${[name, `${show(measured)} ${unit}`.trimEnd(), promise, verdict].join('\t')}\n`);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value that the given share of all values does not exceed (nearest rank). */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Seconds that some work took. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
