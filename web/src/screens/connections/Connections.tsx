import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlugConnected, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { type Connection, listConnections } from '../../../../server/connectors/contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import settings from '../settings/Settings.module.css';
import classes from './Connections.module.css';
import { NewConnection, OpenedAccount } from './NewConnection.tsx';
import { Refused } from './Refused.tsx';
import { healthOf, kindOf, problemOf } from './sentences.ts';

/** Services that my contacts come from. */
export function Connections() {
  const { data, error, refetch } = useQuery({
    ...reading(listConnections, {}),
    refetchInterval: ({ state }) => (state.data?.items.some(({ running }) => running) ? 1500 : false),
  });
  const [adding, { open, close }] = useDisclosure();
  const { kind, authorised, refused } = useSearch({ from: '/members/settings/connections' });
  const router = useRouter();
  const leave = () => router.navigate({ to: '/settings/connections', replace: true });
  const none = data?.items.length === 0;
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
      {t('connections.add')}
    </Button>
  );
  return (
    <Page title={t('connections.title')} width="reading" lead={t('connections.lead')} actions={!none && add}>
      {refused && <Refused code={refused} onClose={() => void leave()} />}
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={2} />}
      {none && (
        <EmptyState
          icon={<IconPlugConnected />}
          title={t('connections.empty')}
          text={t('connections.emptyText')}
          action={add}
        />
      )}
      {data && !none && (
        <Lines>
          {data.items.map((connection) => (
            <Line key={connection.id} connection={connection} />
          ))}
        </Lines>
      )}
      {adding && <NewConnection onClose={close} />}
      {kind && authorised && <OpenedAccount kind={kind} authorisation={authorised} onClose={() => void leave()} />}
    </Page>
  );
}

function Line({ connection }: { connection: Connection }) {
  const { id: connectionId, name, kind, state, problem, cards } = connection;
  const facts = [kindOf(kind), t('connections.cards', { cards }), healthOf(connection)];
  return (
    <li className={settings.line}>
      <div className={settings.main}>
        <TextLink to="/settings/connections/$connectionId" params={{ connectionId }} className={classes.name}>
          {name}
        </TextLink>
        <span className={settings.quiet}>{facts.join(' · ')}</span>
        {state === 'attention' && problem && <span className={settings.suspended}>{problemOf(problem, kind)}</span>}
      </div>
    </li>
  );
}
