import { changeGrant, endGrant, type Grant, listBooks, listGrants } from '../../../../server/delegation/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { sameTerms } from './draft.ts';

export const mineQuery = reading(listGrants, {});
export const toMeQuery = reading(listGrants, { direction: 'to_me' });
export const endedQuery = reading(listGrants, { state: 'ended' });

export const refreshGrants = () => refresh(listGrants, listBooks);

/** Withdraws a grant at once, and offers to say it again. */
export async function withdraw(grant: Grant): Promise<void> {
  try {
    await call(endGrant, { grantId: grant.id });
    await refreshGrants();
    offerUndo(t('lending.withdrawn'), () => standAgain(grant));
  } catch (error) {
    sayError(error);
  }
}

/** Makes an ended grant stand again, as it was said: to the minute, where it had a date. */
export async function standAgain(grant: Grant): Promise<void> {
  await call(changeGrant, { grantId: grant.id, ...sameTerms(grant) });
  await refreshGrants();
}
