import { randomBytes } from 'node:crypto';
import { findPersonCards } from '../cards/persons.ts';
import { loadHeld } from '../cards/word.ts';
import { findOwnBook } from '../delegation/queries.ts';
import { getMember } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { newId, sha256 } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { sendToContact } from '../outreach/contacts.ts';
import type { Manner, Reason } from '../outreach/contract.ts';
import { askGate } from '../outreach/gate.ts';
import { linkDays } from './contract.ts';
import * as queries from './queries.ts';
import { writeToken } from './rules.ts';

type Sender = Pick<Context, 'app' | 'tx' | 'actor'>;

/** Where the page of a link stands; the token follows behind `#`, which no server and no log sees. */
export const page = '/my-details';

interface Wanted {
  personId: string;
  contactPointId: string;
  locale: Locale;
  /** Left out: one member asks one person. */
  manner?: Manner;
}

/**
 * Writes to somebody whom the actor holds, with a link of their own. The gate decides, as for every message.
 * @throws AppError not_found where no card of the actor's bears the address; conflict while a link to it stands
 */
export async function sendLink(
  { app, tx, actor }: Sender,
  { personId, contactPointId, locale, manner = 'personal' }: Wanted,
): Promise<{ allowed: boolean; reasons: Reason[]; linkId: string | null }> {
  const card = await findOwn({ tx, actor }, personId, contactPointId);
  const { workspaceId, memberId } = actor;
  await queries.endOverdue(tx, actor, contactPointId);
  const [linkId, secret] = [newId(), randomBytes(32)];
  const me = (await getMember(tx, actor))!;
  const t = translator(locale);
  const words = { who: me.name, workspace: me.workspace, days: linkDays };
  const url = `${app.config.publicUrl}${page}#token=${writeToken(workspaceId, linkId, secret)}`;
  const sent = await sendToContact(
    { app, tx, actor },
    {
      personId: card.cardId,
      contactPointId,
      purpose: 'service',
      manner,
      subject: t('ownWord.mail.subject', words),
      text: t('ownWord.mail.text', words),
      locale,
      forContactOnly: { action: { label: t('ownWord.mail.button'), url } },
    },
  );
  if (!sent.allowed) return { ...sent, linkId: null };
  await queries.addLink(tx, {
    workspace_id: workspaceId,
    link_id: linkId,
    holder_id: memberId,
    card_id: card.cardId,
    contact_point_id: contactPointId,
    message_id: sent.messageId!,
    locale,
    secret_hash: sha256(secret),
    expires_at: new Date(Date.now() + linkDays * 86_400_000),
  });
  return { allowed: true, reasons: [], linkId };
}

/** The same. @throws AppError not_found */
async function findOwn(of: { tx: Tx; actor: Actor }, personId: string, contactPointId: string) {
  const card = await findOwnCard(of, personId, contactPointId);
  if (!card) throw notFound();
  return card;
}

/** The actor's own card of a person that bears an address, not copied from a colleague's. */
export async function findOwnCard({ tx, actor }: { tx: Tx; actor: Actor }, personId: string, contactPointId: string) {
  const person = await findPersonCards(tx, actor, personId);
  const held = person && (await loadHeld({ tx, actor }, personId));
  const card = held?.cards.find(
    ({ source_kind, fields }) =>
      source_kind !== 'self' &&
      fields.some((field) => field.kind === 'email' && field.contact_point_id === contactPointId && !field.copied),
  );
  return card && { cardId: card.card_id };
}

/** Thrown to take back all of a step: what was to be allowed is not any more. */
const refused = new Error('refused');

/** Asks a book, one person after the other, each in a transaction of its own that also says how far it has come. */
export async function runRound(app: App, workspaceId: string, roundId: string, signal: AbortSignal): Promise<void> {
  const first = await app.db.asSystem('keeper', (tx) => queries.findRound(tx, workspaceId, roundId));
  if (!first) return;
  const actor = { workspaceId, memberId: first.member_id };
  for (let more = true; more; ) {
    signal.throwIfAborted();
    more = await app.db
      .asActor(actor, (tx) => askNext({ app, tx, actor }, roundId, false))
      .catch((error) => {
        if (error === refused) return app.db.asActor(actor, (tx) => askNext({ app, tx, actor }, roundId, true));
        // They have left meanwhile: nobody is asked in their name.
        if (error instanceof AppError && error.code === 'unauthenticated') return false;
        throw error;
      });
  }
  await app.db.asSystem('keeper', (tx) => queries.endRound(tx, workspaceId, roundId));
}

/** @param pass leaves this one out. @returns false when there is nobody left */
async function askNext({ app, tx, actor }: Sender, roundId: string, pass: boolean): Promise<boolean> {
  const { workspaceId } = actor;
  const round = await queries.findRound(tx, workspaceId, roundId);
  if (round?.state !== 'running') return false;
  const book = await findOwnBook(tx, actor, round.book_id);
  const next = book && (await queries.findReachable(tx, workspaceId, book.no, round.at_card));
  if (!next) return false;
  const wish = {
    ...{ personId: next.card_id, contactPointId: next.contact_point_id, locale: round.locale as Locale },
    manner: 'bulk' as const,
  };
  const gate = pass ? null : await askGate(tx, actor, { ...wish, purpose: 'service' }, 'look');
  const mayAsk = gate?.allowed === true && (await queries.takeYear(tx, workspaceId, wish.contactPointId));
  if (mayAsk) {
    const sent = await sendLink({ app, tx, actor }, wish).catch((error) => {
      // A link stands already, or the address is a copy: they are left out.
      throw error instanceof AppError ? refused : error;
    });
    if (!sent.allowed) throw refused;
  }
  // Another run of this round was quicker: all of this step is taken back.
  if (!(await queries.stepRound(tx, workspaceId, round, next.card_id, mayAsk))) throw new Error('overtaken');
  return true;
}
