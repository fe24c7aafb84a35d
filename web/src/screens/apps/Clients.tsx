import { Button, Checkbox, Modal, Radio, Stack, Textarea, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { endClient, registerClient } from '../../../../server/apps/contract.ts';
import { appScope } from '../../../../server/identity/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { apiBase, call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { Secret } from '../settings/Secret.tsx';
import settings from '../settings/Settings.module.css';
import classes from './Clients.module.css';
import { clientsQuery, refreshApps } from './queries.ts';

type Made = Output<typeof registerClient>;

/** The programs that may ask members to be authorised. */
export function Clients() {
  const { data, error } = useQuery(clientsQuery);
  const [making, { open, close }] = useDisclosure();
  const [made, setMade] = useState<Made | null>(null);
  const end = async (clientId: string, name: string) => {
    try {
      await call(endClient, { clientId });
      await refreshApps();
      say(t('apps.client.ended', { name }));
    } catch (problem) {
      sayError(problem);
    }
  };
  return (
    <Section
      title={t('apps.clients')}
      lead={t('apps.clientsLead')}
      actions={
        <Button
          variant="light"
          leftSection={<IconPlus size={18} aria-hidden />}
          aria-label={t('apps.client.new')}
          onClick={open}
        >
          {t('apps.client.register')}
        </Button>
      }
    >
      {made && (
        <Secret
          title={t('apps.client.ready')}
          value={[made.clientId, made.secret].filter((part) => part !== null).join('\n')}
        >
          {t(made.secret === null ? 'apps.client.id' : 'apps.client.once')}
          <Addresses />
        </Secret>
      )}
      <ErrorNotice error={error} />
      {data && data.items.length > 0 && (
        <Lines>
          {data.items.map(({ id, name, redirectUris }) => (
            <li key={id} className={settings.line}>
              <div className={settings.main}>
                <strong>{name}</strong>
                <span className={settings.quiet}>{redirectUris.map((uri) => new URL(uri).host).join(', ')}</span>
              </div>
              <Button
                variant="subtle"
                color="red"
                aria-label={t('apps.endOne', { name })}
                onClick={() => void end(id, name)}
              >
                {t('apps.end')}
              </Button>
            </li>
          ))}
        </Lines>
      )}
      {making && <NewClient onClose={close} onMade={setMade} />}
    </Section>
  );
}

const addresses = [
  ['apps.client.authorize', '/api/auth/oauth2/authorize'],
  ['apps.client.token', '/api/auth/oauth2/token'],
  ['apps.client.metadata', '/.well-known/oauth-authorization-server/api/auth'],
  ['apps.client.api', apiBase],
] as const;

/** What else a program has to be told. */
function Addresses() {
  return (
    <dl className={classes.addresses}>
      {addresses.map(([key, path]) => (
        <div key={key}>
          <dt>{t(key)}</dt>
          <dd>{location.origin + path}</dd>
        </div>
      ))}
    </dl>
  );
}

interface Draft {
  name: string;
  redirectUris: string;
  scopes: string[];
  where: string;
}
const empty: Draft = { name: '', redirectUris: '', scopes: ['contacts:read', 'facts:write'], where: 'server' };

function NewClient({ onClose, onMade }: { onClose: () => void; onMade: (made: Made) => void }) {
  const form = useForm(empty, async ({ name, redirectUris, scopes, where }) => {
    const made = await call(registerClient, {
      name,
      redirectUris: redirectUris.split(/\s+/).filter(Boolean),
      scopes: appScope.options.filter((scope) => scopes.includes(scope)),
      confidential: where === 'server',
    });
    onMade(made);
    await refreshApps();
    onClose();
  });
  const { values, set, problem } = form;
  return (
    <Modal opened onClose={onClose} title={t('apps.client.new')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <TextInput
            data-autofocus
            name="name"
            label={t('apps.client.name')}
            placeholder={t('apps.client.example')}
            required
            withAsterisk={false}
            value={values.name}
            error={problem('name')}
            onChange={(event) => set('name', event.currentTarget.value)}
          />
          <Textarea
            name="redirectUris"
            label={t('apps.client.redirect')}
            description={t('apps.client.redirectHint')}
            required
            withAsterisk={false}
            autosize
            value={values.redirectUris}
            error={problem('redirectUris')}
            onChange={(event) => set('redirectUris', event.currentTarget.value)}
          />
          <Checkbox.Group
            label={t('apps.client.may')}
            value={values.scopes}
            onChange={(scopes) => set('scopes', scopes)}
          >
            <Stack gap={8} mt={6}>
              {appScope.options.map((scope) => (
                <Checkbox key={scope} value={scope} label={t(`settings.scope.${scope}`)} />
              ))}
            </Stack>
          </Checkbox.Group>
          <Radio.Group label={t('apps.client.where')} value={values.where} onChange={(where) => set('where', where)}>
            <Stack gap={8} mt={6}>
              <Radio value="server" label={t('apps.client.server')} />
              <Radio value="device" label={t('apps.client.device')} />
            </Stack>
          </Radio.Group>
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending} disabled={values.scopes.length === 0}>
            {t('apps.client.register')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
