import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Modal,
  NativeSelect,
  NumberInput,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import {
  type Audience,
  addKind,
  bases,
  type Field,
  fieldTypes,
  type Kind,
  updateKind,
} from '../../../../server/facts/contract.ts';
import { listMembers, listTeams } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { say } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import classes from './Facts.module.css';
import { refreshFacts } from './queries.ts';
import { fieldName, kindName, purposeOf } from './words.ts';

interface Draft {
  key: string;
  name: string;
  description: string;
  fields: Field[];
  hasAmount: boolean;
  purpose: string;
  basis: Kind['basis'];
  keepMonths: number;
  asksConsent: boolean;
  withoutConsent: Kind['withoutConsent'];
  /** `workspace`, `team <id>`, `member <id>`. */
  access: string[];
}

const audienceOf = (said: string): Audience => {
  const [kind, id] = said.split(' ');
  return kind === 'workspace' ? { kind } : { kind: kind as 'team' | 'member', id: id! };
};

/** "Dégustation de vin" as sources may write it: "degustation_de_vin". */
const keyOf = (name: string): string =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+/, '')
    .replace(/_+$/, '')
    .slice(0, 40);

function draftOf(kind: Kind | undefined): Draft {
  if (!kind)
    return {
      ...{ key: '', name: '', description: '', fields: [], hasAmount: false, purpose: '', access: ['workspace'] },
      ...{ basis: 'legitimate_interest', keepMonths: 36, asksConsent: false, withoutConsent: 'refuse' },
    };
  const { key, name, description, fields, hasAmount, basis, keepMonths, asksConsent, withoutConsent, access } = kind;
  return {
    ...{ key, name, description, fields, hasAmount, basis, keepMonths, asksConsent, withoutConsent },
    purpose: purposeOf(kind),
    access: access.map((one) => (one.kind === 'workspace' ? 'workspace' : `${one.kind} ${one.id}`)),
  };
}

/** Says what kind of fact is kept, or changes how. */
export function KindForm({ kind, onClose }: { kind: Kind | undefined; onClose: () => void }) {
  const before = draftOf(kind);
  const done = async (name: string) => {
    await refreshFacts();
    say(t('facts.kind.saved', { kind: name }));
    onClose();
  };
  const form = useForm(before, async ({ key, name, access, purpose, ...said }) => {
    const all = { ...said, access: access.map(audienceOf) };
    // What ours are kept for is said in each reader's language, until the company says it in its own words.
    const changed = purpose === before.purpose ? {} : { purpose };
    if (kind) await call(updateKind, { kindId: kind.id, ...all, ...changed, ...(kind.builtin ? {} : { name }) });
    else await call(addKind, { key: key || keyOf(name), name, purpose, ...all });
    await done(name || kindName(kind!));
  });
  const end = () => call(updateKind, { kindId: kind!.id, ended: !kind!.ended }).then(() => done(kindName(kind!)));
  const { values, set } = form;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={kind ? kindName(kind) : t('facts.kind.add')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          {!kind?.builtin && <Names form={form} fixed={kind !== undefined} />}
          <TextInput
            name="purpose"
            required
            withAsterisk={false}
            maxLength={200}
            label={t('facts.purpose')}
            description={t('facts.purpose.help')}
            value={values.purpose}
            error={form.problem('purpose')}
            onChange={({ currentTarget }) => set('purpose', currentTarget.value)}
          />
          <Group grow align="flex-start">
            <NativeSelect
              label={t('facts.basis')}
              value={values.basis}
              data={bases.map((value) => ({ value, label: t(`facts.basis.${value}`) }))}
              onChange={({ currentTarget }) => set('basis', currentTarget.value as Kind['basis'])}
            />
            <NumberInput
              label={t('facts.keepMonths')}
              min={1}
              max={120}
              allowDecimal={false}
              value={values.keepMonths}
              onChange={(months) => set('keepMonths', Number(months) || 1)}
            />
          </Group>
          <Checkbox
            label={t('facts.asksConsent')}
            description={t('facts.asksConsent.help')}
            checked={values.asksConsent}
            onChange={({ currentTarget }) => set('asksConsent', currentTarget.checked)}
          />
          {values.asksConsent && (
            <NativeSelect
              label={t('facts.without')}
              value={values.withoutConsent}
              data={(['refuse', 'count'] as const).map((value) => ({ value, label: t(`facts.without.${value}`) }))}
              onChange={({ currentTarget }) => set('withoutConsent', currentTarget.value as Kind['withoutConsent'])}
            />
          )}
          <Access form={form} />
          <Checkbox
            label={t('facts.hasAmount')}
            checked={values.hasAmount}
            onChange={({ currentTarget }) => set('hasAmount', currentTarget.checked)}
          />
          <Fields form={form} />
          <ErrorNotice error={form.error} />
          <Group justify="space-between">
            {kind ? (
              <Button variant="default" onClick={() => void end()}>
                {t(kind.ended ? 'facts.kind.resume' : 'facts.kind.end')}
              </Button>
            ) : (
              <span />
            )}
            <Button type="submit" loading={form.sending}>
              {t('shell.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Names({ form, fixed }: { form: Form<Draft>; fixed: boolean }) {
  const { values, set } = form;
  return (
    <>
      <TextInput
        data-autofocus
        name="name"
        required
        withAsterisk={false}
        maxLength={80}
        label={t('facts.kind.name')}
        value={values.name}
        error={form.problem('name')}
        onChange={({ currentTarget }) => set('name', currentTarget.value)}
      />
      <TextInput
        name="key"
        disabled={fixed}
        maxLength={40}
        label={t('facts.kind.key')}
        description={t('facts.kind.key.help')}
        placeholder={keyOf(values.name)}
        value={values.key}
        error={form.problem('key')}
        onChange={({ currentTarget }) => set('key', currentTarget.value)}
      />
      <Textarea
        autosize
        maxLength={500}
        label={t('facts.kind.description')}
        value={values.description}
        onChange={({ currentTarget }) => set('description', currentTarget.value)}
      />
    </>
  );
}

function Access({ form }: { form: Form<Draft> }) {
  const me = useMe();
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const members = (useQuery(reading(listMembers, {})).data?.items ?? []).filter(({ status }) => status === 'active');
  return (
    <ManyChoice
      label={t('facts.access')}
      description={t('facts.access.help')}
      searchable
      value={form.values.access}
      error={form.problem('access')}
      onChange={(next) => form.set('access', next)}
      data={[
        { value: 'workspace', label: t('channels.everybodyOf', { company: me.workspace.name }) },
        { group: t('channels.teams'), items: teams.map(({ id, name }) => ({ value: `team ${id}`, label: name })) },
        {
          group: t('channels.members'),
          items: members.map(({ id, name }) => ({ value: `member ${id}`, label: name })),
        },
      ]}
    />
  );
}

function Fields({ form: { values, set } }: { form: Form<Draft> }) {
  const change = (at: number, next: Partial<Field>) =>
    set(
      'fields',
      values.fields.map((one, no) => (no === at ? { ...one, ...next } : one)),
    );
  return (
    <>
      {values.fields.map((field, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a field is its place while it is written
        <fieldset key={at} className={classes.field}>
          <legend>{t('facts.fieldNo', { no: at + 1 })}</legend>
          <Group align="flex-end" wrap="wrap">
            <TextInput
              style={{ flex: 1 }}
              label={t('facts.field.key')}
              value={field.key}
              maxLength={40}
              onChange={({ currentTarget }) => change(at, { key: currentTarget.value })}
            />
            <TextInput
              style={{ flex: 1 }}
              label={t('facts.field.name')}
              placeholder={fieldName(field)}
              value={field.name}
              maxLength={80}
              onChange={({ currentTarget }) => change(at, { name: currentTarget.value })}
            />
            <NativeSelect
              label={t('facts.field.type')}
              value={field.type}
              data={fieldTypes.map((value) => ({ value, label: t(`facts.type.${value}`) }))}
              onChange={({ currentTarget }) => {
                const type = currentTarget.value as Field['type'];
                change(at, { type, choices: type === 'choice' ? [''] : [] });
              }}
            />
            {field.type === 'number' && (
              <TextInput
                w={90}
                label={t('facts.field.unit')}
                value={field.unit}
                maxLength={20}
                onChange={({ currentTarget }) => change(at, { unit: currentTarget.value })}
              />
            )}
            <ActionIcon
              size="lg"
              variant="default"
              aria-label={t('facts.field.remove', { no: at + 1 })}
              onClick={() =>
                set(
                  'fields',
                  values.fields.filter((_, no) => no !== at),
                )
              }
            >
              <IconX size={18} aria-hidden />
            </ActionIcon>
          </Group>
          {field.type === 'choice' && (
            <Textarea
              autosize
              minRows={2}
              label={t('facts.field.choices')}
              value={field.choices.join('\n')}
              onChange={({ currentTarget }) => change(at, { choices: currentTarget.value.split('\n').slice(0, 100) })}
            />
          )}
        </fieldset>
      ))}
      <Button
        variant="default"
        leftSection={<IconPlus size={16} aria-hidden />}
        disabled={values.fields.length >= 50}
        onClick={() => set('fields', [...values.fields, { key: '', type: 'text', name: '', unit: '', choices: [] }])}
      >
        {t('facts.field.add')}
      </Button>
    </>
  );
}
