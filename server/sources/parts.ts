import type { Tx } from '../kernel/database.ts';
import { inSavepoint } from './queries.ts';

/** 22: data exception, 54: program limit exceeded (a value too large for an index). */
const refusedForData = /^(22|54)/;

/**
 * Writes a batch; what the database refuses for its data is written half by half, so that one bad row costs only itself.
 * @param write all or nothing of a part @param refuse told of each that cannot be written, with PostgreSQL's code
 */
export async function writeParts<T, R>(
  tx: Tx,
  batch: readonly T[],
  write: (part: readonly T[]) => Promise<R[]>,
  refuse: (one: T, code: string) => Promise<void>,
): Promise<R[]> {
  try {
    return await inSavepoint(tx, () => write(batch));
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    if (!refusedForData.test(code)) throw error;
    if (batch.length === 1) {
      await refuse(batch[0]!, code);
      return [];
    }
  }
  const half = Math.ceil(batch.length / 2);
  const first = await writeParts(tx, batch.slice(0, half), write, refuse);
  return [...first, ...(await writeParts(tx, batch.slice(half), write, refuse))];
}
