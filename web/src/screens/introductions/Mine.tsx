import { Button, Group } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { listRequests, outcome, type Request, updateRequest } from '../../../../server/introductions/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink, TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { NewTaskFor } from '../tasks/NewTaskFor.tsx';
import classes from './Introductions.module.css';
import { requestsQuery } from './queries.ts';

/** What I asked for. Nothing tells whether somebody declined. */
export function Mine() {
  const list = useInfiniteQuery(requestsQuery);
  const requests = list.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Page title={t('introductions.mine')} width="reading" lead={t('introductions.mineLead')}>
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={2} />}
      {list.isSuccess && requests.length === 0 && (
        <EmptyState
          icon={<IconUsers />}
          title={t('introductions.mineNone')}
          text={t('introductions.mineNoneText')}
          action={<ButtonLink to="/people">{t('introductions.search')}</ButtonLink>}
        />
      )}
      {requests.length > 0 && (
        <Lines>
          {requests.map((request) => (
            <RequestLine key={request.id} request={request} />
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

async function change(requestId: string, input: { withdrawn?: true; outcome?: Request['outcome'] }, said: string) {
  const { withdrawn, outcome: came } = input;
  try {
    await call(updateRequest, { requestId, ...(withdrawn ? { withdrawn } : {}), ...(came ? { outcome: came } : {}) });
    await refresh(listRequests);
    say(said);
  } catch (error) {
    sayError(error);
  }
}

function RequestLine({ request }: { request: Request }) {
  const { state, answer } = request;
  return (
    <li className={classes.item}>
      <div className={classes.head}>
        <h2 className={classes.name}>{request.sought}</h2>
        <span className={classes.quiet}>{t('introductions.saidOn', { day: longDate(request.createdAt) })}</span>
      </div>
      <p className={classes.quiet}>
        {t('introductions.for', { purpose: t(`introductions.purpose.${request.purpose}`) })}
      </p>
      <blockquote className={classes.said}>{request.message}</blockquote>
      {state !== 'answered' && (
        <p className={classes.quiet}>{t(`introductions.state.${state}`, { day: longDate(request.expiresAt) })}</p>
      )}
      {state === 'waiting' && (
        <Button
          variant="subtle"
          size="compact-md"
          onClick={() => void change(request.id, { withdrawn: true }, t('introductions.withdrawn'))}
        >
          {t('introductions.withdraw')}
        </Button>
      )}
      {answer && <Answer request={request} answer={answer} />}
      {state === 'answered' && <NewTaskFor requestId={request.id} />}
    </li>
  );
}

function Answer({ request, answer }: { request: Request; answer: NonNullable<Request['answer']> }) {
  const over = answer.kind === 'lent' && answer.contact === null;
  return (
    <div className={classes.answer}>
      <p>
        {t(over ? 'introductions.answer.lentOver' : `introductions.answer.${answer.kind}`, { who: answer.by.name })}{' '}
        {answer.contact && (
          <TextLink to="/people/$personId" params={{ personId: answer.contact.id }} underline="always">
            {answer.contact.name || t('contacts.nameless')}
          </TextLink>
        )}
      </p>
      {answer.text && <blockquote className={classes.said}>{answer.text}</blockquote>}
      <Group gap={6} mt={8} role="group" aria-label={t('introductions.outcomeAsk')}>
        <span className={classes.quiet}>{t('introductions.outcomeAsk')}</span>
        {outcome.options.map((one) => (
          <Button
            key={one}
            size="compact-sm"
            variant={request.outcome === one ? 'filled' : 'default'}
            aria-pressed={request.outcome === one}
            onClick={() => void change(request.id, { outcome: one }, t('introductions.outcomeSaid'))}
          >
            {t(`introductions.outcome.${one}`)}
          </Button>
        ))}
      </Group>
    </div>
  );
}
