import { nameCards } from '../cards/persons.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { translator } from '../kernel/messages.ts';
import type { Parcel } from './carrier-port.ts';
import type { ForContactOnly } from './contacts.ts';
import type { ContentFor, InWords, WriteContents } from './content-port.ts';
import type { Manner, Reason } from './contract.ts';
import type { Mail } from './deliver.ts';
import type { Asked } from './gate.ts';
import { oneLine, toHtml, toText } from './letters.ts';
import * as queries from './queries.ts';
import { isAdvertising, isMass } from './rules.ts';
import { makeToken, shortCode } from './token.ts';
import { trackAgreed } from './tracking.ts';
import type { Way } from './ways-contract.ts';

// The mails that messages to contacts are: letters of ours, and contents put into words for each reader.

interface Composing {
  app: App;
  writeContents: WriteContents;
  tx: Tx;
  actor: Actor;
}

interface ToWrite {
  message: queries.WaitingMessage;
  asked: Asked;
}

type Kept = ReturnType<Awaited<ReturnType<typeof queries.findContentsOf>>['get']> & object;

/** What messages say, by their ids. */
export interface Ready {
  kept: Map<string, Kept>;
  words: Map<string, InWords>;
  /** Of whom a content cannot be written for, why. */
  asides: Map<string, Reason>;
}

/** Finds what messages say; contents are put into words, all together. */
export async function readyContents(composing: Composing, messages: readonly ToWrite[]): Promise<Ready> {
  const { app, tx, actor } = composing;
  const ids = messages.map(({ message }) => message.message_id);
  const kept = await queries.findContentsOf(tx, actor.workspaceId, ids);
  const letters = messages.flatMap(({ message }): (ContentFor & { messageId: string })[] => {
    const { message_id: messageId, card_id: personId } = message;
    const content = kept.get(messageId);
    if (!content?.content_id) return [];
    const urlOf = message.way === 'letter' ? shortUrl : unsubscribeUrl;
    const url = urlOf(app, actor.workspaceId, messageId);
    const given = content.sealed ? (JSON.parse(app.secrets.decrypt(content.sealed)) as Record<string, string>) : {};
    return [
      {
        ...{ messageId, personId: personId!, locale: content.locale },
        ...{ contentId: content.content_id, version: content.content_version! },
        variables: { ...given, 'link.unsubscribe': url, 'link.preferences': url },
      },
    ];
  });
  const ready: Ready = { kept, words: new Map(), asides: new Map() };
  if (letters.length === 0) return ready;
  const written = await composing.writeContents(tx, actor, letters);
  for (const [at, { messageId }] of letters.entries()) {
    const one = written[at]!;
    if ('aside' in one) ready.asides.set(messageId, one.aside);
    else ready.words.set(messageId, one);
  }
  const points = new Map(messages.map(({ message }) => [message.message_id, message.contact_point_id!]));
  const tracked = await trackAgreed(
    { app, tx, workspaceId: actor.workspaceId },
    letters.flatMap(({ messageId, contentId, version }) => {
      const words = ready.words.get(messageId);
      return words ? [{ messageId, contactPointId: points.get(messageId)!, contentId, version, words }] : [];
    }),
  );
  for (const [messageId, words] of tracked) ready.words.set(messageId, words);
  return ready;
}

/** The mails that messages are, by their ids; none of those whose text, author or sender is gone. */
export async function writeMails(
  { app, tx, actor }: Composing,
  taken: readonly ToWrite[],
  { kept, words }: Ready,
): Promise<Map<string, Mail>> {
  if (taken.length === 0) return new Map();
  const { workspaceId, memberId } = actor;
  const author = await queries.findRecipient(tx, workspaceId, memberId);
  const sender = await queries.findSender(tx, workspaceId);
  if (!author || !sender) return new Map();
  const workspace = await queries.findWorkspaceName(tx, workspaceId);
  const names = await nameCards(
    { tx, actor },
    taken.map(({ asked }) => asked.cardId),
  );
  await queries.noteWords(
    tx,
    workspaceId,
    taken.flatMap(({ message: { message_id: messageId } }) => {
      const one = words.get(messageId);
      return one ? [{ messageId, subject: one.subject, locale: one.locale }] : [];
    }),
  );
  return new Map(
    taken.flatMap(({ message, asked }) => {
      const content = kept.get(message.message_id);
      if (!content) return [];
      const around = { workspaceId, workspace, author, sender, message };
      const to = { name: oneLine(names.get(asked.cardId) ?? ''), address: asked.address };
      const inWords = words.get(message.message_id) ?? letterOf(app, around, content);
      return [[message.message_id, addressed(app, around, to, inWords)] as const];
    }),
  );
}

/** What is no mail, in words, by the ids of messages; none of what is no content, or whose author is gone. */
export async function writeParcels(
  { tx, actor }: Composing,
  taken: readonly ToWrite[],
  { words }: Ready,
): Promise<Map<string, Parcel>> {
  if (taken.length === 0) return new Map();
  if (!(await queries.findRecipient(tx, actor.workspaceId, actor.memberId))) return new Map();
  const cardIds = taken.map(({ asked }) => asked.cardId);
  const names = await nameCards({ tx, actor }, cardIds);
  return new Map(
    taken.flatMap(({ message, asked }): [string, Parcel][] => {
      const { message_id: messageId, purpose } = message;
      const said = words.get(messageId);
      const way = message.way as Way;
      if (!said || way === 'email' || way === 'letter') return [];
      const { locale, text, mention = null, template = null } = said;
      const to = { name: oneLine(names.get(asked.cardId) ?? ''), address: asked.address };
      // Who is asked for nothing but their attention may refuse it each time (CPCE, art. L34-5).
      const advertises = isAdvertising(purpose) ? { mention } : null;
      return [[messageId, { ...{ messageId, way, to, locale, text, template }, advertises }]];
    }),
  );
}

interface Around {
  workspaceId: string;
  workspace: string;
  author: { name: string; address: string };
  sender: { address: string; reply_to: string | null };
  message: queries.WaitingMessage;
}

/** What somebody wrote by hand, with why one gets it and how to stop it. */
function letterOf(
  app: App,
  { workspaceId, workspace, author, message }: Around,
  { locale, subject, paragraphs, sealed }: Kept,
): InWords {
  const t = translator(locale);
  const { message_id: messageId, purpose } = message;
  const url = unsubscribeUrl(app, workspaceId, messageId);
  const why = t('mail.why', { author: author.name, workspace, purpose: t(`grant.purpose.${purpose}`), url });
  const { paragraph, action, choices, after }: ForContactOnly = sealed
    ? (JSON.parse(app.secrets.decrypt(sealed)) as ForContactOnly)
    : {};
  const letter = {
    subject,
    paragraphs: [...paragraphs, ...(paragraph ? [paragraph] : [])],
    ...{ action, choices, after },
    footer: why,
  };
  return { locale, subject, text: toText(letter), html: toHtml(letter, locale) };
}

function addressed(
  app: App,
  { workspaceId, workspace, author, sender, message }: Around,
  to: Mail['to'],
  { locale, subject, text, html }: InWords,
): Mail {
  const url = unsubscribeUrl(app, workspaceId, message.message_id);
  const from = translator(locale)('mail.from', { author: author.name, workspace });
  return {
    messageId: message.mail_id,
    from: { name: oneLine(from), address: sender.address },
    to,
    replyTo: author.address,
    ...{ subject: oneLine(subject), text, html },
    headers: { ...unsubscribeHeaders(url, sender.reply_to), ...massHeaders(message, sender.address) },
  };
}

export const unsubscribePath = '/u';

const unsubscribeUrl = ({ config, secrets }: App, workspaceId: string, messageId: string): string =>
  `${config.publicUrl}${unsubscribePath}/${makeToken(secrets.links, { workspaceId, messageId })}`;

/** The same page by an address that can be typed, for paper; it leads there once the letter is made. */
export const shortUrl = ({ config, secrets }: App, workspaceId: string, messageId: string): string =>
  `${config.publicUrl}${unsubscribePath}/${shortCode(secrets.links, { workspaceId, messageId })}`;

/** RFC 2369 and RFC 8058: the mail program's own button, which acts at once. */
function unsubscribeHeaders(url: string, replyTo: string | null): Record<string, string> {
  const byMail = replyTo ? `, <mailto:${encodeURI(replyTo)}?subject=unsubscribe>` : '';
  return { 'List-Unsubscribe': `<${url}>${byMail}`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}

/**
 * What goes to many says so, and no notice of absence answers it: `Precedence` (no standard, heeded widely), and `Auto-Submitted` for what a scenario
 * sends (RFC 3834, 5). What belongs to a campaign bears its name for filters (RFC 2919): an id that does not change, under the sender's domain.
 */
function massHeaders(
  { manner, campaign_id: campaignId }: queries.WaitingMessage,
  sender: string,
): Record<string, string> {
  if (!isMass(manner as Manner)) return {};
  return {
    Precedence: 'bulk',
    ...(manner === 'automated' ? { 'Auto-Submitted': 'auto-generated' } : {}),
    ...(campaignId ? { 'List-Id': `<${campaignId}.${sender.split('@')[1]}>` } : {}),
  };
}
