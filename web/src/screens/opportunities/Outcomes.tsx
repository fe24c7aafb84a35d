import { Button } from '@mantine/core';
import { IconArrowLeft, IconTrophy } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Output } from '../../../../server/kernel/contract.ts';
import type { Outcome, Reason } from '../../../../server/opportunities/contract.ts';
import {
  type countOutcomes,
  interviewFields,
  type listOutcomes,
} from '../../../../server/opportunities/interview-contract.ts';
import { calendarDay, money, number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink, TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { VoicesTabs } from '../voices/VoicesTabs.tsx';
import classes from './Outcomes.module.css';
import { outcomesQuery, outcomeWordsQuery } from './queries.ts';
import { reasonWord } from './words.ts';

type Counted = Output<typeof countOutcomes>;
type Cell = { outcome: Outcome; reason?: string; quarter?: string };

/** Why we win and lose: reasons by quarter, each opening what was said. */
export function Outcomes() {
  const { data, error, refetch } = useQuery(outcomesQuery);
  const [open, show] = useState<Cell>();
  return (
    <>
      <VoicesTabs />
      <Page title={t('interviews.why')} lead={t('interviews.whyLead')}>
        <ButtonLink
          to="/opportunities"
          variant="subtle"
          color="gray"
          leftSection={<IconArrowLeft size={18} aria-hidden />}
        >
          {t('opportunities.back')}
        </ButtonLink>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={5} />}
        {data?.totals.length === 0 && (
          <EmptyState
            icon={<IconTrophy size={40} stroke={1.4} />}
            title={t('interviews.none')}
            text={t('interviews.none.text')}
          />
        )}
        {data &&
          (['won', 'lost'] as const).map((outcome) =>
            data.totals.some((one) => one.outcome === outcome) ? (
              <Section key={outcome} title={t(`interviews.${outcome}`)}>
                <Table counted={data} outcome={outcome} open={open} onOpen={show} />
                {open?.outcome === outcome && <Words cell={open} />}
              </Section>
            ) : null,
          )}
      </Page>
    </>
  );
}

/** "T4 2026" */
const quarterName = (quarter: string): string =>
  t('interviews.quarter', { quarter: quarter.slice(-1), year: quarter.slice(0, 4) });

interface TableProps {
  counted: Counted;
  outcome: Outcome;
  open: Cell | undefined;
  onOpen: (cell: Cell | undefined) => void;
}

function Table({ counted, outcome, open, onOpen }: TableProps) {
  const items = counted.items.filter((one) => one.outcome === outcome);
  const quarters = [...new Set(counted.totals.map(({ quarter }) => quarter))].sort();
  const sums = Map.groupBy(items, ({ reason }) => reason);
  const rows = [...sums].sort((a, b) => sum(b[1]) - sum(a[1]));
  const most = Math.max(1, ...items.map(({ count }) => count));
  const cellOf = (of: readonly { quarter: string; count: number }[], quarter: string) =>
    of.find((one) => one.quarter === quarter)?.count ?? 0;
  const totals = counted.totals.filter((one) => one.outcome === outcome);
  const line = (name: string, of: readonly { quarter: string; count: number }[], reason?: string | null) => (
    <tr key={name}>
      <th scope="row">{name}</th>
      {quarters.map((quarter) => {
        const count = cellOf(of, quarter);
        const cell = { outcome, quarter, ...(reason ? { reason } : {}) };
        const same = open?.quarter === quarter && open.reason === cell.reason && open.outcome === outcome;
        return (
          <td key={quarter}>
            {count === 0 ? (
              <span className={classes.none}>·</span>
            ) : reason === null ? (
              number(count)
            ) : (
              <button
                type="button"
                className={classes.cell}
                style={{ '--share': `${Math.round(6 + (30 * count) / most)}%` } as React.CSSProperties}
                aria-expanded={same}
                aria-label={t('interviews.cell', { name, quarter: quarterName(quarter), count })}
                onClick={() => onOpen(same ? undefined : cell)}
              >
                {number(count)}
              </button>
            )}
          </td>
        );
      })}
    </tr>
  );
  return (
    <div className={classes.box}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('interviews.reason')}</th>
            {quarters.map((quarter) => (
              <th key={quarter} scope="col">
                {quarterName(quarter)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([reason, of]) =>
            line(reason ? reasonWord(outcome, reason as Reason) : t('interviews.noReason'), of, reason),
          )}
          {line(t('interviews.all'), totals)}
        </tbody>
      </table>
    </div>
  );
}

const sum = (of: readonly { count: number }[]): number => of.reduce((all, { count }) => all + count, 0);

function Words({ cell }: { cell: Cell }) {
  const list = useInfiniteQuery(outcomeWordsQuery(cell));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className={classes.words}>
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={3} />}
      <ul>
        {items.map((one) => (
          <Deal key={one.id} one={one} outcome={cell.outcome} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('interviews.more')}
        </Button>
      )}
    </div>
  );
}

function Deal({ one, outcome }: { one: Output<typeof listOutcomes>['items'][number]; outcome: Outcome }) {
  const beside = [one.organization, one.value ? money(one.value) : '', calendarDay(one.closedOn)];
  const said = interviewFields.filter((field) => one.said?.[field]);
  return (
    <li>
      <TextLink to="/opportunities/$opportunityId" params={{ opportunityId: one.id }}>
        {one.name}
      </TextLink>{' '}
      <span className={classes.quiet}>{beside.filter(Boolean).join(' · ')}</span>
      <p className={classes.quiet}>{one.reasons.map((reason) => reasonWord(outcome, reason as Reason)).join(' · ')}</p>
      {one.note !== '' && <p dir="auto">{one.note}</p>}
      {said.map((field) => (
        <p key={field}>
          <span className={classes.quiet}>{t(`interviews.field.${field}`)}</span>
          <br />
          <span dir="auto">{one.said![field]}</span>
        </p>
      ))}
      {one.note === '' && said.length === 0 && <p className={classes.quiet}>{t('interviews.noWords')}</p>}
    </li>
  );
}
