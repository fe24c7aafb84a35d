import { listMailAddresses } from '../cards/facts.ts';
import { findPersonCards, findUsedCards } from '../cards/persons.ts';
import { recordUses } from '../delegation/ledger.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { hashedId, newId } from '../kernel/ids.ts';
import { giveTask } from '../tasks/giving.ts';
import * as contracts from './contract.ts';
import { describeDoor, describeEvents, describeGuests, getEvent, getRow } from './describing.ts';
import { inviteAll, previewAll, timingOf } from './inviting.ts';
import { lockMine } from './owning.ts';
import * as queries from './queries.ts';
import { isOpen } from './rules.ts';
import { giveSeats, takeAnswer } from './seating.ts';
import { settleEvent } from './settling.ts';
import { enqueueTelling } from './telling.ts';

/** @throws AppError forbidden for everybody's event by who does not address contacts for the company, invalid_input for another's team */
async function audienceOf(
  { tx, actor, role }: Context,
  wanted: { kind: 'mine' | 'team' | 'workspace'; id?: string },
): Promise<string> {
  if (wanted.kind === 'workspace' && role !== 'admin' && role !== 'marketing') throw new AppError('forbidden');
  if (wanted.kind === 'mine') return actor.memberId;
  if (wanted.kind === 'workspace') return actor.workspaceId;
  if (!(await queries.isAudience(tx, wanted.id!)))
    throw new AppError('invalid_input', { fields: { 'audience.id': 'unknown' } });
  return wanted.id!;
}

type Said = Pick<
  contracts.Event,
  | 'kind'
  | 'name'
  | 'intro'
  | 'place'
  | 'onlineUrl'
  | 'startsAt'
  | 'endsAt'
  | 'zone'
  | 'seats'
  | 'mostCompanions'
  | 'waitingList'
  | 'answersUntil'
  | 'remindDays'
>;

function rowOf(said: Said): queries.EventWords {
  return {
    ...{
      kind: said.kind,
      name_fr: said.name.fr,
      name_en: said.name.en,
      intro_fr: said.intro.fr,
      intro_en: said.intro.en,
    },
    ...{ place: said.place, online_url: said.onlineUrl, zone: said.zone, seats: said.seats },
    ...{ starts_at: new Date(said.startsAt), ends_at: new Date(said.endsAt) },
    ...{ most_companions: said.mostCompanions, waiting_list: said.waitingList, remind_days: said.remindDays },
    answers_until: said.answersUntil === null ? null : new Date(said.answersUntil),
  };
}

async function checkQuotas({ tx, actor }: Context, quotas: readonly { teamId: string }[]): Promise<void> {
  const known = await queries.countTeams(
    tx,
    actor,
    quotas.map(({ teamId }) => teamId),
  );
  if (known !== quotas.length) throw new AppError('invalid_input', { fields: { quotas: 'unknown' } });
}

async function tellAll(
  { app, tx, actor: { workspaceId } }: Context,
  guestIds: readonly string[],
  kind: queries.Telling,
  occasion: string,
): Promise<void> {
  for (const guestId of guestIds) await enqueueTelling(app, tx, workspaceId, guestId, kind, occasion);
}

/** What calendars and guests have to hear of. */
const isElsewhere = (before: queries.EventRow, after: queries.EventWords): boolean =>
  before.starts_at.getTime() !== after.starts_at.getTime() ||
  before.ends_at.getTime() !== after.ends_at.getTime() ||
  before.zone !== after.zone ||
  before.place !== after.place ||
  before.online_url !== after.online_url;

async function getGuest({ tx, actor }: Context, eventId: string, guestId: string): Promise<queries.GuestRow> {
  const guest = await queries.findGuest(tx, actor.workspaceId, guestId);
  if (guest?.event_id !== eventId) throw notFound();
  return guest;
}

export const eventsOperations: Operation[] = [
  implement(contracts.listEvents, async (_input, context) => ({ items: await describeEvents(context) })),

  implement(contracts.getEvent, ({ eventId }, context) => getEvent(context, eventId)),

  implement(contracts.addEvent, async ({ audience, quotas, ...said }, context) => {
    const { tx, actor } = context;
    const row = { event_id: newId(), audience_id: await audienceOf(context, audience) };
    await checkQuotas(context, quotas);
    await queries.addEvent(tx, actor, { ...row, ...rowOf(said) });
    await queries.setQuotas(tx, actor, row, quotas);
    return getEvent(context, row.event_id);
  }),

  implement(contracts.updateEvent, async ({ eventId, quotas, tell, ...said }, context) => {
    const { app, tx, actor } = context;
    const before = await lockMine(context, eventId);
    await checkQuotas(context, quotas);
    const words = rowOf(said);
    const elsewhere = isElsewhere(before, words);
    const sequence = before.sequence + (elsewhere ? 1 : 0);
    await queries.updateEvent(tx, actor, eventId, { ...words, sequence });
    await queries.setQuotas(tx, actor, before, quotas);
    if (elsewhere && tell) {
      const guestIds = await queries.listToTell(tx, actor.workspaceId, eventId, ['coming', 'waiting']);
      await tellAll(context, guestIds, 'changed', String(sequence));
    }
    await giveSeats(app, tx, actor.workspaceId, await getRow(context, eventId));
    return getEvent(context, eventId);
  }),

  implement(contracts.cancelEvent, async ({ eventId }, context) => {
    const { tx, actor } = context;
    const { sequence } = await lockMine(context, eventId);
    await queries.updateEvent(tx, actor, eventId, { cancelled_at: new Date(), sequence: sequence + 1 });
    const guestIds = await queries.listToTell(tx, actor.workspaceId, eventId, ['invited', 'coming', 'waiting']);
    await tellAll(context, guestIds, 'cancelled', 'once');
    return getEvent(context, eventId);
  }),

  implement(contracts.previewInviting, async ({ eventId, personIds }, context) => ({
    items: await previewAll(context, await getRow(context, eventId), personIds),
  })),

  implement(contracts.inviteGuests, async ({ eventId, personIds, ...words }, context) => {
    await queries.lockEvent(context.tx, context.actor.workspaceId, eventId);
    return { items: await inviteAll(context, await getRow(context, eventId), personIds, words) };
  }),

  implement(contracts.listGuests, async ({ eventId, state, after, limit }, context) => {
    const event = await getRow(context, eventId);
    const rows = await queries.listGuests(context.tx, context.actor, eventId, { state, after }, limit + 1);
    const shown = rows.slice(0, limit);
    return {
      items: await describeGuests(context, event, shown),
      next: rows.length > limit ? shown.at(-1)!.guest_id : null,
    };
  }),

  implement(contracts.answerFor, async ({ eventId, guestId, ...wish }, context) => {
    const { app, tx, actor, role } = context;
    await queries.lockEvent(tx, actor.workspaceId, eventId);
    const event = await getRow(context, eventId);
    const guest = await getGuest(context, eventId, guestId);
    const mine = guest.invited_by === actor.memberId || event.owner_id === actor.memberId || role === 'admin';
    if (!mine) throw new AppError('forbidden');
    // By word of mouth until it begins, whatever day was set for answers.
    if (!isOpen({ ...timingOf(event), answersUntil: null }, new Date())) throw new AppError('conflict');
    return takeAnswer(app, tx, actor.workspaceId, event, guest, { ...wish, answeredBy: actor.memberId });
  }),

  implement(contracts.addGuest, async ({ eventId, personId, companions, attended, locale }, context) => {
    const { app, tx, actor } = context;
    await queries.lockEvent(tx, actor.workspaceId, eventId);
    const event = await getRow(context, eventId);
    if (event.cancelled_at || event.settled_at) throw new AppError('conflict');
    const person = await findPersonCards(tx, actor, personId);
    const [pointId] = person ? await listMailAddresses(tx, actor, person.cardIds) : [];
    if (!person) throw notFound();
    if (!pointId) throw new AppError('invalid_input', { fields: { personId: 'no_address' } });
    // Who lends them hears that they were taken for it; that they came is told when attendance is closed.
    await recordUses(tx, actor, 'opened', await findUsedCards(tx, actor, person.cardIds));
    const teamId = await queries.findTeamOf(tx, actor, eventId);
    const row = { guest_id: newId(), contact_point_id: pointId, card_id: person.cardIds[0]!, team_id: teamId };
    if (!(await queries.addGuest(tx, actor, event, { ...row, locale }))) throw new AppError('conflict');
    const guest = await getGuest(context, eventId, row.guest_id);
    const answer = { coming: true, companions, answeredBy: actor.memberId };
    const taken = await takeAnswer(app, tx, actor.workspaceId, event, guest, answer);
    // Whoever stands at the door is there, whether there was a seat or not.
    if (attended)
      await queries.letIn(tx, actor, eventId, [
        { guestId: row.guest_id, attended, companions, at: new Date().toISOString() },
      ]);
    return { guestId: row.guest_id, ...taken };
  }),

  implement(contracts.nudgeGuests, async ({ eventId }, context) => {
    const { tx, actor } = context;
    const event = await lockMine(context, eventId);
    if (!isOpen(timingOf(event), new Date())) throw new AppError('conflict');
    const lately = { kind: 'nudge' as const, days: nudgeDays };
    const guestIds = await queries.listToTell(tx, actor.workspaceId, eventId, ['invited'], lately);
    await tellAll(context, guestIds, 'nudge', new Date().toISOString().slice(0, 10));
    return { asked: guestIds.length };
  }),

  implement(contracts.listDoor, async ({ eventId }, context) => {
    await getRow(context, eventId);
    return { items: await describeDoor(context, eventId) };
  }),

  implement(contracts.letIn, async ({ eventId, items }, context) => {
    const { tx, actor } = context;
    const event = await getRow(context, eventId);
    if (event.cancelled_at || event.settled_at) throw new AppError('conflict');
    await queries.letIn(tx, actor, eventId, items);
    return { items: await describeDoor(context, eventId) };
  }),

  implementOutside(contracts.settleEvent, async ({ eventId }, context) => {
    const { app, actor } = context;
    await context.asCaller((inside) => lockMine(inside, eventId));
    const done = await context.asSystem('keeper', (tx) => settleEvent(app, tx, actor.workspaceId, eventId));
    if (!done) throw new AppError('conflict');
    return context.asCaller((inside) => getEvent(inside, eventId));
  }),

  implement(contracts.giveFollowUps, async ({ eventId, of, title, dueOn }, context) => {
    const { tx, actor, role } = context;
    const event = await getRow(context, eventId);
    if (event.owner_id !== actor.memberId && role !== 'admin') throw new AppError('forbidden');
    const guests = await queries.listGuests(tx, actor, eventId, { state: of }, mostTasks);
    const tasks = guests.map((guest) => ({ guest, taskId: hashedId(`event ${guest.guest_id} ${of}`) }));
    const there = await queries.listTasksThere(
      tx,
      actor,
      tasks.map(({ taskId }) => taskId),
    );
    // Who registered and has no card yet can be nobody's task.
    const wanted = tasks.filter(({ guest, taskId }) => guest.card_id !== null && !there.has(taskId));
    for (const { guest, taskId } of wanted)
      await giveTask(context, {
        ...{ task_id: taskId, title, owner_id: guest.invited_by, card_id: guest.card_id!, due_on: dueOn },
      });
    return { given: wanted.length };
  }),
];

/** Days before somebody who has not answered is asked once more. */
const nudgeDays = 5;
/** Tasks that are given at once. */
const mostTasks = 1000;
