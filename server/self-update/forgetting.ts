import { sayConsent } from '../cards/consent.ts';
import { getOwnCard, hideCard, toEditing } from '../cards/editing.ts';
import { findPersonCards } from '../cards/persons.ts';
import { restorableDays } from '../cards/rows.ts';
import { findBearers, loadHeld } from '../cards/word.ts';
import { findHolders } from '../delegation/queries.ts';
import { forgetTracked } from '../facts/index.ts';
import { getMember } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { sendToContact } from '../outreach/contacts.ts';
import type { Reason } from '../outreach/contract.ts';
import { addTask, updateTask } from '../tasks/queries.ts';
import type { ForgetOutcome } from './contract.ts';
import * as queries from './queries.ts';
import { forgetDays } from './rules.ts';
import { checkVisit, getVisited, tellHolders, withLink } from './visiting.ts';

const day = 86_400_000;

/**
 * Somebody asks to be forgotten (RGPD art. 17, 21). They object to everything at once; whoever holds them at the address they proved
 * gets a task with the date by which the law wants an answer. Asked again by the same link, it is the same wish.
 * @returns until when it is answered
 */
export async function askForget(app: App, token: string, visit: string): Promise<Date> {
  const held = await getVisited(app, token, visit);
  return withLink(app, token, async (tx, link) => {
    checkVisit(link, visit);
    const { workspace_id: workspaceId, link_id: linkId } = link;
    const [known] = await queries.listForgetsOf(tx, workspaceId, linkId);
    if (known) return known.due_at;
    const points = new Set([link.contact_point_id, ...held.values.flatMap((value) => value.contactPointId ?? [])]);
    for (const point of points) await sayConsent(tx, workspaceId, point, 'objected', `link ${linkId}`);
    await forgetTracked(tx, workspaceId, [...points]);
    // How they and whom they bring are called at the doors of events.
    const guests = { cardIds: [], contactPointIds: [...points] };
    await app.enqueue(tx, { workspaceId, task: 'events.forgetGuests', payload: guests });
    const dueAt = new Date(Date.now() + forgetDays.answer * day);
    const own = held.cards.filter(({ source_kind }) => source_kind !== 'self');
    const ofOthers = await findBearers(tx, workspaceId, link.card_id, link.contact_point_id);
    const cards = [...own, ...ofOthers.filter((card) => !own.some(({ card_id }) => card_id === card.card_id))];
    // One of their cards for each who holds some.
    const asked = new Map<string, string>();
    for (const { card_id, book_no } of cards.toReversed())
      for (const memberId of await findHolders(tx, workspaceId, [book_no])) asked.set(memberId, card_id);
    for (const [memberId, cardId] of asked)
      await askHolder(app, tx, { workspaceId, memberId }, { linkId, cardId, dueAt });
    await tellHolders(tx, workspaceId, cards, 'objected');
    await queries.prolong(tx, link, new Date(Date.now() + forgetDays.shown * day));
    return dueAt;
  });
}

async function askHolder(
  app: App,
  tx: Tx,
  holder: Actor,
  { linkId, cardId, dueAt }: { linkId: string; cardId: string; dueAt: Date },
): Promise<void> {
  const { workspaceId, memberId } = holder;
  const [forgetId, taskId] = [newId(), newId()];
  const t = translator(((await getMember(tx, holder))?.locale ?? 'en') as Locale);
  await addTask(tx, holder, {
    task_id: taskId,
    title: t('ownWord.task'),
    owner_id: memberId,
    card_id: cardId,
    due_on: dueAt.toISOString().slice(0, 10),
  });
  await queries.addForget(tx, workspaceId, {
    forget_id: forgetId,
    link_id: linkId,
    member_id: memberId,
    card_id: cardId,
    task_id: taskId,
    due_at: dueAt,
  });
  const payload = { kind: 'forget_asked', memberIds: [memberId], subjectId: cardId, actorId: null, occasion: forgetId };
  await app.enqueue(tx, { workspaceId, task: 'notices.tell', payload });
}

/** @throws AppError not_found for a wish that is not the actor's to answer, conflict for one that they answered */
export async function answerForget(context: Context, forgetId: string, outcome: ForgetOutcome): Promise<void> {
  const { tx, actor } = context;
  const forget = await queries.findForget(tx, actor, forgetId);
  if (!forget) throw notFound();
  if (!(await queries.setOutcome(tx, actor, forgetId, outcome))) throw new AppError('conflict');
  await updateTask(tx, actor, forget.task_id, { done_at: new Date(), done_by: actor.memberId });
  if (outcome === 'erased') await hideAll(context, forget.card_id);
}

/** All that the actor holds of the person goes out of sight, and for good after 30 days; what was written to them is erased at once. */
async function hideAll(context: Context, cardId: string): Promise<void> {
  const { tx, actor } = context;
  const person = await findPersonCards(tx, actor, cardId);
  const held = await loadHeld({ tx, actor }, cardId);
  const editing = await toEditing(context);
  const mine = held?.cards.map(({ card_id }) => card_id) ?? [];
  const others = (person?.cardIds ?? []).filter((one) => !mine.includes(one));
  const points = new Set(held?.values.flatMap((value) => value.contactPointId ?? []));
  const payload = { memberId: actor.memberId, cardIds: mine, contactPointIds: [...points] };
  await context.app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'selfUpdate.eraseWritten', payload });
  for (const one of mine) await hideCard(editing, await getOwnCard(editing, one), others, restorableDays);
}

/**
 * Takes two months more to answer, once and before the month is over (RGPD art. 12, 3): the person is told why by mail, and by their link. What they
 * objected to does not keep that mail from them. Nothing is extended where it may not leave.
 * @param who asks: the holder who has to answer, or, with `oversees`, an admin in their place
 * @throws AppError not_found, or conflict where it was answered or extended already, is overdue, or its holder is not here any more
 */
export async function extendForget(
  app: App,
  who: { actor: Actor; oversees: boolean },
  forgetId: string,
  reason: string,
): Promise<{ allowed: boolean; reasons: Reason[]; dueAt: Date }> {
  const { workspaceId } = who.actor;
  const forget = await app.db.asSystem('keeper', (tx) => queries.findAnyForget(tx, workspaceId, forgetId));
  if (!forget || !(who.oversees || forget.member_id === who.actor.memberId)) throw notFound();
  const holder = { workspaceId, memberId: forget.member_id };
  const dueAt = new Date(forget.due_at.getTime() + forgetDays.extension * day);
  return app.db
    .asActor(holder, async (tx) => {
      if (!(await queries.extendForget(tx, holder, forgetId, reason, dueAt))) throw new AppError('conflict');
      const sent = await writeExtension({ app, tx, actor: holder }, forget, reason, dueAt);
      if (!sent.allowed) throw new Refused(sent.reasons);
      await updateTask(tx, holder, forget.task_id, { due_on: dueAt.toISOString().slice(0, 10) });
      const payload = {
        linkId: forget.link_id,
        until: new Date(dueAt.getTime() + forgetDays.answer * day).toISOString(),
      };
      await app.enqueue(tx, { workspaceId, task: 'selfUpdate.prolong', payload });
      return { allowed: true, reasons: [], dueAt };
    })
    .catch((error: unknown) => {
      if (error instanceof Refused) return { allowed: false, reasons: error.reasons, dueAt: forget.due_at };
      if (error instanceof AppError && error.code === 'unauthenticated') throw new AppError('conflict');
      throw error;
    });
}

/** Takes back all of a step: the person may not be told. */
class Refused extends Error {
  readonly reasons: Reason[];
  constructor(reasons: Reason[]) {
    super('refused');
    this.reasons = reasons;
  }
}

async function writeExtension(
  context: Pick<Context, 'app' | 'tx' | 'actor'>,
  forget: queries.AnyForget,
  reason: string,
  dueAt: Date,
) {
  const locale = forget.locale as Locale;
  const t = translator(locale);
  const me = (await getMember(context.tx, context.actor))!;
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const words = { workspace: me.workspace, asked: date.format(forget.asked_at), until: date.format(dueAt), reason };
  return sendToContact(context, {
    personId: forget.card_id,
    contactPointId: forget.contact_point_id,
    purpose: 'service',
    ofRight: true,
    subject: t('ownWord.extension.subject', words),
    text: t('ownWord.extension.text', words),
    locale,
  });
}
