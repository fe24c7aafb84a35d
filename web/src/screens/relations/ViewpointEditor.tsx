import { Button, Checkbox, Group, Modal, NativeSelect, Stack, Textarea } from '@mantine/core';
import type { Person } from '../../../../server/cards/contract.ts';
import {
  endViewpoint,
  listPastViewpoints,
  listViewpoints,
  type Role,
  roles,
  type Viewpoint,
  writeViewpoint,
} from '../../../../server/relations/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { offerUndo, say, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { callableWord, type Scale, scales, scaleWord } from './words.ts';

type Draft = Pick<Viewpoint, 'roles' | 'callable' | 'note' | 'shared' | Scale>;

const nothing: Draft = {
  roles: [],
  importance: null,
  influence: null,
  stance: null,
  closeness: null,
  callable: null,
  note: '',
  shared: false,
};

const draftOf = ({ roles: named, importance, influence, stance, closeness, callable, note, shared }: Draft): Draft => ({
  roles: named,
  importance,
  influence,
  stance,
  closeness,
  callable,
  note,
  shared,
});

const seeAgain = () => refresh(listViewpoints, listPastViewpoints);

interface ViewpointEditorProps {
  person: Pick<Person, 'id' | 'name'>;
  /** Of whom, and in which opportunity; without one, in general. */
  about: { personId: string; opportunityId?: string };
  mine: Viewpoint | undefined;
  onClose: () => void;
}

/** What I think of somebody, to be said or said anew. */
export function ViewpointEditor({ person, about, mine, onClose }: ViewpointEditorProps) {
  const { name } = person;
  const before = mine ? draftOf(mine) : nothing;
  const form = useForm<Draft>(before, async (draft) => {
    await call(writeViewpoint, { ...about, ...draft });
    await seeAgain();
    say(t('relations.saved'));
    onClose();
  });
  const { values, set } = form;
  return (
    <Modal
      opened
      onClose={onClose}
      // Escape closes the choice of roles; once something was said, the cross alone closes the whole.
      closeOnEscape={JSON.stringify(values) === JSON.stringify(before)}
      title={t('relations.edit', { name })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <ManyChoice
            data-autofocus
            label={t('relations.roles')}
            description={t('relations.rolesHint')}
            value={values.roles}
            data={roles.map((value) => ({ value, label: t(`relations.role.${value}`) }))}
            onChange={(chosen) => set('roles', chosen as Role[])}
          />
          {(Object.keys(scales) as Scale[]).map((scale) => (
            <NativeSelect
              key={scale}
              label={t(`relations.${scale}`)}
              value={values[scale] ?? ''}
              data={[
                { value: '', label: scaleWord(scale, null) },
                ...scales[scale].map((value) => ({ value: String(value), label: scaleWord(scale, value) })),
              ]}
              onChange={({ currentTarget: { value } }) => set(scale, value === '' ? null : Number(value))}
            />
          ))}
          <NativeSelect
            label={t('relations.callable')}
            value={values.callable === null ? '' : String(values.callable)}
            data={[null, true, false].map((value) => ({
              value: value === null ? '' : String(value),
              label: callableWord(value),
            }))}
            onChange={({ currentTarget: { value } }) => set('callable', value === '' ? null : value === 'true')}
          />
          <Textarea
            label={t('relations.note')}
            description={t('relations.noteHint', { name })}
            autosize
            minRows={2}
            maxLength={2000}
            value={values.note}
            onChange={(event) => set('note', event.currentTarget.value)}
          />
          <Checkbox
            label={t(about.opportunityId ? 'relations.shareIn' : 'relations.share')}
            description={t('relations.shareHint')}
            checked={values.shared}
            onChange={(event) => set('shared', event.currentTarget.checked)}
          />
          <ErrorNotice error={form.error} />
          <Group justify="space-between">
            <Button type="submit" loading={form.sending}>
              {t('shell.save')}
            </Button>
            {mine && (
              <Button variant="subtle" color="gray" onClick={() => void end(about, mine).then(onClose)}>
                {t('relations.end')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

async function end(about: ViewpointEditorProps['about'], mine: Viewpoint): Promise<void> {
  try {
    await call(endViewpoint, about);
    await seeAgain();
    offerUndo(t('relations.ended'), async () => {
      await call(writeViewpoint, { ...about, ...draftOf(mine) });
      await seeAgain();
    });
  } catch (error) {
    sayError(error);
  }
}
