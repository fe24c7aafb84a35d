import { writeCsvRow } from '../../formats/table/write.ts';
import type { Batch } from '../kind.ts';
import { cellsOf, sayOf } from '../said.ts';

const nobody = { kind: 'person' as const, name: {}, emails: [], phones: [], addresses: [], urls: [], categories: [] };
const columns = cellsOf(
  sayOf('', { ...nobody, extra: [], warnings: [], original: { mediaType: '', data: new Uint8Array() } }, []),
).map(([name]) => name);

/**
 * What differs, as a file (RFC 4180, UTF-8): one line a contact, `change` first (added, changed, removed). Of whoever is removed nothing is said but
 * the id.
 */
export function csvOf({ upserts, removals }: Pick<Batch, 'upserts' | 'removals'>): string {
  const empty = columns.slice(1).map(() => '');
  return [
    writeCsvRow(['change', ...columns]),
    ...upserts.map(({ change, said }) => writeCsvRow([change, ...cellsOf(said).map(([, value]) => value)])),
    ...removals.map((key) => writeCsvRow(['removed', key, ...empty])),
  ].join('');
}

/** By time, so that they are read in the order in which they were written: `contacts-20260115T093000000Z-<id>.csv`. */
export const fileName = ({ id, at }: Pick<Batch, 'id' | 'at'>): string =>
  `contacts-${at.toISOString().replaceAll(/[-:.]/g, '')}-${id.slice(-12)}.csv`;
