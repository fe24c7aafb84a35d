import { useQuery } from '@tanstack/react-query';
import { t } from '../../i18n.ts';
import { waitingQuery } from './queries.ts';

export const useAskedCount = (): number => useQuery(waitingQuery).data?.items.length ?? 0;

/** How many requests wait for my answer; nothing where none does. */
export function AskedCount({ className }: { className: string | undefined }) {
  const count = useAskedCount();
  if (count === 0) return null;
  return (
    <span className={className}>
      {count}
      <span className="unseen"> {t('introductions.count', { count })}</span>
    </span>
  );
}
