import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import {
  listOauthClients,
  type OauthClient,
  type Provider,
  provider as providers,
  removeOauthClient,
} from '../../../../server/connectors/contract.ts';
import { call } from '../../api.ts';
import { ago } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { RemoveDialog } from '../../ui/RemoveDialog.tsx';
import classes from '../settings/Settings.module.css';
import { ServiceForm } from './ServiceForm.tsx';
import { serviceOf } from './sentences.ts';

/** By which ids the company is known to services whose own page opens accounts; for admins. */
export function Services() {
  const { data, error, refetch } = useQuery(reading(listOauthClients, {}));
  return (
    <Page title={t('connections.services')} width="reading" lead={t('connections.services.lead')}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={2} />}
      {data && (
        <Lines>
          {providers.options.map((one) => (
            <Line
              key={one}
              provider={one}
              client={data.items.find(({ provider }) => provider === one) ?? null}
              redirect={data.redirect}
            />
          ))}
        </Lines>
      )}
    </Page>
  );
}

interface LineProps {
  provider: Provider;
  client: OauthClient | null;
  redirect: string;
}

function Line({ provider, client, redirect }: LineProps) {
  const [editing, edit] = useDisclosure();
  const [removing, remove] = useDisclosure();
  const service = serviceOf(provider);
  return (
    <li className={classes.line}>
      <div className={classes.main}>
        <strong>{service}</strong>
        <span className={classes.quiet}>
          {client ? t('connections.services.since', { when: ago(client.changedAt) }) : t('connections.services.none')}
        </span>
      </div>
      <Group gap={0} wrap="nowrap">
        <Button
          variant="subtle"
          color="gray"
          onClick={edit.open}
          aria-label={t(client ? 'connections.services.changeOne' : 'connections.services.setOne', { service })}
        >
          {t(client ? 'connections.services.change' : 'connections.services.set')}
        </Button>
        {client && (
          <Button variant="subtle" color="red" onClick={remove.open}>
            {t('connections.services.remove')}
          </Button>
        )}
      </Group>
      {editing && <ServiceForm provider={provider} client={client} redirect={redirect} onClose={edit.close} />}
      {removing && <Remove provider={provider} onClose={remove.close} />}
    </li>
  );
}

function Remove({ provider, onClose }: { provider: Provider; onClose: () => void }) {
  const service = serviceOf(provider);
  return (
    <RemoveDialog
      title={t('connections.services.removeTitle', { service })}
      text={t('connections.services.removeText')}
      action={t('connections.services.remove')}
      done={t('connections.services.removed', { service })}
      remove={() => call(removeOauthClient, { provider }).then(() => refresh(listOauthClients))}
      onClose={onClose}
    />
  );
}
