import type { AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { record } from './recording.ts';

/** A part of the product that tells facts. */
export type Part = 'forms' | 'surveys' | 'demo';

/**
 * Takes down what a part of the product saw happen, as the keeper and in the transaction of its cause. Told again under its id it stands once.
 * @param facts as in the API (`facts.recordFacts`)
 */
export async function recordFacts(
  app: Pick<AppInside, 'secrets'>,
  tx: Tx,
  workspaceId: string,
  part: Part,
  facts: readonly Record<string, unknown>[],
): Promise<void> {
  await record(app, tx, workspaceId, { kind: 'product', ref: part, name: part }, facts);
}
