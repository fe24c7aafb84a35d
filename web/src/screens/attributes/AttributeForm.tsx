import {
  ActionIcon,
  Button,
  Checkbox,
  type ComboboxData,
  Group,
  Modal,
  MultiSelect,
  NativeSelect,
  NumberInput,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import {
  type Access,
  type Attribute,
  addAttribute,
  bases,
  type Choice,
  sensitivities,
  specialBases,
  types,
  updateAttribute,
} from '../../../../server/attributes/contract.ts';
import { listMembers, listTeams } from '../../../../server/identity/contract.ts';
import { ApiError, call } from '../../api.ts';
import { t, told } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import classes from './Attributes.module.css';
import { keyOf } from './key.ts';
import { refreshAttributes } from './queries.ts';

type Said = Pick<Attribute, 'type' | 'many' | 'sensitivity' | 'basis' | 'specialBasis' | 'months' | 'bounds'>;
interface Draft extends Said {
  key: string;
  name: string;
  meaning: string;
  unit: string;
  choices: Choice[];
  purpose: string;
  readers: string[];
  writers: string[];
}

const accessOf = (said: string): { kind: 'workspace' } | { kind: 'team' | 'member'; id: string } => {
  const [kind, id] = said.split(' ');
  return kind === 'workspace' ? { kind } : { kind: kind as 'team' | 'member', id: id! };
};
const namesOf = (attribute: Attribute, writes: boolean): string[] =>
  attribute.access
    .filter((one) => one.writes === writes)
    .map(({ kind, id }) => (kind === 'workspace' ? kind : `${kind} ${id}`));

function draftOf(attribute: Attribute | undefined): Draft {
  if (!attribute)
    return {
      ...{ key: '', name: '', meaning: '', type: 'text', unit: '', choices: [], many: false, bounds: {} },
      ...{ sensitivity: 'ordinary', purpose: '', basis: 'legitimate_interests', specialBasis: null, months: 36 },
      ...{ readers: [], writers: ['workspace'] },
    };
  const { unit, ...said } = attribute;
  return { ...said, unit: unit ?? '', readers: namesOf(attribute, false), writers: namesOf(attribute, true) };
}

/** Puts something into the dictionary, or changes what stands there. */
export function AttributeForm({ attribute, onClose }: { attribute?: Attribute; onClose: () => void }) {
  const navigate = useNavigate();
  const form = useForm<Draft>(draftOf(attribute), async (draft) => {
    const { key, type, many, name, meaning, bounds, sensitivity, purpose, basis, months } = draft;
    const writes = new Set(draft.writers);
    const access: Access[] = [
      ...draft.writers.map((one) => ({ ...accessOf(one), writes: true })),
      ...draft.readers.filter((one) => !writes.has(one)).map((one) => ({ ...accessOf(one), writes: false })),
    ];
    const said = {
      ...{ name, meaning, bounds, sensitivity, purpose, basis, months, access },
      unit: type === 'number' && draft.unit.trim() !== '' ? draft.unit : null,
      choices: type === 'choice' ? draft.choices : [],
      specialBasis: sensitivity === 'special' ? draft.specialBasis : null,
    };
    const kept = attribute
      ? await call(updateAttribute, { attributeId: attribute.id, version: attribute.version, ...said })
      : await call(addAttribute, { key: key || keyOf(name), type, many: type === 'choice' && many, ...said });
    await refreshAttributes();
    say(t('attributes.saved'));
    onClose();
    if (!attribute) void navigate({ to: '/knowledge/attributes/$attributeId', params: { attributeId: kept.id } });
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t(attribute ? 'attributes.change' : 'attributes.new')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <Meaning form={form} fixed={attribute !== undefined} />
          <Possible form={form} offered={attribute?.choices.length ?? 0} />
          <Law form={form} />
          <Who form={form} />
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('shell.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface PartProps {
  form: Form<Draft>;
}

function Words({ form, of, rows }: PartProps & { of: 'name' | 'meaning' | 'purpose'; rows?: number }) {
  const common = {
    name: of,
    required: true,
    withAsterisk: false,
    label: t(`attributes.form.${of}`),
    description: of === 'name' ? undefined : t(`attributes.form.${of}.help`),
    value: form.values[of],
    error: form.problem(of),
  };
  return rows ? (
    <Textarea
      {...common}
      autosize
      minRows={rows}
      maxLength={of === 'meaning' ? 1000 : 500}
      onChange={({ currentTarget }) => form.set(of, currentTarget.value)}
    />
  ) : (
    <TextInput {...common} maxLength={80} onChange={({ currentTarget }) => form.set(of, currentTarget.value)} />
  );
}

function Meaning({ form, fixed }: PartProps & { fixed: boolean }) {
  const { values, set, problem } = form;
  return (
    <>
      <Words form={form} of="name" />
      <TextInput
        name="key"
        label={t('attributes.form.key')}
        description={t('attributes.form.key.help')}
        maxLength={40}
        disabled={fixed}
        placeholder={keyOf(values.name)}
        value={values.key}
        error={problem('key')}
        onChange={({ currentTarget }) => set('key', currentTarget.value)}
      />
      <Words form={form} of="meaning" rows={2} />
      <NativeSelect
        label={t('attributes.field.type')}
        disabled={fixed}
        value={values.type}
        data={types.map((value) => ({ value, label: t(`attributes.type.${value}`) }))}
        onChange={({ currentTarget }) => {
          set('type', currentTarget.value as Draft['type']);
          set('bounds', {});
          if (currentTarget.value === 'choice' && values.choices.length < 2)
            set('choices', [
              { key: 'a', fr: '', en: '' },
              { key: 'b', fr: '', en: '' },
            ]);
        }}
      />
    </>
  );
}

/** What is possible: by type. */
function Possible({ form, offered }: PartProps & { offered: number }) {
  const { values, set, problem } = form;
  const bound = (key: 'min' | 'max' | 'most', value: number | string) => {
    const { [key]: _before, ...others } = values.bounds;
    set('bounds', value === '' ? others : { ...others, [key]: Number(value) });
  };
  const tick = (key: 'whole' | 'past') => (
    <Checkbox
      label={t(`attributes.form.${key}`)}
      checked={values.bounds[key] ?? false}
      onChange={({ currentTarget }) => set('bounds', { ...values.bounds, [key]: currentTarget.checked })}
    />
  );
  if (values.type === 'number')
    return (
      <>
        <div className={classes.pair}>
          <TextInput
            label={t('attributes.form.unit')}
            maxLength={20}
            value={values.unit}
            onChange={({ currentTarget }) => set('unit', currentTarget.value)}
          />
          {(['min', 'max'] as const).map((key) => (
            <NumberInput
              key={key}
              label={t(`attributes.form.${key}`)}
              value={values.bounds[key] ?? ''}
              error={key === 'max' && problem('bounds')}
              onChange={(value) => bound(key, value)}
            />
          ))}
        </div>
        {tick('whole')}
      </>
    );
  if (values.type === 'date') return tick('past');
  if (values.type === 'choice') return <Choices form={form} offered={offered} />;
  if (values.type === 'text')
    return (
      <NumberInput
        label={t('attributes.form.most')}
        min={1}
        max={500}
        allowDecimal={false}
        value={values.bounds.most ?? ''}
        onChange={(value) => bound('most', value)}
      />
    );
  return null;
}

const letters = 'abcdefghijklmnopqrstuvwxyz';
/** The next key that no choice has. */
const nextKey = (choices: readonly Choice[]): string => {
  const taken = new Set(choices.map(({ key }) => key));
  for (let no = 0; ; no++) {
    const key = letters[no % 26]! + (no < 26 ? '' : Math.floor(no / 26));
    if (!taken.has(key)) return key;
  }
};

function Choices({ form: { values, set, problem }, offered }: PartProps & { offered: number }) {
  const change = (at: number, next: Partial<Choice>) =>
    set(
      'choices',
      values.choices.map((one, no) => (no === at ? { ...one, ...next } : one)),
    );
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
      <legend>{t('attributes.field.choices')}</legend>
      <Stack gap="xs">
        {values.choices.map((choice, at) => (
          <div key={choice.key} className={classes.choice}>
            {(['fr', 'en'] as const).map((language) => (
              <TextInput
                key={language}
                name={`choice${at}${language}`}
                required
                withAsterisk={false}
                maxLength={120}
                label={t(`attributes.form.choice.${language}`, { no: at + 1 })}
                value={choice[language]}
                onChange={({ currentTarget }) => change(at, { [language]: currentTarget.value })}
              />
            ))}
            <ActionIcon
              size="lg"
              variant="default"
              disabled={at < offered || values.choices.length <= 2}
              aria-label={t('attributes.form.choice.remove', { no: at + 1 })}
              onClick={() =>
                set(
                  'choices',
                  values.choices.filter((_, no) => no !== at),
                )
              }
            >
              <IconX size={18} aria-hidden />
            </ActionIcon>
          </div>
        ))}
        {problem('choices') && <p role="alert">{problem('choices')}</p>}
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          disabled={values.choices.length >= 100}
          onClick={() => set('choices', [...values.choices, { key: nextKey(values.choices), fr: '', en: '' }])}
        >
          {t('attributes.form.choice.add')}
        </Button>
        <Checkbox
          label={t('attributes.form.many')}
          checked={values.many}
          disabled={offered > 0}
          onChange={({ currentTarget }) => set('many', currentTarget.checked)}
        />
      </Stack>
    </fieldset>
  );
}

function Law({ form }: PartProps) {
  const { values, set, problem } = form;
  return (
    <>
      <Words form={form} of="purpose" rows={2} />
      <div className={classes.pair}>
        <NativeSelect
          label={t('attributes.field.sensitivity')}
          value={values.sensitivity}
          data={sensitivities.map((value) => ({ value, label: t(`attributes.sensitivity.${value}`) }))}
          onChange={({ currentTarget }) => {
            set('sensitivity', currentTarget.value as Draft['sensitivity']);
            if (currentTarget.value === 'special') set('specialBasis', values.specialBasis ?? 'explicit_consent');
          }}
        />
        <NativeSelect
          label={t('attributes.field.basis')}
          value={values.basis}
          data={bases.map((value) => ({ value, label: t(`attributes.basis.${value}`) }))}
          onChange={({ currentTarget }) => set('basis', currentTarget.value as Draft['basis'])}
        />
        <NumberInput
          label={t('attributes.field.months')}
          min={1}
          max={120}
          allowDecimal={false}
          value={values.months}
          onChange={(value) => set('months', Number(value) || 1)}
        />
      </div>
      {values.sensitivity === 'special' && (
        <NativeSelect
          label={t('attributes.form.special')}
          description={t('attributes.form.special.help')}
          value={values.specialBasis ?? 'explicit_consent'}
          error={problem('specialBasis')}
          data={specialBases.map((value) => ({ value, label: t(`attributes.special.${value}`) }))}
          onChange={({ currentTarget }) => set('specialBasis', currentTarget.value as Draft['specialBasis'])}
        />
      )}
    </>
  );
}

function Who({ form: { values, set, error } }: PartProps) {
  const me = useMe();
  const refused = error instanceof ApiError ? error.fields.access : undefined;
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const members = (useQuery(reading(listMembers, {})).data?.items ?? []).filter(({ status }) => status === 'active');
  const data: ComboboxData = [
    { value: 'workspace', label: t('attributes.everybody', { company: me.workspace.name }) },
    { group: t('channels.teams'), items: teams.map(({ id, name }) => ({ value: `team ${id}`, label: name })) },
    { group: t('channels.members'), items: members.map(({ id, name }) => ({ value: `member ${id}`, label: name })) },
  ];
  return (
    <>
      <MultiSelect
        label={t('attributes.field.writers')}
        searchable
        data={data}
        value={values.writers}
        error={refused && (told(`error.field.${refused}`) ?? refused)}
        onChange={(next) => set('writers', next.map(String))}
      />
      <MultiSelect
        label={t('attributes.form.readers')}
        searchable
        data={data}
        value={values.readers}
        onChange={(next) => set('readers', next.map(String))}
      />
    </>
  );
}
