import { Button } from '@mantine/core';
import { IconCalendarHeart, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Event } from '../../../../server/events/contract.ts';
import { spoken, t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { PlanTabs } from '../plan/PlanTabs.tsx';
import { EventForm } from './EventForm.tsx';
import classes from './Events.module.css';
import { eventsQuery } from './queries.ts';
import { aboutEvent, isOver, whenOf } from './words.ts';

/** Gatherings: those to come, and those that were. */
export function Events() {
  const { data, error, refetch } = useQuery(eventsQuery);
  const [making, make] = useState(false);
  const items = data?.items ?? [];
  const [coming, past] = [items.filter((one) => !isOver(one)), items.filter(isOver)];
  const button = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => make(true)}>
      {t('events.new')}
    </Button>
  );
  return (
    <>
      <PlanTabs />
      <Page
        title={t('events.title')}
        lead={t('events.lead')}
        width="reading"
        actions={items.length > 0 ? button : undefined}
      >
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={4} />}
        {data && items.length === 0 && (
          <EmptyState
            icon={<IconCalendarHeart size={40} stroke={1.4} />}
            title={t('events.none')}
            text={t('events.none.text')}
            action={button}
          />
        )}
        {coming.length > 0 && <EventLines events={coming} />}
        {past.length > 0 && (
          <Section title={t('events.past')}>
            <EventLines events={past} />
          </Section>
        )}
        {making && <EventForm onClose={() => make(false)} />}
      </Page>
    </>
  );
}

function EventLines({ events }: { events: Event[] }) {
  return (
    <Lines>
      {events.map((event) => (
        <li key={event.id}>
          <Link to="/plan/events/$eventId" params={{ eventId: event.id }} className={classes.line}>
            <span>
              <strong dir="auto">{event.name[spoken()]}</strong>
              <span className={classes.quiet}> {aboutEvent(event)}</span>
            </span>
            <span className={classes.quiet}>
              {whenOf(event)} ·{' '}
              {isOver(event) && !event.cancelled
                ? t('events.count.attended', { count: event.counts.attended })
                : t('events.count.coming', { count: event.counts.coming })}
            </span>
          </Link>
        </li>
      ))}
    </Lines>
  );
}
