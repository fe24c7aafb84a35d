import { Button, FileButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCalendar, IconFileImport, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Connection } from '../../../../server/connectors/contract.ts';
import { forgetCalendar, type listCalendars } from '../../../../server/correspondents/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { CalendarForm } from './CalendarForm.tsx';
import { readCalendarFiles } from './calendarFiles.ts';
import classes from './Mailboxes.module.css';
import { ReadLine } from './MailboxLine.tsx';
import { calendarsQuery, refreshMailboxes, whileRead } from './queries.ts';

type Calendar = Output<typeof listCalendars>['items'][number];

const factsOf = ({ meetings, people, private: passedOver, leftOut }: Calendar): string =>
  t('mailboxes.calendars.read', { meetings, people, private: passedOver, leftOut });

/** The calendars that are read for me, and what is kept of them. */
export function Calendars({ connections }: { connections: readonly Connection[] }) {
  const [adding, { open, close }] = useDisclosure();
  const read = useQuery(whileRead(calendarsQuery, connections)).data?.items;
  const dropped = read?.filter(({ connectionId }) => connectionId === null) ?? [];
  const none = read !== undefined && connections.length + dropped.length === 0;
  const add = (
    <div className={classes.acts}>
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
        {t('mailboxes.calendars.connect')}
      </Button>
      <FileButton accept=".ics,.ical,text/calendar" multiple onChange={(files) => void readCalendarFiles(files)}>
        {(props) => (
          <Button {...props} variant="default" leftSection={<IconFileImport size={18} aria-hidden />}>
            {t('mailboxes.calendars.file')}
          </Button>
        )}
      </FileButton>
    </div>
  );
  return (
    <Section title={t('mailboxes.calendars')} lead={t('mailboxes.calendars.lead')}>
      <p className={classes.kept}>{t('mailboxes.calendars.kept')}</p>
      {none && (
        <EmptyState
          icon={<IconCalendar />}
          title={t('mailboxes.calendars.none')}
          text={t('mailboxes.calendars.noneText')}
          action={add}
        />
      )}
      {!none && (
        <>
          <Lines>
            {connections.map((connection) => {
              const calendar = read?.find(({ id }) => id === connection.sourceId);
              return <ReadLine key={connection.id} connection={connection} facts={calendar && factsOf(calendar)} />;
            })}
            {dropped.map((calendar) => (
              <DroppedLine key={calendar.id} calendar={calendar} />
            ))}
          </Lines>
          {add}
        </>
      )}
      {adding && <CalendarForm onClose={close} />}
    </Section>
  );
}

/** Files that I dropped, all together. */
function DroppedLine({ calendar }: { calendar: Calendar }) {
  const { id: calendarId, name } = calendar;
  const forget = useMutation({
    mutationFn: async () => {
      await call(forgetCalendar, { calendarId });
      await refreshMailboxes();
      say(t('mailboxes.ended', { name }));
    },
    onError: sayError,
  });
  return (
    <li className={classes.line}>
      <div className={classes.main}>
        <strong>{name}</strong>
        <span className={classes.quiet}>{factsOf(calendar)}</span>
      </div>
      <Button
        variant="subtle"
        color="red"
        loading={forget.isPending}
        onClick={() => forget.mutate()}
        aria-label={t('mailboxes.calendars.forgetOne', { name })}
      >
        {t('mailboxes.calendars.forget')}
      </Button>
    </li>
  );
}
