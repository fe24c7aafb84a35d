import { NativeSelect, Table } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { z } from 'zod';
import { type figures, getFigures } from '../../../../server/conversations/contract.ts';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import classes from './Conversations.module.css';
import { duration } from './words.ts';

type Of = z.output<typeof figures>;

const spread = (of: Of['firstAnswer']): string =>
  of
    ? t('conversations.figures.half', { median: duration(of.median * 1000), p90: duration(of.p90 * 1000) })
    : t('conversations.figures.none');

/** How fast my channels answer, and what is in hand. */
export function Figures() {
  const [days, setDays] = useState(30);
  const { data, error, refetch } = useQuery(reading(getFigures, { days }));
  return (
    <Page
      title={t('conversations.figures')}
      lead={t('conversations.figures.lead')}
      actions={
        <NativeSelect
          aria-label={t('conversations.figures.days')}
          value={String(days)}
          data={[7, 30, 90, 365].map((count) => ({
            value: String(count),
            label: t('conversations.figures.daysOf', { count }),
          }))}
          onChange={({ currentTarget }) => setDays(Number(currentTarget.value))}
        />
      }
    >
      <ButtonLink
        to="/conversations"
        variant="subtle"
        color="gray"
        leftSection={<IconArrowLeft size={18} aria-hidden />}
      >
        {t('conversations.back')}
      </ButtonLink>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={4} />}
      {data && (
        <>
          <div className={classes.tableBox}>
            <Table mb="xl" striped>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('conversations.channel')}</Table.Th>
                  {(['opened', 'answered', 'closed', 'first', 'resolution', 'waiting'] as const).map((key) => (
                    <Table.Th key={key}>{t(`conversations.figures.${key}`)}</Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                <Row name={t('conversations.figures.total')} of={data.total} />
                {data.channels.map((one) => (
                  <Row key={one.id} name={one.name} of={one} />
                ))}
              </Table.Tbody>
            </Table>
          </div>
          <Section title={t('conversations.figures.workload')}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('conversations.team')}</Table.Th>
                  <Table.Th>{t('conversations.status.open')}</Table.Th>
                  <Table.Th>{t('conversations.figures.waiting')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {[
                  { id: 'mine', name: t('conversations.figures.mine'), ...data.mine },
                  ...data.workload.map((one) => ({ ...one, name: one.name || t('conversations.figures.noTeam') })),
                ].map(({ id, name, open, waiting }) => (
                  <Table.Tr key={id ?? 'none'}>
                    <Table.Td>{name}</Table.Td>
                    <Table.Td>{number(open)}</Table.Td>
                    <Table.Td>{number(waiting)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Section>
        </>
      )}
    </Page>
  );
}

function Row({ name, of }: { name: string; of: Of }) {
  return (
    <Table.Tr>
      <Table.Td>{name}</Table.Td>
      <Table.Td>{number(of.opened)}</Table.Td>
      <Table.Td>{number(of.answered)}</Table.Td>
      <Table.Td>{number(of.closed)}</Table.Td>
      <Table.Td>{spread(of.firstAnswer)}</Table.Td>
      <Table.Td>{spread(of.resolution)}</Table.Td>
      <Table.Td>
        {number(of.waiting)}{' '}
        {of.longestWait !== null && (
          <span className={classes.small}>
            {' '}
            {t('conversations.figures.longest', { duration: duration(of.longestWait * 1000) })}
          </span>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
