import { Button, Table } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ImportRecord, startImport } from '../../../../server/sources/contract.ts';
import { call } from '../../api.ts';
import { number, phoneNumber } from '../../format.ts';
import { type MessageKey, t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import classes from './ImportPage.module.css';
import { ImportSentence } from './ImportSentence.tsx';
import { Mapping } from './Mapping.tsx';
import { warningOf } from './problem.ts';
import { adoptImport } from './queries.ts';

type Row = NonNullable<ImportRecord['preview']>['rows'][number];
const statuses = ['new', 'changed', 'known', 'doubtful'] as const;

/** What the file holds, before anything is written. */
export function Preview({ record }: { record: ImportRecord }) {
  const start = useMutation({ mutationFn: () => call(startImport, { importId: record.id }).then(adoptImport) });
  const { preview } = record;
  if (preview === null) return null;
  const shown = statuses.filter((status) => status === 'new' || preview[status] > 0);
  return (
    <>
      <ul className={classes.numbers}>
        {shown.map((status) => (
          <li key={status} data-status={status}>
            <strong>{number(preview[status])}</strong>
            <span>{t(`imports.status.${status}.many`, { count: preview[status] })}</span>
          </li>
        ))}
      </ul>
      {preview.identical > 0 && (
        <p className={classes.identical}>{t('imports.identical', { count: preview.identical })}</p>
      )}
      <div className={classes.decide}>
        <ImportSentence record={record} />
        <Button size="md" onClick={() => start.mutate()} loading={start.isPending}>
          {t('imports.start', { count: preview.contacts })}
        </Button>
      </div>
      <ErrorNotice error={start.error} />
      {record.sheets.length > 0 && <Mapping record={record} />}
      <Section title={t('imports.rows', { count: preview.rows.length })}>
        <Rows rows={preview.rows} />
      </Section>
    </>
  );
}

const columns = ['name', 'organization', 'email', 'phone', 'city'] as const;

function Rows({ rows }: { rows: Row[] }) {
  const heads: Record<(typeof columns)[number], MessageKey> = {
    name: 'contacts.kind.name',
    organization: 'contacts.kind.organization',
    email: 'contacts.kind.email',
    phone: 'contacts.kind.phone',
    city: 'contacts.column.city',
  };
  return (
    <Table.ScrollContainer type="native" minWidth={760} tabIndex={0}>
      <Table verticalSpacing={6} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column}>{t(heads[column])}</Table.Th>
            ))}
            <Table.Th>{t('imports.column.status')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other identity, and do not move
            <PreviewRow key={at} row={row} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Beside the value they are about. */
function Warnings({ of: warnings }: { of: string[] }) {
  return warnings.map((warning) => (
    <div key={warning} className={classes.warning}>
      {warningOf(warning)}
    </div>
  ));
}

function PreviewRow({ row }: { row: Row }) {
  return (
    <Table.Tr>
      <Table.Td>
        <strong>{row.name}</strong>
        <Warnings of={row.warnings.filter((code) => !/^(email|phone|postcode)\./.test(code))} />
      </Table.Td>
      <Table.Td>
        {row.organization}
        {row.title && <div className={classes.quiet}>{row.title}</div>}
      </Table.Td>
      <Table.Td>
        {row.emails.join(', ')}
        <Warnings of={row.warnings.filter((code) => code.startsWith('email.'))} />
      </Table.Td>
      <Table.Td>
        <span className={classes.unbroken}>{row.phones.map(phoneNumber).join(', ')}</span>
        <Warnings of={row.warnings.filter((code) => code.startsWith('phone.'))} />
      </Table.Td>
      <Table.Td>
        {row.city}
        <Warnings of={row.warnings.filter((code) => code.startsWith('postcode.'))} />
      </Table.Td>
      <Table.Td>
        <span className={classes.status} data-status={row.status} title={t(`imports.status.${row.status}.why`)}>
          {t(`imports.status.${row.status}`)}
        </span>
      </Table.Td>
    </Table.Tr>
  );
}
