import {
  decide,
  type Proposal,
  postpone,
  recallProposals,
  withdrawVerdicts,
} from '../../../../server/matching/contract.ts';
import { call } from '../../api.ts';

export type Act = 'same' | 'notSame' | 'later';
/** Takes back what was done. */
export type Back = () => Promise<unknown>;

/** Carries a decision out on several pairs at once. @returns the way back @throws ApiError */
export async function carryOut(act: Act, proposals: Pick<Proposal, 'id'>[]): Promise<Back> {
  const pairs = proposals.map(({ id }) => id);
  if (act === 'later') {
    await call(postpone, { pairs });
    return () => call(recallProposals, { pairs });
  }
  const { items } = await call(decide, { pairs, same: act === 'same' });
  return () => takeBack(items.map(({ id }) => id));
}

/** What one request may take back. */
const atMost = 500;

export async function takeBack(verdictIds: string[]): Promise<void> {
  for (let at = 0; at < verdictIds.length; at += atMost) {
    await call(withdrawVerdicts, { verdictIds: verdictIds.slice(at, at + atMost) });
  }
}
