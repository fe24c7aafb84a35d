import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { purpose as purposes } from '../../../../server/delegation/contract.ts';
import { getSegmentPressure, simulatePressure } from '../../../../server/plan/pressure-contract.ts';
import { call } from '../../api.ts';
import { monthOf, number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { Chart } from '../../ui/Chart.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Section } from '../../ui/Section.tsx';
import { segmentsQuery } from '../segments/queries.ts';
import { about, EstimateLines } from './EstimateLines.tsx';
import classes from './Outreach.module.css';

/** What would become of a message to a segment on a day, and how much its people received. */
export function SegmentPressure() {
  const { data } = useQuery(segmentsQuery);
  const items = data?.items ?? [];
  const [chosen, choose] = useState('');
  const segmentId = chosen || items[0]?.id;
  if (!segmentId) return null;
  return (
    <Section title={t('pressure.simulate')} lead={t('pressure.simulateLead')}>
      <NativeSelect
        label={t('pressure.segment')}
        value={segmentId}
        onChange={(event) => choose(event.currentTarget.value)}
        data={items.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <Simulation key={segmentId} segmentId={segmentId} />
      <Months segmentId={segmentId} />
    </Section>
  );
}

const today = () => new Date().toISOString().slice(0, 10);

function Simulation({ segmentId }: { segmentId: string }) {
  const [purpose, setPurpose] = useState<(typeof purposes.options)[number]>('newsletter');
  const [day, setDay] = useState(today());
  const [priority, setPriority] = useState('');
  const ask = useMutation({
    mutationFn: () =>
      call(simulatePressure, {
        ...{ segmentId, purpose },
        // In the middle of that day, or now.
        at: day <= today() ? new Date().toISOString() : `${day}T10:00:00.000Z`,
        ...(priority === '' ? {} : { priority: Number(priority) }),
      }),
  });
  return (
    <>
      <Group align="flex-end" my="sm">
        <NativeSelect
          label={t('mail.compose.purpose')}
          value={purpose}
          onChange={(event) => setPurpose(event.currentTarget.value as typeof purpose)}
          data={purposes.options.map((value) => ({ value, label: t(`grant.purposeName.${value}`) }))}
        />
        <TextInput
          type="date"
          label={t('pressure.day')}
          value={day}
          onChange={(event) => setDay(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('pressure.priority')}
          value={priority}
          onChange={(event) => setPriority(event.currentTarget.value)}
          data={[
            { value: '', label: t('pressure.priorityOwn') },
            ...Array.from({ length: 11 }, (_, at) => ({ value: String(at), label: number(at) })),
          ]}
        />
        <Button variant="default" loading={ask.isPending} disabled={!day} onClick={() => ask.mutate()}>
          {t('pressure.ask')}
        </Button>
      </Group>
      <ErrorNotice error={ask.error} />
      {ask.data && <EstimateLines estimate={ask.data} />}
    </>
  );
}

function Months({ segmentId }: { segmentId: string }) {
  const { data, error, refetch } = useQuery(reading(getSegmentPressure, { segmentId }));
  if (!data) return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Loading lines={4} />;
  const names = data.classes.map((most, no) =>
    no === 0 ? t('pressure.class.none') : t('pressure.class', { from: data.classes[no - 1]! + 1, to: most }),
  );
  const series = [...names, t('pressure.class.more', { from: data.classes.at(-1)! + 1 })].map((name, no) => ({
    ...{ key: String(no), name, to: null },
  }));
  const received = data.months.some(({ people }) => people.slice(1).some((count) => count > 0));
  if (!received) return <p className={classes.quiet}>{t('pressure.segmentNone')}</p>;
  return (
    <>
      <p className={classes.quiet}>{t('pressure.segmentMonths', { people: about(data.people) })}</p>
      <Chart
        title={t('pressure.segmentMonthsTitle')}
        form="columns"
        series={series.slice(1)}
        points={data.months.map(({ month, people }) => ({
          ...{ key: month, name: monthOf(`${month}-01T12:00:00Z`), values: people.slice(1), to: null },
        }))}
        say={number}
      />
    </>
  );
}
