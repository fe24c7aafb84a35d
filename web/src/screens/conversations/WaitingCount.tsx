import { useQuery } from '@tanstack/react-query';
import { t } from '../../i18n.ts';
import { countsQuery } from './queries.ts';

/** In how many of mine and nobody's conversations somebody waits; nothing where nobody does. */
export function WaitingCount({ className }: { className: string | undefined }) {
  const count = useQuery(countsQuery).data?.waiting ?? 0;
  if (count === 0) return null;
  return (
    <span className={className}>
      {count > 999 ? '999+' : count}
      <span className="unseen"> {t('conversations.count', { count })}</span>
    </span>
  );
}
