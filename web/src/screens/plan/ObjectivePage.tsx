import { Button } from '@mantine/core';
import { IconPencil, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { attributionDays } from '../../../../server/campaigns/brought-contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { type getPlan, isFlow, type Objective, type Programme } from '../../../../server/plan/contract.ts';
import { calendarDay } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { BroughtTable, SumsTable } from '../campaigns/Brought.tsx';
import { broughtToQuery } from '../campaigns/queries.ts';
import { FigureForm } from './FigureForm.tsx';
import { ObjectiveForm, ProgrammeForm } from './Forms.tsx';
import { Figure, pathWords } from './Lines.tsx';
import classes from './Plan.module.css';
import { PlanTabs } from './PlanTabs.tsx';
import { archiveQuery, planQuery } from './queries.ts';
import { amount, figureWords, reckonedWords } from './words.ts';

type Whole = Output<typeof getPlan>;
type Open = 'objective' | 'programme' | 'figure';

/** An objective: what is planned beside what is measured, the programmes that serve it, and what they brought. */
export function ObjectivePage() {
  const { objectiveId } = useParams({ from: '/members/plan/objectives/$objectiveId' });
  const { data, error, refetch } = useQuery(planQuery);
  const archived = useQuery(archiveQuery).data;
  const objective = [...(data?.objectives ?? []), ...(archived?.objectives ?? [])].find(({ id }) => id === objectiveId);
  const [open, setOpen] = useState<Open | null>(null);
  if (!data || !objective)
    return (
      <>
        <PlanTabs />
        <Page title={t('plan.title')}>
          <ErrorNotice error={error} onRetry={() => void refetch()} />
          {!error && !(data && archived) && <Loading lines={6} />}
          {data && archived && <p>{t('plan.objective.gone')}</p>}
        </Page>
      </>
    );
  return (
    <>
      <PlanTabs />
      <Page title={objective.name} lead={objective.why} actions={<Acts plan={data} {...{ objective, setOpen }} />}>
        <p className={classes.told}>{pathWords(objective)}</p>
        <div className={classes.objective}>
          <Beside objective={objective} />
          <Figure objective={objective} onSay={() => setOpen('figure')} />
        </div>
        {isFlow(objective.measuredBy) && <p className={classes.told}>{t('plan.objective.seen.why')}</p>}
        <Served plan={data} objective={objective} />
        {open === 'objective' && <ObjectiveForm objective={objective} onClose={() => setOpen(null)} />}
        {open === 'figure' && <FigureForm objective={objective} onClose={() => setOpen(null)} />}
        {open === 'programme' && (
          <ProgrammeForm objectiveId={objective.id} objectives={data.objectives} onClose={() => setOpen(null)} />
        )}
      </Page>
    </>
  );
}

interface ActsProps {
  plan: Whole;
  objective: Objective;
  setOpen: (open: Open) => void;
}

function Acts({ plan, objective, setOpen }: ActsProps) {
  return (
    <>
      {plan.mayPlan && (
        <Button variant="default" leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setOpen('programme')}>
          {t('plan.add.programmeTo')}
        </Button>
      )}
      {objective.mine && (
        <Button
          variant="default"
          leftSection={<IconPencil size={18} aria-hidden />}
          onClick={() => setOpen('objective')}
        >
          {t('plan.change')}
        </Button>
      )}
    </>
  );
}

/** Weeks over which it is said how it moved. */
const lately = 4;

/** What is planned beside what is measured. */
function Beside({ objective }: { objective: Objective }) {
  const { to, dueOn, expected, now, trend, standing } = objective;
  const words = (value: number) => figureWords(objective, value);
  const signed = (value: number, said = words(value)) => (value > 0 ? `+${said}` : said);
  const last = trend.at(-1);
  const before = trend.at(-1 - lately);
  const rows: [Parameters<typeof t>[0], ReactNode][] = [
    ['plan.beside.target', t('plan.beside.target.of', { value: words(to), day: calendarDay(dueOn) })],
    ['plan.beside.expected', reckonedWords(objective, expected)],
    ['plan.beside.now', now ? words(now.value) : t(objective.hidden ? 'plan.hiddenFigure' : 'plan.noFigure')],
    [
      'plan.beside.difference',
      now && standing !== 'reached' && standing !== 'missed'
        ? signed(now.value - expected, reckonedWords(objective, now.value - expected))
        : null,
    ],
    [
      'plan.beside.trend',
      last && before ? t('plan.beside.trend.of', { value: signed(last.value - before.value), weeks: lately }) : null,
    ],
    ['plan.objective.owner', objective.owner.name],
  ];
  return (
    <dl className={`${classes.sheet} ${classes.grow}`}>
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

/** The programmes that serve it: what they may spend and have spent, and what they brought. */
function Served({ plan, objective }: { plan: Whole; objective: Objective }) {
  const { data, error } = useQuery(broughtToQuery(objective.id));
  const programmes = plan.programmes.filter(({ objectiveIds }) => objectiveIds.includes(objective.id));
  const name = (id: string) => programmes.find((one) => one.id === id)?.name ?? '';
  return (
    <>
      <Section title={t('plan.objective.programmes')}>
        {programmes.length === 0 ? (
          <p className={classes.quiet}>{t('plan.objective.noProgramme')}</p>
        ) : (
          <Budgets plan={plan} programmes={programmes} />
        )}
      </Section>
      <ErrorNotice error={error} />
      {data?.items.some(({ sent }) => sent > 0) && (
        <Section title={t('plan.objective.brought')} lead={t('campaigns.brought.rule', { days: attributionDays })}>
          <SumsTable
            title={t('plan.objective.brought')}
            rows={data.programmes.map(({ id, all }) => ({ id, name: name(id), all }))}
            all={data.all}
          />
          <h3 className={classes.part}>{t('plan.objective.campaigns')}</h3>
          <BroughtTable title={t('plan.objective.campaigns')} items={data.items} />
        </Section>
      )}
    </>
  );
}

function Budgets({ plan, programmes }: { plan: Whole; programmes: readonly Programme[] }) {
  const columns = ['plan.programme', 'plan.priority', 'plan.campaigns', 'plan.budget', 'plan.spent'] as const;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than a phone is moved by the keyboard too (axe: scrollable-region-focusable)
    <section aria-label={t('plan.objective.programmes')} className={classes.wide} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map((key) => (
              <th key={key} scope="col">
                {t(key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {programmes.map(({ id, name, priority, budgetCents, currency }) => {
            const campaigns = plan.campaigns.filter(({ programmeId }) => programmeId === id);
            const spent = campaigns.reduce((sum, { spentCents }) => sum + (spentCents ?? 0), 0);
            return (
              <tr key={id}>
                <th scope="row" dir="auto">
                  <TextLink to="/plan/programmes/$programmeId" params={{ programmeId: id }}>
                    {name}
                  </TextLink>
                </th>
                <td>{t('plan.priority.value', { value: priority })}</td>
                <td>{campaigns.length}</td>
                <td>{amount(budgetCents, currency) ?? '–'}</td>
                <td>{amount(spent, currency)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
