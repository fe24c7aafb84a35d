import { NativeSelect, Table } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ImportRecord, updateImport } from '../../../../server/sources/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { attributesQuery } from '../attributes/queries.ts';
import classes from './ImportPage.module.css';
import { adoptImport } from './queries.ts';
import { targetChoices } from './targets.ts';

type Sheet = ImportRecord['sheets'][number];

/** Which column says what; each can be corrected, and the file is then analysed again. */
export function Mapping({ record }: { record: ImportRecord }) {
  const columns = record.sheets.flatMap(({ mapping }) => mapping);
  const understood = columns.filter(({ target }) => target !== 'ignore').length;
  return (
    <details className={classes.mapping} open={understood === 0}>
      <summary>{t('imports.mapping', { understood, total: columns.length })}</summary>
      <p className={classes.quiet}>{t('imports.mapping.lead')}</p>
      {record.sheets.map((sheet) => (
        <SheetMapping key={sheet.name} record={record} sheet={sheet} />
      ))}
    </details>
  );
}

function SheetMapping({ record, sheet }: { record: ImportRecord; sheet: Sheet }) {
  const { data } = useQuery(attributesQuery(false));
  const writable = data?.items.filter(({ writes }) => writes) ?? [];
  const change = useMutation({
    mutationFn: ({ column, target }: { column: number; target: string }) => {
      const mapping = sheet.mapping.map((one) =>
        one.column === column ? { ...one, target, reason: 'user' as const, confidence: 1 } : one,
      );
      return call(updateImport, { importId: record.id, mapping: { [sheet.name]: mapping } }).then(adoptImport);
    },
  });
  return (
    <>
      {record.sheets.length > 1 && <h3>{t('imports.sheet', { name: sheet.name })}</h3>}
      <ErrorNotice error={change.error} />
      <Table verticalSpacing={4} maw={640}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('imports.mapping.column')}</Table.Th>
            <Table.Th>{t('imports.mapping.target')}</Table.Th>
            <Table.Th>{t('imports.mapping.reason')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sheet.mapping.map(({ header, column, target, reason }) => {
            const name = header || t('imports.mapping.unnamed', { n: column + 1 });
            return (
              <Table.Tr key={column}>
                <Table.Td>{name}</Table.Td>
                <Table.Td>
                  <NativeSelect
                    aria-label={t('imports.mapping.targetOf', { column: name })}
                    value={target}
                    disabled={change.isPending}
                    data={targetChoices(target, writable)}
                    onChange={(event) => change.mutate({ column, target: event.currentTarget.value })}
                  />
                </Table.Td>
                <Table.Td className={classes.quiet}>
                  {target === 'ignore' ? t('imports.keptWithCard') : t(`imports.reason.${reason}`)}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </>
  );
}
