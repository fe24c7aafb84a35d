import { nameCards } from '../cards/persons.ts';
import { recordUses } from '../delegation/ledger.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import type { Reason } from './contract.ts';
import type { Mail } from './deliver.ts';
import { countUp, giveBack } from './facts.ts';
import { type Asked, askGate, type Wish } from './gate.ts';
import { oneLine, toHtml, toText } from './letters.ts';
import { queueSending } from './members.ts';
import * as queries from './queries.ts';
import { makeToken } from './token.ts';

/** A message that was claimed, and the mail it is; none when whom or what it was to is gone. */
export interface InHand {
  attempts: number;
  mail: Mail | undefined;
}

/** What of a message is for the contact alone: its author, who finds the rest among their messages, never reads it. */
interface ForContactOnly {
  paragraph?: string;
  choices?: { label: string; url: string }[];
  action?: { label: string; url: string };
  after?: string;
}

/** What somebody wants to write. */
interface Words {
  subject: string;
  text: string;
  /** Left out: the author's own. */
  locale?: Locale;
  forContactOnly?: ForContactOnly;
}

/**
 * Writes to an address of a person: the one way to a contact. The gate decides, its answer is kept, and what it allows is
 * queued with what it takes of quotas, in one transaction.
 * @throws AppError not_found for a person or address that the actor does not see
 */
export async function sendToContact(
  { app, tx, actor }: Pick<Context, 'app' | 'tx' | 'actor'>,
  wish: Wish & Words,
): Promise<{ allowed: boolean; reasons: Reason[]; messageId: string | null }> {
  const asked = await askGate(tx, actor, wish, 'take');
  if (!asked) throw notFound();
  const { allowed, reasons } = asked;
  const messageId = allowed ? newId() : null;
  await keepDecision(tx, actor, { ...wish, messageId, moment: 'written' }, asked);
  if (messageId !== null) {
    await queueMessage({ app, tx, actor }, messageId, wish, asked);
    await queueSending(app, tx, actor.workspaceId, messageId);
  }
  return { allowed, reasons, messageId };
}

function keepDecision(
  tx: Tx,
  actor: Actor,
  about: { messageId: string | null; contactPointId: string; purpose: string; moment: 'written' | 'leaving' },
  { reasons, uses }: Pick<Asked, 'reasons' | 'uses'>,
): Promise<void> {
  const { messageId, contactPointId, purpose, moment } = about;
  const grantIds = uses.map(({ grant }) => grant.grantId);
  return queries.addDecision(tx, actor, { messageId, contactPointId, purpose, moment, reasons, grantIds });
}

async function queueMessage(
  { app, tx, actor }: Pick<Context, 'app' | 'tx' | 'actor'>,
  messageId: string,
  { contactPointId, purpose, ofRight = false, subject, text, locale, forContactOnly }: Wish & Words,
  { cardId, uses }: Asked,
): Promise<void> {
  const { workspaceId, memberId: authorId } = actor;
  const sender = await queries.findSender(tx, workspaceId);
  const author = await queries.findRecipient(tx, workspaceId, authorId);
  await queries.addMessage(
    tx,
    workspaceId,
    { messageId, purpose, ofRight, sender: sender!.address, to: { authorId, contactPointId, cardId } },
    {
      subject: oneLine(subject),
      paragraphs: text.split(/\r?\n(?:[ \t]*\r?\n)+/),
      locale: locale ?? author!.locale,
      ...(forContactOnly && { sealed: app.secrets.encrypt(JSON.stringify(forContactOnly)) }),
    },
  );
  for (const { sighting, grant, counter } of uses) {
    const { bookNo } = sighting;
    const { grantId, version } = grant;
    await queries.addMessageCard(tx, actor, messageId, purpose, {
      cardId: sighting.cardId,
      bookNo,
      grantId,
      version,
      counter,
    });
    if (counter) await countUp(tx, workspaceId, counter);
  }
}

/**
 * Takes a message to a contact in hand, if the gate still says yes: asked again as its author, who may have lost the contact,
 * the grant or their account since. The holders are told in the same transaction, at the first attempt. What is refused gives
 * back what it took.
 * @returns null when it is not to be sent (any more)
 */
export async function claimForContact(
  app: App,
  workspaceId: string,
  messageId: string,
  message: queries.QueuedMessage,
): Promise<InHand | null> {
  const actor = { workspaceId, memberId: message.author_id! };
  const wish = {
    personId: message.card_id!,
    contactPointId: message.contact_point_id!,
    purpose: message.purpose,
    ofRight: message.of_right,
  };
  const result = await app.db
    .asActor(actor, (tx) => claimAsAuthor(app, tx, actor, { ...wish, messageId, mailId: message.mail_id }))
    .catch((error) => {
      if (error instanceof AppError && error.code === 'unauthenticated') return { refused: ['author_gone' as const] };
      throw error;
    });
  if (!result || !('refused' in result)) return result;
  const { refused: reasons } = result;
  await app.db.asSystem('keeper', async (tx) => {
    if (!(await queries.stop(tx, workspaceId, messageId, { state: 'refused', reasons }))) return;
    await keepDecision(tx, actor, { ...wish, messageId, moment: 'leaving' }, { reasons, uses: [] });
    await giveBack(tx, workspaceId, messageId);
  });
  return null;
}

async function claimAsAuthor(
  app: App,
  tx: Tx,
  actor: Actor,
  message: Wish & { messageId: string; mailId: string },
): Promise<InHand | { refused: Reason[] } | null> {
  const { workspaceId } = actor;
  const { messageId, purpose } = message;
  const cards = await queries.listMessageCards(tx, workspaceId, messageId);
  const asked = await askGate(tx, actor, message, new Set(cards.map((card) => card.grant_id)));
  if (!asked?.allowed) return { refused: asked?.reasons ?? ['out_of_sight'] };
  const attempts = await queries.claim(tx, workspaceId, messageId);
  if (attempts === null) return null;
  await keepDecision(tx, actor, { ...message, moment: 'leaving' }, asked);
  if (attempts === 1) await tellHolders(tx, actor, purpose, asked);
  return { attempts, mail: await writeMail(app, tx, actor, message, asked) };
}

function tellHolders(tx: Tx, actor: Actor, purpose: string, { uses }: Asked): Promise<void> {
  const used = uses.map(({ sighting: { cardId, bookNo, bookId } }) => ({
    card_id: cardId,
    book_no: bookNo,
    book_id: bookId,
    mine: false,
  }));
  const grants = new Map(
    uses.map(({ grant }) => [grant.bookId, { grant_id: grant.grantId, version: grant.version }] as const),
  );
  return recordUses(tx, actor, purpose === 'invitation' ? 'invited' : 'contacted', used, {
    purpose,
    channel: 'email',
    grants,
  });
}

async function writeMail(
  app: App,
  tx: Tx,
  actor: Actor,
  { messageId, mailId, purpose }: Wish & { messageId: string; mailId: string },
  { address, cardId }: Asked,
): Promise<Mail | undefined> {
  const { workspaceId } = actor;
  const content = await queries.findContent(tx, workspaceId, messageId);
  const author = await queries.findRecipient(tx, workspaceId, actor.memberId);
  const sender = await queries.findSender(tx, workspaceId);
  if (!content || !author || !sender) return undefined;
  const t = translator(content.locale);
  const workspace = await queries.findWorkspaceName(tx, workspaceId);
  const url = `${app.config.publicUrl}${unsubscribePath}/${makeToken(app.secrets.links, { workspaceId, messageId })}`;
  const why = t('mail.why', { author: author.name, workspace, purpose: t(`grant.purpose.${purpose}`), url });
  const { paragraph, action, choices, after }: ForContactOnly = content.sealed
    ? (JSON.parse(app.secrets.decrypt(content.sealed)) as ForContactOnly)
    : {};
  const letter = {
    subject: content.subject,
    paragraphs: [...content.paragraphs, ...(paragraph ? [paragraph] : [])],
    ...{ action, choices, after },
    footer: why,
  };
  return {
    messageId: mailId,
    from: { name: oneLine(t('mail.from', { author: author.name, workspace })), address: sender.address },
    to: { name: oneLine((await nameCards({ tx, actor }, [cardId])).get(cardId) ?? ''), address },
    replyTo: author.address,
    subject: content.subject,
    text: toText(letter),
    html: toHtml(letter, content.locale),
    headers: unsubscribeHeaders(url, sender.reply_to),
  };
}

export const unsubscribePath = '/u';

/** RFC 2369 and RFC 8058: the mail program's own button, which acts at once. */
function unsubscribeHeaders(url: string, replyTo: string | null): Record<string, string> {
  const byMail = replyTo ? `, <mailto:${encodeURI(replyTo)}?subject=unsubscribe>` : '';
  return { 'List-Unsubscribe': `<${url}>${byMail}`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}
