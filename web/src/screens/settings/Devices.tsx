import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { endOtherSessions, endSession, listSessions } from '../../../../server/identity/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { ago, longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { leave } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import classes from './Settings.module.css';

type Session = Output<typeof listSessions>['items'][number];

/** Where I am signed in; any of it can be ended from here. */
export function Devices() {
  const { data, error, refetch } = useQuery(reading(listSessions, {}));
  const others = useMutation({
    mutationFn: async () => {
      const { ended } = await call(endOtherSessions, {});
      await refresh(listSessions);
      say(t('settings.devices.othersEnded', { count: ended }));
    },
    onError: sayError,
  });
  const several = data !== undefined && data.items.length > 1;
  const endOthers = several && (
    <Button variant="default" onClick={() => others.mutate()} loading={others.isPending}>
      {t('settings.devices.endOthers')}
    </Button>
  );
  return (
    <Section title={t('settings.devices')} lead={t('settings.devices.lead')} actions={endOthers}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton height={60} />}
      {data && (
        <Lines>
          {data.items.map((session) => (
            <DeviceLine key={session.id} session={session} />
          ))}
        </Lines>
      )}
    </Section>
  );
}

function nameOf({ browser, system }: Session): string {
  if (browser === null) return system ?? t('settings.device.unknown');
  return system === null ? browser : t('settings.device.name', { browser, system });
}

function DeviceLine({ session }: { session: Session }) {
  const router = useRouter();
  const { id, since, lastSeenAt, current } = session;
  const name = nameOf(session);
  const ending = useMutation({
    mutationFn: async () => {
      if (current) {
        await leave();
        await router.navigate({ to: '/sign-in', search: {} });
        return;
      }
      await call(endSession, { sessionId: id });
      await refresh(listSessions);
      say(t('settings.device.ended', { name }));
    },
    onError: sayError,
  });
  const facts = [
    current ? t('settings.device.this') : t('settings.device.seen', { when: ago(lastSeenAt) }),
    t('settings.device.since', { date: longDate(since) }),
  ];
  return (
    <li className={classes.line}>
      <div className={classes.main}>
        <strong>{name}</strong>
        <span className={classes.quiet}>{facts.join(' · ')}</span>
      </div>
      <Button
        variant={current ? 'default' : 'subtle'}
        {...(current ? {} : { color: 'red', 'aria-label': t('settings.device.endOne', { name }) })}
        loading={ending.isPending}
        onClick={() => ending.mutate()}
      >
        {t(current ? 'shell.signOut' : 'settings.device.end')}
      </Button>
    </li>
  );
}
