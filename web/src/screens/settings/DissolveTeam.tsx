import { Button, Modal, Stack, TextInput } from '@mantine/core';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useForm } from '../../ui/useForm.ts';
import type { Team } from './Teams.tsx';

interface DissolveTeamProps {
  team: Team;
  onClose: () => void;
  onConfirm: () => Promise<unknown>;
}

/** What was lent to a team is withdrawn with it, for good: so this says what goes, and asks for a typed word. */
export function DissolveTeam({ team, onClose, onConfirm }: DissolveTeamProps) {
  const form = useForm({ name: '' }, async () => {
    await onConfirm();
    onClose();
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('settings.team.dissolve', { name: team.name })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <p>{t('settings.team.dissolveText', { count: team.members.length })}</p>
          <TextInput
            data-autofocus
            label={t('settings.team.dissolveWord', { name: team.name })}
            value={form.values.name}
            onChange={(event) => form.set('name', event.currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Button type="submit" color="red" disabled={form.values.name.trim() !== team.name} loading={form.sending}>
            {t('settings.team.dissolve', { name: team.name })}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
