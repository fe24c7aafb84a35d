import { Alert, Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle, IconPlayerPause, IconPlayerPlay, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams, useRouter, useSearch } from '@tanstack/react-router';
import {
  type Connection,
  getConnection,
  listConnections,
  pauseConnection,
  syncConnection,
} from '../../../../server/connectors/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { booksQuery, reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { sayError } from '../../ui/undo.tsx';
import classes from './Connections.module.css';
import { DealsOf } from './DealsOf.tsx';
import { EndConnection } from './EndConnection.tsx';
import { NewPassword } from './NewPassword.tsx';
import { openAccount } from './opening.ts';
import { Refused } from './Refused.tsx';
import { effectOf, healthOf, kindOf, outcomeOf, problemOf } from './sentences.ts';

type Whole = Output<typeof getConnection>;

/** One connection: how it fares, what it does, what happened, and what one can do about it. */
export function ConnectionPage() {
  const { connectionId } = useParams({ from: '/members/settings/connections/$connectionId' });
  const { data, error, refetch } = useQuery({
    ...reading(getConnection, { connectionId }),
    refetchInterval: ({ state }) => (state.data?.running ? 1500 : false),
  });
  const [ending, { open, close }] = useDisclosure();
  const { refused, renewed } = useSearch({ from: '/members/settings/connections/$connectionId' });
  const router = useRouter();
  const leave = () =>
    router.navigate({ to: '/settings/connections/$connectionId', params: { connectionId }, replace: true });
  const end = (
    <Button variant="subtle" color="red" onClick={open}>
      {t('connections.end')}
    </Button>
  );
  return (
    <Page
      title={data?.name ?? t('connections.title')}
      width="reading"
      lead={data && <Lead connection={data} />}
      actions={data && end}
    >
      {refused && <Refused code={refused} onClose={() => void leave()} />}
      {renewed && (
        <Alert color="teal" mb="md" role="status">
          {t('connections.againDone')}
        </Alert>
      )}
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={3} />}
      {data && (
        <>
          <Health connection={data} />
          <p className={classes.does}>{effectOf(data)}</p>
          {data.deals && <DealsOf connection={data} deals={data.deals} />}
          <Log runs={data.runs} />
        </>
      )}
      {data && ending && <EndConnection connection={data} onClose={close} />}
    </Page>
  );
}

function Lead({ connection: { kind, place, bookId, cards } }: { connection: Connection }) {
  const books = useQuery(booksQuery).data?.items;
  const book = books?.find(({ id }) => id === bookId)?.name ?? t('connections.bookMissing');
  const facts = [
    kindOf(kind),
    ...(books ? [t('connections.into', { place: place.name, book })] : []),
    t('connections.cards', { cards }),
  ];
  return facts.join(' · ');
}

function Health({ connection }: { connection: Whole }) {
  const { id: connectionId, kind, state, problem, running, nextAt } = connection;
  const [renewing, { open, close }] = useDisclosure();
  const goOn = useMutation({
    mutationFn: async (removals: boolean) => {
      await call(syncConnection, { connectionId, removals });
      await refresh(getConnection, listConnections);
    },
    onError: sayError,
  });
  const pause = useMutation({
    mutationFn: async () => {
      await call(pauseConnection, { connectionId });
      await refresh(getConnection, listConnections);
    },
    onError: sayError,
  });
  const again = useMutation({ mutationFn: () => openAccount(kind, connectionId), onError: sayError });
  const paused = state === 'paused';
  const PauseIcon = paused ? IconPlayerPlay : IconPlayerPause;
  return (
    <>
      <p className={classes.health} aria-live="polite">
        {healthOf(connection)}
        {nextAt !== null && state === 'ok' && !running && ` · ${t('connections.next', { when: longInstant(nextAt) })}`}
      </p>
      {problem && (
        <Alert color="yellow" mb="md" icon={<IconAlertTriangle aria-hidden />}>
          <p className={classes.problem}>{problemOf(problem, kind)}</p>
          {state === 'retrying' && nextAt !== null && <p>{t('connections.retry', { when: longInstant(nextAt) })}</p>}
          {problem === 'refused' && kind !== 'calendar_at_address' && (
            <Button variant="default" onClick={open}>
              {t('connections.renew')}
            </Button>
          )}
          {problem === 'authorisation_ended' && (
            <Button variant="default" loading={again.isPending || again.isSuccess} onClick={() => again.mutate()}>
              {t('connections.again')}
            </Button>
          )}
          {problem === 'many_removed' && (
            <Button color="red" variant="light" loading={goOn.isPending} onClick={() => goOn.mutate(true)}>
              {t('connections.removeThere')}
            </Button>
          )}
        </Alert>
      )}
      <Group>
        {!paused && (
          <Button
            leftSection={<IconRefresh size={18} aria-hidden />}
            loading={goOn.isPending || running}
            onClick={() => goOn.mutate(false)}
          >
            {t('connections.sync')}
          </Button>
        )}
        <Button
          variant="default"
          leftSection={<PauseIcon size={18} aria-hidden />}
          loading={pause.isPending}
          onClick={() => (paused ? goOn.mutate(false) : pause.mutate())}
        >
          {t(paused ? 'connections.resume' : 'connections.pause')}
        </Button>
      </Group>
      {renewing && <NewPassword connectionId={connectionId} onClose={close} />}
    </>
  );
}

function Log({ runs }: { runs: Whole['runs'] }) {
  return (
    <Section title={t('connections.log')} {...(runs.length === 0 && { lead: t('connections.logEmpty') })}>
      {runs.length > 0 && (
        <Lines>
          {runs.map((run) => (
            <li key={run.id} className={classes.run}>
              <time dateTime={run.startedAt} className={classes.when}>
                {longInstant(run.startedAt)}
              </time>
              <span className={classes.what}>{outcomeOf(run)}</span>
            </li>
          ))}
        </Lines>
      )}
    </Section>
  );
}
