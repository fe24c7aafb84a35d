import { Button } from '@mantine/core';
import { IconHeartHandshake } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { Ask } from '../../../../server/introductions/contract.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { NewTaskFor } from '../tasks/NewTaskFor.tsx';
import { answer } from './answer.ts';
import { Choices } from './Choices.tsx';
import classes from './Introductions.module.css';
import { asksQuery } from './queries.ts';

/** What I am asked as a holder. */
export function Asked() {
  const list = useInfiniteQuery(asksQuery);
  const asks = list.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Page title={t('introductions.asked')} width="reading" lead={t('introductions.askedLead')}>
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={2} />}
      {list.isSuccess && asks.length === 0 && (
        <EmptyState
          icon={<IconHeartHandshake />}
          title={t('introductions.askedNone')}
          text={t('introductions.askedNoneText')}
        />
      )}
      {asks.length > 0 && (
        <Lines>
          {asks.map((ask) => (
            <AskLine key={ask.id} ask={ask} />
          ))}
        </Lines>
      )}
      {list.hasNextPage && (
        <Button variant="default" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('notices.more')}
        </Button>
      )}
    </Page>
  );
}

function AskLine({ ask }: { ask: Ask }) {
  const open = ask.state === 'waiting' || ask.state === 'introducing';
  return (
    <li className={classes.item}>
      <div className={classes.head}>
        <h2 className={classes.name}>{t('introductions.seeks', { who: ask.asker.name, sought: ask.sought })}</h2>
        <span className={classes.quiet}>{t('introductions.saidOn', { day: longDate(ask.createdAt) })}</span>
      </div>
      <p className={classes.quiet}>{t('introductions.for', { purpose: t(`introductions.purpose.${ask.purpose}`) })}</p>
      <blockquote className={classes.said}>{ask.message}</blockquote>
      <Matching ask={ask} />
      {open && ask.contacts.length > 0 && <Choices ask={ask} />}
      {!open && <Settled ask={ask} />}
      {ask.state !== 'over' && ask.state !== 'resting' && <NewTaskFor requestId={ask.id} />}
    </li>
  );
}

/** My contacts that match, or the one that my answer was about. */
function Matching({ ask }: { ask: Ask }) {
  const shown = ask.contactId ? ask.contacts.filter(({ id }) => id === ask.contactId) : ask.contacts;
  if (shown.length === 0) return <p className={classes.quiet}>{t('introductions.gone')}</p>;
  return (
    <p>
      <span className={classes.quiet}>{t('introductions.contacts')}</span>{' '}
      {shown.map(({ id, name }, at) => (
        <span key={id}>
          {at > 0 && ', '}
          <TextLink to="/people/$personId" params={{ personId: id }} underline="always">
            {name || t('contacts.nameless')}
          </TextLink>
        </span>
      ))}
    </p>
  );
}

/** What I answered, and what came of it. */
function Settled({ ask }: { ask: Ask }) {
  return (
    <div className={classes.answer}>
      <p>{t(`introductions.askState.${ask.state}`)}</p>
      {ask.answerText && <blockquote className={classes.said}>{ask.answerText}</blockquote>}
      {ask.outcome && (
        <p>
          {t('introductions.heard', {
            who: ask.asker.name,
            outcome: t(`introductions.outcome.${ask.outcome}`),
          })}
        </p>
      )}
      {ask.state === 'declined' && (
        <Button
          variant="subtle"
          size="compact-md"
          onClick={() => void answer(ask, 'reconsider', {}, t('introductions.reconsidered'))}
        >
          {t('introductions.reconsider')}
        </Button>
      )}
    </div>
  );
}
