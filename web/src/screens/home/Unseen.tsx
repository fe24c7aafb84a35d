import { useQuery } from '@tanstack/react-query';
import { t } from '../../i18n.ts';
import { netInterval } from '../../live.ts';
import { unseenQuery } from './queries.ts';

/** How many answers of holders wait to be read; nothing where none does. */
export function Unseen({ className }: { className: string | undefined }) {
  const count = useQuery({ ...unseenQuery, refetchInterval: netInterval }).data?.items.length ?? 0;
  if (count === 0) return null;
  return (
    <span className={className}>
      {count}
      <span className="unseen"> {t('home.unseen', { count })}</span>
    </span>
  );
}
