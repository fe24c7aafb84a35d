import { Button, NativeSelect } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listUsesOf } from '../../../../server/audit/contract.ts';
import { listMembers } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Section } from '../../ui/Section.tsx';
import classes from './Audit.module.css';
import { nameOf } from './words.ts';

/** What one member did with contacts of others; that it was looked at stands in the audit. */
export function UsesOfMember() {
  const [memberId, setMemberId] = useState('');
  const { data } = useQuery(reading(listMembers, {}));
  return (
    <Section title={t('audit.usesOf')}>
      <p className={classes.quiet}>{t('audit.usesOf.text')}</p>
      <NativeSelect
        aria-label={t('audit.member')}
        maw={360}
        mb={12}
        value={memberId}
        data={[
          { value: '', label: t('audit.member.choose') },
          ...(data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={({ currentTarget: { value } }) => setMemberId(value)}
      />
      {memberId !== '' && <Uses key={memberId} memberId={memberId} />}
    </Section>
  );
}

function Uses({ memberId }: { memberId: string }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [listUsesOf.name, memberId],
    queryFn: ({ pageParam }) => call(listUsesOf, { memberId, limit: 50, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    // Each look is written down: once is enough.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={3} />}
      {data && items.length === 0 && <p>{t('audit.uses.none')}</p>}
      {items.length > 0 && (
        <Lines>
          {items.map(({ id, who, kind, count, holder, at }) => (
            <li key={id} className={classes.line}>
              <span>
                {t('audit.use', { who: nameOf(who), what: t(`audit.kind.${kind}`), count })}{' '}
                {t('audit.lentBy', { holder: holder ?? t('audit.company') })}
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
