import { z } from 'zod';
import { findPersonsByPoints } from '../cards/facts.ts';
import { learnNew } from '../cards/learning.ts';
import { findPersonCards, nameCards } from '../cards/persons.ts';
import { isCalendar } from '../formats/calendar/index.ts';
import { splitName } from '../formats/normalise/name.ts';
import { getMember } from '../identity/queries.ts';
import { id } from '../kernel/contract.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { translator } from '../kernel/messages.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { readCalendarText } from './calendars.ts';
import * as contracts from './contract.ts';
import { acceptProposal, declineProposal, describeProposals, mainBook, reopenProposal } from './deciding.ts';
import { tagged, tagOf } from './dropping.ts';
import * as lists from './lists.ts';
import { type CalendarRef, forgetCalendar, listCalendars, listPast, settleMeeting } from './meetings.ts';
import { findWaitingSignature, listWaiting } from './proposals.ts';
import { findDropBox, openDropSource, renewDropTag } from './queries.ts';
import { leastReceived, smallMeeting } from './rules.ts';
import { takeMeetings } from './taking-meetings.ts';
import { weighSoon } from './weighing.ts';

/** Meetings of which one is asked what was said. */
const mostOffered = 20;

const cursor = z.tuple([z.string().max(40), id]);
const pageFrom = (after: string | undefined) => {
  if (!after) return null;
  const [at, last] = decodeCursor(after, cursor);
  return { at, id: last };
};

function describe(row: lists.CorrespondentRow): contracts.Correspondent {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    received: row.received,
    sent: row.sent,
    beside: row.beside,
    firstAt: row.first_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    lastReceivedAt: row.last_received_at?.toISOString() ?? null,
    lastSentAt: row.last_sent_at?.toISOString() ?? null,
    awayUntil: row.away_until,
    leftAt: row.left_at?.toISOString() ?? null,
    meetings: row.met + row.missed === 0 && !row.next_met_at ? null : describeMeetings(row),
    setAside: row.set_aside,
    cardId: row.card_id,
  };
}

const describeMeetings = (row: lists.CorrespondentRow) => ({
  count: row.met,
  alone: row.met_alone,
  byMe: row.met_by_me,
  byThem: row.met_by_them,
  minutes: row.met_minutes,
  declined: row.missed,
  lastAt: row.last_met_at?.toISOString() ?? null,
  nextAt: row.next_met_at?.toISOString() ?? null,
});

const inTouch = { least: leastReceived, small: smallMeeting };

/** What a member drops has one source, whatever the files are called. */
async function openDroppedCalendars({ tx, actor }: Context): Promise<CalendarRef> {
  const member = await getMember(tx, actor);
  const name = translator(member!.locale === 'fr' ? 'fr' : 'en')('mailboxes.calendars.dropped');
  return { ...actor, sourceId: await openDropSource(tx, actor, name, 'calendar_file'), connectionId: null };
}

export const correspondentsOperations: Operation[] = [
  implement(contracts.listMailboxes, async (_input, { tx, actor }) => ({
    items: (await lists.listMailboxes(tx, actor)).map((row) => ({
      id: row.source_id,
      name: row.name,
      read: row.read_count,
      machines: row.machine_count,
      private: row.private_count,
      correspondents: row.correspondents,
      since: row.created_at.toISOString(),
      caughtUpAt: row.caught_up_at?.toISOString() ?? null,
    })),
  })),

  implement(contracts.listCorrespondents, async ({ q, show, after, limit }, { tx, actor }) => {
    const rows = await lists.listCorrespondents(tx, actor, { q, show, ...inTouch }, pageFrom(after), limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map(describe),
      next: rows.length > limit && last ? encodeCursor([last.cursor, last.id]) : null,
    };
  }),

  implement(contracts.listExchanges, async ({ personId }, { tx, actor }) => {
    const found = await findPersonCards(tx, actor, personId);
    if (!found) throw notFound();
    const show = { ids: await lists.findPointsOf(tx, actor, found.cardIds) };
    return { items: (await lists.listCorrespondents(tx, actor, { show, ...inTouch }, null, 200)).map(describe) };
  }),

  implement(contracts.listCalendars, async (_input, { tx, actor }) => ({
    items: (await listCalendars(tx, actor)).map((row) => ({
      id: row.source_id,
      name: row.name,
      connectionId: row.connection_id,
      meetings: row.meetings,
      people: row.people,
      private: row.private,
      leftOut: row.left_out,
      since: row.created_at.toISOString(),
    })),
  })),

  implement(contracts.readCalendarFile, async ({ text }, context) => {
    if (!isCalendar(text)) throw new AppError('unreadable_file');
    const calendar = await openDroppedCalendars(context);
    const met = await takeMeetings(context.app, context.tx, calendar, await readCalendarText(text), []);
    await weighSoon(context.app, context.tx, context.actor);
    return { meetings: met.meetings, private: met.private_events, leftOut: met.left_out };
  }),

  implement(contracts.forgetCalendar, async ({ calendarId }, { tx, actor }) => {
    if (!(await forgetCalendar(tx, actor, calendarId))) throw notFound();
    return {};
  }),

  implement(contracts.makeCard, async ({ correspondentId }, context) => {
    const { tx, actor } = context;
    const show = { ids: [correspondentId] };
    const [one] = await lists.listCorrespondents(tx, actor, { show, ...inTouch }, null, 1);
    if (!one) throw notFound();
    if (one.card_id) return { id: one.card_id, personId: one.card_id, proposalId: null };
    const waiting = await findWaitingSignature(tx, actor, one.id);
    if (waiting) {
      const cardId = await acceptProposal(context, waiting.proposal_id, undefined);
      return { id: cardId, personId: cardId, proposalId: waiting.proposal_id };
    }
    const sourceId = await lists.findSourceOf(tx, actor, one.id);
    const { cardId } = await learnNew(context, await mainBook(context), sourceId!, `mail ${one.id}`, [
      ...(one.name ? [{ kind: 'name' as const, value: splitName(one.name) }] : []),
      { kind: 'email', value: { value: one.email } },
    ]);
    return { id: cardId, personId: cardId, proposalId: null };
  }),

  implement(contracts.setAside, async ({ correspondentId, aside }, { tx, actor }) => {
    if (!(await lists.setAside(tx, actor, correspondentId, aside))) throw notFound();
    return {};
  }),

  implement(contracts.listProposals, async ({ after, limit }, context) => {
    const rows = await listWaiting(context.tx, context.actor, pageFrom(after), leastReceived, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: await describeProposals(context, shown),
      next: rows.length > limit && last ? encodeCursor([last.cursor, last.proposal_id]) : null,
    };
  }),

  implement(contracts.acceptProposal, async ({ proposalId, values }, context) => {
    const cardId = await acceptProposal(context, proposalId, values);
    return { id: cardId, personId: cardId };
  }),

  implement(contracts.declineProposal, async ({ proposalId }, context) => {
    await declineProposal(context, proposalId);
    return {};
  }),

  implement(contracts.reopenProposal, async ({ proposalId }, context) => {
    await reopenProposal(context, proposalId);
    return {};
  }),

  implement(contracts.getDropBox, async (_input, context) => ({ address: await dropAddress(context) })),

  implement(contracts.renewDropBox, async (_input, context) => {
    await renewDropTag(context.tx, context.actor);
    return { address: await dropAddress(context) };
  }),

  implement(contracts.listPastMeetings, async (_input, { tx, actor }) => {
    const past = await listPast(tx, actor, mostOffered);
    const points = past.flatMap(({ attendees }) => attendees.map(({ point }) => point));
    const persons = await findPersonsByPoints(tx, actor, [...new Set(points)]);
    const names = await nameCards({ tx, actor }, [...persons.values()].flat(2));
    const items = past.map(({ meeting, at, minutes, attendees }) => {
      const people = attendees.flatMap(({ point, name, email }) => {
        // Whom several share an address with is not guessed.
        const [cardIds, ...others] = persons.get(point) ?? [];
        if (!cardIds || others.length > 0) return [];
        return [{ id: cardIds[0]!, name: names.get(cardIds[0]!) || name || email, contactPointId: point }];
      });
      return { meeting, at: at.toISOString(), minutes, people };
    });
    return { items: items.filter(({ people }) => people.length > 0) };
  }),

  implement(contracts.settleMeeting, async ({ meeting }, { tx, actor }) => {
    await settleMeeting(tx, actor, meeting);
    return {};
  }),
];

async function dropAddress({ app, tx, actor }: Context): Promise<string | null> {
  const box = await findDropBox(tx, actor);
  return box ? tagged(box.address, tagOf(app.secrets, actor.workspaceId, actor.memberId, box.version)) : null;
}
