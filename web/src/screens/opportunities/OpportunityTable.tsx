import { Button, Table } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { Opportunity, Stage } from '../../../../server/opportunities/contract.ts';
import { calendarDay } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import classes from './Opportunities.module.css';
import { type Filter, opportunitiesQuery } from './queries.ts';
import { isLate, nameOfStage, worthOf } from './words.ts';

/** Opportunities a line each, by the day they are expected or ended on. */
export function OpportunityTable({ filter, stages }: { filter: Filter; stages: Stage[] }) {
  const list = useInfiniteQuery(opportunitiesQuery(filter));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const open = filter.state === 'open';
  return (
    <>
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={4} />}
      {items.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than a phone is moved by the keyboard too (axe: scrollable-region-focusable)
        <section aria-label={t('opportunities.title')} className={classes.wide} tabIndex={0}>
          <Table verticalSpacing="xs" miw={640}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('opportunities.column.name')}</Table.Th>
                <Table.Th className={classes.number}>{t('opportunities.column.value')}</Table.Th>
                <Table.Th>{t('opportunities.column.stage')}</Table.Th>
                <Table.Th>{t(open ? 'opportunities.column.expectedOn' : 'opportunities.column.closedOn')}</Table.Th>
                <Table.Th>{t('opportunities.column.owner')}</Table.Th>
                <Table.Th className={classes.number}>{t('opportunities.column.people')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((one) => (
                <Line key={one.id} one={one} stages={stages} />
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
      {list.hasNextPage && (
        <Button variant="default" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('opportunities.more')}
        </Button>
      )}
    </>
  );
}

function Line({ one, stages }: { one: Opportunity; stages: Stage[] }) {
  const day = one.closedOn ?? one.expectedOn;
  return (
    <Table.Tr>
      <Table.Td>
        <TextLink to="/opportunities/$opportunityId" params={{ opportunityId: one.id }} fw={600}>
          {one.name}
        </TextLink>
        <span className={classes.below}>{one.organization.name}</span>
      </Table.Td>
      <Table.Td className={classes.number}>{worthOf(one) || '–'}</Table.Td>
      <Table.Td>{nameOfStage(stages, one.stageId)}</Table.Td>
      <Table.Td className={isLate(one) ? classes.late : undefined}>{day ? calendarDay(day) : '–'}</Table.Td>
      <Table.Td>{one.owner.name}</Table.Td>
      <Table.Td className={classes.number}>{one.people || '–'}</Table.Td>
    </Table.Tr>
  );
}
