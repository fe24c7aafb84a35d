import { sayConsent } from '../cards/consent.ts';
import type { FieldInput } from '../cards/contract.ts';
import { habitsOf } from '../cards/editing.ts';
import { completeInput, type Field } from '../cards/fields.ts';
import { offerOwnWord } from '../cards/offering.ts';
import { addContactPoints, listFields } from '../cards/rows.ts';
import { contactPointId } from '../cards/writing.ts';
import { forgetTracked } from '../facts/index.ts';
import { normaliseEmail } from '../formats/normalise/email.ts';
import { getMember } from '../identity/queries.ts';
import { announce } from '../kernel/announce.ts';
import type { AppInside } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { addTask, updateTask } from '../tasks/queries.ts';
import type { Correction, Outcome, RequestKind } from './contract.ts';
import { writeToPerson } from './letters.ts';
import * as queries from './queries.ts';
import { daysUntil, lastDay, legalMonths, silentDays } from './rules.ts';

export const today = (): string => new Date().toISOString().slice(0, 10);

/** What the desk does in a transaction of the keeper, for an admin. */
interface Desk {
  app: AppInside;
  tx: Tx;
  actor: Actor;
}

interface Wish {
  kind: RequestKind;
  email: string;
  receivedOn: string;
  locale: Locale;
  corrections: readonly Correction[];
}

/** @throws AppError invalid_input for no address, a day to come, or a rectification of nothing; conflict while the same is open */
export async function recordRequest({ app, tx, actor }: Desk, wish: Wish): Promise<string> {
  const { workspaceId, memberId } = actor;
  const address = normaliseEmail(wish.email);
  if (!address) throw new AppError('invalid_input', { fields: { email: 'invalid' } });
  if (wish.receivedOn > today()) throw new AppError('invalid_input', { fields: { receivedOn: 'invalid' } });
  if (wish.kind === 'rectification' && wish.corrections.length === 0)
    throw new AppError('invalid_input', { fields: { corrections: 'required' } });
  const pointId = contactPointId(app.secrets, workspaceId, { channel: 'email', address });
  if (await queries.isOpen(tx, workspaceId, wish.kind, pointId)) throw new AppError('conflict');
  const requestId = newId();
  await addContactPoints(tx, workspaceId, new Map([[pointId, 'email' as const]]));
  await queries.addRequest(tx, workspaceId, {
    request_id: requestId,
    kind: wish.kind,
    contact_point_id: pointId,
    address: app.secrets.encrypt(address),
    said: wish.corrections.length > 0 ? app.secrets.encrypt(JSON.stringify(wish.corrections)) : null,
    locale: wish.locale,
    received_on: wish.receivedOn,
    due_on: lastDay(wish.receivedOn, legalMonths.answer),
    recorded_by: memberId,
  });
  await queries.addStep(tx, workspaceId, requestId, 'recorded', memberId);
  const request = (await queries.lockRequest(tx, workspaceId, requestId))!;
  await act({ app, tx, actor }, request, wish.corrections);
  return requestId;
}

/** What holds at once, and what is asked of holders. */
async function act(desk: Desk, request: queries.Request, corrections: readonly Correction[]): Promise<void> {
  const { app, tx, actor } = desk;
  const { workspaceId } = actor;
  const { request_id: requestId, contact_point_id: pointId, kind } = request;
  const bearing = await queries.listBearing(tx, workspaceId, pointId);
  const cardIds = bearing.map(({ card_id }) => card_id);
  if (kind === 'objection' || kind === 'restriction' || kind === 'erasure') {
    // At no other address of these cards: no holder has said yet that they are theirs, and an assistant's may stand there.
    await sayConsent(tx, workspaceId, pointId, 'objected', `request ${requestId}`);
    await forgetTracked(tx, workspaceId, [pointId]);
    await queries.addStep(tx, workspaceId, requestId, 'objected', null, { counts: { points: 1 } });
  }
  if (kind === 'objection') {
    const sent = await writeToPerson(app, tx, workspaceId, request, 'objected');
    await queries.addStep(tx, workspaceId, requestId, sent ? 'done' : 'not_sent');
    return queries.closeRequest(tx, workspaceId, requestId, 'done');
  }
  if (kind === 'rectification') await propose(desk, request, cardIds, corrections);
  await askHolders(desk, request, bearing);
  const sent = await writeToPerson(app, tx, workspaceId, request, 'receipt');
  await queries.addStep(tx, workspaceId, requestId, sent ? 'receipt_sent' : 'not_sent');
}

const asInput = ({ kind, to }: Correction): FieldInput =>
  kind === 'name'
    ? { kind, value: { full: to } }
    : kind === 'organization'
      ? { kind, value: { name: to } }
      : kind === 'phone'
        ? { kind, value: { raw: to } }
        : { kind, value: { value: to } };

/** What is to be corrected reaches the cards that bear the address as the person's own word; their holders take it over, or not. */
async function propose(
  { app, tx, actor }: Desk,
  { request_id: requestId }: queries.Request,
  cardIds: readonly string[],
  corrections: readonly Correction[],
): Promise<void> {
  const { workspaceId } = actor;
  const habits = await habitsOf({ tx, actor });
  const changes = corrections.map((one) => ({ from: null, to: completeInput(asInput(one), habits) as Field }));
  const cards = [];
  for (const { card_id, book_no } of await queries.lockCards(tx, workspaceId, cardIds))
    cards.push({ card_id, book_no, fields: await listFields(tx, workspaceId, card_id) });
  await offerOwnWord({ app, tx }, workspaceId, cards, changes);
  await queries.addStep(tx, workspaceId, requestId, 'proposed', null, { counts: { cards: cards.length } });
}

/** One task for each who holds cards that bear the address, with the day by which the law wants the answer. */
async function askHolders(
  { app, tx, actor }: Desk,
  request: queries.Request,
  bearing: readonly queries.Bearing[],
): Promise<void> {
  const { workspaceId } = actor;
  const held = new Map<string, string[]>();
  for (const { card_id, holders } of bearing)
    for (const memberId of holders) held.set(memberId, [...(held.get(memberId) ?? []), card_id]);
  for (const [memberId, cardIds] of held) {
    const holder = { workspaceId, memberId };
    const t = translator(((await getMember(tx, holder))?.locale ?? 'en') as Locale);
    const [askedId, taskId] = [newId(), newId()];
    await addTask(tx, holder, {
      task_id: taskId,
      title: t('privacy.task', { kind: request.kind }),
      owner_id: memberId,
      card_id: cardIds[0]!,
      due_on: request.due_on,
    });
    await queries.addAsked(tx, workspaceId, {
      asked_id: askedId,
      request_id: request.request_id,
      member_id: memberId,
      task_id: taskId,
      kind: request.kind,
      due_on: request.due_on,
      card_ids: cardIds,
    });
    const payload = { kind: 'privacy_asked', memberIds: [memberId], subjectId: askedId, actorId: null };
    await app.enqueue(tx, { workspaceId, task: 'notices.tell', payload: { ...payload, occasion: askedId } });
    await announce(tx, workspaceId, [memberId], 'tasks');
  }
}

/** Everybody has answered, or so few days are left that the answer leaves without who is silent. */
export const isReady = ({
  state,
  asked,
  answered,
  due_on,
}: Pick<queries.Request, 'state' | 'asked' | 'answered' | 'due_on'>): boolean =>
  state === 'asking' && (answered >= asked || daysUntil(due_on, today()) <= silentDays);

/** A request that the desk goes on with now. @throws AppError not_found, or conflict where it is not ready, or not of these kinds */
export async function takeReady(
  { tx, actor }: Pick<Desk, 'tx' | 'actor'>,
  requestId: string,
  kinds: readonly RequestKind[],
): Promise<queries.Request> {
  const request = await queries.lockRequest(tx, actor.workspaceId, requestId);
  if (!request) throw notFound();
  if (!isReady(request) || !kinds.includes(request.kind as RequestKind)) throw new AppError('conflict');
  return request;
}

/** What may be said of whose cards: that they stay, only where they would go. */
const outcomesOf = (kind: string): readonly Outcome[] =>
  kind === 'erasure' || kind === 'restriction'
    ? ['agreed', 'contract', 'law', 'somebody_else']
    : ['agreed', 'somebody_else'];

/** @throws AppError invalid_input for an outcome or cards that are not asked for; conflict where it was answered, or the request is closed */
export async function answerAsked(
  { tx, actor }: Desk,
  asked: queries.Asked,
  { outcome, leftOut }: { outcome: Outcome; leftOut: readonly string[] },
): Promise<void> {
  const { workspaceId } = actor;
  if (!outcomesOf(asked.kind).includes(outcome))
    throw new AppError('invalid_input', { fields: { outcome: 'invalid' } });
  if (leftOut.some((one) => !asked.card_ids.includes(one)))
    throw new AppError('invalid_input', { fields: { leftOut: 'invalid' } });
  if (!(await queries.answerAsked(tx, actor, asked.asked_id, { outcome, leftOut }))) throw new AppError('conflict');
  await queries.addStep(tx, workspaceId, asked.request_id, 'confirmed', null, {
    counts: { cards: outcome === 'agreed' ? asked.card_ids.length - leftOut.length : 0 },
  });
  await updateTask(tx, actor, asked.task_id, { done_at: new Date(), done_by: actor.memberId });
  await announce(tx, workspaceId, [actor.memberId], 'tasks');
}

/** What holders said, as far as they did. */
export interface Word {
  /** Cards of the person of which they say that they may be disclosed, or erased; with those that nobody holds any more. */
  cardIds: string[];
  /** Cards that bear the address and stay: kept, somebody else's, or not asked about. */
  stays: boolean;
  /** Of some, because a contract or the law wants them kept. */
  kept: boolean;
  silent: boolean;
}

export async function wordOfHolders(tx: Tx, workspaceId: string, request: queries.Request): Promise<Word> {
  const bearing = await queries.listBearing(tx, workspaceId, request.contact_point_id);
  const asked = await queries.listAsked(tx, workspaceId, request.request_id);
  const agreed = new Set(
    asked
      .filter(({ outcome }) => outcome === 'agreed')
      .flatMap(({ card_ids, left_out }) => card_ids.filter((one) => !left_out.includes(one))),
  );
  const refused = new Set(
    asked.flatMap(({ outcome, card_ids, left_out }) => (outcome === 'agreed' ? left_out : card_ids)),
  );
  const isTheirs = ({ card_id, holders }: queries.Bearing) =>
    (agreed.has(card_id) && !refused.has(card_id)) || (holders.length === 0 && !refused.has(card_id));
  const cardIds = bearing.filter(isTheirs).map(({ card_id }) => card_id);
  return {
    cardIds,
    stays: cardIds.length < bearing.length,
    kept: asked.some(({ outcome }) => outcome === 'contract' || outcome === 'law'),
    silent: asked.some(({ outcome }) => outcome === null),
  };
}

/** Nothing is done where the person cannot be told. */
export class NotSent extends Error {}

/** @throws AppError not_found, or conflict once it was extended, is closed or overdue; NotSent */
export async function extendRequest({ app, tx, actor }: Desk, requestId: string, reason: string): Promise<string> {
  const { workspaceId, memberId } = actor;
  const request = await queries.lockRequest(tx, workspaceId, requestId);
  if (!request) throw notFound();
  if (request.state !== 'asking' || daysUntil(request.due_on, today()) < 0) throw new AppError('conflict');
  const dueOn = lastDay(request.received_on, legalMonths.answer + legalMonths.extension);
  if (!(await queries.extend(tx, workspaceId, requestId, dueOn))) throw new AppError('conflict');
  if (!(await writeToPerson(app, tx, workspaceId, request, 'extended', { reason, dueOn }))) throw new NotSent();
  for (const { task_id, member_id, outcome } of await queries.listAsked(tx, workspaceId, requestId))
    if (outcome === null) await updateTask(tx, { workspaceId, memberId: member_id }, task_id, { due_on: dueOn });
  await queries.addStep(tx, workspaceId, requestId, 'extended', memberId, { reason });
  return dueOn;
}

/** @returns whether the person could be told by mail; where not, it is theirs who refuse to tell them otherwise */
export async function endRequest(
  { app, tx, actor }: Desk,
  request: queries.Request,
  as: 'done' | 'refused',
  reason?: string,
): Promise<boolean> {
  const { workspaceId, memberId } = actor;
  const requestId = request.request_id;
  const sent = await writeToPerson(app, tx, workspaceId, request, as, reason ? { reason } : {});
  const { silent } = await wordOfHolders(tx, workspaceId, request);
  await queries.closeRequest(tx, workspaceId, requestId, as === 'refused' ? as : silent ? 'partly' : 'done');
  await queries.addStep(tx, workspaceId, requestId, as, memberId, reason ? { reason } : {});
  if (!sent) await queries.addStep(tx, workspaceId, requestId, 'not_sent');
  await dropTasks(tx, workspaceId, requestId);
  return sent;
}

/** What is asked no more is no task any more, and is not shown as asked. */
export async function dropTasks(tx: Tx, workspaceId: string, requestId: string): Promise<void> {
  for (const { task_id, member_id, outcome } of await queries.listAsked(tx, workspaceId, requestId)) {
    if (outcome !== null) continue;
    await updateTask(tx, { workspaceId, memberId: member_id }, task_id, { done_at: new Date(), done_by: member_id });
    await announce(tx, workspaceId, [member_id], 'tasks');
  }
  await queries.dropUnanswered(tx, workspaceId, requestId);
}
