import {
  Button,
  Group,
  Modal,
  MultiSelect,
  NativeSelect,
  NumberInput,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import {
  fields,
  type Item,
  type Need,
  needKinds,
  saveItem,
  saveNeed,
  saveTouchpoint,
  setEnded,
  type Touchpoint,
} from '../../../../server/collection/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import { attributesQuery } from '../attributes/queries.ts';
import { refreshPlan } from './queries.ts';
import { nameOf } from './words.ts';

interface PartProps {
  onClose: () => void;
}

interface FrameProps<D extends object> extends PartProps {
  title: string;
  form: Form<D>;
  /** What is to go, where something is changed. */
  ends?: { part: 'need' | 'touchpoint'; id: string; name: string } | undefined;
  children: ReactNode;
}

function Frame<D extends object>({ title, form, ends, onClose, children }: FrameProps<D>) {
  const end = async (ended: boolean) => {
    await call(setEnded, { part: ends!.part, id: ends!.id, ended });
    await refreshPlan();
  };
  return (
    <Modal opened onClose={onClose} size="lg" title={title} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          {children}
          <ErrorNotice error={form.error} />
          <Group justify="space-between">
            {ends ? (
              <Button
                variant="subtle"
                color="red"
                onClick={() =>
                  void end(true).then(() => {
                    onClose();
                    offerUndo(t('collection.ended', { name: ends.name }), () => end(false));
                  }, sayError)
                }
              >
                {t('collection.end')}
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

export function NeedForm({ need, items, onClose }: PartProps & { need?: Need | undefined; items: readonly Item[] }) {
  const { name = '', kind = 'programme', why = '', link = null, itemIds = [], wanted = null } = need ?? {};
  const form = useForm({ name, kind: kind as Need['kind'], why, link: link ?? '', itemIds, wanted }, async (said) => {
    const needId = need ? { needId: need.id } : {};
    await call(saveNeed, { ...needId, ...said, link: said.link.trim() || null });
    await refreshPlan();
    onClose();
  });
  const { values, set, problem } = form;
  return (
    <Frame
      title={t(need ? 'collection.need.change' : 'collection.add.need')}
      form={form}
      ends={need && { part: 'need', id: need.id, name: need.name }}
      onClose={onClose}
    >
      <TextInput
        name="name"
        required
        withAsterisk={false}
        maxLength={120}
        label={t('collection.need.name')}
        value={values.name}
        error={problem('name')}
        onChange={({ currentTarget }) => set('name', currentTarget.value)}
      />
      <NativeSelect
        label={t('collection.need.kind')}
        value={values.kind}
        data={needKinds.map((value) => ({ value, label: t(`collection.needKind.${value}`) }))}
        onChange={({ currentTarget }) => set('kind', currentTarget.value as Need['kind'])}
      />
      <MultiSelect
        label={t('collection.need.items')}
        searchable
        data={items.map((item) => ({ value: item.id, label: nameOf(item) }))}
        value={values.itemIds}
        onChange={(next) => set('itemIds', next)}
      />
      <NumberInput
        label={t('collection.need.wanted')}
        description={t('collection.need.wanted.hint')}
        min={1}
        max={100}
        allowDecimal={false}
        suffix={t('collection.need.percent')}
        value={values.wanted ?? ''}
        onChange={(value) => set('wanted', value === '' ? null : Number(value))}
      />
      <Textarea
        label={t('collection.need.why')}
        autosize
        minRows={2}
        maxLength={2000}
        value={values.why}
        onChange={({ currentTarget }) => set('why', currentTarget.value)}
      />
      <TextInput
        name="link"
        label={t('collection.need.link')}
        placeholder="https://"
        maxLength={500}
        value={values.link}
        error={problem('link')}
        onChange={({ currentTarget }) => set('link', currentTarget.value)}
      />
    </Frame>
  );
}

/** Takes something into the plan that the dictionary or the cards know. */
export function ItemForm({ items, onClose }: PartProps & { items: readonly Item[] }) {
  const { data } = useQuery(attributesQuery(false));
  const taken = new Set(items.map(({ ref }) => ref));
  const attributes = (data?.items ?? []).filter(({ id }) => !taken.has(id));
  const free = fields.filter((one) => !taken.has(one));
  const form = useForm({ ref: '', staleMonths: '' as number | '' }, async ({ ref, staleMonths }) => {
    const kind = attributes.some(({ id }) => id === ref) ? ('attribute' as const) : ('field' as const);
    await call(saveItem, { kind, ref, staleMonths: staleMonths === '' ? null : staleMonths });
    await refreshPlan();
    onClose();
  });
  const { values, set, problem } = form;
  return (
    <Frame title={t('collection.add.item')} form={form} onClose={onClose}>
      <NativeSelect
        label={t('collection.item')}
        value={values.ref}
        error={problem('ref')}
        onChange={({ currentTarget }) => set('ref', currentTarget.value)}
        data={[
          { value: '', label: t('collection.item.choose') },
          {
            group: t('attributes.title'),
            items: attributes.map(({ id, name }) => ({ value: id, label: name })),
          },
          {
            group: t('collection.fields'),
            items: free.map((value) => ({ value, label: t(`collection.field.${value}`) })),
          },
        ]}
      />
      <NumberInput
        label={t('collection.item.stale')}
        description={t('collection.item.stale.help')}
        min={1}
        max={120}
        allowDecimal={false}
        value={values.staleMonths}
        onChange={(value) => set('staleMonths', value === '' ? '' : Number(value))}
      />
    </Frame>
  );
}

export function TouchpointForm({ touchpoint, onClose }: PartProps & { touchpoint?: Touchpoint | undefined }) {
  const form = useForm({ name: touchpoint?.name ?? '' }, async ({ name }) => {
    await call(saveTouchpoint, { ...(touchpoint ? { touchpointId: touchpoint.id } : {}), name });
    await refreshPlan();
    onClose();
  });
  return (
    <Frame
      title={t(touchpoint ? 'collection.touchpoint.change' : 'collection.add.touchpoint')}
      form={form}
      ends={touchpoint && { part: 'touchpoint', ...touchpoint }}
      onClose={onClose}
    >
      <TextInput
        name="name"
        required
        withAsterisk={false}
        maxLength={80}
        label={t('collection.touchpoint.name')}
        description={t('collection.touchpoint.help')}
        value={form.values.name}
        error={form.problem('name')}
        onChange={({ currentTarget }) => form.set('name', currentTarget.value)}
      />
    </Frame>
  );
}
