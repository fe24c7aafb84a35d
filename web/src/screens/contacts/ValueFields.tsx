import { NativeSelect, Textarea, TextInput } from '@mantine/core';
import { type MessageKey, t } from '../../i18n.ts';
import { type Draft, draftKeys, type WritableKind } from './draft.ts';
import classes from './Person.module.css';

interface ValueFieldsProps {
  kind: WritableKind;
  draft: Draft;
  set: (key: string, word: string) => void;
  problem: (key: string) => string | undefined;
  autoFocus?: boolean;
}

const choices: Partial<Record<string, readonly string[]>> = {
  'email.type': ['', 'work', 'home', 'other'],
  'address.type': ['', 'work', 'home', 'other'],
  'phone.place': ['', 'work', 'home', 'other'],
  'phone.type': ['', 'mobile', 'landline', 'main', 'fax', 'voip', 'pager', 'other'],
};

const inputTypes: Partial<Record<string, string>> = { 'email.value': 'email', 'phone.raw': 'tel' };

/** The fields of one value, by its kind. A name without parts (an organisation's) is one field. */
export function ValueFields({ kind, draft, set, problem, autoFocus = false }: ValueFieldsProps) {
  const whole = kind === 'name' && draft.full !== undefined && !draft.given && !draft.family;
  const keys: readonly string[] = whole ? ['full'] : draftKeys[kind];
  return (
    <div className={classes.fields}>
      {keys.map((key, at) => (
        <ValueField
          key={key}
          path={`${kind}.${key}`}
          word={draft[key] ?? ''}
          onWord={(word) => set(key, word)}
          error={problem(key)}
          autoFocus={autoFocus && at === 0}
        />
      ))}
    </div>
  );
}

interface ValueFieldProps {
  path: string;
  word: string;
  onWord: (word: string) => void;
  error: string | undefined;
  autoFocus: boolean;
}

function ValueField({ path, word, onWord, error, autoFocus }: ValueFieldProps) {
  const label = t(`contacts.field.${path}` as MessageKey);
  const options = choices[path];
  const focus = autoFocus ? { 'data-autofocus': true, autoFocus: true } : {};
  const name = path.slice(path.indexOf('.') + 1);
  const field = { label, name, error, required: name === 'value' || name === 'raw', withAsterisk: false, ...focus };
  if (options !== undefined) {
    const data = options.map((value) => ({ value, label: choiceLabel(path, value) }));
    return (
      <NativeSelect label={label} value={word} data={data} onChange={(event) => onWord(event.currentTarget.value)} />
    );
  }
  if (path === 'note.value') {
    return (
      <Textarea {...field} autosize minRows={3} value={word} onChange={(event) => onWord(event.currentTarget.value)} />
    );
  }
  return (
    <TextInput
      {...field}
      type={inputTypes[path] ?? 'text'}
      inputMode={path === 'url.value' ? 'url' : undefined}
      placeholder={path === 'birthday.value' ? t('contacts.birthdayExample') : undefined}
      value={word}
      onChange={(event) => onWord(event.currentTarget.value)}
    />
  );
}

function choiceLabel(path: string, value: string): string {
  if (value === '') return t('contacts.unsaid');
  return path === 'phone.type'
    ? t(`contacts.phone.${value}` as MessageKey, { place: 'none' })
    : t(`contacts.place.${value}` as MessageKey);
}
