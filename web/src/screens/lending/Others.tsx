import { Button } from '@mantine/core';
import { IconHandStop, IconUsersGroup } from '@tabler/icons-react';
import { type UseQueryOptions, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Grant } from '../../../../server/delegation/contract.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { sayError } from '../../ui/undo.tsx';
import classes from './Lending.module.css';
import { endedQuery, standAgain, toMeQuery } from './queries.ts';

/** What colleagues lend me, and under what terms. */
export function ToMe() {
  return (
    <Grants
      query={toMeQuery}
      title={t('lending.toMe')}
      lead={t('lending.toMeLead')}
      empty={<EmptyState icon={<IconUsersGroup />} title={t('lending.toMeNone')} text={t('lending.toMeNoneText')} />}
      line={(grant) => (
        <>
          <span>{grant.sentence}</span>
          <span className={classes.quiet}>
            {t('lending.by', { who: grant.book.holder || t('lending.company'), day: longDate(grant.createdAt) })}{' '}
            {grant.acts.includes('read') && !grant.askFirst && (
              <TextLink underline="always" to="/people" search={{ bookId: grant.book.id }} size="sm">
                {t('lending.see')}
              </TextLink>
            )}
          </span>
        </>
      )}
    />
  );
}

/** Grants of mine that are over; each can be made to stand again. */
export function Ended() {
  return (
    <Grants
      query={endedQuery}
      title={t('lending.ended')}
      lead={t('lending.endedLead')}
      empty={<EmptyState icon={<IconHandStop />} title={t('lending.endedNone')} text={t('lending.endedNoneText')} />}
      line={(grant) => (
        <>
          <span>{grant.sentence}</span>
          <span className={classes.quiet}>{endOf(grant)}</span>
        </>
      )}
      action={(grant) => (
        <Button
          variant="subtle"
          size="compact-md"
          onClick={() => void standAgain({ ...grant, endsAt: null }).catch(sayError)}
        >
          {t('lending.again')}
        </Button>
      )}
    />
  );
}

function endOf({ endsAt, endedBy }: Grant): string {
  const day = longDate(endsAt ?? new Date().toISOString());
  return endedBy ? t('lending.endedBy', { who: endedBy, day }) : t('lending.expired', { day });
}

interface GrantsProps {
  query: typeof toMeQuery | typeof endedQuery;
  title: string;
  lead: string;
  empty: ReactNode;
  line: (grant: Grant) => ReactNode;
  action?: (grant: Grant) => ReactNode;
}

function Grants({ query, title, lead, empty, line, action }: GrantsProps) {
  const { data, error, refetch, isPending } = useQuery(query as UseQueryOptions<{ items: Grant[] }>);
  return (
    <Page title={title} width="reading" lead={lead}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {isPending && <Loading lines={2} />}
      {data?.items.length === 0 && empty}
      {data && data.items.length > 0 && (
        <ul className={`${classes.grants} ${classes.boxed}`}>
          {data.items.map((grant) => (
            <li key={`${grant.id} ${grant.version}`} className={classes.grant}>
              <div className={classes.said}>{line(grant)}</div>
              {action?.(grant)}
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}
