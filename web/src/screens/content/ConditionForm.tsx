import { ActionIcon, Button } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type Condition, tests } from '../../../../server/content/blocks-contract.ts';
import { type VariableKey, variableKeys } from '../../../../server/content/variables-contract.ts';
import { t } from '../../i18n.ts';
import { BlankChoice, BlankText } from '../../ui/Blank.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import classes from './Content.module.css';

type Clause = Condition['clauses'][number];

/** For whom a section is shown, as a sentence with blanks. */
export function ConditionForm({ condition, onChange }: { condition: Condition; onChange: (next: Condition) => void }) {
  const { match, clauses } = condition;
  const set = (at: number, next: Partial<Clause>) =>
    onChange({ match, clauses: clauses.map((one, no) => (no === at ? { ...one, ...next } : one)) });
  return (
    <fieldset className={classes.condition}>
      <legend>{t('content.condition')}</legend>
      {clauses.length > 1 && (
        <p>
          <Sentence
            of="content.condition.match"
            blanks={{
              match: (
                <BlankChoice
                  label={t('content.condition.matchLabel')}
                  value={match}
                  choices={(['all', 'any'] as const).map((value) => ({
                    value,
                    label: t(`content.condition.${value}`),
                  }))}
                  onChange={(value) => onChange({ match: value as Condition['match'], clauses })}
                />
              ),
            }}
          />
        </p>
      )}
      <ul>
        {clauses.map((clause, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a clause is its place
          <li key={at}>
            <ClauseBlanks clause={clause} onChange={(next) => set(at, next)} />
            {clauses.length > 1 && (
              <ActionIcon
                aria-label={t('content.condition.remove', { no: at + 1 })}
                onClick={() => onChange({ match, clauses: clauses.toSpliced(at, 1) })}
              >
                <IconX size={16} aria-hidden />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      {clauses.length < 5 && (
        <Button
          variant="subtle"
          size="compact-md"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() =>
            onChange({ match, clauses: [...clauses, { variable: 'organization.name', is: 'present', value: '' }] })
          }
        >
          {t('content.condition.add')}
        </Button>
      )}
    </fieldset>
  );
}

function ClauseBlanks({ clause, onChange }: { clause: Clause; onChange: (next: Partial<Clause>) => void }) {
  const compares = clause.is === 'equals' || clause.is === 'differs';
  const language = clause.variable === 'person.language';
  return (
    <span className={classes.clause}>
      <BlankChoice
        label={t('content.condition.variable')}
        value={clause.variable}
        choices={variableKeys.map((key) => ({ value: key, label: t(`content.variable.${key}`) }))}
        onChange={(value) => onChange({ variable: value as VariableKey, value: '' })}
      />{' '}
      <BlankChoice
        label={t('content.condition.is')}
        value={clause.is}
        choices={tests.map((value) => ({ value, label: t(`content.condition.is.${value}`) }))}
        onChange={(value) => onChange({ is: value as Clause['is'] })}
      />{' '}
      {compares && language && (
        <BlankChoice
          label={t('content.condition.value')}
          value={clause.value}
          choices={[
            ...(clause.value === 'fr' || clause.value === 'en' ? [] : [{ value: clause.value, label: '…' }]),
            { value: 'fr', label: t('content.language.fr') },
            { value: 'en', label: t('content.language.en') },
          ]}
          onChange={(value) => onChange({ value })}
        />
      )}
      {compares && !language && (
        <BlankText
          label={t('content.condition.value')}
          value={clause.value}
          onChange={(value) => onChange({ value: value.slice(0, 200) })}
          onDone={() => {}}
        />
      )}
    </span>
  );
}
