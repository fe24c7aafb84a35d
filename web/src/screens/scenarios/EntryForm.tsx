import { Checkbox, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Definition, Entry, Problem } from '../../../../server/scenarios/contract.ts';
import { t } from '../../i18n.ts';
import { segmentsQuery } from '../segments/queries.ts';
import { entryOf } from './editing.ts';
import { attributesQuery, kindsQuery } from './queries.ts';
import classes from './Scenarios.module.css';
import { FilterField } from './StepForm.tsx';
import { kindWords, problemWords } from './words.ts';

interface Props {
  definition: Definition;
  problems: readonly Problem[];
  mayChange: boolean;
  onChange: (definition: Definition) => void;
}

const kinds = ['segment', 'fact', 'date', 'hand'] as const;
const wholeDays = (value: string | number, most: number): number =>
  Math.min(most, Math.max(0, Math.round(Number(value) || 0)));

/** Who comes in, who may come again, and when somebody has arrived. */
export function EntryForm({ definition, problems, mayChange, onChange }: Props) {
  const { entry, again, goal } = definition;
  const set = (next: Entry) => onChange({ ...definition, entry: next });
  return (
    <fieldset className={classes.form} disabled={!mayChange} style={{ border: 0, margin: 0 }}>
      <h2 style={{ margin: 0 }}>{t('scenarios.entry')}</h2>
      {problems.map((one) => (
        <p key={one.code} className={classes.problem}>
          {problemWords(one)}
        </p>
      ))}
      <NativeSelect
        label={t('scenarios.entry.by')}
        value={entry.kind}
        data={kinds.map((kind) => ({ value: kind, label: t(`scenarios.entry.${kind}`) }))}
        onChange={({ currentTarget }) => set(entryOf(currentTarget.value as Entry['kind']))}
      />
      <EntryFields entry={entry} onChange={set} />
      <Checkbox
        label={t('scenarios.again')}
        checked={again !== null}
        onChange={({ currentTarget }) =>
          onChange({ ...definition, again: currentTarget.checked ? { days: 90 } : null })
        }
      />
      {again && (
        <NumberInput
          label={t('scenarios.again.days')}
          min={0}
          max={3650}
          value={again.days}
          onChange={(value) => onChange({ ...definition, again: { days: wholeDays(value, 3650) } })}
        />
      )}
      <Checkbox
        label={t('scenarios.goal.has')}
        description={t('scenarios.goal.hint')}
        checked={goal !== null}
        onChange={({ currentTarget }) =>
          onChange({ ...definition, goal: currentTarget.checked ? 'count(message last 14 days) > 0' : null })
        }
      />
      {goal !== null && <FilterField text={goal} onChange={(text) => onChange({ ...definition, goal: text })} />}
    </fieldset>
  );
}

function EntryFields({ entry, onChange }: { entry: Entry; onChange: (entry: Entry) => void }) {
  const segments = useQuery(segmentsQuery).data?.items ?? [];
  const facts = useQuery(kindsQuery).data?.items ?? [];
  const attributes = useQuery(attributesQuery).data?.items.filter(({ type }) => type === 'date') ?? [];
  const none = { value: '', label: t('scenarios.choose') };
  if (entry.kind === 'segment')
    return (
      <>
        <NativeSelect
          label={t('scenarios.entry.segment.which')}
          value={entry.segmentId ?? ''}
          data={[none, ...segments.map(({ id, name }) => ({ value: id, label: name }))]}
          onChange={({ currentTarget }) => onChange({ ...entry, segmentId: currentTarget.value || null })}
        />
        <NativeSelect
          label={t('scenarios.entry.segment.on')}
          value={entry.on}
          data={(['enter', 'leave'] as const).map((on) => ({ value: on, label: t(`scenarios.entry.on.${on}`) }))}
          onChange={({ currentTarget }) => onChange({ ...entry, on: currentTarget.value as 'enter' })}
        />
      </>
    );
  if (entry.kind === 'fact') {
    const fields = facts.find(({ key }) => key === entry.fact)?.fields ?? [];
    return (
      <>
        <NativeSelect
          label={t('scenarios.entry.fact.which')}
          value={entry.fact}
          data={[none, ...facts.map(({ key }) => ({ value: key, label: kindWords(key) }))]}
          onChange={({ currentTarget }) => onChange({ kind: 'fact', fact: currentTarget.value, where: null })}
        />
        <NativeSelect
          label={t('scenarios.entry.fact.field')}
          value={entry.where?.property ?? ''}
          data={[
            { value: '', label: t('scenarios.entry.fact.all') },
            ...fields.map(({ key, name }) => ({ value: key, label: name ?? key })),
          ]}
          onChange={({ currentTarget }) =>
            onChange({ ...entry, where: currentTarget.value ? { property: currentTarget.value, value: '' } : null })
          }
        />
        {entry.where && (
          <TextInput
            label={t('scenarios.entry.fact.value')}
            maxLength={200}
            value={entry.where.value}
            onChange={({ currentTarget }) =>
              onChange({ ...entry, where: { ...entry.where!, value: currentTarget.value } })
            }
          />
        )}
      </>
    );
  }
  if (entry.kind === 'date')
    return (
      <>
        <NativeSelect
          label={t('scenarios.entry.date.which')}
          value={entry.of}
          data={[
            { value: 'birthday', label: t('scenarios.birthday') },
            ...attributes.map(({ key, name }) => ({ value: key, label: name })),
          ]}
          onChange={({ currentTarget }) => onChange({ ...entry, of: currentTarget.value })}
        />
        <NumberInput
          label={t('scenarios.entry.date.before')}
          min={0}
          max={60}
          value={entry.daysBefore}
          onChange={(value) => onChange({ ...entry, daysBefore: wholeDays(value, 60) })}
        />
        <TextInput
          type="time"
          label={t('scenarios.wait.time')}
          value={entry.at}
          onChange={({ currentTarget }) => currentTarget.value && onChange({ ...entry, at: currentTarget.value })}
        />
      </>
    );
  return <p className={classes.quiet}>{t('scenarios.entry.hand.hint')}</p>;
}
