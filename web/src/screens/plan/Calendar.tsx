import { ActionIcon, Button, Group, SegmentedControl } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type CSSProperties, type DragEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { type Campaign, moveDay, type Programme } from '../../../../server/plan/contract.ts';
import { call } from '../../api.ts';
import { calendarDay, monthOf, shortDay } from '../../format.ts';
import { spoken, t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import classes from './Calendar.module.css';
import {
  addDays,
  addMonths,
  collisions,
  mondayOf,
  type Stretch,
  shownDays,
  stretches,
  targetOf,
  today,
  weeksOf,
} from './days.ts';
import { turnOf } from './Lines.tsx';
import { Meeting } from './Meeting.tsx';
import { PlanTabs } from './PlanTabs.tsx';
import { planQuery, refreshPlan } from './queries.ts';
import type { CalendarSearch } from './search.ts';
import { audienceOf } from './words.ts';

/** Moves a campaign to another day; one step leads back. */
async function toDay(campaign: Campaign, plannedOn: string): Promise<void> {
  const { id: campaignId, plannedOn: before, version, name } = campaign;
  if (before === plannedOn) return;
  const moved = await call(moveDay, { campaignId, version, plannedOn });
  await refreshPlan();
  offerUndo(t('plan.moved', { name, day: calendarDay(plannedOn) }), async () => {
    await call(moveDay, { campaignId, version: moved.version, plannedOn: before });
    await refreshPlan();
  });
}

/** What is planned on which day: a month or a quarter, by programme or by segment; a phone has it as a list by week. */
export function Calendar() {
  const search = useSearch({ from: '/members/plan/calendar' });
  const { view = 'month', rows = 'programme', at = today() } = search;
  const navigate = useNavigate();
  const go = (next: CalendarSearch) =>
    void navigate({ to: '/plan/calendar', search: { ...search, ...next }, replace: true });
  const { data, error, refetch } = useQuery(planQuery);
  const narrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const months = view === 'month' ? 1 : 3;
  const days = shownDays(view, at);
  const campaigns = data?.campaigns ?? [];
  const shared = { campaigns, days, meeting: collisions(campaigns), programmes: data?.programmes ?? [] };
  return (
    <>
      <PlanTabs />
      <Page title={t('plan.calendar')} lead={t('plan.calendar.lead')}>
        <Group gap="sm" mb="md" className="no-print">
          <Group gap={4} wrap="nowrap">
            <ActionIcon aria-label={t('plan.calendar.before')} onClick={() => go({ at: addMonths(at, -months) })}>
              <IconChevronLeft size={20} aria-hidden />
            </ActionIcon>
            <Button variant="default" size="compact-md" onClick={() => go({ at: today() })}>
              {t('plan.calendar.today')}
            </Button>
            <ActionIcon aria-label={t('plan.calendar.after')} onClick={() => go({ at: addMonths(at, months) })}>
              <IconChevronRight size={20} aria-hidden />
            </ActionIcon>
          </Group>
          <SegmentedControl
            aria-label={t('plan.calendar.view')}
            value={view}
            data={(['month', 'quarter'] as const).map((value) => ({ value, label: t(`plan.calendar.${value}`) }))}
            onChange={(value) => go({ view: value as 'month' | 'quarter' })}
          />
          {!narrow && (
            <SegmentedControl
              aria-label={t('plan.calendar.rows')}
              value={rows}
              data={(['programme', 'segment'] as const).map((value) => ({
                value,
                label: t(`plan.calendar.by.${value}`),
              }))}
              onChange={(value) => go({ rows: value as 'programme' | 'segment' })}
            />
          )}
        </Group>
        <h2 className={classes.period} aria-live="polite">
          {periodOf(view, at)}
        </h2>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={6} />}
        {data && (narrow ? <Weeks {...shared} /> : <Grid {...shared} view={view} rows={rows} />)}
        {data && !narrow && <p className={classes.hint}>{t('plan.calendar.keys')}</p>}
        {data && <Undated {...shared} />}
      </Page>
    </>
  );
}

function periodOf(view: 'month' | 'quarter', at: string): string {
  if (view === 'month') return monthOf(`${at}T12:00:00Z`);
  const date = new Date(at);
  return t('plan.calendar.quarterOf', {
    no: Math.floor(date.getUTCMonth() / 3) + 1,
    year: String(date.getUTCFullYear()),
  });
}

interface Shared {
  campaigns: readonly Campaign[];
  programmes: readonly Programme[];
  days: readonly string[];
  meeting: ReadonlyMap<string, Campaign[]>;
}

interface Row {
  key: string;
  name: string;
  colour: string;
  of: Campaign[];
}

/** The rows of the calendar: those in which something is planned in these days. */
function rowsOf({ campaigns, programmes, days }: Shared, by: 'programme' | 'segment'): Row[] {
  const shown = campaigns.filter(
    ({ plannedOn }) => plannedOn !== null && plannedOn >= days[0]! && plannedOn <= days.at(-1)!,
  );
  if (by === 'programme')
    return programmes.flatMap(({ id, name, colour }) => {
      const of = shown.filter(({ programmeId }) => programmeId === id);
      return of.length > 0 ? [{ key: id, name, colour, of }] : [];
    });
  const byTarget = Map.groupBy(shown, (one) => targetOf(one) ?? '');
  return [...byTarget].map(([key, of]) => ({
    key: key || 'nobody',
    name: audienceOf(of[0]!) ?? t('plan.calendar.nobody'),
    colour: '',
    of,
  }));
}

function Grid({ view, rows: by, ...shared }: Shared & { view: 'month' | 'quarter'; rows: 'programme' | 'segment' }) {
  const { days, meeting, programmes } = shared;
  const rows = rowsOf(shared, by);
  const colours = new Map(programmes.map(({ id, colour }) => [id, colour]));
  // A month shows days, a quarter weeks.
  const columns = view === 'month' ? days.map((day) => [day]) : weeksOf(days);
  if (rows.length === 0) return <p>{t('plan.calendar.none')}</p>;
  const drop = (event: DragEvent, [day]: readonly string[]) => {
    event.preventDefault();
    const id = event.dataTransfer.getData('text/plain');
    const campaign = shared.campaigns.find((one) => one.id === id);
    if (campaign?.mine) void toDay(campaign, day!).catch(sayError);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than its page is moved by the keyboard too (axe: scrollable-region-focusable)
    <section className={classes.wide} aria-label={t('plan.calendar')} tabIndex={0}>
      <table className={classes.grid} data-view={view}>
        <thead>
          <tr>
            <th scope="col">{t(`plan.calendar.by.${by}`)}</th>
            {columns.map((column) => (
              <th key={column[0]} scope="col" data-today={column.includes(today())} data-weekend={isWeekend(column)}>
                <span aria-hidden className={classes.head}>
                  {view === 'month'
                    ? headOf(column[0]!).map((part) => <span key={part}>{part}</span>)
                    : shortDay(column[0]!)}
                </span>
                <span className="unseen">
                  {view === 'month' ? calendarDay(column[0]!) : t('plan.weekOf', { day: calendarDay(column[0]!) })}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const standing = columns.map((column) => row.of.filter(({ plannedOn }) => column.includes(plannedOn!)));
            const taken = standing.flatMap((of, at) => (of.length > 0 ? [at] : []));
            const reach = stretches(taken, columns.length, widest[view]);
            return (
              <tr key={row.key}>
                <th scope="row" dir="auto">
                  {row.name}
                </th>
                {columns.map((column, at) => (
                  <td
                    key={column[0]}
                    data-today={column.includes(today())}
                    data-weekend={isWeekend(column)}
                    onDragOver={(event) => event.preventDefault()}
                    onDrop={(event) => drop(event, column)}
                  >
                    {standing[at]!.map((campaign) => (
                      <Item
                        key={campaign.id}
                        campaign={campaign}
                        colour={colours.get(campaign.programmeId) ?? 'teal'}
                        others={meeting.get(campaign.id)}
                        stretch={reach.get(at)!}
                      />
                    ))}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

const isWeekend = (column: readonly string[]) =>
  column.length === 1 && [0, 6].includes(new Date(column[0]!).getUTCDay());
const headOf = (day: string): string[] =>
  (['weekday', 'day'] as const).map((part) =>
    new Intl.DateTimeFormat(spoken(), { [part]: part === 'day' ? 'numeric' : 'narrow', timeZone: 'UTC' }).format(
      new Date(day),
    ),
  );
/** How many columns the name of one item takes at most. */
const widest = { month: 5, quarter: 2 } as const;

/** How far a key moves what is planned. */
const strides: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** Which item the keyboard has just moved: it is drawn in another cell, and keeps the focus. */
let moving: string | null = null;

interface ItemProps {
  campaign: Campaign;
  colour: string;
  others: Campaign[] | undefined;
  stretch: Stretch;
}

function Item({ campaign, colour, others, stretch }: ItemProps) {
  const { id, name, plannedOn, plannedTime, mine, kind } = campaign;
  const link = useRef<HTMLAnchorElement>(null);
  const [held, hold] = useState(false);
  useEffect(() => {
    if (moving !== id) return;
    moving = null;
    link.current?.focus();
  }, [id]);
  const step = (event: KeyboardEvent) => {
    const days = strides[event.key];
    if (!mine || !event.altKey || days === undefined) return;
    event.preventDefault();
    moving = id;
    void toDay(campaign, addDays(plannedOn!, days)).catch(sayError);
  };
  const words = [
    name,
    `${calendarDay(plannedOn!)}${plannedTime ? `, ${plannedTime}` : ''}`,
    ...(others ? [t('plan.meets', { names: others.map((one) => one.name).join(', '), count: others.length })] : []),
    ...(mine ? [t('plan.calendar.movable')] : []),
  ];
  return (
    <Link
      ref={link}
      to="/plan/campaigns/$campaignId"
      params={{ campaignId: id }}
      className={classes.item}
      style={{ '--over': stretch.over, '--before': stretch.before } as CSSProperties}
      data-colour={colour}
      data-meets={others !== undefined}
      data-kind={kind}
      data-held={held}
      draggable={mine}
      onDragStart={(event) => {
        event.dataTransfer.setData('text/plain', id);
        event.dataTransfer.effectAllowed = 'move';
        hold(true);
      }}
      onDragEnd={() => hold(false)}
      onKeyDown={step}
      aria-label={words.join(', ')}
      title={words.join('\n')}
    >
      {others && <span aria-hidden>⚠ </span>}
      {name}
    </Link>
  );
}

/** The same as a list, week by week, for a phone. */
function Weeks({ campaigns, days, meeting }: Shared) {
  const shown = campaigns.filter(
    ({ plannedOn }) => plannedOn !== null && plannedOn >= days[0]! && plannedOn <= days.at(-1)!,
  );
  const weeks = Map.groupBy(shown, ({ plannedOn }) => mondayOf(plannedOn!));
  if (shown.length === 0) return <p>{t('plan.calendar.none')}</p>;
  return [...weeks].map(([monday, of]) => (
    <section key={monday} className={classes.week} aria-label={t('plan.weekOf', { day: calendarDay(monday) })}>
      <h3>{t('plan.weekOf', { day: calendarDay(monday) })}</h3>
      <ul>
        {of.map((campaign) => (
          <li key={campaign.id}>
            <time dateTime={campaign.plannedOn!}>{shortDay(campaign.plannedOn!)}</time>
            <span>
              <Link to="/plan/campaigns/$campaignId" params={{ campaignId: campaign.id }} dir="auto">
                {campaign.name}
              </Link>
              <span className={classes.quiet}>{turnOf(campaign)}</span>
              <Meeting others={meeting.get(campaign.id)} />
            </span>
            {campaign.mine && (
              <input
                type="date"
                aria-label={t('plan.calendar.moveTo', { name: campaign.name })}
                value={campaign.plannedOn!}
                onChange={({ currentTarget: { value } }) => value && void toDay(campaign, value).catch(sayError)}
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  ));
}

/** What has no day yet: it is given one. */
function Undated({ campaigns }: Shared) {
  const open = campaigns.filter(
    ({ plannedOn, kind, endedOn }) => plannedOn === null && kind === 'campaign' && !endedOn,
  );
  if (open.length === 0) return null;
  return (
    <section className={classes.week} aria-label={t('plan.calendar.undated')}>
      <h3>{t('plan.calendar.undated')}</h3>
      <ul>
        {open.map((campaign) => (
          <li key={campaign.id}>
            <span>
              <Link to="/plan/campaigns/$campaignId" params={{ campaignId: campaign.id }} dir="auto">
                {campaign.name}
              </Link>
            </span>
            {campaign.mine && (
              <input
                type="date"
                aria-label={t('plan.calendar.moveTo', { name: campaign.name })}
                value=""
                onChange={({ currentTarget: { value } }) => value && void toDay(campaign, value).catch(sayError)}
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
