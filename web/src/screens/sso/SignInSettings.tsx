import { Badge, Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listProviders, type Provider, removeProvider } from '../../../../server/sso/contract.ts';
import { call } from '../../api.ts';
import { ago } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { RemoveDialog } from '../../ui/RemoveDialog.tsx';
import { Section } from '../../ui/Section.tsx';
import classes from '../settings/Settings.module.css';
import { DirectoryTokens } from './DirectoryTokens.tsx';
import { ProviderForm } from './ProviderForm.tsx';

type Editing = { kind: Provider['kind']; provider: Provider | null } | null;

/** The company's own sign-in, and its directory; for admins. */
export function SignInSettings() {
  const { data, error, refetch } = useQuery(reading(listProviders, {}));
  const [editing, setEditing] = useState<Editing>(null);
  const add = (kind: Provider['kind']) => (
    <Button variant="default" onClick={() => setEditing({ kind, provider: null })}>
      {t(`sso.add.${kind}`)}
    </Button>
  );
  return (
    <Page title={t('sso.title')} width="reading" lead={t('sso.lead')}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={5} />}
      {data && (
        <Section title={t('sso.providers')} lead={t('sso.providers.lead')}>
          {data.items.length === 0 && <p className={classes.quiet}>{t('sso.providers.none')}</p>}
          {data.items.length > 0 && (
            <Lines>
              {data.items.map((provider) => (
                <ProviderLine
                  key={provider.id}
                  provider={provider}
                  onEdit={() => setEditing({ kind: provider.kind, provider })}
                />
              ))}
            </Lines>
          )}
          <Group mt="sm">
            {add('oidc')}
            {add('saml')}
          </Group>
        </Section>
      )}
      <DirectoryTokens />
      {editing && data && (
        <ProviderForm
          kind={editing.kind}
          provider={editing.provider}
          redirect={data.redirect}
          onClose={() => setEditing(null)}
        />
      )}
    </Page>
  );
}

function ProviderLine({ provider, onEdit }: { provider: Provider; onEdit: () => void }) {
  const { name, kind, domains, onlyWay, lastUsedAt } = provider;
  const [removing, { open, close }] = useDisclosure();
  const used = lastUsedAt === null ? t('sso.neverUsed') : t('sso.lastUsed', { when: ago(lastUsedAt) });
  return (
    <li className={classes.line}>
      <div className={classes.main}>
        <Group gap={8}>
          <strong>{name}</strong>
          {onlyWay && <Badge variant="light">{t('sso.isOnlyWay')}</Badge>}
        </Group>
        <span className={classes.quiet}>
          {t(`sso.kind.${kind}`)} · {domains.join(', ')}
        </span>
        <span className={classes.quiet}>{used}</span>
      </div>
      <Group gap={0} wrap="nowrap">
        <Button variant="subtle" color="gray" onClick={onEdit} aria-label={t('sso.editOne', { name })}>
          {t('sso.edit')}
        </Button>
        <Button variant="subtle" color="red" onClick={open}>
          {t('sso.remove')}
        </Button>
      </Group>
      {removing && <Remove provider={provider} onClose={close} />}
    </li>
  );
}

function Remove({ provider: { id, name }, onClose }: { provider: Provider; onClose: () => void }) {
  return (
    <RemoveDialog
      title={t('sso.remove.title', { name })}
      text={t('sso.remove.text')}
      action={t('sso.remove')}
      done={t('sso.removed', { name })}
      remove={() => call(removeProvider, { providerId: id }).then(() => refresh(listProviders))}
      onClose={onClose}
    />
  );
}
