import { Button } from '@mantine/core';
import { IconPlus, IconWebhook } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  changeEndpoint,
  type Endpoint,
  listDeliveries,
  listEndpoints,
  removeEndpoint,
  rotateSecret,
  testEndpoint,
  type WithSecret,
} from '../../../../server/distribution/contract.ts';
import { call } from '../../api.ts';
import { ago, longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { RemoveDialog } from '../../ui/RemoveDialog.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import settings from '../settings/Settings.module.css';
import { EndpointForm } from './EndpointForm.tsx';
import { Log } from './Log.tsx';
import { Secret } from './Secret.tsx';
import classes from './Webhooks.module.css';
import { nameOf } from './words.ts';

/** Programs of ours that are told what happens. */
export function Webhooks() {
  const { data, error, refetch } = useQuery({ ...reading(listEndpoints, {}), refetchInterval: 5000 });
  const [making, make] = useState(false);
  const [made, setMade] = useState<WithSecret | null>(null);
  const none = data?.items.length === 0;
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => make(true)}>
      {t('webhooks.new')}
    </Button>
  );
  return (
    <Page title={t('webhooks.title')} lead={t('webhooks.lead')} width="reading" actions={!none && add}>
      {made && <Secret made={made} />}
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={3} />}
      {none && (
        <EmptyState icon={<IconWebhook />} title={t('webhooks.empty')} text={t('webhooks.emptyText')} action={add} />
      )}
      {data && !none && (
        <Lines>
          {data.items.map((endpoint) => (
            <EndpointLine key={endpoint.id} endpoint={endpoint} onSecret={setMade} />
          ))}
        </Lines>
      )}
      {making && <EndpointForm onClose={() => make(false)} onMade={setMade} />}
    </Page>
  );
}

function EndpointLine({ endpoint, onSecret }: { endpoint: Endpoint; onSecret: (made: WithSecret) => void }) {
  const { id: endpointId, name, state, mine } = endpoint;
  const [removing, remove] = useState(false);
  const [changing, change] = useState(false);
  const [open, setOpen] = useState(false);
  const doing = async (work: () => Promise<string | undefined>) => {
    try {
      const said = await work();
      await refresh(listEndpoints, listDeliveries);
      if (said) say(said);
    } catch (error) {
      sayError(error);
    }
  };
  const pause = (paused: boolean) =>
    doing(async () => {
      await call(changeEndpoint, { endpointId, paused });
      return undefined;
    });
  const rotate = () =>
    doing(async () => {
      onSecret(await call(rotateSecret, { endpointId }));
      return undefined;
    });
  const test = () =>
    doing(async () => {
      await call(testEndpoint, { endpointId });
      setOpen(true);
      return t('webhooks.tested');
    });
  const ended = state === 'ended';
  return (
    <li className={classes.endpoint}>
      <About endpoint={endpoint} />
      <div className={classes.actions}>
        <Act word="webhooks.log" expanded={open} onClick={() => setOpen(!open)} />
        {mine && state === 'active' && <Act word="webhooks.test" onClick={() => void test()} />}
        {mine && !ended && <Act word="webhooks.change" onClick={() => change(true)} />}
        {state === 'active' && <Act word="webhooks.pause" onClick={() => void pause(true)} />}
        {(state === 'paused' || state === 'gone') && <Act word="webhooks.resume" onClick={() => void pause(false)} />}
        {mine && !ended && <Act word="webhooks.rotate" onClick={() => void rotate()} />}
        <Button variant="subtle" size="compact-md" color="red" onClick={() => remove(true)}>
          {t('webhooks.remove')}
        </Button>
      </div>
      {open && <Log endpoint={endpoint} />}
      {changing && <EndpointForm endpoint={endpoint} onClose={() => change(false)} onMade={onSecret} />}
      {removing && (
        <RemoveDialog
          title={t('webhooks.removeTitle', { name })}
          text={t('webhooks.removeText')}
          action={t('webhooks.remove')}
          done={t('webhooks.removed', { name })}
          remove={() => call(removeEndpoint, { endpointId }).then(() => refresh(listEndpoints))}
          onClose={() => remove(false)}
        />
      )}
    </li>
  );
}

type Word =
  | 'webhooks.log'
  | 'webhooks.test'
  | 'webhooks.change'
  | 'webhooks.pause'
  | 'webhooks.resume'
  | 'webhooks.rotate';

function Act({ word, expanded, onClick }: { word: Word; expanded?: boolean; onClick: () => void }) {
  return (
    <Button
      variant="subtle"
      size="compact-md"
      onClick={onClick}
      {...(expanded !== undefined && { 'aria-expanded': expanded })}
    >
      {t(word)}
    </Button>
  );
}

function About({ endpoint }: { endpoint: Endpoint }) {
  const { name, url, grantee, state, counts, lastSentAt, hook, createdBy, formerUntil } = endpoint;
  const facts = [
    t(`webhooks.for.${grantee.kind}`, { name: grantee.name }),
    t(hook ? 'webhooks.hook' : 'webhooks.madeBy', { name: createdBy }),
    lastSentAt ? t('webhooks.lastSent', { when: ago(lastSentAt) }) : t('webhooks.neverSent'),
    ...(counts.waiting > 0 ? [t('webhooks.waiting', { count: counts.waiting })] : []),
    ...(counts.dead > 0 ? [t('webhooks.dead', { count: counts.dead })] : []),
    ...(formerUntil ? [t('webhooks.formerUntil', { date: longInstant(formerUntil) })] : []),
  ];
  return (
    <div className={settings.main}>
      <strong dir="auto">{name}</strong>
      <span className={settings.quiet}>{url}</span>
      <span className={settings.quiet}>{facts.join(' · ')}</span>
      {state !== 'active' && <span className={classes.trouble}>{t(`webhooks.${state}`)}</span>}
      <ul className={classes.events}>
        {endpoint.events.map(({ event, only }) => (
          <li key={event}>
            {nameOf(event)}
            {only && ` (${only.length})`}
          </li>
        ))}
      </ul>
    </div>
  );
}
