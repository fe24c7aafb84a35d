import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMail, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { Calendars } from './Calendars.tsx';
import { DropBox } from './DropBox.tsx';
import classes from './Mailboxes.module.css';
import { MailboxForm } from './MailboxForm.tsx';
import { MailboxLine } from './MailboxLine.tsx';
import { connectionsQuery } from './queries.ts';

/** The mailboxes that are read for me, and what is kept of them. */
export function Mailboxes() {
  const { role } = useMe();
  const { data, error, refetch } = useQuery({
    ...connectionsQuery,
    refetchInterval: ({ state }) => (state.data?.items.some(({ running }) => running) ? 2000 : false),
  });
  const [adding, { open, close }] = useDisclosure();
  const own = data?.items.filter(({ kind }) => kind === 'imap');
  const box = data?.items.find(({ kind }) => kind === 'drop_box');
  const calendars = data?.items.filter(({ kind }) => kind.startsWith('calendar'));
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
      {t('mailboxes.connect')}
    </Button>
  );
  return (
    <Page title={t('mailboxes.mailboxes.title')} width="reading" lead={t('mailboxes.mailboxes.lead')}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={2} />}
      <Section title={t('mailboxes.boxes')} actions={own && own.length > 0 && add}>
        <p className={classes.kept}>{t('mailboxes.kept')}</p>
        {own?.length === 0 && (
          <EmptyState icon={<IconMail />} title={t('mailboxes.none')} text={t('mailboxes.noneText')} action={add} />
        )}
        {own && own.length > 0 && (
          <Lines>
            {own.map((connection) => (
              <MailboxLine key={connection.id} connection={connection} />
            ))}
          </Lines>
        )}
      </Section>
      {calendars && <Calendars connections={calendars} />}
      <DropBox connection={box} admin={role === 'admin'} />
      {adding && <MailboxForm kind="imap" onClose={close} />}
    </Page>
  );
}
