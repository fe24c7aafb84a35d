import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Cap, DecisionAbout, Reason } from '../../../../server/outreach/contract.ts';
import { longInstant, monthOf } from '../../format.ts';
import { t } from '../../i18n.ts';
import { Chart } from '../../ui/Chart.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import classes from './Outreach.module.css';
import { decisionsQuery, pressureOfQuery } from './queries.ts';
import { LaterReasons, Reasons } from './Reasons.tsx';
import { whenLater } from './words.ts';

/** How much a person received, and why they got a message or did not: asked for, because most who look at a person do not want to know. */
export function GateOf({ personId }: { personId: string }) {
  const [open, setOpen] = useState(false);
  return (
    <section aria-label={t('gate.of')} className={classes.written}>
      <h2 className={classes.title}>{t('gate.of')}</h2>
      {open ? (
        <>
          <Received personId={personId} />
          <Decisions personId={personId} />
        </>
      ) : (
        <Button
          variant="default"
          size="compact-md"
          h="auto"
          py={5}
          styles={{ label: { whiteSpace: 'normal' } }}
          onClick={() => setOpen(true)}
        >
          {t('gate.of.show')}
        </Button>
      )}
    </section>
  );
}

const weight = (value: number): string => String(value);

/** A cap in words. */
const capWords = ({ days, most, channel }: Cap): string =>
  t('pressure.cap', { days, most, channel: channel ? t(`grant.channel.${channel}`) : 'all' });

function Received({ personId }: { personId: string }) {
  const { data, error } = useQuery(pressureOfQuery(personId));
  if (!data) return error ? <ErrorNotice error={error} /> : <Loading lines={3} />;
  const points = data.months.map(({ month, weight: value }) => ({
    key: month,
    name: monthOf(`${month}-01T12:00:00Z`),
    values: [value],
    to: null,
  }));
  const monthly = data.caps.find(({ days }) => days >= 28 && days <= 31);
  const empty = data.months.every(({ messages }) => messages === 0);
  return (
    <>
      {empty ? (
        <p className={classes.quiet}>{t('gate.of.nothing')}</p>
      ) : (
        <Chart
          title={t('gate.of.chart')}
          form="columns"
          series={[{ key: 'weight', name: t('gate.of.weight'), to: null }]}
          points={points}
          say={weight}
          line={monthly && { at: monthly.most, name: t('gate.of.capLine', { days: monthly.days }) }}
        />
      )}
      <ul className={classes.kinds}>
        {data.caps.map((cap) => (
          <li key={`${cap.days} ${cap.channel}`}>
            {capWords(cap)} {t('gate.of.room', { received: cap.received, planned: cap.planned })}
          </li>
        ))}
      </ul>
    </>
  );
}

function Decisions({ personId }: { personId: string }) {
  const decisions = useInfiniteQuery(decisionsQuery(personId));
  const items = decisions.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <h3 className={classes.title}>{t('gate.of.decisions')}</h3>
      <ErrorNotice error={decisions.error} onRetry={() => void decisions.refetch()} />
      {decisions.isSuccess && items.length === 0 && <p className={classes.quiet}>{t('gate.of.noDecisions')}</p>}
      {items.length > 0 && (
        <Lines>
          {items.map((item) => (
            <Decision key={item.id} decision={item} />
          ))}
        </Lines>
      )}
      {decisions.hasNextPage && (
        <Button variant="default" size="compact-md" mt="sm" onClick={() => void decisions.fetchNextPage()}>
          {t('home.more')}
        </Button>
      )}
    </>
  );
}

function Decision({ decision }: { decision: DecisionAbout }) {
  const { allowed, laterAt, laterReasons, reasons, author, mine, moment, purpose, manner, way, at } = decision;
  const state = !allowed ? 'refused' : laterAt ? 'later' : 'allowed';
  return (
    <li className={classes.message}>
      <div className={classes.head}>
        <strong>
          {laterAt && allowed ? whenLater(laterAt) : t(state === 'refused' ? 'gate.of.refused' : 'gate.of.allowed')}
        </strong>
        <span className={classes.state} data-state={state === 'refused' ? 'refused' : undefined}>
          {t(`gate.moment.${moment}`)}
        </span>
      </div>
      <p className={classes.quiet}>
        {mine ? t('gate.of.mine') : (author ?? t('gate.of.somebody'))} · {t(`grant.purpose.${purpose}`)} ·{' '}
        {t(`gate.manner.${manner}`)} · {t(`content.kind.${way}`)} · <time>{longInstant(at)}</time>
      </p>
      {reasons.length > 0 && <Reasons reasons={reasons as Reason[]} />}
      {allowed && laterReasons.length > 0 && <LaterReasons reasons={laterReasons} />}
    </li>
  );
}
