import { Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listMembers } from '../../../../server/identity/contract.ts';
import { createTask, listTasks, type Task, updateTask } from '../../../../server/tasks/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import { type Remind, remindAt, remindOf } from './words.ts';

interface Draft {
  title: string;
  note: string;
  ownerId: string;
  dueOn: string;
  dueTime: string;
  remind: Remind;
}

interface TaskEditorProps {
  /** To be changed; left out: a new one. */
  task?: Task;
  /** Whom a new one is about. */
  about?: { id: string; name: string };
  /** Which request for an introduction a new one is about. */
  requestId?: string;
  onClose: () => void;
}

function draftOf(task: Task | undefined, me: string): Draft {
  if (!task) return { title: '', note: '', ownerId: me, dueOn: '', dueTime: '', remind: 'due' };
  const { title, note, owner, dueOn, dueTime } = task;
  return {
    title,
    note: note ?? '',
    ownerId: owner.id,
    dueOn: dueOn ?? '',
    dueTime: dueTime ?? '',
    remind: remindOf(task),
  };
}

/** Writes a task down, or changes it. */
export function TaskEditor({ task, about, requestId, onClose }: TaskEditorProps) {
  const me = useMe();
  const form = useForm<Draft>(draftOf(task, me.memberId), async ({ title, note, ownerId, dueOn, dueTime, remind }) => {
    const at = remindAt(remind, dueOn, dueTime);
    const said = { title, note: note || null, ownerId, dueOn: dueOn || null, dueTime: (dueOn && dueTime) || null };
    if (task) await call(updateTask, { taskId: task.id, ...said, ...(at === task.remindAt ? {} : { remindAt: at }) });
    else await call(createTask, { ...said, remindAt: at, ...(about ? { personId: about.id } : {}), requestId });
    await refresh(listTasks);
    say(t('tasks.saved'));
    onClose();
  });
  const heading = task ? t('tasks.edit') : about ? t('tasks.newAbout', { name: about.name }) : t('tasks.new');
  return (
    <Modal opened onClose={onClose} title={heading} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <TextInput
            data-autofocus
            name="title"
            label={t('tasks.field.title')}
            placeholder={t('tasks.field.titleExample')}
            required
            withAsterisk={false}
            value={form.values.title}
            error={form.problem('title')}
            onChange={(event) => form.set('title', event.currentTarget.value)}
          />
          <Owner form={form} />
          <Due form={form} />
          <Textarea
            name="note"
            label={t('tasks.field.note')}
            autosize
            minRows={2}
            value={form.values.note}
            onChange={(event) => form.set('note', event.currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending}>
            {t(task ? 'shell.save' : 'tasks.save')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function Owner({ form }: { form: Form<Draft> }) {
  const me = useMe();
  const others = (useQuery(reading(listMembers, {})).data?.items ?? []).filter(
    ({ id, status }) => id !== me.memberId && status === 'active',
  );
  if (others.length === 0) return null;
  return (
    <NativeSelect
      label={t('tasks.field.owner')}
      value={form.values.ownerId}
      data={[
        { value: me.memberId, label: t('tasks.field.me') },
        ...others.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={(event) => form.set('ownerId', event.currentTarget.value)}
    />
  );
}

function Due({ form }: { form: Form<Draft> }) {
  const { dueOn, dueTime, remind } = form.values;
  return (
    <>
      <Group grow align="flex-start">
        <TextInput
          type="date"
          label={t('tasks.field.dueOn')}
          value={dueOn}
          onChange={(event) => form.set('dueOn', event.currentTarget.value)}
        />
        <TextInput
          type="time"
          label={t('tasks.field.dueTime')}
          disabled={dueOn === ''}
          value={dueTime}
          error={form.problem('dueTime')}
          onChange={(event) => form.set('dueTime', event.currentTarget.value)}
        />
      </Group>
      {dueOn !== '' && (
        <NativeSelect
          label={t('tasks.field.remind')}
          value={remind}
          data={(['due', 'dayBefore', 'never'] as const).map((value) => ({ value, label: t(`tasks.remind.${value}`) }))}
          onChange={(event) => form.set('remind', event.currentTarget.value as Remind)}
        />
      )}
    </>
  );
}
