import type { Deal } from '../connector.ts';

/** What a service's record of a deal says where in ours. */
type Target = 'name' | 'organization' | 'stage' | 'amount' | 'currency' | 'opened' | 'closes' | 'owner' | 'note';

const longest = { text: 2000, note: 10_000 };

const textOf = (value: unknown, most = longest.text): string =>
  typeof value === 'string' ? value.trim().slice(0, most) : typeof value === 'number' ? String(value) : '';

function amountOf(value: unknown): number | null {
  const number = typeof value === 'number' ? value : textOf(value) === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : null;
}

/**
 * Makes the function that turns records of a service into deals. It never throws; of what is no text or number it says nothing. What it reads,
 * and the fields named beside it, are kept as they were said.
 */
export function dealReader(fields: Readonly<Record<string, Target>>) {
  const names = new Map(Object.entries(fields).map(([name, target]) => [target, name]));
  return (
    record: Readonly<Record<string, unknown>>,
    beside: readonly string[] = [],
  ): Omit<Deal, 'outcome' | 'reason' | 'contacts'> => {
    const of = (target: Target): unknown => record[names.get(target) ?? ''];
    const cells = [...Object.keys(fields), ...beside].map((name): [string, string] => [name, textOf(record[name])]);
    return {
      name: textOf(of('name')),
      organization: textOf(of('organization')),
      stage: textOf(of('stage')),
      amount: amountOf(of('amount')),
      currency: textOf(of('currency')).toUpperCase(),
      opened: textOf(of('opened')),
      closes: textOf(of('closes')),
      owner: textOf(of('owner')),
      note: textOf(of('note'), longest.note),
      cells: cells.filter(([, text]) => text !== ''),
    };
  };
}
