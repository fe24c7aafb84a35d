import { useQuery } from '@tanstack/react-query';
import { monthOf, number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { Chart } from '../../ui/Chart.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { PlanTabs } from '../plan/PlanTabs.tsx';
import { GateRulesForm } from './GateRulesForm.tsx';
import classes from './Outreach.module.css';
import { pressureQuery, rulesQuery } from './queries.ts';
import { SegmentPressure } from './SegmentPressure.tsx';

/** How much the company asks of the people it writes to, and by which rules. */
export function Pressure() {
  const { role } = useMe();
  const { data, error, refetch } = useQuery(rulesQuery);
  return (
    <>
      <PlanTabs />
      <Page title={t('pressure.title')} lead={t('pressure.lead')}>
        <SegmentPressure />
        {(role === 'admin' || role === 'auditor') && <Picture />}
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={6} />}
        {data && <GateRulesForm key={data.changedAt} rules={data.rules} mayChange={role === 'admin'} />}
      </Page>
    </>
  );
}

/** Numbers of nobody: weight by month, and how many addresses received how many messages. */
function Picture() {
  const { data, error, refetch } = useQuery(pressureQuery);
  if (!data) return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Loading lines={4} />;
  const months = data.months.map(({ month, weight }) => ({
    ...{ key: month, name: monthOf(`${month}-01T12:00:00Z`), values: [weight], to: null },
  }));
  const last = data.spread.at(-1)?.messages ?? 0;
  const countOf = (messages: number) => data.spread.find((one) => one.messages === messages)?.addresses ?? 0;
  const spread = Array.from({ length: last }, (_, at) => ({
    ...{ key: String(at + 1), name: at === 9 ? t('pressure.more', { count: 10 }) : number(at + 1) },
    ...{ values: [countOf(at + 1)], to: null },
  }));
  if (data.months.every(({ messages }) => messages === 0)) return <p className={classes.quiet}>{t('pressure.none')}</p>;
  return (
    <>
      <Section title={t('pressure.byMonth')} lead={t('pressure.byMonthLead')}>
        <Chart
          title={t('pressure.byMonth')}
          form="columns"
          series={[{ key: 'weight', name: t('gate.of.weight'), to: null }]}
          points={months}
          say={number}
        />
      </Section>
      <Section
        title={t('pressure.spread')}
        lead={t('pressure.spreadLead', { waiting: data.waiting, planned: data.planned })}
      >
        {spread.length === 0 ? (
          <p className={classes.quiet}>{t('pressure.spreadNone')}</p>
        ) : (
          <Chart
            title={t('pressure.spread')}
            form="columns"
            series={[{ key: 'addresses', name: t('pressure.addresses'), to: null }]}
            points={spread}
            say={number}
          />
        )}
      </Section>
    </>
  );
}
