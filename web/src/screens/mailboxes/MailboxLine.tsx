import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import {
  type Connection,
  endConnection,
  pauseConnection,
  syncConnection,
} from '../../../../server/connectors/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import classes from './Mailboxes.module.css';
import { mailboxesQuery, refreshMailboxes, whileRead } from './queries.ts';
import { readingOf } from './sentences.ts';

/** A mailbox: how it fares, what was read of it, and how to stop that. */
export function MailboxLine({ connection }: { connection: Connection }) {
  const read = useQuery(whileRead(mailboxesQuery, [connection])).data?.items.find(
    ({ id }) => id === connection.sourceId,
  );
  const facts = read && {
    read: read.read,
    people: read.correspondents,
    machines: read.machines,
    private: read.private,
  };
  return (
    <ReadLine
      connection={connection}
      begun={read !== undefined && read.caughtUpAt === null}
      facts={facts && t('mailboxes.read', facts)}
    />
  );
}

interface ReadLineProps {
  connection: Connection;
  /** What was there from the beginning is still being read. */
  begun?: boolean;
  facts: string | undefined;
}

/** Something that is read for me. */
export function ReadLine({ connection, begun = false, facts }: ReadLineProps) {
  const { id: connectionId, name, state } = connection;
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
          {readingOf(connection, begun)}
        </span>
        {facts && <span className={classes.quiet}>{facts}</span>}
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
