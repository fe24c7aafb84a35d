import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listPastViewpoints } from '../../../../server/relations/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import classes from './Viewpoints.module.css';
import { told, wordOf } from './words.ts';

/** What was thought before, read when somebody opens it. */
export function PastViewpoints({ about }: { about: { personId: string; opportunityId?: string } }) {
  const [open, setOpen] = useState(false);
  const past = useInfiniteQuery({
    queryKey: [listPastViewpoints.name, about],
    queryFn: ({ pageParam }) =>
      call(listPastViewpoints, { ...about, limit: 20, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    enabled: open,
  });
  const items = past.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <details className={classes.past} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('relations.past')}</summary>
      <ul>
        {items.map((one) => (
          <li key={one.member.id + one.since}>
            <strong>{one.mine ? t('relations.mine') : one.member.name}</strong>
            <span className={classes.quiet}>
              {t('relations.until', { from: longDate(one.since), to: longDate(one.until!) })}
            </span>
            <span>
              {told
                .map((key) => [t(`relations.${key}`), wordOf(one, key)] as const)
                .filter(([, word]) => word !== '')
                .map(([name, word]) => t('relations.oneOf', { name, word }))
                .join(' · ')}
            </span>
            {one.note !== '' && <span className={classes.note}>{one.note}</span>}
          </li>
        ))}
      </ul>
      {past.hasNextPage && (
        <Button variant="subtle" size="compact-sm" onClick={() => void past.fetchNextPage()}>
          {t('home.more')}
        </Button>
      )}
    </details>
  );
}
