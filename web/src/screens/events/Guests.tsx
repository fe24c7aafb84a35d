import { ActionIcon, Button, Menu, NativeSelect } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerFor, type Event, type Guest, states } from '../../../../server/events/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import classes from './Events.module.css';
import { type GuestFilter, guestsQuery, refreshEvents } from './queries.ts';
import { isOver, listed } from './words.ts';

const filters: GuestFilter[] = [...states, 'attended', 'absent'];

/** Who is invited and what they answered; names as far as one sees these contacts. */
export function Guests({ event }: { event: Event }) {
  const [state, filter] = useState<GuestFilter | ''>('');
  const list = useInfiniteQuery(guestsQuery(event.id, state));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section
      title={t('events.guests')}
      actions={
        <NativeSelect
          aria-label={t('events.guests.show')}
          value={state}
          data={[
            { value: '', label: t('events.guests.all') },
            ...filters.map((one) => ({ value: one, label: t(`events.state.${one}`) })),
          ]}
          onChange={({ currentTarget }) => filter(currentTarget.value as GuestFilter | '')}
        />
      }
    >
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isSuccess && items.length === 0 && (
        <p className={classes.quiet}>{t(state === '' ? 'events.guests.none' : 'events.guests.noneSuch')}</p>
      )}
      {items.length > 0 && (
        <Lines>
          {items.map((guest) => (
            <li key={guest.id} className={classes.guest}>
              <Line guest={guest} />
              <Answering event={event} guest={guest} />
            </li>
          ))}
        </Lines>
      )}
      {list.hasNextPage && (
        <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('surveys.answers.more')}
        </Button>
      )}
    </Section>
  );
}

function Line({ guest }: { guest: Guest }) {
  const { name, personId, state, companions, party, registered, invitedBy, answeredBy, attendedAt } = guest;
  const there = guest.attendedCompanions + party.filter((one) => one.attendedAt).length;
  const said = [
    t(`events.state.${state}`),
    ...(companions > 0 ? [t('events.guests.companions', { count: companions })] : []),
    ...(party.length > 0 ? [t('events.guests.party', { names: listed(party.map((one) => one.name)) })] : []),
    ...(attendedAt ? [t('events.guests.there', { companions: there })] : []),
    registered ? t('events.guests.registered') : t('events.guests.by', { name: invitedBy.name }),
    ...(answeredBy ? [t('events.guests.answeredBy', { name: answeredBy })] : []),
  ];
  return (
    <div>
      {personId ? (
        <TextLink to="/people/$personId" params={{ personId }} dir="auto">
          {name || t('contacts.nameless')}
        </TextLink>
      ) : (
        <span dir="auto">{name || t('events.guests.hidden', { name: invitedBy.name })}</span>
      )}
      <p className={classes.quiet}>{said.join(' · ')}</p>
      {guest.told && <Told told={guest.told} />}
    </div>
  );
}

function Told({ told: last }: { told: NonNullable<Guest['told']> }) {
  const what = told(`events.told.${last.kind}`) ?? last.kind;
  const at = longInstant(last.at);
  if (last.reasons.length === 0) return <p className={classes.quiet}>{t('events.told', { what, at })}</p>;
  const reasons = last.reasons.map((one) => told(`gate.${one}`) ?? one).join(' ');
  return <p className={classes.quiet}>{t('events.told.refused', { what, at, reasons })}</p>;
}

/** What a guest said by word of mouth is taken down. */
function Answering({ event, guest }: { event: Event; guest: Guest }) {
  if (!guest.mine || event.cancelled || isOver(event)) return null;
  const answer = async (coming: boolean, companions = 0) => {
    try {
      const { full } = await call(answerFor, { eventId: event.id, guestId: guest.id, coming, companions });
      if (full) say(t('events.page.full'));
    } catch (error) {
      sayError(error);
    }
    await refreshEvents();
  };
  const numbers = Array.from({ length: event.mostCompanions }, (_, at) => at + 1);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={40} variant="subtle" color="gray" aria-label={t('events.answer', { name: guest.name })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void answer(true)}>{t('events.answer.coming')}</Menu.Item>
        {numbers.map((count) => (
          <Menu.Item key={count} onClick={() => void answer(true, count)}>
            {t('events.answer.with', { count })}
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => void answer(false)}>{t('events.answer.declining')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
