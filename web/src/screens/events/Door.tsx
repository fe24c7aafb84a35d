import { Button, NumberInput, TextInput } from '@mantine/core';
import { IconArrowLeft, IconQrcode } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { type AtDoor, letIn } from '../../../../server/events/contract.ts';
import { call } from '../../api.ts';
import { number } from '../../format.ts';
import { spoken, t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import classes from './Events.module.css';
import { addPending, readPending, settlePending, type Word, withPending } from './pending.ts';
import { doorQuery, eventQuery } from './queries.ts';
import { Scanner } from './Scanner.tsx';

const fold = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** How often what waits is offered to the server again. */
const retryEvery = 5000;

/** Takes words down at once, and sends them when the server answers. */
function useDoor(eventId: string) {
  const client = useQueryClient();
  const { data, error } = useQuery({ ...doorQuery(eventId), gcTime: Number.POSITIVE_INFINITY });
  const [pending, setPending] = useState(() => readPending(eventId));
  const send = useCallback(async () => {
    const words = readPending(eventId).slice(0, 500);
    if (words.length === 0) return;
    try {
      const answer = await call(letIn, { eventId, items: words });
      // What was asked for before knows less.
      await client.cancelQueries({ queryKey: doorQuery(eventId).queryKey });
      client.setQueryData(doorQuery(eventId).queryKey, answer);
      setPending(settlePending(eventId, words));
    } catch {
      // They wait on this phone, which says so, and are offered again.
    }
  }, [client, eventId]);
  useEffect(() => {
    void send();
    const timer = setInterval(() => void send(), retryEvery);
    return () => clearInterval(timer);
  }, [send]);
  const say = (word: Word) => {
    setPending(addPending(eventId, word));
    void send();
  };
  return { guests: data && withPending(data.items, pending), error, pending, say };
}

/** The list at the door: by name or by the code on a guest's phone; without network, what is said waits on this phone. */
export function Door() {
  const { eventId } = useParams({ from: '/members/plan/events/$eventId/door' });
  const { data: event } = useQuery(eventQuery(eventId));
  const { guests, error, pending, say } = useDoor(eventId);
  const [wanted, want] = useState('');
  const [scanning, scan] = useState(false);
  const [found, setFound] = useState('');
  const word = (guest: AtDoor, attended: boolean, companions: number) =>
    say({ guestId: guest.id, attended, companions, at: new Date().toISOString() });
  const onTicket = (ticket: string) => {
    const guest = guests?.find((one) => one.ticket === ticket);
    setFound(guest ? t('events.door.found', { name: nameOf(guest) }) : t('events.door.unknown'));
    if (guest) want(nameOf(guest));
    if (guest && !guest.attendedAt) word(guest, true, unnamedOf(guest));
  };
  const shown = (guests ?? []).filter((one) =>
    [nameOf(one), ...one.party.map(({ name }) => name)].some((name) => fold(name).includes(fold(wanted.trim()))),
  );
  const there = (guests ?? []).filter((one) => one.attendedAt);
  return (
    <Page title={t('events.door')} lead={event?.name[spoken()]} width="reading">
      <ButtonLink
        to="/plan/events/$eventId"
        params={{ eventId }}
        variant="subtle"
        color="gray"
        leftSection={<IconArrowLeft size={18} aria-hidden />}
      >
        {t('events.door.back')}
      </ButtonLink>
      {!guests && <ErrorNotice error={error} />}
      {!guests && !error && <Loading lines={5} />}
      {guests && (
        <div className={classes.door}>
          <div className={classes.tools}>
            <TextInput
              type="search"
              label={t('events.door.search')}
              value={wanted}
              onChange={({ currentTarget }) => want(currentTarget.value)}
            />
            <Button
              mt={8}
              fullWidth
              variant={scanning ? 'default' : 'filled'}
              leftSection={<IconQrcode size={20} aria-hidden />}
              onClick={() => scan(!scanning)}
            >
              {t(scanning ? 'events.door.stop' : 'events.door.scan')}
            </Button>
            {scanning && <Scanner onTicket={onTicket} />}
            <p className={classes.quiet} role="status">
              {found && `${found} `}
              {t('events.door.count', { there: there.length, all: guests.length })}
              {pending.length > 0 && (
                <span className={classes.waiting}> {t('events.door.pending', { count: pending.length })}</span>
              )}
            </p>
          </div>
          {shown.length === 0 && <p className={classes.quiet}>{t('events.door.none')}</p>}
          <Lines>
            {shown.slice(0, mostShown).map((guest) => (
              <li key={guest.id}>
                <Row guest={guest} onWord={(attended, companions) => word(guest, attended, companions)} />
                {guest.party.map((one) => (
                  <Companion
                    key={one.no}
                    guest={guest}
                    companion={one}
                    onWord={(attended) =>
                      say({
                        ...{ guestId: guest.id, companionNo: one.no, attended, companions: 0 },
                        at: new Date().toISOString(),
                      })
                    }
                  />
                ))}
              </li>
            ))}
          </Lines>
          {shown.length > mostShown && (
            <p className={classes.quiet}>{t('events.door.more', { count: number(shown.length - mostShown) })}</p>
          )}
        </div>
      )}
    </Page>
  );
}

/** Rows that a phone draws without delay; typing narrows them. */
const mostShown = 100;

const nameOf = ({ name, invitedBy }: AtDoor): string => name || t('events.guests.hidden', { name: invitedBy });

/** Those whom the guest brings along without having named them. */
const unnamedOf = ({ companions, party }: AtDoor): number => Math.max(0, companions - party.length);

function Row({ guest, onWord }: { guest: AtDoor; onWord: (attended: boolean, companions: number) => void }) {
  const [companions, setCompanions] = useState(unnamedOf(guest));
  const { attendedAt, attendedCompanions, state } = guest;
  return (
    <div className={classes.row} data-there={attendedAt !== null}>
      <div>
        <strong dir="auto">{nameOf(guest)}</strong>
        <p className={classes.quiet}>
          {attendedAt
            ? t('events.guests.there', { companions: attendedCompanions })
            : [
                t(`events.state.${state}`),
                ...(guest.companions > 0 ? [t('events.guests.companions', { count: guest.companions })] : []),
              ].join(' · ')}
        </p>
      </div>
      {attendedAt ? (
        <Button
          variant="subtle"
          onClick={() => onWord(false, 0)}
          aria-label={t('events.door.out', { name: nameOf(guest) })}
        >
          {t('events.door.undo')}
        </Button>
      ) : (
        <>
          {unnamedOf(guest) > 0 && (
            <NumberInput
              w={76}
              min={0}
              max={10}
              allowDecimal={false}
              aria-label={t('events.door.companions', { name: nameOf(guest) })}
              value={companions}
              onChange={(value) => setCompanions(Number(value) || 0)}
            />
          )}
          <Button
            size="md"
            onClick={() => onWord(true, companions)}
            aria-label={t('events.door.in', { name: nameOf(guest) })}
          >
            {t('events.door.here')}
          </Button>
        </>
      )}
    </div>
  );
}

/** Somebody whom a guest named: let in one by one. */
function Companion({
  guest,
  companion: { name, attendedAt },
  onWord,
}: {
  guest: AtDoor;
  companion: AtDoor['party'][number];
  onWord: (attended: boolean) => void;
}) {
  return (
    <div className={classes.row} data-there={attendedAt !== null} data-companion>
      <div>
        <strong dir="auto">{name}</strong>
        <p className={classes.quiet}>
          {[
            t('events.door.with', { name: nameOf(guest) }),
            ...(attendedAt ? [t('events.guests.there', { companions: 0 })] : []),
          ].join(' · ')}
        </p>
      </div>
      {attendedAt ? (
        <Button variant="subtle" onClick={() => onWord(false)} aria-label={t('events.door.out', { name })}>
          {t('events.door.undo')}
        </Button>
      ) : (
        <Button size="md" onClick={() => onWord(true)} aria-label={t('events.door.in', { name })}>
          {t('events.door.here')}
        </Button>
      )}
    </div>
  );
}
