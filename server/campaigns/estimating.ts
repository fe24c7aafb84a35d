import { estimateTarget } from '../outreach/estimating.ts';
import { findEverybody, type Looking } from '../segments/index.ts';
import type { Estimate } from './contract.ts';
import type { wishOf } from './writing.ts';

/**
 * How many of a segment would get a message now, as the gate answers its sender, and why not the others: exactly, or of a very large one within a margin.
 * Nothing is kept or taken.
 * @throws AppError not_found for a segment that they do not see
 */
export async function estimate(
  looking: Looking,
  segmentId: string,
  wish: ReturnType<typeof wishOf>,
): Promise<Estimate> {
  const persons = await findEverybody(looking, segmentId);
  const asked = await estimateTarget({ ...looking, actor: looking.viewer }, { ...wish, persons });
  return { ...asked, at: new Date().toISOString() };
}
