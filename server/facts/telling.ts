import type { AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { record } from './recording.ts';

/** A part of the product that tells facts. */
export type Part = 'forms' | 'surveys' | 'events' | 'demo';

/** A fact that a part of the product tells: of a contact point or card that it knows. */
export interface ToldFact {
  /** Told again under it, it stands once. */
  externalId: string;
  kind: string;
  at: Date;
  subjectId: string;
  amount?: { value: number; currency: string };
  props?: Record<string, string | number | boolean>;
  /** They agreed to being followed; for kinds that ask for it. */
  consent?: boolean;
}

/** Takes down what a part of the product saw happen, as the keeper and in the transaction of its cause. */
export async function recordFacts(
  app: Pick<AppInside, 'secrets'>,
  tx: Tx,
  workspaceId: string,
  part: Part,
  facts: readonly ToldFact[],
): Promise<void> {
  const lines = facts.map(({ subjectId, at, ...fact }) => ({ ...fact, at: at.toISOString(), cardId: subjectId }));
  if (lines.length > 0) await record(app, tx, workspaceId, { kind: 'product', ref: part, name: part }, lines);
}
