import { sayConsent } from '../cards/consent.ts';
import { getOwnCard, hideCard, toEditing } from '../cards/editing.ts';
import { findPersonCards } from '../cards/persons.ts';
import { restorableDays } from '../cards/rows.ts';
import { findBearers, loadHeld } from '../cards/word.ts';
import { findHolders } from '../delegation/queries.ts';
import { getMember } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
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

/** All that the actor holds of the person goes out of sight, and for good after 30 days. */
async function hideAll(context: Context, cardId: string): Promise<void> {
  const { tx, actor } = context;
  const person = await findPersonCards(tx, actor, cardId);
  const held = await loadHeld({ tx, actor }, cardId);
  const editing = await toEditing(context);
  const mine = held?.cards.map(({ card_id }) => card_id) ?? [];
  const others = (person?.cardIds ?? []).filter((one) => !mine.includes(one));
  for (const one of mine) await hideCard(editing, await getOwnCard(editing, one), others, restorableDays);
}
