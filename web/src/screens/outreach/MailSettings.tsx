import { Button, Stack } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { memberMailKinds } from '../../../../server/outreach/contract.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { Health } from './Health.tsx';
import { MailDomain } from './MailDomain.tsx';
import { MessageLine } from './MessageLine.tsx';
import classes from './Outreach.module.css';
import { outboxQuery, setupQuery } from './queries.ts';
import { Returns } from './Returns.tsx';
import { SetupForm } from './SetupForm.tsx';
import { Suppressed } from './Suppressed.tsx';

/** How mail leaves the workspace, and what became of it; for admins. */
export function MailSettings() {
  const { data, error, refetch } = useQuery(setupQuery);
  return (
    <Page title={t('mail.title')} width="reading" lead={t('mail.lead')}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={5} />}
      {data && (
        <Stack gap={0}>
          <SetupForm key={data.setup?.changedAt ?? 'new'} setup={data.setup} />
          {data.setup && <MailDomain />}
          {data.setup && <Health />}
          {data.setup && <Returns />}
          <Outbox />
          <Suppressed />
          <ToMembers />
        </Stack>
      )}
    </Page>
  );
}

function Outbox() {
  const outbox = useInfiniteQuery(outboxQuery);
  const items = outbox.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section title={t('mail.outbox')} lead={t('mail.outboxLead')}>
      <ErrorNotice error={outbox.error} onRetry={() => void outbox.refetch()} />
      {outbox.isSuccess && items.length === 0 && <p className={classes.quiet}>{t('mail.outboxNone')}</p>}
      {items.length > 0 && (
        <Lines>
          {items.map((message) => (
            <MessageLine key={message.id} message={message} />
          ))}
        </Lines>
      )}
      {outbox.hasNextPage && (
        <Button variant="default" mt="sm" onClick={() => void outbox.fetchNextPage()}>
          {t('home.more')}
        </Button>
      )}
    </Section>
  );
}

function ToMembers() {
  return (
    <Section title={t('mail.toMembers')} lead={t('mail.toMembers.lead')}>
      <ul className={classes.kinds}>
        {memberMailKinds.map((kind) => (
          <li key={kind}>{t(`mail.toMembers.${kind}`)}</li>
        ))}
      </ul>
    </Section>
  );
}
