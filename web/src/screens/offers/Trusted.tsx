import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { t } from '../../i18n.ts';
import classes from './Offers.module.css';
import { stopTrusting, trustedQuery } from './queries.ts';

/** Whose corrections are written at once on the cards of a book, and the end of it. */
export function Trusted({ bookId }: { bookId: string }) {
  const items = useQuery(trustedQuery).data?.items ?? [];
  return items
    .filter(({ book }) => book.id === bookId)
    .map(({ member }) => (
      <div key={member.id} className={classes.trusted}>
        <span className={classes.said}>{t('offers.trusted', { who: member.name })}</span>
        <Button
          variant="subtle"
          size="compact-md"
          aria-label={t('offers.endTrustOne', { who: member.name })}
          onClick={() => void stopTrusting(bookId, member.id)}
        >
          {t('offers.endTrust')}
        </Button>
      </div>
    ));
}
