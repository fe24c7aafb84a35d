import { Button } from '@mantine/core';
import { IconApps } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type App, endApp } from '../../../../server/apps/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import settings from '../settings/Settings.module.css';
import { AppSettings } from './AppSettings.tsx';
import { Assistants } from './Assistants.tsx';
import { Bookmarklet } from './Bookmarklet.tsx';
import { Clients } from './Clients.tsx';
import { appsQuery, refreshApps } from './queries.ts';

/** What members let act for the company; for admins, which programs may ask. */
export function Apps() {
  const admin = useMe().role === 'admin';
  const { data, error, refetch } = useQuery(appsQuery);
  return (
    <Page title={t('shell.apps')} width="reading" lead={t('apps.lead')}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={2} />}
      {data?.items.length === 0 && (
        <EmptyState icon={<IconApps />} title={t('apps.empty')} text={t('apps.emptyText')} />
      )}
      {data && data.items.length > 0 && (
        <Lines>
          {data.items.map((app) => (
            <AppLine key={app.id} app={app} />
          ))}
        </Lines>
      )}
      <Assistants />
      {admin && <Clients />}
      {admin && <AppSettings />}
      <Section title={t('apps.bookmarklet')} lead={t('apps.bookmarkletLead')}>
        <Bookmarklet />
      </Section>
    </Page>
  );
}

function AppLine({ app }: { app: App }) {
  const me = useMe();
  const { id, name, kind, member, since } = app;
  const end = async () => {
    try {
      await call(endApp, { appId: id });
      await refreshApps();
      say(t('apps.ended', { name }));
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <li className={settings.line}>
      <div className={settings.main}>
        <strong>{name}</strong>
        <span className={settings.quiet}>
          {t(kind === 'key' ? 'apps.byKey' : 'apps.by', { member: member.name, day: longDate(since) })}
        </span>
      </div>
      {(me.role === 'admin' || member.id === me.memberId) && (
        <Button variant="subtle" color="red" aria-label={t('apps.endOne', { name })} onClick={() => void end()}>
          {t('apps.end')}
        </Button>
      )}
    </li>
  );
}
