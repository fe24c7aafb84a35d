import { Button } from '@mantine/core';
import { IconPlus, IconShieldLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PrivacyRequest } from '../../../../server/compliance/contract.ts';
import { calendarDay, longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import settings from '../settings/Settings.module.css';
import classes from './Privacy.module.css';
import { requestsQuery } from './queries.ts';
import { RecordForm } from './RecordForm.tsx';

/** The privacy desk: requests of persons, and the clock. */
export function Desk() {
  const { role } = useMe();
  const { data, error, refetch } = useQuery(requestsQuery);
  const [recording, record] = useState(false);
  const none = data?.items.length === 0;
  const add = role === 'admin' && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => record(true)}>
      {t('privacy.new')}
    </Button>
  );
  return (
    <Page title={t('privacy.title')} lead={t('privacy.lead')} width="reading" actions={!none && add}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={3} />}
      {data && !data.mail && <p role="alert">{t('privacy.noMail')}</p>}
      {none && (
        <EmptyState icon={<IconShieldLock />} title={t('privacy.none')} text={t('privacy.noneText')} action={add} />
      )}
      {data && !none && (
        <Lines>
          {data.items.map((request) => (
            <li key={request.id} className={settings.line}>
              <div className={settings.main}>
                <TextLink to="/settings/privacy/$requestId" params={{ requestId: request.id }} fw={600}>
                  {t(`privacy.short.${request.kind}`)} · {whose(request)}
                </TextLink>
                <Facts request={request} />
              </div>
              <span className={settings.quiet}>{t(`privacy.state.${request.state}`)}</span>
            </li>
          ))}
        </Lines>
      )}
      {recording && <RecordForm onClose={() => record(false)} />}
    </Page>
  );
}

/** Auditors are not told whose a request is: they tell them by their day. */
export const whose = ({ address, closedAt, receivedOn }: PrivacyRequest): string =>
  address ?? (closedAt ? t('privacy.forgotten') : calendarDay(receivedOn));

/** Until when, and how far it has come. */
export function Facts({ request }: { request: PrivacyRequest }) {
  const { dueOn, closedAt, extended, asked, answered } = request;
  const late = closedAt === null && dueOn < new Date().toISOString().slice(0, 10);
  const date = closedAt ? longDate(closedAt) : calendarDay(dueOn);
  return (
    <div className={classes.facts}>
      <span className={late ? classes.late : undefined}>
        {closedAt ? t('privacy.closed', { date }) : t(late ? 'privacy.late' : 'privacy.due', { date })}
      </span>
      {extended && <span>{t('privacy.extendedNote')}</span>}
      {closedAt === null && <span>{t('privacy.answers', { asked, answered })}</span>}
    </div>
  );
}
