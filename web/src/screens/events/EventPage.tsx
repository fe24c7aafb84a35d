import { Button, Menu } from '@mantine/core';
import { IconArrowLeft, IconDoorEnter, IconDots, IconMailForward } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import {
  cancelEvent,
  type Event,
  inviteGuests,
  nudgeGuests,
  previewInviting,
  settleEvent,
} from '../../../../server/events/contract.ts';
import { call } from '../../api.ts';
import { number } from '../../format.ts';
import { spoken, t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { RemoveDialog } from '../../ui/RemoveDialog.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { MailToMany } from '../outreach/MailToMany.tsx';
import { EventForm } from './EventForm.tsx';
import classes from './Events.module.css';
import { FollowUps } from './FollowUps.tsx';
import { Guests } from './Guests.tsx';
import { Opening } from './Opening.tsx';
import { eventQuery, refreshEvents } from './queries.ts';
import { aboutEvent, isOver, whenOf } from './words.ts';

/** An event: its numbers, who is invited and what they answered. */
export function EventPage() {
  const { eventId } = useParams({ from: '/members/plan/events/$eventId' });
  const { data: event, error, refetch } = useQuery(eventQuery(eventId));
  return (
    <Page
      title={event?.name[spoken()] ?? t('events.title')}
      lead={event && whenOf(event)}
      width="reading"
      actions={event && <Acts event={event} />}
    >
      <ButtonLink to="/plan/events" variant="subtle" color="gray" leftSection={<IconArrowLeft size={18} aria-hidden />}>
        {t('events.back')}
      </ButtonLink>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!event && !error && <Loading lines={5} />}
      {event && (
        <>
          <p className={classes.quiet}>{aboutEvent(event)}</p>
          <Numbers event={event} />
          <Guests event={event} />
        </>
      )}
    </Page>
  );
}

function Numbers({ event: { counts, seats, quotas } }: { event: Event }) {
  const taken = counts.coming + counts.companions;
  const shown: [string, string][] = [
    [t('events.number.seats'), seats === null ? number(taken) : t('events.number.of', { taken, seats })],
    [t('events.number.coming'), number(counts.coming)],
    ...(counts.companions > 0 ? [[t('events.number.companions'), number(counts.companions)] as [string, string]] : []),
    [t('events.number.waiting'), number(counts.waiting)],
    [t('events.number.invited'), number(counts.invited)],
    [t('events.number.declined'), number(counts.declined)],
    ...(counts.attended > 0
      ? [[t('events.number.attended'), number(counts.attended + counts.attendedCompanions)] as [string, string]]
      : []),
    ...quotas.map((one): [string, string] => [
      t('events.quota', { team: one.team }),
      t('events.number.of', { taken: one.taken, seats: one.seats }),
    ]),
  ];
  return (
    <dl className={classes.numbers}>
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Acts({ event }: { event: Event }) {
  const [open, show] = useState<'invite' | 'change' | 'open' | 'cancel' | 'follow'>();
  const over = isOver(event);
  const done = () => show(undefined);
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      sayError(error);
    }
    await refreshEvents();
  };
  const nudge = () =>
    act(async () => {
      const { asked } = await call(nudgeGuests, { eventId: event.id });
      say(t('events.nudged', { count: asked }));
    });
  const settle = () =>
    act(async () => {
      await call(settleEvent, { eventId: event.id });
      say(t('events.settled'));
    });
  const live = !event.cancelled;
  return (
    <>
      {live && !over && (
        <Button leftSection={<IconMailForward size={18} aria-hidden />} onClick={() => show('invite')}>
          {t('events.invite')}
        </Button>
      )}
      {live && !event.settled && (
        <ButtonLink
          variant="default"
          to="/plan/events/$eventId/door"
          params={{ eventId: event.id }}
          leftSection={<IconDoorEnter size={18} aria-hidden />}
        >
          {t('events.door')}
        </ButtonLink>
      )}
      {event.mine && live && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" px={10} aria-label={t('events.more')}>
              <IconDots size={18} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => show('change')}>{t('events.change')}</Menu.Item>
            {!over && event.audience.kind === 'workspace' && (
              <Menu.Item onClick={() => show('open')}>
                {t(event.registration ? 'events.open.change' : 'events.open')}
              </Menu.Item>
            )}
            {!over && event.counts.invited > 0 && (
              <Menu.Item onClick={() => void nudge()}>{t('events.nudge')}</Menu.Item>
            )}
            <Menu.Item onClick={() => show('follow')}>{t('events.follow')}</Menu.Item>
            {over && !event.settled && <Menu.Item onClick={() => void settle()}>{t('events.settle')}</Menu.Item>}
            {!over && (
              <Menu.Item color="red" onClick={() => show('cancel')}>
                {t('events.cancel')}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
      {open === 'invite' && <Inviting event={event} onClose={done} />}
      {open === 'change' && <EventForm event={event} onClose={done} />}
      {open === 'open' && <Opening event={event} onClose={done} />}
      {open === 'follow' && <FollowUps event={event} onClose={done} />}
      {open === 'cancel' && (
        <RemoveDialog
          title={t('events.cancel')}
          text={t('events.cancel.text', { count: event.counts.coming + event.counts.waiting + event.counts.invited })}
          action={t('events.cancel')}
          done={t('events.cancelled')}
          remove={async () => {
            await call(cancelEvent, { eventId: event.id });
            await refreshEvents();
          }}
          onClose={done}
        />
      )}
    </>
  );
}

function Inviting({ event, onClose }: { event: Event; onClose: () => void }) {
  const eventId = event.id;
  return (
    <MailToMany
      title={t('events.invite')}
      preview={{
        key: [previewInviting.name, eventId],
        read: (personIds) => call(previewInviting, { eventId, personIds }),
      }}
      send={async (personIds, words) => {
        const sent = await call(inviteGuests, { eventId, personIds, ...words });
        await refreshEvents();
        return sent;
      }}
      begin={{
        subject: t('events.invite.subject', { event: event.name[spoken()] }),
        text: t('events.invite.text', { event: event.name[spoken()] }),
      }}
      words={{
        allowed: t('events.invite.allowed'),
        send: (count) => t('events.invite.send', { count }),
        sent: (count) => t('events.invite.sent', { count }),
        refusals: 'events.refusal',
      }}
      hint={t('events.invite.told')}
      onClose={onClose}
    />
  );
}
