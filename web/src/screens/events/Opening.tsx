import { Button, CopyButton, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Event } from '../../../../server/events/contract.ts';
import { listRegistrationForms, openEvent } from '../../../../server/forms/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { refreshEvents } from './queries.ts';

/** Opens an event to the public by one of the company's web forms, or closes it again. */
export function Opening({ event, onClose }: { event: Event; onClose: () => void }) {
  const forms = useQuery(reading(listRegistrationForms, {}));
  const items = forms.data?.items ?? [];
  const { registration } = event;
  const open = registration?.open ?? false;
  const form = useForm({ channelId: registration?.channelId ?? '' }, async ({ channelId }) => {
    await call(openEvent, { eventId: event.id, channelId: channelId || items[0]!.id, open: !open });
    await refreshEvents();
    say(t(open ? 'events.open.closed' : 'events.open.done'));
    if (open) onClose();
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t(registration ? 'events.open.change' : 'events.open')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <p style={{ margin: 0 }}>{t(open ? 'events.open.close.help' : 'events.open.text')}</p>
          {registration && <Address url={registration.url} />}
          {forms.isPending && <Loading lines={2} />}
          {forms.isSuccess && items.length === 0 && !open && <p style={{ margin: 0 }}>{t('events.open.none')}</p>}
          {items.length > 0 && !open && (
            <NativeSelect
              label={t('events.open.form')}
              description={t('events.open.form.help')}
              value={form.values.channelId || items[0]!.id}
              data={items.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={({ currentTarget }) => form.set('channelId', currentTarget.value)}
            />
          )}
          <ErrorNotice error={forms.error ?? form.error} />
          <Group justify="flex-end">
            {(open || items.length > 0) && (
              <Button type="submit" loading={form.sending} variant={open ? 'default' : 'filled'}>
                {t(open ? 'events.open.close' : 'events.open.do')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Address({ url }: { url: string }) {
  return (
    <Group align="flex-end" gap="xs">
      <TextInput style={{ flex: '1 1 14rem' }} readOnly label={t('events.open.url')} value={url} />
      <CopyButton value={url}>
        {({ copied, copy }) => (
          <Button type="button" variant="default" onClick={copy}>
            {t(copied ? 'events.open.copied' : 'events.open.copy')}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
