import { Alert, Button, CopyButton, List, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import {
  listOauthClients,
  type OauthClient,
  type Provider,
  setOauthClient,
} from '../../../../server/connectors/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import settings from '../settings/Settings.module.css';
import { serviceOf } from './sentences.ts';

interface ServiceFormProps {
  provider: Provider;
  client: OauthClient | null;
  redirect: string;
  onClose: () => void;
}

/** What a service gave the company when it registered there, and how one comes by it. */
export function ServiceForm({ provider, client, redirect, onClose }: ServiceFormProps) {
  const service = serviceOf(provider);
  const initial = { clientId: client?.clientId ?? '', clientSecret: '', tenant: client?.tenant ?? '' };
  const form = useForm(initial, async ({ clientId, clientSecret, tenant }) => {
    const given = { ...(clientSecret !== '' && { clientSecret }), ...(tenant.trim() !== '' && { tenant }) };
    await call(setOauthClient, { provider, clientId, ...given });
    await refresh(listOauthClients);
    say(t('connections.services.saved', { service }));
    onClose();
  });
  const text = (name: 'clientId' | 'tenant') => ({
    name,
    withAsterisk: false,
    autoComplete: 'off',
    value: form.values[name],
    error: form.problem(name),
    onChange: (event: { currentTarget: { value: string } }) => form.set(name, event.currentTarget.value),
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t(client ? 'connections.services.changeOne' : 'connections.services.setOne', { service })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <List type="ordered" size="sm" spacing={4}>
            {t(`connections.services.how.${provider}`)
              .split('\n')
              .map((step) => (
                <List.Item key={step}>{step}</List.Item>
              ))}
          </List>
          <Redirect address={redirect} />
          <TextInput {...text('clientId')} label={t('connections.services.clientId')} required />
          <PasswordInput
            name="clientSecret"
            label={t('connections.services.clientSecret')}
            description={client ? t('connections.services.isKept') : undefined}
            autoComplete="new-password"
            required={client === null}
            withAsterisk={false}
            visibilityToggleButtonProps={{ 'aria-label': t('connections.services.showSecret') }}
            value={form.values.clientSecret}
            error={form.problem('clientSecret')}
            onChange={(event) => form.set('clientSecret', event.currentTarget.value)}
          />
          {provider === 'microsoft' && (
            <TextInput
              {...text('tenant')}
              label={t('connections.services.tenant')}
              description={t('connections.services.tenantHint')}
            />
          )}
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending}>
            {t('shell.save')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

/** The service leads browsers back to no other address. */
function Redirect({ address }: { address: string }) {
  const isTaken = address.startsWith('https:') || /^http:\/\/localhost[:/]/.test(address);
  return (
    <div>
      <Text size="sm">{t('connections.services.address')}</Text>
      <code className={settings.secret}>{address}</code>
      <CopyButton value={address}>
        {({ copied, copy }) => (
          <Button
            size="xs"
            variant="default"
            onClick={copy}
            leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          >
            {t(copied ? 'shell.copied' : 'shell.copy')}
          </Button>
        )}
      </CopyButton>
      {!isTaken && (
        <Alert color="yellow" mt="sm">
          {t('connections.services.encrypted')}
        </Alert>
      )}
    </div>
  );
}
