import { randomBytes } from 'node:crypto';
import { isRefusal, readValue } from '../attributes/index.ts';
import { sayConsent } from '../cards/consent.ts';
import { themself } from '../cards/contract.ts';
import { toEditing } from '../cards/editing.ts';
import { completeInput, type Field } from '../cards/fields.ts';
import { offerOwnWord, type SelfChange } from '../cards/offering.ts';
import { type Bearer, findBearers, type Held, keepWord, loadHeld, seeConfirmed } from '../cards/word.ts';
import { findAsking, keepAnswers, keepTrials } from '../collection/asking.ts';
import { recordUses } from '../delegation/ledger.ts';
import { getMember } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Output, Parsed } from '../kernel/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { sha256 } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { sendToContact } from '../outreach/contacts.ts';
import { findStanding } from '../outreach/facts.ts';
import { findWorkspaceName, setObjections } from '../outreach/queries.ts';
import { agreesToTracking, asksForTracking, sayTracking } from '../outreach/tracking.ts';
import type * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { allowedBy, hashCode, newCode, readToken, same, standingOf } from './rules.ts';

/**
 * Follows a link, in a keeper's transaction that nobody else changes it in meanwhile.
 * @throws AppError link_expired for any that is not ours, has ended, or whose days are over: they are told apart by nothing
 */
export async function withLink<T>(
  app: App,
  token: string,
  work: (tx: Tx, link: queries.OpenLink) => Promise<T>,
): Promise<T> {
  const given = readToken(token);
  if (!given) throw new AppError('link_expired');
  return app.db.asSystem('keeper', async (tx) => {
    const link = await queries.lockLink(tx, given.workspaceId, given.linkId);
    if (!link || !same(link.secret_hash, given.secretHash)) throw new AppError('link_expired');
    return work(tx, link);
  });
}

const holderOf = (link: queries.OpenLink): Actor => ({
  workspaceId: link.workspace_id,
  memberId: link.holder_id,
});

/** Acts as the holder: what they may not see, a link of theirs does not show. @throws AppError link_expired when they have left */
async function asHolder<T>(app: App, link: queries.OpenLink, work: (tx: Tx, actor: Actor) => Promise<T>): Promise<T> {
  const actor = holderOf(link);
  return app.db
    .asActor(actor, (tx) => work(tx, actor))
    .catch((error: unknown) => {
      throw error instanceof AppError && error.code === 'unauthenticated' ? new AppError('link_expired') : error;
    });
}

/** @throws AppError link_expired when the holder keeps no card of them any more */
async function getHeld(tx: Tx, actor: Actor, link: queries.OpenLink): Promise<Held> {
  const held = await loadHeld({ tx, actor }, link.card_id);
  if (!held) throw new AppError('link_expired');
  return held;
}

/** Whom it is about by first name, and who asks. A link that was passed on or stolen shows no more. */
export async function describeLink(app: App, token: string): Promise<Output<typeof contracts.openLink>> {
  const { link, forgets } = await withLink(app, token, async (tx, found) => ({
    link: found,
    forgets: await queries.listForgetsOf(tx, found.workspace_id, found.link_id),
  }));
  return asHolder(app, link, async (tx, actor) => {
    const me = (await getMember(tx, actor))!;
    const held = await loadHeld({ tx, actor }, link.card_id);
    // Somebody who was forgotten can still look up that they were.
    if (!held && forgets.length === 0) throw new AppError('link_expired');
    const given = held?.values.find(({ kind }) => kind === 'name')?.value.given;
    return {
      workspace: me.workspace,
      holder: me.name,
      firstName: typeof given === 'string' ? given : null,
      locale: link.locale as Locale,
      expiresAt: link.expires_at.toISOString(),
      answeredAt: link.answered_at?.toISOString() ?? null,
      forget: forgets[0]
        ? {
            askedAt: forgets[0].asked_at.toISOString(),
            dueAt: forgets
              .map(({ due_at }) => due_at.toISOString())
              .toSorted()
              .at(-1)!,
            waiting: forgets.filter(({ outcome }) => outcome === null).length,
            outcomes: forgets.flatMap(({ outcome }) => (outcome ? [outcome as contracts.ForgetOutcome] : [])),
            extensions: forgets.flatMap(({ extension_reason }) => extension_reason ?? []),
          }
        : null,
    };
  });
}

/**
 * Sends a code to the address that the link went to, by the gate as every message. The holder, who finds the message among theirs, does not
 * read the code in it.
 * @throws AppError too_many_codes
 */
export async function sendCode(app: App, token: string): Promise<boolean> {
  const digits = newCode();
  const link = await withLink(app, token, async (tx, found) => {
    if (!(await queries.setCode(tx, found, hashCode(found.link_id, digits)))) throw new AppError('too_many_codes');
    return found;
  });
  const t = translator(link.locale as Locale);
  return asHolder(app, link, async (tx, actor) => {
    await getHeld(tx, actor, link);
    const { allowed } = await sendToContact(
      { app, tx, actor },
      {
        personId: link.card_id,
        contactPointId: link.contact_point_id,
        purpose: 'service',
        subject: t('ownWord.code.subject'),
        text: t('ownWord.code.text'),
        locale: link.locale as Locale,
        forContactOnly: { paragraph: t('ownWord.code.code', { code: digits }) },
      },
    );
    return allowed;
  });
}

/** @throws AppError wrong_code, which counts: the try is kept whatever comes of it */
export async function openVisit(app: App, token: string, digits: string): Promise<Output<typeof contracts.enter>> {
  const visit = randomBytes(32).toString('base64url');
  const link = await withLink(app, token, async (tx, found) => {
    const tried = await queries.countTry(tx, found);
    if (!tried || !same(found.code_hash, hashCode(found.link_id, digits.replaceAll(/\s/g, '')))) return null;
    await queries.openVisit(tx, found, sha256(visit));
    return found;
  });
  if (!link) throw new AppError('wrong_code');
  const held = await asHolder(app, link, (tx, actor) => getHeld(tx, actor, link));
  const [preferences, { asked }, tracking] = await app.db.asSystem('keeper', async (tx) => [
    await describePreferences(tx, link.workspace_id, held),
    await askingOf(tx, link, held),
    await describeTracking(tx, link),
  ]);
  return {
    visit,
    values: held.values.map(({ key, kind, value, display }) => ({ key, kind, value, display })),
    ...{ preferences, tracking },
    questions: asked.map(({ attributeNo, fr, en, name, type, unit, choices, many }) => ({
      ...{ no: attributeNo, words: { fr: fr || name, en: en || name }, type, unit, choices, many },
    })),
  };
}

/** Questions on the page of a link. */
const mostAsked = 3;

/** What the collection plan asks of somebody: what neither their address nor the cards that the holder keeps of them say. */
function askingOf(tx: Tx, { workspace_id, contact_point_id }: queries.OpenLink, held: Held) {
  const points = held.values.flatMap(({ contactPointId }) => contactPointId ?? []);
  const subjectIds = [contact_point_id, ...points, ...held.cards.map(({ card_id }) => card_id)];
  return findAsking(
    tx,
    workspace_id,
    { via: 'self_update' },
    { most: mostAsked, unitId: contact_point_id, subjectIds },
  );
}

/** Keeps what they answer of what was asked, as their own word. @throws AppError invalid_input for what cannot be */
async function takeMissing(tx: Tx, link: queries.OpenLink, held: Held, answers: Answer['answers']): Promise<void> {
  const { workspace_id: workspaceId, contact_point_id: contactPointId } = link;
  const asking = await askingOf(tx, link, held);
  const values = answers.flatMap(({ no, value }) => {
    const question = asking.asked.find((one) => one.attributeNo === no);
    const read = question && readValue(question, value);
    if (read && isRefusal(read)) throw new AppError('invalid_input', { fields: { [`answers.${no}`]: read } });
    return read ? [{ no, value: read }] : [];
  });
  const about = { unitId: contactPointId, contactPointId, values };
  await keepTrials(tx, workspaceId, asking, { ...about, confirmed: true, firstTry: true });
  await keepAnswers(tx, workspaceId, { ...about, origin: 'self_update' });
}

async function describePreferences(tx: Tx, workspaceId: string, held: Held): Promise<contracts.Preference[]> {
  const described: contracts.Preference[] = [];
  for (const { key, display, kind, contactPointId } of held.values) {
    if (!contactPointId || (kind !== 'email' && kind !== 'phone')) continue;
    const purposes = allowedBy(kind, await findStanding(tx, workspaceId, contactPointId));
    described.push({ key, display, channel: kind, purposes });
  }
  return described;
}

/** What they say of being seen, where the company asks for it, or they have agreed. */
async function describeTracking(tx: Tx, { workspace_id, contact_point_id }: queries.OpenLink): Promise<boolean | null> {
  const agrees = await agreesToTracking(tx, workspace_id, contact_point_id);
  return agrees || (await asksForTracking(tx, workspace_id)) ? agrees : null;
}

/** Taking it back is always heard; agreeing only where it is asked for, with the words as they stood. */
async function setTracking(tx: Tx, link: queries.OpenLink, agrees: boolean | undefined): Promise<void> {
  const { workspace_id: workspaceId, contact_point_id: pointId, link_id: linkId } = link;
  if (agrees === undefined || (agrees && !(await asksForTracking(tx, workspaceId)))) return;
  const words = translator(link.locale as Locale)('ownWord.tracking', {
    workspace: await findWorkspaceName(tx, workspaceId),
  });
  await sayTracking(tx, workspaceId, pointId, agrees, `link ${linkId}, ${trackingWords}: ${words}`);
}

/** Of the words by which somebody agrees; counted up when their sense changes. */
const trackingWords = 'version 1';

/** @throws AppError unauthenticated once the visit is over */
export function checkVisit(link: queries.OpenLink, visit: string): void {
  const stands = link.visit_until !== null && link.visit_until > new Date();
  if (!stands || !same(link.visit_hash, sha256(visit))) throw new AppError('unauthenticated');
}

/** What the holder keeps of them, for a visit that stands. */
export async function getVisited(app: App, token: string, visit: string): Promise<Held> {
  const link = await withLink(app, token, async (_tx, found) => {
    checkVisit(found, visit);
    return found;
  });
  return asHolder(app, link, (tx, actor) => getHeld(tx, actor, link));
}

type Answer = Parsed<typeof contracts.answer>;

/**
 * Takes in what somebody says of themself, all of it in one transaction: onto a card of its own, as the most trusted word; as offers to
 * whoever holds them at that address; to the contact points, what they may be written to for; and to the ledger.
 */
export async function takeAnswer(app: App, { token, visit, ...answer }: Answer): Promise<void> {
  const held = await getVisited(app, token, visit);
  const later: (() => Promise<void>)[] = [];
  await withLink(app, token, async (tx, link) => {
    checkVisit(link, visit);
    await takeMissing(tx, link, held, answer.answers);
    const actor = holderOf(link);
    if (!(await queries.enterAs(tx, actor))) throw new AppError('link_expired');
    const editing = await toEditing({ app, tx, actor, afterCommit: (step) => void later.push(step) });
    const complete = (field: Parameters<typeof completeInput>[0]) => completeInput(field, editing);
    const { right, changes } = readAnswer(held, answer, complete);
    const said = [...right, ...changes.flatMap(({ to }) => to ?? [])];
    if (said.length > 0) {
      const origin = held.cards.find(({ card_id }) => card_id === link.card_id) ?? held.cards[0]!;
      const me = await getMember(tx, actor);
      await keepWord(editing, held, origin, said, translator((me?.locale ?? 'en') as Locale)('ownWord.source'));
    }
    await spread(app, tx, link, held, { right, changes, share: answer.share });
    await setPreferences(tx, link, held, answer.preferences);
    await setTracking(tx, link, answer.tracking);
    const sealed = answer.successor && app.secrets.encrypt(JSON.stringify(answer.successor));
    await queries.setAnswered(tx, link, sealed ?? undefined);
    const payload = { kind: 'self_updated', memberIds: [actor.memberId], subjectId: link.card_id, actorId: null };
    const told = { ...payload, occasion: new Date().toISOString() };
    await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'notices.tell', payload: told });
  });
  for (const step of later) await step();
}

/** What is right, and what is to change, of the values that were shown. @throws AppError conflict where one has changed meanwhile */
function readAnswer(
  held: Held,
  { right, changed, gone, added }: Answer | Omit<Answer, 'token' | 'visit'>,
  complete: (field: Answer['added'][number]) => Field,
): { right: Field[]; changes: SelfChange[] } {
  const at = (key: string): Field => {
    const value = held.values.find((one) => one.key === key);
    if (!value) throw new AppError('conflict');
    return { kind: value.kind, value: value.value };
  };
  return {
    right: right.map(at),
    changes: [
      ...changed.map(({ key, to }) => ({ from: at(key), to: complete(to) })),
      ...gone.map((key) => ({ from: at(key), to: null })),
      ...added.map((field) => ({ from: null, to: complete(field) })),
    ],
  };
}

/** What they said reaches the cards of whoever holds them at the address they proved: as proposals, and told in the ledger. */
async function spread(
  app: App,
  tx: Tx,
  link: queries.OpenLink,
  held: Held,
  { right, changes, share }: { right: Field[]; changes: SelfChange[]; share: boolean },
): Promise<void> {
  const { workspace_id: workspaceId, card_id, contact_point_id } = link;
  const own = new Set(held.cards.map((card) => card.card_id));
  const others = await findBearers(tx, workspaceId, card_id, contact_point_id);
  const mine: Bearer[] = held.cards.filter(({ source_kind }) => source_kind !== 'self');
  const cards = [...mine, ...(share ? others.filter((card) => !own.has(card.card_id)) : [])];
  await seeConfirmed(tx, workspaceId, cards, right);
  await offerOwnWord({ app, tx }, workspaceId, cards, changes);
  await tellHolders(tx, workspaceId, cards, 'self_updated');
}

/** The ledger of each holder, without a word of who asked. */
export async function tellHolders(
  tx: Tx,
  workspaceId: string,
  cards: readonly Bearer[],
  kind: 'self_updated' | 'objected',
): Promise<void> {
  const used = cards.map(({ card_id, book_no, book_id }) => ({ card_id, book_no, book_id, mine: false }));
  await recordUses(tx, { workspaceId, memberId: themself }, kind, used, { grants: new Map() });
}

async function setPreferences(
  tx: Tx,
  link: queries.OpenLink,
  held: Held,
  preferences: Answer['preferences'],
): Promise<void> {
  const { workspace_id: workspaceId, message_id: messageId } = link;
  for (const { key, purposes } of preferences) {
    const value = held.values.find((one) => one.key === key);
    if (!value?.contactPointId || (value.kind !== 'email' && value.kind !== 'phone')) throw new AppError('conflict');
    const { contactPointId } = value;
    const before = await findStanding(tx, workspaceId, contactPointId);
    const { consent, objectedTo } = standingOf(value.kind, purposes, before);
    await sayConsent(tx, workspaceId, contactPointId, consent, `link ${link.link_id}`);
    await setObjections(tx, workspaceId, { contactPointId, messageId }, objectedTo);
  }
}
