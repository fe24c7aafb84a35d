import { useQuery } from '@tanstack/react-query';
import { t } from '../../i18n.ts';
import { unreadQuery } from './queries.ts';

/** How many notices I have not read; nothing where there is none. */
export function UnreadCount({ className }: { className: string | undefined }) {
  const count = useQuery(unreadQuery).data?.count ?? 0;
  if (count === 0) return null;
  return (
    <span className={className}>
      {count < 100 ? count : '99+'}
      <span className="unseen"> {t('notices.unreadCount', { count })}</span>
    </span>
  );
}
