import { NativeSelect, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Target, target } from '../../../../server/opportunities/contract.ts';
import { money } from '../../format.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { Section } from '../../ui/Section.tsx';
import classes from './ImportOpportunities.module.css';
import type { Reading } from './ImportOpportunities.tsx';
import { VisibilityChoice } from './OpportunityEditor.tsx';
import { Problems } from './Problems.tsx';
import { stagesQuery } from './queries.ts';
import { commonCurrencies, stageName } from './words.ts';

/** What the importer says where the file does not say it, or was understood wrong. */
export interface Choices {
  reading: { targets?: Target[]; currency?: string; dayFirst?: boolean };
  visibility: string;
  /** By the file's name of a stage: the id of ours, `new`, or nothing for the first. */
  stages: Record<string, string>;
}
export const noChoices: Choices = { reading: {}, visibility: 'owner', stages: {} };

interface ChoicesProps {
  fileName: string;
  reading: Reading;
  choices: Choices;
  /** @param again the file is to be read anew with what was chosen */
  onChoose: (choices: Choices, again: boolean) => void;
}

/** What is understood of a file, to be corrected before anything is written. */
export function ImportChoices({ fileName, reading, choices, onChoose }: ChoicesProps) {
  const { lines, columns, organizations, contacts, owners } = reading;
  const read = (change: Choices['reading']) =>
    onChoose({ ...choices, reading: { ...choices.reading, ...change } }, true);
  const product = t('opportunities.product', { product: reading.source });
  const matched = [
    ['organizations', organizations],
    ['contacts', contacts],
    ['owners', owners],
  ] as const;
  return (
    <>
      <section className={classes.understood}>
        <p className={classes.counts}>{t('opportunities.import.understood', { lines, file: fileName, product })}</p>
        <p>
          {t('opportunities.import.counts', { fresh: reading.new, changed: reading.changed, same: reading.unchanged })}
        </p>
        {matched
          .filter(([, { found, typed }]) => found + typed > 0)
          .map(([of, { found, typed }]) => (
            <p key={of} className={classes.quiet}>
              {t(`opportunities.import.${of}`, { found, all: found + typed })}
            </p>
          ))}
        <Problems problems={reading.problems} count={reading.problemCount} />
      </section>
      <div className={classes.habits}>
        <VisibilityChoice
          mineOnly
          label={t('opportunities.import.visibility')}
          value={choices.visibility}
          onChange={(visibility) => onChoose({ ...choices, visibility }, false)}
        />
        <NativeSelect
          label={t('opportunities.import.currency')}
          value={reading.currency}
          data={[...new Set([reading.currency, ...commonCurrencies])]}
          onChange={(event) => read({ currency: event.currentTarget.value })}
        />
        <NativeSelect
          label={t('opportunities.import.dates')}
          value={String(reading.dayFirst)}
          data={[
            { value: 'true', label: t('opportunities.import.dayFirst') },
            { value: 'false', label: t('opportunities.import.monthFirst') },
          ]}
          onChange={(event) => read({ dayFirst: event.currentTarget.value === 'true' })}
        />
      </div>
      {reading.stages.length > 0 && <StageChoices reading={reading} choices={choices} onChoose={onChoose} />}
      <Columns columns={columns} onTargets={(targets) => read({ targets })} />
      <FirstLines rows={reading.rows} />
    </>
  );
}

function StageChoices({ reading, choices, onChoose }: Pick<ChoicesProps, 'reading' | 'choices' | 'onChoose'>) {
  const me = useMe();
  const ours = (useQuery(stagesQuery).data?.items ?? []).filter(({ ended }) => !ended);
  return (
    <Section title={t('opportunities.import.stagesTitle')} lead={t('opportunities.import.stagesLead')}>
      <div className={classes.habits}>
        {reading.stages.map(({ name, count, stageId }) => (
          <NativeSelect
            key={name}
            label={t('opportunities.import.stageCount', { name, count })}
            value={choices.stages[name] ?? stageId ?? ''}
            data={[
              { value: '', label: t('opportunities.import.stageFirst') },
              ...ours.map((stage) => ({ value: stage.id, label: stageName(stage) })),
              ...(me.role === 'admin' ? [{ value: 'new', label: t('opportunities.import.stageNew') }] : []),
            ]}
            onChange={(event) =>
              onChoose({ ...choices, stages: { ...choices.stages, [name]: event.currentTarget.value } }, false)
            }
          />
        ))}
      </div>
    </Section>
  );
}

function Columns({ columns, onTargets }: { columns: Reading['columns']; onTargets: (targets: Target[]) => void }) {
  const understood = columns.filter((one) => one.target !== 'ignore').length;
  return (
    <details className={classes.problems}>
      <summary>{t('opportunities.import.columns', { understood, total: columns.length })}</summary>
      <p className={classes.quiet}>{t('opportunities.import.columnsLead')}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than a phone is moved by the keyboard too (axe: scrollable-region-focusable) */}
      <section aria-label={t('opportunities.import.holds')} className={classes.wide} tabIndex={0}>
        <Table verticalSpacing={4} miw={560} maw={760}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('opportunities.import.column')}</Table.Th>
              <Table.Th>{t('opportunities.import.holds')}</Table.Th>
              <Table.Th>{t('opportunities.import.examples')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {columns.map((one, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place, and headers may repeat.
              <Table.Tr key={at}>
                <Table.Td>{one.header}</Table.Td>
                <Table.Td>
                  <NativeSelect
                    aria-label={t('opportunities.import.holdsOf', { column: one.header })}
                    value={one.target}
                    data={target.options.map((value) => ({ value, label: t(`opportunities.target.${value}`) }))}
                    onChange={({ currentTarget: { value } }) =>
                      onTargets(columns.map((other, place) => (place === at ? (value as Target) : other.target)))
                    }
                  />
                </Table.Td>
                <Table.Td className={classes.quiet}>{one.examples.join(' · ')}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </details>
  );
}

function FirstLines({ rows }: { rows: Reading['rows'] }) {
  return (
    <Section title={t('opportunities.import.first')}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than a phone is moved by the keyboard too (axe: scrollable-region-focusable) */}
      <section aria-label={t('opportunities.import.first')} className={classes.wide} tabIndex={0}>
        <Table miw={600} verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('opportunities.column.name')}</Table.Th>
              <Table.Th>{t('opportunities.field.organization')}</Table.Th>
              <Table.Th>{t('opportunities.column.stage')}</Table.Th>
              <Table.Th>{t('opportunities.column.value')}</Table.Th>
              <Table.Th>{t('opportunities.column.expectedOn')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.line}>
                <Table.Td>{row.name}</Table.Td>
                <Table.Td>{row.organization}</Table.Td>
                <Table.Td>{row.outcome ? t(`opportunities.close.${row.outcome}`) : row.stage}</Table.Td>
                <Table.Td>{row.value ? money(row.value) : '–'}</Table.Td>
                <Table.Td>{row.closesOn ?? '–'}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </Section>
  );
}
