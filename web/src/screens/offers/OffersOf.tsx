import { useQuery } from '@tanstack/react-query';
import { t } from '../../i18n.ts';
import { Lines } from '../../ui/Lines.tsx';
import { OfferLine } from './OfferLine.tsx';
import { offersOfQuery } from './queries.ts';

/** What colleagues offer for my card of a person; nothing where they offer nothing. */
export function OffersOf({ personId }: { personId: string }) {
  const offers = useQuery(offersOfQuery(personId)).data?.items ?? [];
  if (offers.length === 0) return null;
  return (
    <section aria-label={t('offers.title')} className="no-print">
      <Lines>
        {offers.map((offer) => (
          <OfferLine key={offer.id} offer={offer} plain />
        ))}
      </Lines>
    </section>
  );
}
