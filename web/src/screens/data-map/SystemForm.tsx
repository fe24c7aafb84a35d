import { ActionIcon, Button, Group, Modal, NativeSelect, NumberInput, Stack, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import {
  addSystem,
  changeSystem,
  type DeclaredFlow,
  directions,
  fieldNames,
  flowWays,
  getSystems,
  reference,
  type System,
  systemFreshness,
  systemKinds,
} from '../../../../server/data-map/systems-contract.ts';
import { listMembers } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from './DataMap.module.css';

interface Props {
  /** Null: a new one. */
  system: System | null;
  systems: readonly System[];
  mayEdit: boolean;
  onClose: () => void;
}

const empty = {
  ...{
    name: '',
    kind: 'erp' as System['kind'],
    ownerId: null as string | null,
    note: '',
    volume: null as number | null,
  },
  ...{ freshness: 'unknown' as System['freshness'], fields: [] as System['fields'], flows: [] as DeclaredFlow[] },
};

/** A system: whose it is, what it holds of people, where its data flow. */
export function SystemForm({ system, systems, mayEdit, onClose }: Props) {
  const members = useQuery(reading(listMembers, {})).data?.items ?? [];
  const form = useForm({ ...empty, ...(system ? pick(system) : {}) }, async (values) => {
    await (system
      ? call(changeSystem, { ...values, systemId: system.id, version: system.version })
      : call(addSystem, values));
    await refresh(getSystems);
    onClose();
  });
  const { values, set, problem } = form;
  const others = [
    { value: reference, label: 'Entregent' },
    ...systems.filter(({ id }) => id !== system?.id).map(({ id, name }) => ({ value: id, label: name })),
  ];
  const setFlow = (at: number, flow: Partial<DeclaredFlow>) =>
    set(
      'flows',
      values.flows.map((one, index) => (index === at ? { ...one, ...flow } : one)),
    );
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={system?.name ?? t('dataMap.declare')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <fieldset disabled={!mayEdit} className={classes.plain}>
          <Stack>
            <TextInput
              data-autofocus
              name="name"
              label={t('dataMap.systemName')}
              placeholder={t('dataMap.systemExample')}
              required
              withAsterisk={false}
              maxLength={100}
              value={values.name}
              error={problem('name')}
              onChange={(event) => set('name', event.currentTarget.value)}
            />
            <Group grow align="flex-start">
              <NativeSelect
                label={t('dataMap.kindOfSystem')}
                value={values.kind}
                onChange={(event) => set('kind', event.currentTarget.value as System['kind'])}
                data={systemKinds.map((kind) => ({ value: kind, label: t(`dataMap.systemKind.${kind}`) }))}
              />
              <NativeSelect
                label={t('dataMap.owner')}
                value={values.ownerId ?? ''}
                onChange={(event) => set('ownerId', event.currentTarget.value || null)}
                data={[
                  { value: '', label: t('dataMap.noOwner') },
                  ...members
                    .filter(({ status }) => status === 'active')
                    .map(({ id, name }) => ({ value: id, label: name })),
                ]}
              />
            </Group>
            <Group grow align="flex-start">
              <NumberInput
                label={t('dataMap.volumeOf')}
                min={0}
                max={1_000_000_000}
                allowDecimal={false}
                thousandSeparator=" "
                value={values.volume ?? ''}
                onChange={(value) => set('volume', value === '' ? null : Number(value))}
              />
              <NativeSelect
                label={t('dataMap.freshnessOf')}
                value={values.freshness}
                onChange={(event) => set('freshness', event.currentTarget.value as System['freshness'])}
                data={systemFreshness.map((one) => ({ value: one, label: t(`dataMap.freshness.${one}`) }))}
              />
            </Group>
            <ManyChoice
              label={t('dataMap.fieldsOf')}
              value={values.fields}
              onChange={(fields) => set('fields', fields as System['fields'])}
              data={fieldNames.map((group) => ({ value: group, label: t(`grant.field.${group}`) }))}
            />
            <fieldset className={classes.plain}>
              <legend className={classes.legendOf}>{t('dataMap.flows')}</legend>
              <Stack gap="xs">
                {values.flows.map((flow, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a flow is known by its place alone.
                  <Group key={`${at} ${flow.other}`} gap="xs" wrap="nowrap" align="flex-end" className={classes.flow}>
                    <NativeSelect
                      aria-label={t('dataMap.direction')}
                      value={flow.direction}
                      onChange={(event) => setFlow(at, { direction: event.currentTarget.value as 'to' })}
                      data={directions.map((one) => ({ value: one, label: t(`dataMap.direction.${one}`) }))}
                    />
                    <NativeSelect
                      aria-label={t('dataMap.other')}
                      value={flow.other}
                      onChange={(event) => setFlow(at, { other: event.currentTarget.value })}
                      data={others}
                    />
                    <NativeSelect
                      aria-label={t('dataMap.csv.how')}
                      value={flow.how}
                      onChange={(event) => setFlow(at, { how: event.currentTarget.value as 'file' })}
                      data={flowWays.map((one) => ({ value: one, label: t(`dataMap.how.${one}`) }))}
                    />
                    <TextInput
                      aria-label={t('dataMap.csv.what')}
                      placeholder={t('dataMap.csv.what')}
                      maxLength={200}
                      value={flow.what}
                      onChange={(event) => setFlow(at, { what: event.currentTarget.value })}
                    />
                    <ActionIcon
                      variant="subtle"
                      color="red"
                      size="lg"
                      aria-label={t('dataMap.removeFlow')}
                      onClick={() =>
                        set(
                          'flows',
                          values.flows.filter((_one, index) => index !== at),
                        )
                      }
                    >
                      <IconTrash size={18} aria-hidden />
                    </ActionIcon>
                  </Group>
                ))}
                <Button
                  variant="subtle"
                  size="compact-md"
                  leftSection={<IconPlus size={16} aria-hidden />}
                  onClick={() =>
                    set('flows', [...values.flows, { direction: 'to', other: reference, how: 'file', what: '' }])
                  }
                  style={{ alignSelf: 'flex-start' }}
                >
                  {t('dataMap.addFlow')}
                </Button>
              </Stack>
            </fieldset>
            <Textarea
              label={t('dataMap.note')}
              maxLength={1000}
              autosize
              minRows={2}
              value={values.note}
              onChange={(event) => set('note', event.currentTarget.value)}
            />
            <ErrorNotice error={form.error} />
            {mayEdit && (
              <Button type="submit" loading={form.sending}>
                {t('dataMap.save')}
              </Button>
            )}
          </Stack>
        </fieldset>
      </form>
    </Modal>
  );
}

function pick({ name, kind, ownerId, note, volume, freshness, fields, flows }: System) {
  return { name, kind, ownerId, note, volume, freshness, fields, flows };
}
