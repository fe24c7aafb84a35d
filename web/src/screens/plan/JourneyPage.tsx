import { ActionIcon, Button } from '@mantine/core';
import { IconPencil, IconPlus, IconPrinter, IconStar } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Programme } from '../../../../server/plan/contract.ts';
import {
  dismissFinding,
  type Finding,
  type Journey,
  type Moment,
  type Stage,
  type Touchpoint,
} from '../../../../server/plan/journeys-contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { topicsQuery } from '../voices/queries.ts';
import { Curve } from './Curve.tsx';
import { JourneyEditor } from './JourneyEditor.tsx';
import classes from './Journeys.module.css';
import { MomentForm } from './MomentForm.tsx';
import { PlanTabs } from './PlanTabs.tsx';
import { findingsQuery, journeyQuery, planQuery, refreshPlan } from './queries.ts';
import { audienceOf } from './words.ts';

type Open = { what: 'journey' } | { what: 'moment'; stageId: string; moment?: Moment; found?: Finding };

/** A journey as the curve of what customers feel, its stages and touchpoints, and its moments of truth. */
export function JourneyPage() {
  const { journeyId } = useParams({ from: '/members/plan/journeys/$journeyId' });
  const { data, error, refetch } = useQuery(journeyQuery(journeyId));
  const programmes = useQuery(planQuery).data?.programmes ?? [];
  const [open, setOpen] = useState<Open | null>(null);
  if (!data)
    return (
      <>
        <PlanTabs />
        <Page title={t('plan.journeys')}>
          {error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Loading lines={6} />}
        </Page>
      </>
    );
  const mark = (stageId: string, more: { moment?: Moment; found?: Finding } = {}) =>
    setOpen({ what: 'moment', stageId, ...more });
  return (
    <>
      <PlanTabs />
      <Page
        title={data.name}
        lead={[audienceOf(data), t('plan.answersFor', { name: data.owner.name })].filter(Boolean).join(' · ')}
        actions={
          <>
            {data.mine && (
              <Button
                variant="default"
                leftSection={<IconPencil size={18} aria-hidden />}
                onClick={() => setOpen({ what: 'journey' })}
              >
                {t('plan.change')}
              </Button>
            )}
            <Button variant="default" leftSection={<IconPrinter size={18} aria-hidden />} onClick={() => print()}>
              {t('plan.print')}
            </Button>
          </>
        }
      >
        <Curve journey={data} />
        <Found journey={data} onAccept={(found) => mark(found.stageId, { found })} />
        <ol className={classes.stages}>
          {data.stages.map((stage) => (
            <StageBlock key={stage.id} journey={data} stage={stage} programmes={programmes} onMark={mark} />
          ))}
        </ol>
        {open?.what === 'journey' && <JourneyEditor journey={data} onClose={() => setOpen(null)} />}
        {open?.what === 'moment' && (
          <MomentForm journey={data} programmes={programmes} {...open} onClose={() => setOpen(null)} />
        )}
      </Page>
    </>
  );
}

interface StageProps {
  journey: Journey;
  stage: Stage;
  programmes: readonly Programme[];
  onMark: (stageId: string, more?: { moment?: Moment }) => void;
}

function StageBlock({ journey, stage, programmes, onMark }: StageProps) {
  const moments = journey.moments.filter(({ stageId }) => stageId === stage.id);
  const segment = journey.segments.find(({ id }) => id === stage.segmentId);
  return (
    <li className={classes.block}>
      <h2 className={classes.stageName} dir="auto">
        {stage.name}
        {journey.mine && (
          <ActionIcon
            className="no-print"
            aria-label={t('plan.moment.markAt', { name: stage.name })}
            onClick={() => onMark(stage.id)}
          >
            <IconStar size={18} aria-hidden />
          </ActionIcon>
        )}
      </h2>
      {segment && (
        <p className={classes.quiet}>{t('plan.stage.segmentOf', { name: segment.name ?? t('plan.segment.hidden') })}</p>
      )}
      {stage.touchpoints.length > 0 && (
        <ul className={classes.touchpoints}>
          {stage.touchpoints.map((touchpoint) => (
            <TouchpointLine key={touchpoint.id} touchpoint={touchpoint} />
          ))}
        </ul>
      )}
      {moments.map((moment) => (
        <MomentLine
          key={moment.id}
          moment={moment}
          programmes={programmes}
          mine={journey.mine}
          onChange={() => onMark(stage.id, { moment })}
        />
      ))}
    </li>
  );
}

function TouchpointLine({
  touchpoint: { name, channel, emotion, happens, problems, topicIds },
}: {
  touchpoint: Touchpoint;
}) {
  const topics = useQuery(topicsQuery).data?.items ?? [];
  const linked = topics.filter(({ id }) => topicIds.includes(id)).map((topic) => topic.name[currentLanguage()]);
  return (
    <li>
      <span className={classes.feeling} data-emotion={Math.sign(emotion)}>
        {t(`plan.emotion.${emotion}` as 'plan.emotion.0')}
      </span>
      <span dir="auto">
        <strong>{name}</strong> <span className={classes.quiet}>{t(`plan.place.${channel}`)}</span>
        {happens !== '' && <span className={classes.more}>{happens}</span>}
        {problems !== '' && <span className={classes.more}>{t('plan.touchpoint.problemsOf', { problems })}</span>}
        {linked.length > 0 && (
          <span className={`${classes.quiet} ${classes.more}`}>
            {t('plan.touchpoint.topicsOf', { topics: linked.join(', ') })}
          </span>
        )}
      </span>
    </li>
  );
}

interface MomentProps {
  moment: Moment;
  programmes: readonly Programme[];
  mine: boolean;
  onChange: () => void;
}

function MomentLine({ moment, programmes, mine, onChange }: MomentProps) {
  const serving = programmes.find(({ id }) => id === moment.programmeId);
  return (
    <div className={classes.moment} data-gap={moment.programmeId === null}>
      <span aria-hidden>★</span>
      <span dir="auto">
        <strong>{t('plan.moment.of', { name: moment.name })}</strong>
        {moment.words !== '' && <span className={classes.more}>{moment.words}</span>}
        <span className={classes.more}>
          {serving ? (
            <>
              {t('plan.moment.served')}{' '}
              <Link to="/plan/programmes/$programmeId" params={{ programmeId: serving.id }}>
                {serving.name}
              </Link>
            </>
          ) : (
            t('plan.moment.gap')
          )}
          {moment.found && (
            <span className={classes.quiet}>
              {' '}
              {t(moment.found.startsWith('voices') ? 'plan.moment.byVoices' : 'plan.moment.byLeaving')}
            </span>
          )}
        </span>
      </span>
      {mine && (
        <ActionIcon className="no-print" aria-label={t('plan.changeOf', { name: moment.name })} onClick={onChange}>
          <IconPencil size={18} aria-hidden />
        </ActionIcon>
      )}
    </div>
  );
}

/** What the data say of the stages, as far as the viewer may see it; what is enough is proposed. */
function Found({ journey, onAccept }: { journey: Journey; onAccept: (found: Finding) => void }) {
  const { data, error } = useQuery(findingsQuery(journey.id));
  const dismiss = useMutation({
    mutationFn: async ({ found }: Finding) => {
      const set = async (dismissed: boolean) => {
        await call(dismissFinding, { journeyId: journey.id, found, dismissed });
        await refreshPlan();
      };
      await set(true);
      return () => set(false);
    },
    onSuccess: (undo) => offerUndo(t('plan.finding.dismissed'), undo),
    onError: sayError,
  });
  if (error) return <ErrorNotice error={error} />;
  const shown = (data?.items ?? []).filter(({ state }) => state === 'proposed' || state === 'quiet');
  if (shown.length === 0) return null;
  const ordered = [...shown].sort((a, b) => Number(b.state === 'proposed') - Number(a.state === 'proposed'));
  return (
    <div className="no-print">
      <Section title={t('plan.findings')} lead={t('plan.findings.lead')}>
        <ul className={classes.findings}>
          {ordered.map((finding) => (
            <li key={finding.found} data-state={finding.state}>
              <span>
                <strong dir="auto">{journey.stages.find(({ id }) => id === finding.stageId)?.name}</strong>
                <span className={classes.more}>{figuresOf(finding)}</span>
              </span>
              {finding.state === 'proposed' && journey.mine && (
                <span className={classes.acts}>
                  <Button
                    size="compact-md"
                    leftSection={<IconPlus size={16} aria-hidden />}
                    onClick={() => onAccept(finding)}
                  >
                    {t('plan.finding.accept')}
                  </Button>
                  <Button size="compact-md" variant="default" onClick={() => dismiss.mutate(finding)}>
                    {t('plan.finding.dismiss')}
                  </Button>
                </span>
              )}
            </li>
          ))}
        </ul>
      </Section>
    </div>
  );
}

export function figuresOf({ figures }: Finding): string {
  if (figures.kind === 'leaving')
    return t('plan.finding.leaving', { came: figures.came, wentOn: figures.wentOn, next: figures.next });
  const { voices, negative, topic } = figures;
  return t('plan.finding.voices', { voices, negative, topic: topic[currentLanguage()] });
}
