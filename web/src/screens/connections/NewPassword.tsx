import { Button, Modal, PasswordInput, Stack } from '@mantine/core';
import { getConnection, listConnections, renewConnection } from '../../../../server/connectors/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { Problem } from './Problem.tsx';

export function NewPassword({ connectionId, onClose }: { connectionId: string; onClose: () => void }) {
  const form = useForm({ password: '' }, async (secret) => {
    await call(renewConnection, { connectionId, secret });
    await refresh(getConnection, listConnections);
    say(t('connections.renewed'));
    onClose();
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('connections.renew')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <PasswordInput
            data-autofocus
            name="password"
            label={t('connections.newPassword')}
            required
            withAsterisk={false}
            autoComplete="off"
            value={form.values.password}
            error={form.problem('password')}
            onChange={(event) => form.set('password', event.currentTarget.value)}
          />
          <Problem error={form.error} />
          <Button type="submit" loading={form.sending}>
            {t('connections.look')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
