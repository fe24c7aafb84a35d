import { MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { number, percent } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Page } from '../../ui/Page.tsx';
import { comparisonQuery, segmentsQuery } from './queries.ts';
import classes from './Segments.module.css';
import { SegmentsTabs } from './SegmentsTabs.tsx';

/** How many people several segments have in common, each two of them. */
export function Comparison() {
  const { data } = useQuery(segmentsQuery);
  const [ids, choose] = useState<string[]>([]);
  const open = (data?.items ?? []).filter(({ members, id, audience }) => {
    const first = data!.items.find((one) => one.id === ids[0]);
    return members !== null && (!first || audience.id === first.audience.id || ids.includes(id));
  });
  const comparison = useQuery({ ...comparisonQuery(ids), enabled: ids.length > 1 });
  const shown = ids.length > 1 ? comparison.data : undefined;
  const both = (a: string, b: string) =>
    shown?.overlaps.find((one) => (one.a === a && one.b === b) || (one.a === b && one.b === a))?.both ?? 0;
  return (
    <>
      <SegmentsTabs />
      <Page title={t('segments.compare')} lead={t('segments.compare.lead')} width="reading">
        <MultiSelect
          label={t('segments.compare.which')}
          description={t('segments.compare.hint')}
          maxValues={8}
          value={ids}
          onChange={choose}
          data={open.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <ErrorNotice error={comparison.error} />
        {shown && (
          <div style={{ overflowX: 'auto', marginTop: 16 }}>
            <table className={classes.matrix}>
              <thead>
                <tr>
                  <td />
                  {shown.segments.map(({ id, name }) => (
                    <th key={id} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {shown.segments.map((row) => (
                  <tr key={row.id}>
                    <th scope="row">{row.name}</th>
                    {shown.segments.map((column) => {
                      const count = row.id === column.id ? row.members : both(row.id, column.id);
                      const share = row.members === 0 ? 0 : count / row.members;
                      return (
                        <td
                          key={column.id}
                          style={{
                            background: `color-mix(in srgb, var(--mantine-primary-color-filled) ${Math.round(share * 45)}%, transparent)`,
                          }}
                        >
                          {number(count)}
                          <br />
                          <span className={classes.quiet} style={{ color: 'inherit' }}>
                            {percent(share)}
                          </span>
                        </td>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
            <p className={classes.quiet}>{t('segments.compare.how')}</p>
          </div>
        )}
      </Page>
    </>
  );
}
