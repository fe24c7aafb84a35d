import { Button } from '@mantine/core';
import { IconHeartHandshake } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { toMeQuery } from '../lending/queries.ts';
import { NearThisWeek } from '../network/Near.tsx';
import { FirstSteps } from './FirstSteps.tsx';
import { HappeningLine } from './HappeningLine.tsx';
import classes from './Home.module.css';
import { happeningsQuery, returnQuery } from './queries.ts';
import { Replies } from './Replies.tsx';
import { WaitingForMe } from './Waiting.tsx';

/** The return path: what happened with my contacts, and what holders said to me. */
export function Home() {
  const feed = useInfiniteQuery(happeningsQuery);
  const happenings = feed.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Page title={t('shell.home')} width="reading" lead={<InFigures />}>
      <Replies />
      <WaitingForMe />
      <NearThisWeek />
      <FirstSteps />
      <Section title={t('home.happened')}>
        <ErrorNotice error={feed.error} onRetry={() => void feed.refetch()} />
        {feed.isPending && <Loading lines={3} />}
        {feed.isSuccess && happenings.length === 0 && (
          <EmptyState icon={<IconHeartHandshake />} title={t('home.nothing')} text={t('home.nothingText')} />
        )}
        {happenings.length > 0 && (
          <ul className={classes.feed}>
            {happenings.map((happening) => (
              <HappeningLine key={happening.id} happening={happening} />
            ))}
          </ul>
        )}
        {feed.hasNextPage && (
          <Button variant="default" loading={feed.isFetchingNextPage} onClick={() => void feed.fetchNextPage()}>
            {t('home.more')}
          </Button>
        )}
      </Section>
    </Page>
  );
}

/** What is lent and what came of it in thirty days, and how many books colleagues lend me. */
function InFigures() {
  const { data } = useQuery(returnQuery);
  const toMe = useQuery(toMeQuery).data?.items ?? [];
  const books = new Set(toMe.map(({ book }) => book.id)).size;
  if (!data) return null;
  const countOf = (kind: string) => data.uses.find((one) => one.kind === kind)?.count ?? 0;
  // What a contact says themself is no use.
  const uses = data.uses.reduce((sum, { kind, count }) => sum + (kind === 'objected' ? 0 : count), 0);
  return (
    <>
      {t('home.figures', {
        lent: data.lent,
        lentText: number(data.lent),
        uses,
        usesText: number(uses),
        colleagues: data.colleagues,
      })}{' '}
      {t('home.figuresOf', { introduced: countOf('introduced'), corrected: countOf('corrected') })}{' '}
      {books > 0 && (
        <TextLink to="/delegations/to-me" underline="always">
          {t('home.lentToMe', { count: books })}
        </TextLink>
      )}
    </>
  );
}
