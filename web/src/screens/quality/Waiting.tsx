import { useQuery } from '@tanstack/react-query';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { countsQuery } from './queries.ts';

/** "85", or "1,000+" where the server stopped counting. */
export function waitingWord(total: number, more: boolean): string {
  return more ? `${number(total)}+` : number(total);
}

/** How many pairs wait for me, beside the entry that leads to them; nothing while there are none. */
export function Waiting({ className }: { className: string | undefined }) {
  const { data } = useQuery({ ...countsQuery({}), staleTime: 60_000, retry: false });
  if (data === undefined || data.total === 0) return null;
  return (
    <span className={className}>
      <span aria-hidden>{waitingWord(data.total, data.more)}</span>
      <span className="unseen">{t('quality.wait', { count: data.total, more: data.more ? 'yes' : 'no' })}</span>
    </span>
  );
}
