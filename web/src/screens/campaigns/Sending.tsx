import { Button } from '@mantine/core';
import { IconPencil, IconPlayerPause, IconPlayerPlay, IconSend } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import {
  estimateSending,
  examplesPath,
  getResults,
  type Sending as SendingNow,
  type SendingOf,
  saveSending,
  steerSending,
} from '../../../../server/campaigns/contract.ts';
import { channelOf, ways } from '../../../../server/outreach/ways-contract.ts';
import type { FullCampaign } from '../../../../server/plan/contract.ts';
import { apiBase, call } from '../../api.ts';
import { longInstant, percent } from '../../format.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { TextLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import { offerUndo, say } from '../../ui/undo.tsx';
import { Batches } from '../letters/Batches.tsx';
import planClasses from '../plan/Plan.module.css';
import { refreshPlan } from '../plan/queries.ts';
import classes from './Campaigns.module.css';
import { Starting, Stopping, Trials } from './Dialogs.tsx';
import { isRunning, refreshSending, sendingQuery } from './queries.ts';
import { Estimated, Progressing } from './Results.tsx';
import { SendingForm } from './SendingForm.tsx';
import { letterOf, paceWords, sayWhyNot, stateWords } from './words.ts';

type Open = 'form' | 'trials' | 'start' | 'stop' | null;

/** How a campaign is sent: what, in whose name, how far it is, and what came of it. */
export function Sending({ campaign }: { campaign: FullCampaign }) {
  const { data } = useQuery(sendingQuery(campaign.id));
  const [open, show] = useState<Open>(null);
  const state = data?.sending?.state;
  const toldOfEnd = campaign.endedOn !== null;
  // What came of it stands in the plan as soon as it has ended.
  useEffect(() => {
    if (state === 'done' && !toldOfEnd) void Promise.all([refreshPlan(), refresh(getResults)]);
  }, [state, toldOfEnd]);
  if (!data || campaign.kind !== 'campaign' || !ways.some((way) => channelOf(way) === campaign.channel)) return null;
  const { sending, numbers, mayHandle } = data;
  if (!sending && !mayHandle) return null;
  const begun = sending !== null && sending.startedAt !== null;
  const changeable = mayHandle && (!sending || sending.state === 'draft' || sending.state === 'scheduled');
  const done = () => show(null);
  return (
    <Section
      title={t('campaigns.sending')}
      actions={
        changeable && (
          <Button
            className="no-print"
            variant="default"
            size="compact-md"
            leftSection={<IconPencil size={16} aria-hidden />}
            onClick={() => show('form')}
          >
            {t(sending ? 'campaigns.edit' : 'campaigns.choose')}
          </Button>
        )
      }
    >
      <p className={classes.state} role="status">
        {stateWords(data)}
      </p>
      {sending && (
        <>
          <Notices sending={sending} />
          {mayHandle && <Names campaignId={campaign.id} sending={sending} />}
          <Sheet sending={sending} />
          {mayHandle && <Acts campaign={campaign} of={data} onOpen={show} />}
          {!begun && sending.estimate && <Estimated estimate={sending.estimate} />}
          {begun && mayHandle && sending.way === 'letter' && (
            <Batches
              of="campaign"
              id={campaign.id}
              mine={sending.mine}
              onChange={() => Promise.all([refreshSending(), refreshPlan()])}
            />
          )}
          {begun && numbers && (
            <Progressing
              campaignId={campaign.id}
              sending={sending}
              numbers={numbers}
              running={!sending.toChoose && (isRunning(data) || numbers.waiting > 0)}
            />
          )}
        </>
      )}
      {open === 'form' && (
        <SendingForm channel={campaign.channel} campaignId={campaign.id} sending={sending} onClose={done} />
      )}
      {open === 'trials' && <Trials campaignId={campaign.id} onClose={done} />}
      {open === 'start' && <Starting campaign={campaign} onClose={done} />}
      {open === 'stop' && (
        <Stopping
          waiting={numbers?.waiting ?? 0}
          onClose={done}
          onStop={() => {
            done();
            void steer(campaign.id, 'stop').catch(sayWhyNot);
          }}
        />
      )}
    </Section>
  );
}

async function steer(campaignId: string, act: 'pause' | 'resume' | 'stop'): Promise<void> {
  await call(steerSending, { campaignId, act });
  await Promise.all([refreshSending(), refreshPlan()]);
}

/** Why it stands still, and what has changed since it was approved. */
function Notices({ sending: { problem, changed } }: { sending: SendingNow }) {
  return (
    <>
      {problem && <p className={classes.problem}>{t(`campaigns.problem.${problem}`)}</p>}
      {changed.map((one) => (
        <p key={one} className={classes.problem}>
          {t(`campaigns.changed.${one}`)}
        </p>
      ))}
    </>
  );
}

/** In whose name it goes: its sender says so anew of another content; where they are gone, somebody else goes on. */
function Names({ campaignId, sending }: { campaignId: string; sending: SendingNow }) {
  const { agreed, mine, sender, state, problem, content, pace, holdout, seeds, seedAddresses, testShare, aim } =
    sending;
  const sayMine = async (done: string) => {
    const seedIds = seeds.map(({ id }) => id);
    const variants = sending.variants.slice(1).map((one) => ({ contentId: one.content.id, share: one.share }));
    const as = { pace, holdout, seedIds, seedAddresses, variants, testShare, aim };
    await call(saveSending, { campaignId, contentId: content.id, ...as, inMyName: true });
    await Promise.all([refreshSending(), refreshPlan()]);
    say(done);
  };
  const before = state === 'draft' || state === 'scheduled';
  if (before && !agreed)
    return (
      <div className={classes.problem}>
        <p>{t('campaigns.disagreed', { name: sender.name })}</p>
        {mine && (
          <Button
            variant="default"
            size="compact-md"
            onClick={() => void sayMine(t('campaigns.agreed')).catch(sayWhyNot)}
          >
            {t('campaigns.sayAnew')}
          </Button>
        )}
      </div>
    );
  if (state !== 'paused' || problem !== 'sender_gone' || mine) return null;
  return (
    <Button variant="default" size="compact-md" onClick={() => void sayMine(t('campaigns.tookOver')).catch(sayWhyNot)}>
      {t('campaigns.takeOver')}
    </Button>
  );
}

const ContentLink = ({ content }: { content: SendingNow['content'] }) =>
  content.name === null ? (
    t('campaigns.content.hidden')
  ) : (
    <TextLink to="/plan/content/$contentId" params={{ contentId: content.id }}>
      {content.name}
    </TextLink>
  );

/** Each variant with its share, by what they are compared, and what the others get. */
function variantRows({ variants, testShare, aim, holdout, chosen }: SendingNow): [string, ReactNode][] {
  return [
    ...variants.map(({ no, content, share }): [string, ReactNode] => [
      t('campaigns.variant', { letter: letterOf(no) }),
      <span key={no}>
        <ContentLink content={content} /> · {percent(share / 100)}
      </span>,
    ]),
    [t('campaigns.aim'), `${t(`campaigns.deed.${aim}`)} · ${t('campaigns.aim.after', { days: holdout.days })}`],
    ...(testShare < 100
      ? [[t('campaigns.test.row'), t('campaigns.test.of', { share: testShare })] as [string, ReactNode]]
      : []),
    ...(chosen
      ? [
          [
            t('campaigns.variant.choose'),
            t('campaigns.chosen', { letter: letterOf(chosen.no), name: chosen.by.name, when: longInstant(chosen.at) }),
          ] as [string, ReactNode],
        ]
      : []),
  ];
}

function Sheet({ sending }: { sending: SendingNow }) {
  const { content, sender, mine, seeds, seedAddresses, pace, variants } = sending;
  const copies = [...seeds.map(({ name }) => name), ...seedAddresses];
  const rows: [string, ReactNode][] = [
    ...(variants.length > 0
      ? variantRows(sending)
      : [[t('campaigns.content'), <ContentLink key="content" content={content} />] as [string, ReactNode]]),
    [t('campaigns.sender'), mine ? t('campaigns.sender.me', { name: sender.name }) : sender.name],
    [t('campaigns.pace'), paceWords(pace)],
    ...(copies.length > 0 ? [[t('campaigns.copies'), copies.join(', ')] as [string, string]] : []),
  ];
  return (
    <dl className={planClasses.sheet}>
      {rows.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd dir="auto">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Acts({ campaign, of, onOpen }: { campaign: FullCampaign; of: SendingOf; onOpen: (open: Open) => void }) {
  const { state, mine, approved } = of.sending!;
  const [asking, ask] = useState(false);
  const estimate = async () => {
    ask(true);
    await call(estimateSending, { campaignId: campaign.id }).catch(sayWhyNot);
    await refreshSending();
    ask(false);
  };
  const pause = async () => {
    await steer(campaign.id, 'pause');
    offerUndo(t('campaigns.paused'), () => steer(campaign.id, 'resume'));
  };
  const before = state === 'draft' || state === 'scheduled';
  const running = state === 'gathering' || state === 'sending';
  return (
    <div className={`${planClasses.acts} no-print`}>
      {before && mine && (
        <Button variant="default" loading={asking} onClick={() => void estimate()}>
          {t('campaigns.estimate.ask')}
        </Button>
      )}
      {before && of.sending!.way === 'letter' && (
        <Button
          variant="default"
          component="a"
          target="_blank"
          href={apiBase + examplesPath.replace(':campaignId', campaign.id)}
        >
          {t('campaigns.examples')}
        </Button>
      )}
      {before && of.sending!.way !== 'letter' && (
        <Button variant="default" onClick={() => onOpen('trials')}>
          {t('campaigns.try')}
        </Button>
      )}
      {before && approved && (
        <Button leftSection={<IconSend size={18} aria-hidden />} onClick={() => onOpen('start')}>
          {t(state === 'draft' ? 'campaigns.start' : 'campaigns.restart')}
        </Button>
      )}
      {running && (
        <Button
          variant="default"
          leftSection={<IconPlayerPause size={18} aria-hidden />}
          onClick={() => void pause().catch(sayWhyNot)}
        >
          {t('campaigns.pause')}
        </Button>
      )}
      {state === 'paused' && (
        <Button
          leftSection={<IconPlayerPlay size={18} aria-hidden />}
          onClick={() =>
            void steer(campaign.id, 'resume')
              .then(() => say(t('campaigns.resumed')))
              .catch(sayWhyNot)
          }
        >
          {t('campaigns.resume')}
        </Button>
      )}
      {state === 'scheduled' && (
        <Button variant="default" onClick={() => void steer(campaign.id, 'stop').catch(sayWhyNot)}>
          {t('campaigns.unschedule')}
        </Button>
      )}
      {(running || state === 'paused') && (
        <Button variant="subtle" color="red" onClick={() => onOpen('stop')}>
          {t('campaigns.stop')}
        </Button>
      )}
    </div>
  );
}
