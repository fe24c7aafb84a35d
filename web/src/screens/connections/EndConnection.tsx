import { Button, Modal, Radio, Stack, Text } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { type Connection, endConnection, listConnections } from '../../../../server/connectors/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';

/** What becomes of the contacts is asked first; at the service nothing changes either way. */
export function EndConnection({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const router = useRouter();
  const form = useForm({ cards: 'stay' as 'stay' | 'remove' }, async ({ cards }) => {
    await call(endConnection, { connectionId: connection.id, cards });
    await refresh(listConnections);
    say(t('connections.endDone', { name: connection.name }));
    await router.navigate({ to: '/settings/connections' });
  });
  return (
    <Modal opened onClose={onClose} title={t('connections.end')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <Text>{t('connections.endText')}</Text>
          <Radio.Group
            aria-label={t('connections.endText')}
            value={form.values.cards}
            onChange={(cards) => form.set('cards', cards as 'stay')}
          >
            <Stack gap="sm">
              <Radio
                value="stay"
                label={t(connection.deals ? 'connections.endKeepDeals' : 'connections.endKeep')}
                description={t('connections.endKeepText')}
              />
              <Radio
                value="remove"
                label={t(connection.deals ? 'connections.endRemoveDeals' : 'connections.endRemove')}
                description={t(connection.deals ? 'connections.endRemoveDealsText' : 'connections.endRemoveText')}
              />
            </Stack>
          </Radio.Group>
          <ErrorNotice error={form.error} />
          <Button type="submit" color="red" loading={form.sending}>
            {t('connections.end')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
