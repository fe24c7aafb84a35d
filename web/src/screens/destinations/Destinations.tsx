import { Alert, Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy, IconPlus, IconSend } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  changeDestination,
  type Destination,
  listDestinations,
  listRuns,
  removeDestination,
  sendNow,
} from '../../../../server/destinations/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
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
import { DestinationForm } from './DestinationForm.tsx';
import classes from './Destinations.module.css';
import { DryRun } from './DryRun.tsx';
import { outcomeOf, troubleOf } from './words.ts';

/** Programs of others in which the people of a segment are kept. */
export function Destinations() {
  const { data, error, refetch } = useQuery({ ...reading(listDestinations, {}), refetchInterval: 3000 });
  const [making, make] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const none = data?.items.length === 0;
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => make(true)}>
      {t('destinations.new')}
    </Button>
  );
  return (
    <Page title={t('destinations.title')} lead={t('destinations.lead')} width="reading" actions={!none && add}>
      {secret && <Secret secret={secret} />}
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={3} />}
      {none && (
        <EmptyState
          icon={<IconSend />}
          title={t('destinations.empty')}
          text={t('destinations.emptyText')}
          action={add}
        />
      )}
      {data && !none && (
        <Lines>
          {data.items.map((one) => (
            <DestinationLine key={one.id} destination={one} />
          ))}
        </Lines>
      )}
      {making && <DestinationForm onClose={() => make(false)} onMade={setSecret} />}
    </Page>
  );
}

/** With what a program of one's own checks what comes, shown once. */
function Secret({ secret }: { secret: string }) {
  return (
    <Alert color="teal" title={t('destinations.secretTitle')} mb="lg" role="status">
      <p className={classes.once}>{t('destinations.once')}</p>
      <div className={classes.secret}>
        <code className={settings.secret}>{secret}</code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button
              variant="subtle"
              size="compact-md"
              onClick={copy}
              aria-label={t('destinations.copySecret')}
              leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            >
              {t(copied ? 'shell.copied' : 'shell.copy')}
            </Button>
          )}
        </CopyButton>
      </div>
    </Alert>
  );
}

function DestinationLine({ destination }: { destination: Destination }) {
  const { id: destinationId, name, state, mine, version } = destination;
  const [removing, remove] = useState(false);
  const [changing, change] = useState(false);
  const [open, setOpen] = useState<'trial' | 'log' | null>(state === 'draft' && mine ? 'trial' : null);
  const toggle = (what: 'trial' | 'log') => setOpen(open === what ? null : what);
  const doing = async (work: () => Promise<unknown>, said?: string) => {
    try {
      await work();
      await refresh(listDestinations, listRuns);
      if (said) say(said);
    } catch (error) {
      sayError(error);
    }
  };
  const pause = (paused: boolean) => doing(() => call(changeDestination, { destinationId, paused }));
  const now = () => doing(() => call(sendNow, { destinationId }), t('destinations.sending'));
  const over = state === 'ended' || state === 'ending';
  const going = state === 'active' || state === 'failing';
  return (
    <li className={classes.destination}>
      <About destination={destination} />
      <div className={classes.actions}>
        {mine && !over && <Act word="destinations.trial" expanded={open === 'trial'} onClick={() => toggle('trial')} />}
        <Act word="destinations.log" expanded={open === 'log'} onClick={() => toggle('log')} />
        {mine && going && <Act word="destinations.sendNow" onClick={() => void now()} />}
        {mine && !over && <Act word="destinations.change" onClick={() => change(true)} />}
        {going && <Act word="destinations.pause" onClick={() => void pause(true)} />}
        {state === 'paused' && <Act word="destinations.resume" onClick={() => void pause(false)} />}
        {state !== 'ending' && (
          <Button variant="subtle" size="compact-md" color="red" onClick={() => remove(true)}>
            {t('destinations.remove')}
          </Button>
        )}
      </div>
      {open === 'trial' && !over && <DryRun key={version} destination={destination} onStarted={() => setOpen('log')} />}
      {open === 'log' && <Runs destinationId={destinationId} />}
      {changing && <DestinationForm destination={destination} onClose={() => change(false)} onMade={() => {}} />}
      {removing && (
        <RemoveDialog
          title={t('destinations.removeTitle', { name })}
          text={t(state === 'ended' ? 'destinations.removeEndedText' : 'destinations.removeText')}
          action={t('destinations.remove')}
          done={t(state === 'ended' ? 'destinations.removed' : 'destinations.takingBack', { name })}
          remove={() => call(removeDestination, { destinationId }).then(() => refresh(listDestinations))}
          onClose={() => remove(false)}
        />
      )}
    </li>
  );
}

type Word = `destinations.${'trial' | 'log' | 'sendNow' | 'change' | 'pause' | 'resume'}`;

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

function About({ destination }: { destination: Destination }) {
  const { name, kind, segment, grantee, counts, state, succeededAt, nextAt, createdBy, running } = destination;
  const trouble = troubleOf(destination.trouble);
  const facts = [
    t(`destinations.kind.${kind}`),
    segment.name ? t('destinations.segmentOf', { name: segment.name }) : t('destinations.segmentHidden'),
    t(`webhooks.for.${grantee.kind}`, { name: grantee.name }),
    t('webhooks.madeBy', { name: createdBy }),
  ];
  const health = [
    t('destinations.there', { count: counts.there }),
    succeededAt ? t('destinations.succeeded', { when: longInstant(succeededAt) }) : t('destinations.never'),
    ...(counts.doubtful > 0 ? [t('destinations.doubtful', { count: counts.doubtful })] : []),
    ...(counts.refused > 0 ? [t('destinations.refused', { count: counts.refused })] : []),
    ...(running ? [t('destinations.run.running')] : []),
    ...(!running && nextAt && (state === 'active' || state === 'failing')
      ? [t('destinations.next', { when: longInstant(nextAt) })]
      : []),
  ];
  return (
    <div className={settings.main}>
      <strong dir="auto">{name}</strong>
      <span className={settings.quiet}>{facts.join(' · ')}</span>
      <span className={settings.quiet}>{health.join(' · ')}</span>
      {state !== 'active' && <span className={classes.trouble}>{t(`destinations.state.${state}`)}</span>}
      {trouble && <span className={classes.trouble}>{trouble}</span>}
    </div>
  );
}

function Runs({ destinationId }: { destinationId: string }) {
  const { data, error, refetch } = useQuery({ ...reading(listRuns, { destinationId }), refetchInterval: 3000 });
  return (
    <div className={classes.part}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data?.items.length === 0 && <p>{t('destinations.logEmpty')}</p>}
      <ul className={classes.runs}>
        {data?.items.map(({ id, startedAt, outcome, counts }) => (
          <li key={id} className={classes.run}>
            <time dateTime={startedAt}>{longInstant(startedAt)}</time>
            <span className={outcome === 'ok' || outcome === null ? classes.quiet : classes.trouble}>
              {outcomeOf(outcome)}
            </span>
            <span className={classes.quiet}>{t('destinations.counts', counts)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
