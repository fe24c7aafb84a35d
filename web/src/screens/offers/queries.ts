import {
  acceptOffer,
  endTrust,
  getPerson,
  ignoreOffer,
  listEmployments,
  listHistory,
  listOffers,
  listPeople,
  listTrusted,
  type Offer,
  reopenOffer,
  themself,
} from '../../../../server/cards/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { offerUndo, sayError } from '../../ui/undo.tsx';

export const offersQuery = reading(listOffers, {});
export const offersOfQuery = (personId: string) => reading(listOffers, { personId });
export const trustedQuery = reading(listTrusted, {});

const refreshOffers = () => refresh(listOffers, listTrusted, getPerson, listEmployments, listHistory, listPeople);

/** Decides of an offer, and lets that be taken back. What changed meanwhile is shown anew. */
export async function decide(offer: Offer, decision: 'accept' | 'always' | 'ignore'): Promise<void> {
  const { id: offerId, replaces, from, book } = offer;
  const always = decision === 'always';
  try {
    if (decision === 'ignore') await call(ignoreOffer, { offerId });
    else await call(acceptOffer, { offerId, replaces, always });
    const done =
      from.id === themself && decision !== 'always'
        ? (`offers.done.${decision}Themself` as const)
        : (`offers.done.${decision}` as const);
    offerUndo(t(done, { who: from.name, book: book.name }), async () => {
      await call(reopenOffer, { offerId });
      if (always) await call(endTrust, { bookId: book.id, memberId: from.id });
      await refreshOffers();
    });
  } catch (error) {
    sayError(error);
  }
  await refreshOffers();
}

export async function stopTrusting(bookId: string, memberId: string): Promise<void> {
  await call(endTrust, { bookId, memberId })
    .then(() => refresh(listTrusted))
    .catch(sayError);
}
