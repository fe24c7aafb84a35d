import { MultiSelect, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import type { Given, PersonValue } from '../../../../server/attributes/contract.ts';
import { t } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';

interface ValueInputProps {
  attribute: Pick<PersonValue['attribute'], 'type' | 'unit' | 'choices' | 'many'>;
  label: string;
  value: Given | null;
  onChange: (value: Given | null) => void;
  error?: string | undefined;
}

/** Where a value of an attribute is typed or chosen; null: nothing is said. */
export function ValueInput({ attribute, label, value, onChange, error }: ValueInputProps) {
  const { type, unit, choices, many } = attribute;
  const language = currentLanguage();
  const options = choices.map((one) => ({ value: one.key, label: one[language] }));
  if (type === 'number')
    return (
      <NumberInput
        label={unit ? `${label} (${unit})` : label}
        value={typeof value === 'number' ? value : ''}
        error={error}
        onChange={(next) => onChange(next === '' ? null : Number(next))}
      />
    );
  if (type === 'choice' && many)
    return (
      <MultiSelect
        label={label}
        data={options}
        value={Array.isArray(value) ? value : []}
        error={error}
        onChange={(next) => onChange(next.length === 0 ? null : next)}
      />
    );
  if (type === 'choice' || type === 'boolean') {
    const data =
      type === 'choice'
        ? options
        : [
            { value: 'yes', label: t('attributes.yes') },
            { value: 'no', label: t('attributes.no') },
          ];
    const chosen = typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value ?? '');
    return (
      <NativeSelect
        label={label}
        data={[{ value: '', label: t('attributes.unsaid') }, ...data]}
        value={chosen}
        error={error}
        onChange={({ currentTarget }) => {
          const next = currentTarget.value;
          onChange(next === '' ? null : type === 'boolean' ? next === 'yes' : next);
        }}
      />
    );
  }
  return (
    <TextInput
      label={label}
      type={type === 'date' ? 'date' : 'text'}
      maxLength={500}
      value={String(value ?? '')}
      error={error}
      onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? null : currentTarget.value)}
    />
  );
}
