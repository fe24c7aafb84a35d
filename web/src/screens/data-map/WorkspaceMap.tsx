import { Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getWorkspaceMap, reaches } from '../../../../server/data-map/contract.ts';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Section } from '../../ui/Section.tsx';
import classes from './DataMap.module.css';
import { kindOf } from './kinds.ts';

const about = (count: number | null): string => (count === null ? t('dataMap.few') : number(count));
const inWords = (count: number | null): string => (count === null ? 'few' : number(count));

/** The company's map: by kind of source, rounded, of nobody in particular. */
export function WorkspaceMap() {
  const { data, error, refetch } = useQuery(reading(getWorkspaceMap, {}));
  if (!data) return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Loading lines={6} />;
  const { kinds, flows, overlaps, people } = data;
  const most = Math.max(1, ...kinds.map(({ cards }) => cards ?? 0));
  return (
    <>
      <p className={classes.people}>
        {t('dataMap.held', {
          total: inWords(people.total),
          byOne: inWords(people.heldByOne),
          lent: inWords(people.heldByOneAndLent),
        })}
      </p>
      <Section title={t('dataMap.reach')}>
        <ul className={classes.legend}>
          {reaches.map((reach) => (
            <li key={reach}>
              <span className={classes.mark} data-reach={reach} aria-hidden /> {t(`dataMap.reach.${reach}`)}
            </li>
          ))}
        </ul>
        <Lines>
          {kinds.map(({ kind, cards }) => {
            const parts = reaches.flatMap((reach) =>
              flows.filter((flow) => flow.kind === kind && flow.reach === reach),
            );
            return (
              <li key={kind} className={classes.line}>
                <strong>{kindOf(kind)}</strong>
                <span>{about(cards)}</span>
                <div className={classes.bar} aria-hidden>
                  {parts.map(({ reach, cards: part }) => (
                    <div key={reach} data-reach={reach} style={{ width: `${(100 * (part ?? 0)) / most}%` }} />
                  ))}
                </div>
                <span className={classes.quiet}>
                  {parts
                    .map(({ reach, cards: part }) =>
                      t('dataMap.part', { reach: t(`dataMap.reach.${reach}`), count: about(part) }),
                    )
                    .join(' · ')}
                </span>
              </li>
            );
          })}
        </Lines>
      </Section>
      <Section title={t('dataMap.sources')}>
        <Table.ScrollContainer minWidth={560} tabIndex={0}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('dataMap.kind')}</Table.Th>
                {(['cards', 'complete', 'fresh', 'onlyHere'] as const).map((column) => (
                  <Table.Th key={column} scope="col" ta="right">
                    {t(`dataMap.column.${column}`)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {kinds.map((row) => (
                <Table.Tr key={row.kind}>
                  <Table.Th scope="row">{kindOf(row.kind)}</Table.Th>
                  <Table.Td ta="right">{about(row.cards)}</Table.Td>
                  <Table.Td ta="right">{about(row.complete)}</Table.Td>
                  <Table.Td ta="right">{about(row.fresh)}</Table.Td>
                  <Table.Td ta="right">{about(row.onlyHere)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Section>
      {overlaps.length > 0 && (
        <Section title={t('dataMap.overlaps')}>
          <Lines>
            {overlaps.slice(0, 12).map(({ kinds: [one, other], people: both }) => (
              <li key={`${one} ${other}`} className={classes.line}>
                <span>{t('dataMap.overlap', { one: kindOf(one), other: kindOf(other) })}</span>
                <span>{about(both)}</span>
              </li>
            ))}
          </Lines>
        </Section>
      )}
    </>
  );
}
