import { nameCards } from '../cards/persons.ts';
import { recordUses } from '../delegation/ledger.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { type ForContactOnly, toDecision } from './contacts.ts';
import type { Manner, Reason } from './contract.ts';
import type { Mail } from './deliver.ts';
import { giveBack } from './facts.ts';
import { type Asked, askGates, roomAt, type Wish } from './gate.ts';
import { oneLine, toHtml, toText } from './letters.ts';
import { queueMany } from './members.ts';
import { takePlacesIn } from './people.ts';
import * as queries from './queries.ts';
import type { Later } from './rules.ts';
import { makeToken } from './token.ts';

// Messages to contacts that leave: asked of the gate once more, taken in hand, and written as mails.

/** A message that was claimed, and the mail it is; none when whom or what it was to is gone. */
export interface InHand {
  attempts: number;
  mail: Mail | undefined;
}

type Due = queries.WaitingMessage;

/**
 * Takes messages of one author to contacts in hand, those of which the gate still says yes: asked again as the author, who may have lost the contact,
 * the grant or their account since. The holders are told in the same transaction, at the first attempt. What is refused gives back what it took; where
 * only time stands in the way, it waits on.
 * @returns those that are to be sent now, by their ids
 */
export async function claimForContacts(
  app: App,
  workspaceId: string,
  authorId: string,
  messages: readonly Due[],
): Promise<Map<string, InHand>> {
  const actor = { workspaceId, memberId: authorId };
  const claimed = await app.db
    .asActor(actor, (tx) => claimAsAuthor(app, tx, actor, messages))
    .catch((error): Claimed => {
      if (!(error instanceof AppError && error.code === 'unauthenticated')) throw error;
      const gone: Reason[] = ['author_gone'];
      return { inHand: new Map(), refused: messages.map((message) => ({ message, reasons: gone })), later: [] };
    });
  const { refused, later } = claimed;
  if (refused.length + later.length > 0)
    await app.db.asSystem('keeper', async (tx) => {
      for (const { message, reasons } of refused) await refuse(tx, actor, message, reasons);
      await queries.postpone(tx, workspaceId, later);
      await queueMany(app, tx, workspaceId, later);
    });
  return claimed.inHand;
}

interface Claimed {
  inHand: Map<string, InHand>;
  refused: { message: Due; reasons: Reason[] }[];
  later: (Later & { messageId: string })[];
}

const wishOf = (message: Due): Wish => ({
  ...{ personId: message.card_id!, contactPointId: message.contact_point_id!, purpose: message.purpose },
  ...{ ofRight: message.of_right, manner: message.manner as Manner },
});

async function refuse(tx: Tx, actor: Actor, message: Due, reasons: Reason[]): Promise<void> {
  const { message_id: messageId } = message;
  if (!(await queries.stop(tx, actor.workspaceId, messageId, { state: 'refused', reasons }))) return;
  await queries.addDecisions(tx, actor, [
    toDecision(wishOf(message), messageId, 'leaving', { reasons, uses: [], later: null }),
  ]);
  await giveBack(tx, actor.workspaceId, messageId);
}

async function claimAsAuthor(app: App, tx: Tx, actor: Actor, messages: readonly Due[]): Promise<Claimed> {
  const { workspaceId } = actor;
  const cards = Map.groupBy(
    await queries.listCardsOf(
      tx,
      workspaceId,
      messages.map(({ message_id }) => message_id),
    ),
    ({ message_id }) => message_id,
  );
  const wishes = messages.map((message) => {
    const grantIds = new Set(cards.get(message.message_id)?.map(({ grant_id }) => grant_id));
    const { message_id: messageId, weight, priority } = message;
    return { ...wishOf(message), leaving: { messageId, grantIds, weight, priority } };
  });
  const answers = await askGates(tx, actor, wishes, 'leave');
  const refused: Claimed['refused'] = [];
  const later: Claimed['later'] = [];
  const free: { message: Due; asked: Asked }[] = [];
  for (const [at, message] of messages.entries()) {
    const asked = answers[at];
    if (!asked?.allowed) refused.push({ message, reasons: asked?.reasons ?? ['out_of_sight'] });
    else if (asked.later) later.push({ messageId: message.message_id, ...asked.later });
    else free.push({ message, asked });
  }
  const full = await takePlaces(tx, workspaceId, free);
  later.push(...full);
  const now = free.filter(({ message }) => !full.some(({ messageId }) => messageId === message.message_id));
  const attempts = await queries.claimMany(
    tx,
    workspaceId,
    now.map(({ message }) => message.message_id),
  );
  const taken = now.filter(({ message }) => attempts.has(message.message_id));
  await queries.addDecisions(
    tx,
    actor,
    taken.map(({ message, asked }) => toDecision(wishOf(message), message.message_id, 'leaving', asked)),
  );
  await tellHolders(
    tx,
    actor,
    taken.filter(({ message }) => attempts.get(message.message_id) === 1),
  );
  const mails = await writeMails(app, tx, actor, taken);
  const inHand = taken.map(
    ({ message: { message_id: id } }) => [id, { attempts: attempts.get(id)!, mail: mails.get(id) }] as const,
  );
  return { inHand: new Map(inHand), refused, later };
}

/** Those for which there is no place any more in what leaves for their domain in an hour, or from the mailbox in a day, and when there is. */
async function takePlaces(
  tx: Tx,
  workspaceId: string,
  free: readonly { message: Due; asked: Asked }[],
): Promise<Claimed['later']> {
  const full = new Map<string, Claimed['later'][number]>();
  const wanted = Map.groupBy(
    free.flatMap(({ message, asked }) => asked.flows.map((flow) => ({ message, flow }))),
    ({ flow }) => flow.id,
  );
  // In one order, so that two who send at once do not wait in a circle.
  for (const [, of] of [...wanted].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const first = await takePlacesIn(tx, workspaceId, of[0]!.flow, of.length);
    for (const [at, { message, flow }] of of.entries()) {
      const room = roomAt(flow, first + at);
      const { message_id: messageId } = message;
      if (room <= flow.beginsAt) continue;
      const known = full.get(messageId);
      const reasons = [...(known?.reasons ?? []), flow.reason];
      full.set(messageId, { messageId, at: known && known.at > room ? known.at : room, reasons });
    }
  }
  return [...full.values()];
}

/** Each holder hears of the lent cards that went by: together what went for one purpose under the same grants. */
async function tellHolders(tx: Tx, actor: Actor, sent: readonly { message: Due; asked: Asked }[]): Promise<void> {
  const together = Map.groupBy(
    sent.filter(({ asked }) => asked.uses.length > 0),
    ({ message, asked }) =>
      `${message.purpose} ${asked.uses.map(({ grant }) => `${grant.grantId} ${grant.version}`).sort()}`,
  );
  for (const of of together.values()) {
    const { purpose } = of[0]!.message;
    const used = of.flatMap(({ asked }) => asked.uses.map(({ sighting }) => sighting));
    const cards = used.map(({ cardId, bookNo, bookId }) => ({
      card_id: cardId,
      book_no: bookNo,
      book_id: bookId,
      mine: false,
    }));
    const grants = new Map(
      of[0]!.asked.uses.map(
        ({ grant }) => [grant.bookId, { grant_id: grant.grantId, version: grant.version }] as const,
      ),
    );
    await recordUses(tx, actor, purpose === 'invitation' ? 'invited' : 'contacted', cards, {
      purpose,
      channel: 'email',
      grants,
    });
  }
}

/** The mails that messages are, by their ids; none of those whose text, author or sender is gone. */
async function writeMails(
  app: App,
  tx: Tx,
  actor: Actor,
  taken: readonly { message: Due; asked: Asked }[],
): Promise<Map<string, Mail>> {
  if (taken.length === 0) return new Map();
  const { workspaceId, memberId } = actor;
  const contents = await queries.findContentsOf(
    tx,
    workspaceId,
    taken.map(({ message }) => message.message_id),
  );
  const author = await queries.findRecipient(tx, workspaceId, memberId);
  const sender = await queries.findSender(tx, workspaceId);
  if (!author || !sender) return new Map();
  const workspace = await queries.findWorkspaceName(tx, workspaceId);
  const names = await nameCards(
    { tx, actor },
    taken.map(({ asked }) => asked.cardId),
  );
  return new Map(
    taken.flatMap(({ message, asked }) => {
      const content = contents.get(message.message_id);
      if (!content) return [];
      const toName = names.get(asked.cardId) ?? '';
      const mail = composeMail(app, {
        workspaceId,
        workspace,
        author,
        sender,
        message,
        content,
        to: { name: toName, address: asked.address },
      });
      return [[message.message_id, mail] as const];
    }),
  );
}

interface Composing {
  workspaceId: string;
  workspace: string;
  author: { name: string; address: string };
  sender: { address: string; reply_to: string | null };
  message: Due;
  content: { subject: string; paragraphs: string[]; locale: Locale; sealed: Buffer | null };
  to: { name: string; address: string };
}

function composeMail(app: App, { workspaceId, workspace, author, sender, message, content, to }: Composing): Mail {
  const t = translator(content.locale);
  const { message_id: messageId, purpose } = message;
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
    messageId: message.mail_id,
    from: { name: oneLine(t('mail.from', { author: author.name, workspace })), address: sender.address },
    to: { name: oneLine(to.name), address: to.address },
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
