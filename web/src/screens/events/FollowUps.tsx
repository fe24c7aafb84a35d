import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { type Event, giveFollowUps } from '../../../../server/events/contract.ts';
import { call } from '../../api.ts';
import { spoken, t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';

const groups = ['attended', 'absent', 'declined'] as const;
type Which = (typeof groups)[number];

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** Gives inviters tasks about their guests. */
export function FollowUps({ event, onClose }: { event: Event; onClose: () => void }) {
  const title = (of: Which) => t(`events.follow.title.${of}`, { event: event.name[spoken()] });
  const form = useForm({ of: 'attended' as Which, title: title('attended'), dueOn: inDays(7) }, async (said) => {
    const { given } = await call(giveFollowUps, { eventId: event.id, ...said });
    say(t('events.follow.given', { count: given }));
    onClose();
  });
  const { values, set } = form;
  return (
    <Modal opened onClose={onClose} title={t('events.follow')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <p style={{ margin: 0 }}>{t('events.follow.text')}</p>
          <NativeSelect
            label={t('events.follow.of')}
            value={values.of}
            data={groups.map((one) => ({ value: one, label: t(`events.follow.of.${one}`) }))}
            onChange={({ currentTarget }) => {
              const of = currentTarget.value as Which;
              if (values.title === title(values.of)) set('title', title(of));
              set('of', of);
            }}
          />
          <TextInput
            name="title"
            required
            withAsterisk={false}
            maxLength={200}
            label={t('events.follow.task')}
            value={values.title}
            error={form.problem('title')}
            onChange={({ currentTarget }) => set('title', currentTarget.value)}
          />
          <TextInput
            name="dueOn"
            type="date"
            required
            withAsterisk={false}
            label={t('events.follow.due')}
            value={values.dueOn}
            error={form.problem('dueOn')}
            onChange={({ currentTarget }) => set('dueOn', currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('events.follow.give')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
