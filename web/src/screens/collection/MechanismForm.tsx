import { Button, Group, Modal, NativeSelect, NumberInput, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import {
  askedKinds,
  type Mechanism,
  type MechanismKind,
  mechanismKinds,
  updateMechanism,
} from '../../../../server/collection/contract.ts';
import { listMembers } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import { channelsQuery } from '../conversations/queries.ts';
import classes from './Collection.module.css';
import { refreshPlan } from './queries.ts';

const draftOf = ({ responsible, question, ...said }: Mechanism) => ({
  ...{ kind: said.kind, idea: said.idea, fr: question.fr, en: question.en, channelId: said.channelId ?? '' },
  ...{ business: String(said.business ?? ''), businessNote: said.businessNote },
  ...{ it: String(said.it ?? ''), itNote: said.itNote, costEuros: said.costEuros as number | '' | null },
  ...{ responsibleId: responsible?.id ?? '', dueOn: said.dueOn ?? '' },
});
type Draft = ReturnType<typeof draftOf>;
const numberOr = (said: string): number | null => (said === '' ? null : Number(said));

/** Studies a mechanism: its words, whether it is feasible, what it costs, who answers for it. */
export function MechanismForm({ mechanism, onClose }: { mechanism: Mechanism; onClose: () => void }) {
  const form = useForm<Draft>(draftOf(mechanism), async ({ fr, en, ...said }) => {
    await call(updateMechanism, {
      ...{ mechanismId: mechanism.id, version: mechanism.version, kind: said.kind, idea: said.idea },
      question: { fr, en },
      ...{ channelId: said.channelId || null, responsibleId: said.responsibleId || null, dueOn: said.dueOn || null },
      ...{ business: numberOr(said.business), businessNote: said.businessNote },
      ...{ it: numberOr(said.it), itNote: said.itNote, costEuros: said.costEuros === '' ? null : said.costEuros },
    });
    await refreshPlan();
    onClose();
  });
  const { values, set, problem } = form;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('collection.mechanism.change')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <NativeSelect
            label={t('collection.mechanism.kind')}
            value={values.kind}
            data={mechanismKinds.map((value) => ({ value, label: t(`collection.kind.${value}`) }))}
            onChange={({ currentTarget }) => set('kind', currentTarget.value as MechanismKind)}
          />
          <Textarea
            name="idea"
            required
            withAsterisk={false}
            autosize
            maxLength={1000}
            label={t('collection.mechanism.idea')}
            value={values.idea}
            error={problem('idea')}
            onChange={({ currentTarget }) => set('idea', currentTarget.value)}
          />
          {askedKinds.includes(values.kind) && <Asking form={form} />}
          <Grade form={form} of="business" />
          <Grade form={form} of="it" />
          <Effort form={form} />
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

function Asking({ form: { values, set } }: { form: Form<Draft> }) {
  const forms = (useQuery(channelsQuery).data?.items ?? []).filter(
    (one) => one.kind === 'form' && one.state !== 'ended',
  );
  return (
    <>
      {(['fr', 'en'] as const).map((language) => (
        <TextInput
          key={language}
          maxLength={300}
          label={t(`collection.question.${language}`)}
          value={values[language]}
          onChange={({ currentTarget }) => set(language, currentTarget.value)}
        />
      ))}
      {values.kind !== 'self_update' && (
        <NativeSelect
          label={t('collection.mechanism.form')}
          value={values.channelId}
          data={[
            { value: '', label: t('collection.allForms') },
            ...forms.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={({ currentTarget }) => set('channelId', currentTarget.value)}
        />
      )}
    </>
  );
}

function Grade({ form: { values, set }, of }: { form: Form<Draft>; of: 'business' | 'it' }) {
  const note = of === 'business' ? 'businessNote' : 'itNote';
  return (
    <div className={classes.pair}>
      <NativeSelect
        label={t(`collection.${of}`)}
        value={values[of]}
        data={['', '1', '2', '3', '4', '5'].map((value) => ({
          value,
          label: value === '' ? t('collection.grade.none') : t(`collection.grade.${value as '1'}`),
        }))}
        onChange={({ currentTarget }) => set(of, currentTarget.value)}
      />
      <TextInput
        maxLength={300}
        label={t('collection.grade.why')}
        value={values[note]}
        onChange={({ currentTarget }) => set(note, currentTarget.value)}
      />
    </div>
  );
}

function Effort({ form: { values, set, problem } }: { form: Form<Draft> }) {
  const members = (useQuery(reading(listMembers, {})).data?.items ?? []).filter(({ status }) => status === 'active');
  return (
    <div className={classes.pair}>
      <NumberInput
        label={t('collection.cost')}
        min={0}
        allowDecimal={false}
        value={values.costEuros ?? ''}
        onChange={(value) => set('costEuros', value === '' ? '' : Number(value))}
      />
      <NativeSelect
        label={t('collection.responsible')}
        value={values.responsibleId}
        error={problem('responsibleId')}
        data={[
          { value: '', label: t('collection.nobody') },
          ...members.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={({ currentTarget }) => set('responsibleId', currentTarget.value)}
      />
      <TextInput
        type="date"
        label={t('collection.due')}
        value={values.dueOn}
        onChange={({ currentTarget }) => set('dueOn', currentTarget.value)}
      />
    </div>
  );
}
