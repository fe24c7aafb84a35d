import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listUsesOfPerson } from '../../../../server/audit/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import classes from './Audit.module.css';
import { nameOf } from './words.ts';

/** Who looked at a person and did what, as far as the reader may know; asked for when somebody wants to know. */
export function UsesOfPerson({ personId }: { personId: string }) {
  const [open, setOpen] = useState(false);
  return (
    <section aria-label={t('audit.who')} className={classes.uses}>
      <Button variant="subtle" color="gray" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t('audit.who')}
      </Button>
      {open && <Uses personId={personId} />}
    </section>
  );
}

function Uses({ personId }: { personId: string }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [listUsesOfPerson.name, personId],
    queryFn: ({ pageParam }) =>
      call(listUsesOfPerson, { personId, limit: 20, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={2} />}
      {data && items.length === 0 && <p className={classes.quiet}>{t('audit.who.none')}</p>}
      {items.length > 0 && (
        <Lines>
          {items.map(({ id, who, kind, book, at }) => (
            <li key={id} className={classes.line}>
              <span>
                {t('audit.use.one', { who: nameOf(who), what: t(`audit.kind.${kind}`) })}{' '}
                <span className={classes.quiet}>{book}</span>
              </span>
              <span className={classes.quiet}>{longInstant(at)}</span>
            </li>
          ))}
        </Lines>
      )}
      {hasNextPage && (
        <Button variant="subtle" mt="sm" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('settings.audit.more')}
        </Button>
      )}
    </>
  );
}
