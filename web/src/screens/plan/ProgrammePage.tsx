import { Button } from '@mantine/core';
import { IconPencil, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Output } from '../../../../server/kernel/contract.ts';
import type { getPlan, Programme } from '../../../../server/plan/contract.ts';
import { calendarDay } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { Brought } from '../campaigns/Brought.tsx';
import { collisions } from './days.ts';
import { CampaignForm, ProgrammeForm } from './Forms.tsx';
import { CampaignLines } from './Lines.tsx';
import classes from './Plan.module.css';
import { PlanTabs } from './PlanTabs.tsx';
import { archiveQuery, planQuery } from './queries.ts';
import { amount, audienceOf, figureWords } from './words.ts';

/** A programme: what it serves, for whom, with what, and what is planned in it. */
export function ProgrammePage() {
  const { programmeId } = useParams({ from: '/members/plan/programmes/$programmeId' });
  const { data, error, refetch } = useQuery(planQuery);
  const archived = useQuery(archiveQuery).data;
  const programme = [...(data?.programmes ?? []), ...(archived?.programmes ?? [])].find(({ id }) => id === programmeId);
  const [open, setOpen] = useState<'programme' | 'campaign' | null>(null);
  const navigate = useNavigate();
  if (!data || !programme)
    return (
      <>
        <PlanTabs />
        <Page title={t('plan.title')}>
          {error || (data && archived) ? (
            <ErrorNotice error={error} onRetry={() => void refetch()} />
          ) : (
            <Loading lines={6} />
          )}
          {data && archived && <p>{t('plan.programme.gone')}</p>}
        </Page>
      </>
    );
  const campaigns = data.campaigns.filter((one) => one.programmeId === programmeId);
  return (
    <>
      <PlanTabs />
      <Page
        title={programme.name}
        lead={programme.why}
        actions={
          programme.mine && (
            <>
              <Button
                variant="default"
                leftSection={<IconPlus size={18} aria-hidden />}
                onClick={() => setOpen('campaign')}
              >
                {t('plan.add.campaign')}
              </Button>
              <Button
                variant="default"
                leftSection={<IconPencil size={18} aria-hidden />}
                onClick={() => setOpen('programme')}
              >
                {t('plan.change')}
              </Button>
            </>
          )
        }
      >
        <Sheet plan={data} programme={programme} />
        <Section title={t('plan.campaigns')}>
          <CampaignLines campaigns={campaigns} meeting={collisions(data.campaigns)} />
        </Section>
        <Happened plan={data} programme={programme} />
        <Brought programmeId={programmeId} />
        {open === 'programme' && (
          <ProgrammeForm programme={programme} objectives={data.objectives} onClose={() => setOpen(null)} />
        )}
        {open === 'campaign' && (
          <CampaignForm
            programme={programme}
            programmes={data.programmes}
            onClose={() => setOpen(null)}
            onSaved={(campaignId) => void navigate({ to: '/plan/campaigns/$campaignId', params: { campaignId } })}
          />
        )}
      </Page>
    </>
  );
}

type Whole = Output<typeof getPlan>;

function Sheet({ plan, programme }: { plan: Whole; programme: Programme }) {
  const { objectiveIds, priority, owner, startsOn, endsOn, budgetCents, currency, id } = programme;
  const served = plan.objectives.filter((one) => objectiveIds.includes(one.id));
  const moments = plan.moments.filter(({ programmeId }) => programmeId === id);
  const rows: [Parameters<typeof t>[0], ReactNode][] = [
    [
      'plan.programme.serves',
      served.length === 0
        ? null
        : served.map((one, at) => (
            <span key={one.id}>
              {at > 0 && ', '}
              <Link to="/plan/objectives/$objectiveId" params={{ objectiveId: one.id }}>
                {one.name}
              </Link>{' '}
              ({figureWords(one, one.to)})
            </span>
          )),
    ],
    ['plan.forWhom', audienceOf(programme)],
    ['plan.priority', t('plan.priority.value', { value: priority })],
    ['plan.budget', amount(budgetCents, currency)],
    [
      'plan.period',
      startsOn || endsOn
        ? t('plan.period.of', { from: startsOn ? calendarDay(startsOn) : '…', to: endsOn ? calendarDay(endsOn) : '…' })
        : null,
    ],
    ['plan.programme.owner', owner.name],
    [
      'plan.moments',
      moments.length === 0
        ? t('plan.serves.none')
        : moments.map(({ id: momentId, journeyId, name }, at) => (
            <span key={momentId}>
              {at > 0 && ', '}
              <Link to="/plan/journeys/$journeyId" params={{ journeyId }}>
                {name}
              </Link>
            </span>
          )),
    ],
  ];
  return (
    <dl className={classes.sheet}>
      {rows.map(([key, value]) =>
        value === null ? null : (
          <div key={key} style={{ display: 'contents' }}>
            <dt>{t(key)}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

/** What was planned against what happened. */
function Happened({ plan, programme: { id, currency } }: { plan: Whole; programme: Programme }) {
  const begun = plan.campaigns.filter(
    (one) => one.programmeId === id && (one.beganOn !== null || one.spentCents !== null),
  );
  if (begun.length === 0) return null;
  return (
    <Section title={t('plan.happened')}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than a phone is moved by the keyboard too (axe: scrollable-region-focusable) */}
      <section aria-label={t('plan.happened')} className={classes.wide} tabIndex={0}>
        <table className={classes.table}>
          <thead>
            <tr>
              {(
                [
                  'plan.campaign.name',
                  'plan.planned',
                  'plan.began',
                  'plan.budget',
                  'plan.spent',
                  'plan.brought',
                ] as const
              ).map((key) => (
                <th key={key} scope="col">
                  {t(key)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {begun.map((one) => (
              <tr key={one.id}>
                <th scope="row" dir="auto">
                  {one.name}
                </th>
                <td>{one.plannedOn ? calendarDay(one.plannedOn) : '–'}</td>
                <td>{one.beganOn ? calendarDay(one.beganOn) : '–'}</td>
                <td>{amount(one.budgetCents, currency) ?? '–'}</td>
                <td>{amount(one.spentCents, currency) ?? '–'}</td>
                <td dir="auto">{one.brought || '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Section>
  );
}
