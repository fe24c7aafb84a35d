import { ActionIcon, Badge, Button } from '@mantine/core';
import { IconPencil, IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type Campaign, isFlow, type Objective, type Programme } from '../../../../server/plan/contract.ts';
import { calendarDay, shortDay } from '../../format.ts';
import { t } from '../../i18n.ts';
import { Meeting } from './Meeting.tsx';
import classes from './Plan.module.css';
import { Trend } from './Trend.tsx';
import { amount, audienceOf, figureWords, listOf, reckonedWords, stateOf } from './words.ts';

/** An objective with its figure: where it was to be, where it is, how it went. */
export function ObjectiveHead({
  objective,
  onChange,
  onSay,
}: {
  objective: Objective;
  onChange: () => void;
  onSay: () => void;
}) {
  const { id, name, kind, why, owner, mine } = objective;
  return (
    <div className={classes.objective}>
      <div className={classes.grow}>
        <p className={classes.kind}>{t(`plan.kind.${kind}`)}</p>
        <h2 className={classes.name} dir="auto">
          <Link to="/plan/objectives/$objectiveId" params={{ objectiveId: id }} className={classes.link}>
            {name}
          </Link>
          {mine && (
            <ActionIcon className="no-print" aria-label={t('plan.changeOf', { name })} onClick={onChange}>
              <IconPencil size={18} aria-hidden />
            </ActionIcon>
          )}
        </h2>
        {why !== '' && (
          <p className={classes.why} dir="auto">
            {why}
          </p>
        )}
        <p className={classes.quiet}>
          {pathWords(objective)} {t('plan.answersFor', { name: owner.name })}
        </p>
      </div>
      <Figure objective={objective} onSay={onSay} />
    </div>
  );
}

/** From where to where an objective goes, and what is counted. */
export function pathWords(objective: Objective): string {
  const { from, to, startsOn, dueOn, measuredBy, segment } = objective;
  const path = t('plan.objective.path', {
    ...{ from: figureWords(objective, from), to: figureWords(objective, to) },
    ...{ starts: calendarDay(startsOn), due: calendarDay(dueOn) },
  });
  if (measuredBy === 'hand') return path;
  if (isFlow(measuredBy)) return `${path} ${t('plan.objective.seen', { what: t(`plan.measure.${measuredBy}`) })}`;
  return `${path} ${t('plan.objective.counted', { segment: segment?.name ?? t('plan.segment.hidden') })}`;
}

/** Where it was to be, where it is, how it went; the value opens the list behind it. */
export function Figure({ objective, onSay }: { objective: Objective; onSay: () => void }) {
  const { now, hidden, standing, expected, mine, measuredBy } = objective;
  const list = listOf(objective);
  const value = now ? figureWords(objective, now.value) : '–';
  return (
    <div className={classes.figure}>
      <p className={classes.value}>
        {now && list ? (
          <Link to={list} className={classes.link}>
            {value}
          </Link>
        ) : (
          value
        )}{' '}
        {!hidden && (
          <Badge component="span" variant="light" color={colourOf[standing]} tt="none" fw={600}>
            {t(`plan.standing.${standing}`)}
          </Badge>
        )}
      </p>
      <p className={classes.quiet}>
        {now && standing !== 'reached' && standing !== 'missed'
          ? t('plan.expected', { value: reckonedWords(objective, expected) })
          : !now && t(hidden ? 'plan.hiddenFigure' : 'plan.noFigure')}
      </p>
      <Trend objective={objective} />
      {mine && measuredBy === 'hand' && (
        <Button className="no-print" variant="default" size="compact-md" onClick={onSay}>
          {t('plan.figure.add')}
        </Button>
      )}
    </div>
  );
}

const colourOf = { unmeasured: 'gray', ahead: 'teal', reached: 'teal', behind: 'amber', missed: 'red' } as const;

/** A programme with what it spends and what is planned in it. */
export function ProgrammeBlock({
  programme,
  campaigns,
  meeting,
  served,
  onAdd,
}: {
  programme: Programme;
  campaigns: readonly Campaign[];
  meeting: ReadonlyMap<string, Campaign[]>;
  /** Moments of truth that it serves; with none it is a gap. */
  served: number;
  onAdd: () => void;
}) {
  const { id, name, colour, owner, priority, mine, budgetCents, currency } = programme;
  const spent = campaigns.reduce((all, { spentCents }) => all + (spentCents ?? 0), 0);
  const whom = audienceOf(programme);
  const facts = [
    whom && t('plan.for', { whom }),
    t('plan.priority.of', { value: priority }),
    budgetCents !== null &&
      t('plan.budget.spent', { spent: amount(spent, currency)!, of: amount(budgetCents, currency)! }),
    t('plan.by', { name: owner.name }),
    served > 0 ? t('plan.serves.moments', { count: served }) : t('plan.serves.none'),
  ].filter((one) => one !== null && one !== false);
  return (
    <section className={classes.programme} data-colour={colour} aria-label={name}>
      <h3 className={classes.name}>
        <Link to="/plan/programmes/$programmeId" params={{ programmeId: id }} className={classes.link} dir="auto">
          {name}
        </Link>
        {mine && (
          <ActionIcon className="no-print" aria-label={t('plan.add.campaignTo', { name })} onClick={onAdd}>
            <IconPlus size={18} aria-hidden />
          </ActionIcon>
        )}
      </h3>
      <p className={classes.quiet}>{facts.join(' · ')}</p>
      <CampaignLines campaigns={campaigns} meeting={meeting} />
    </section>
  );
}

export function CampaignLines({
  campaigns,
  meeting,
}: {
  campaigns: readonly Campaign[];
  meeting: ReadonlyMap<string, Campaign[]>;
}) {
  if (campaigns.length === 0) return <p className={classes.quiet}>{t('plan.programme.empty')}</p>;
  return (
    <ul className={classes.campaigns}>
      {campaigns.map((campaign) => (
        <li key={campaign.id}>
          <span className={classes.day}>
            {campaign.plannedOn ? (
              <time dateTime={campaign.plannedOn}>{shortDay(campaign.plannedOn)}</time>
            ) : (
              t(campaign.kind === 'scenario' ? 'plan.always' : 'plan.noDay')
            )}
          </span>
          <span className={classes.grow}>
            <Link
              to="/plan/campaigns/$campaignId"
              params={{ campaignId: campaign.id }}
              className={classes.link}
              dir="auto"
            >
              {campaign.name}
            </Link>
            <span className={classes.quiet}>
              {' '}
              {t(`grant.channel.${campaign.channel}`)}
              {audienceOf(campaign) && `, ${audienceOf(campaign)}`}
            </span>
            <Meeting others={meeting.get(campaign.id)} />
          </span>
          <span className={classes.quiet}>{turnOf(campaign)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Whose turn it is for what. */
export function turnOf(campaign: Campaign): string {
  const { step, responsible, dueOn } = campaign;
  if (step === null) return t('plan.turn.done');
  const what = t(`plan.step.${step}`);
  const due = dueOn ? shortDay(dueOn) : '';
  if (stateOf(campaign) === 'running') return t('plan.turn.running', { day: shortDay(campaign.beganOn!) });
  if (responsible) return t(due ? 'plan.turn.whoDue' : 'plan.turn.who', { what, name: responsible.name, due });
  return what;
}
