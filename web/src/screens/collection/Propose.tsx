import { Button, Group, Modal, NativeSelect, Stack, Textarea } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import {
  type Item,
  type MechanismKind,
  mechanismKinds,
  proposeMechanism,
  type Touchpoint,
} from '../../../../server/collection/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useForm } from '../../ui/useForm.ts';
import { refreshPlan } from './queries.ts';
import { nameOf } from './words.ts';

interface ProposeProps {
  item: Item;
  touchpoint: Touchpoint;
  onClose: () => void;
}

/** An idea how something could be collected: anybody may have it. */
export function Propose({ item, touchpoint, onClose }: ProposeProps) {
  const navigate = useNavigate();
  const initial = { kind: (item.kind === 'attribute' ? 'form_question' : 'other') as MechanismKind, idea: '' };
  const form = useForm(initial, async (said) => {
    const { id } = await call(proposeMechanism, { itemId: item.id, touchpointId: touchpoint.id, ...said });
    await refreshPlan();
    void navigate({ to: '/knowledge/collection/$mechanismId', params: { mechanismId: id } });
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('collection.proposeAt', { item: nameOf(item), touchpoint: touchpoint.name })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <NativeSelect
            label={t('collection.mechanism.kind')}
            value={form.values.kind}
            data={mechanismKinds.map((value) => ({ value, label: t(`collection.kind.${value}`) }))}
            onChange={({ currentTarget }) => form.set('kind', currentTarget.value as MechanismKind)}
          />
          <Textarea
            name="idea"
            required
            withAsterisk={false}
            label={t('collection.mechanism.idea')}
            autosize
            minRows={2}
            maxLength={1000}
            value={form.values.idea}
            error={form.problem('idea')}
            onChange={({ currentTarget }) => form.set('idea', currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('collection.propose')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
