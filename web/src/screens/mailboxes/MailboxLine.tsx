import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import {
  type Connection,
  endConnection,
  pauseConnection,
  syncConnection,
} from '../../../../server/connectors/contract.ts';
import { call } from '../../api.ts';
import { ago } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import classes from './Mailboxes.module.css';
import { mailboxesQuery, refreshMailboxes } from './queries.ts';

/** A mailbox: how it fares, what was read of it, and how to stop that. */
export function MailboxLine({ connection }: { connection: Connection }) {
  const { id: connectionId, name, sourceId, state } = connection;
  const read = useQuery({ ...mailboxesQuery, refetchInterval: connection.running ? 2000 : false }).data?.items.find(
    ({ id }) => id === sourceId,
  );
  const change = useMutation({
    mutationFn: async (to: 'pause' | 'sync') => {
      await call(to === 'pause' ? pauseConnection : syncConnection, { connectionId });
      await refreshMailboxes();
    },
    onError: sayError,
  });
  const end = useMutation({
    mutationFn: async () => {
      await call(endConnection, { connectionId, cards: 'stay' });
      await refreshMailboxes();
      say(t('mailboxes.ended', { name }));
    },
    onError: sayError,
  });
  const resting = state === 'paused' || state === 'attention';
  return (
    <li className={classes.line}>
      <div className={classes.main}>
        <TextLink to="/settings/connections/$connectionId" params={{ connectionId }}>
          {name}
        </TextLink>
        <span className={state === 'ok' || state === 'paused' ? classes.quiet : classes.sign} role="status">
          {healthOf(connection, read !== undefined && read.caughtUpAt === null)}
        </span>
        {read && (
          <span className={classes.quiet}>
            {t('mailboxes.read', {
              read: read.read,
              people: read.correspondents,
              machines: read.machines,
              private: read.private,
            })}
          </span>
        )}
      </div>
      <div className={classes.acts}>
        <Button
          variant="subtle"
          loading={change.isPending}
          onClick={() => change.mutate(resting ? 'sync' : 'pause')}
          aria-label={t(resting ? 'mailboxes.goOnOne' : 'mailboxes.pauseOne', { name })}
        >
          {t(resting ? 'mailboxes.goOn' : 'mailboxes.pause')}
        </Button>
        <Button
          variant="subtle"
          color="red"
          loading={end.isPending}
          onClick={() => end.mutate()}
          aria-label={t('mailboxes.endOne', { name })}
        >
          {t('mailboxes.end')}
        </Button>
      </div>
    </li>
  );
}

function healthOf({ state, problem, running, syncedAt }: Connection, begun: boolean): string {
  if (state === 'paused') return t('mailboxes.paused');
  if (problem) return problemWords(problem);
  if (begun || syncedAt === null) return t(running || begun ? 'mailboxes.reading' : 'mailboxes.waiting');
  return t('mailboxes.upToDate', { when: ago(syncedAt) });
}

/** What a mail server would not do, in words. */
export const problemWords = (code: string): string =>
  told(`mailboxes.problem.${code}`) ?? told(`connections.problem.${code}`) ?? t('mailboxes.problem');
