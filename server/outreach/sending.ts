import { createPrivateKey } from 'node:crypto';
import { markDead } from '../cards/consent.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { translator } from '../kernel/messages.ts';
import { isNoSuchMailbox, type Outcome, pauseAfter } from './answers.ts';
import type { Carrier } from './carrier-port.ts';
import { carryMany } from './carrying.ts';
import { claimForContacts, type InHand } from './claiming.ts';
import type { WriteContents } from './content-port.ts';
import { deliver, type Line, type Mail, type MailServer, openLine } from './deliver.ts';
import { domainOf } from './domain/checks.ts';
import { giveBack } from './facts.ts';
import { findSigner } from './keys.ts';
import { type Letter, oneLine, toHtml, toText } from './letters.ts';
import { mailerOf } from './mailing/mailer.ts';
import { queueMany, queueSending } from './members.ts';
import type { OwnMail } from './own-mail-port.ts';
import * as queries from './queries.ts';

/**
 * What stands above this module and is handed to its tasks: who puts contents into words, opens members' own mailboxes, carries what is no
 * mail.
 */
export interface Ports {
  writeContents: WriteContents;
  ownMail: OwnMail;
  carrier: Carrier;
}

/** How this workspace's mail leaves; undefined: it does not. As the keeper. */
export async function openMailServer(app: App, tx: Tx, workspaceId: string): Promise<MailServer | undefined> {
  const row = await queries.findMailServer(tx, workspaceId);
  if (!row) return undefined;
  const key = await findSigner(tx, workspaceId, domainOf(row.sender_address));
  return {
    ...{ host: row.host, port: row.port, security: row.security as MailServer['security'], username: row.username },
    password: row.password && app.secrets.decrypt(row.password),
    sender: { name: oneLine(row.sender_name), address: row.sender_address },
    replyTo: row.reply_to,
    signer: key && {
      domain: key.domain,
      selector: key.selector,
      privateKey: createPrivateKey(app.secrets.decrypt(key.private_key)),
    },
  };
}

/**
 * Sends one message of the queue. Claimed and committed before the mail server hears of it: whoever comes later, after a crash
 * too, finds it in hand and leaves it alone.
 */
export async function sendMessage(
  app: App,
  ports: Ports,
  workspaceId: string,
  messageId: string,
  signal: AbortSignal,
): Promise<void> {
  const { writeContents } = ports;
  const asKeeper = <T>(work: (tx: Tx) => Promise<T>) => app.db.asSystem('keeper', work);
  const message = await asKeeper((tx) => queries.findMessage(tx, workspaceId, messageId));
  if (message?.state !== 'queued') return;
  if (message.kind === 'contact') return sendMany(app, ports, workspaceId, [messageId], signal);
  // Before the claim: settings that cannot be read (another master key) leave the message waiting.
  const server = await asKeeper((tx) => openMailServer(app, tx, workspaceId));
  const inHand = await asKeeper((tx) => claimPlain(app, writeContents, tx, workspaceId, messageId, message));
  if (!inHand) return;
  const outcome: Outcome = await handle(inHand, server && ((mail) => deliver(server, mail)));
  await asKeeper((tx) => conclude(app, tx, { workspaceId, messageId, message }, outcome, inHand.attempts));
}

/** Messages claimed together. Twice as many are in hand at once, and so many a crash leaves in doubt: those that leave, and the next. */
const atOnce = 20;
/** So many are not worth a thread of their own. */
const fewMails = 20;
/** Conversations with the mail server at once. */
const conversations = 4;

/**
 * Sends messages to contacts: some claimed and committed at a time, as their authors, and handed over by a few conversations with the mail server that
 * each take one after the other.
 */
export async function sendMany(
  app: App,
  ports: Ports,
  workspaceId: string,
  messageIds: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const asKeeper = <T>(work: (tx: Tx) => Promise<T>) => app.db.asSystem('keeper', work);
  const ready = await asKeeper(async (tx) => {
    const waiting = await queries.findWaiting(tx, workspaceId, messageIds);
    // A job counts its delay from when its transaction began, and may come too early.
    const early = waiting.filter((message) => !message.due);
    await queueMany(
      app,
      tx,
      workspaceId,
      early.map(({ message_id, next_at }) => ({ messageId: message_id, at: next_at })),
    );
    return waiting.filter((message) => message.due);
  });
  const others = ready.filter(({ way }) => way !== 'email' && way !== 'letter');
  if (others.length > 0) await carryMany({ app, ports, workspaceId, signal }, others);
  const due = ready.filter(({ way }) => way === 'email');
  if (due.length === 0) return;
  // Before the claim: settings that cannot be read (another master key) leave the messages waiting.
  const server = await asKeeper((tx) => openMailServer(app, tx, workspaceId));
  const parts = await partsOf({ app, ports, workspaceId, signal }, due);
  const begin = due.length > fewMails ? (to: MailServer) => mailerOf(app).openLine(to) : openLine;
  const lines = Array.from({ length: Math.min(conversations, due.length) }, () => server && begin(server));
  const claim = async (at: number): Promise<InHandPart | undefined> => {
    const part = parts[at];
    if (!part || signal.aborted) return undefined;
    const { authorId, messages } = part;
    return { ...part, inHand: await claimForContacts(app, ports.writeContents, workspaceId, authorId, messages) };
  };
  let next = claim(0);
  try {
    // The next are claimed while these leave: the database and the mail server work at the same time.
    for (let at = 1, part = await next; part; at++, part = await next) {
      next = claim(at);
      await sendSome(app, workspaceId, part, part.own ? [part.own] : lines);
    }
  } finally {
    await next.catch(() => {});
    for (const line of [...lines, ...parts.map(({ own }) => own)]) line?.close();
  }
  signal.throwIfAborted();
}

interface Sending {
  app: App;
  ports: Ports;
  workspaceId: string;
  signal: AbortSignal;
}

/** Messages that one author wrote, claimed together. */
interface Part {
  authorId: string;
  messages: readonly Due[];
  /** By which they leave, if not by the workspace's mail server. */
  own: Line | undefined;
}
interface InHandPart extends Part {
  inHand: ReadonlyMap<string, InHand>;
}

/** What a member writes to one person leaves by their own mailbox where they wish so, all else by the workspace's mail server. */
async function partsOf({ app, ports, workspaceId, signal }: Sending, due: readonly Due[]): Promise<Part[]> {
  const parts: Part[] = [];
  for (const [authorId, of] of Map.groupBy(due, ({ author_id }) => author_id!)) {
    const isPersonal = ({ manner }: Due) => manner === 'personal';
    const own = of.some(isPersonal) ? await ports.ownMail.open(app, workspaceId, authorId, signal) : undefined;
    const others = own ? of.filter((one) => !isPersonal(one)) : of;
    parts.push(...inParts(others).map((messages) => ({ authorId, messages, own: undefined })));
    if (own) parts.push(...inParts(of.filter(isPersonal)).map((messages) => ({ authorId, messages, own })));
  }
  return parts;
}

/** As many at a time as are claimed together. */
const inParts = (of: readonly Due[]): (readonly Due[])[] =>
  Array.from({ length: Math.ceil(of.length / atOnce) }, (_, at) => of.slice(at * atOnce, (at + 1) * atOnce));

type Due = queries.WaitingMessage;

async function sendSome(
  app: App,
  workspaceId: string,
  { messages, inHand }: InHandPart,
  lines: readonly (Line | undefined)[],
): Promise<void> {
  const waiting = messages.filter(({ message_id }) => inHand.has(message_id));
  const concluding = startConcluding(app, workspaceId);
  const work = async (line: Line | undefined) => {
    for (let message = waiting.shift(); message; message = waiting.shift()) {
      const { message_id: messageId } = message;
      const { attempts } = inHand.get(messageId)!;
      const outcome = await handle(inHand.get(messageId)!, line?.deliver);
      concluding.add({ messageId, message, outcome, attempts });
    }
  };
  await Promise.all(lines.map(work));
  await concluding.end();
}

interface Ended {
  messageId: string;
  message: Due;
  outcome: Outcome;
  attempts: number;
}

/**
 * Concludes messages as they end: what ends while one transaction is under way goes into the next together, since each writes the one row of the mail's
 * health. Nobody waits for it but the next claim, so that no more are in hand than before.
 */
function startConcluding(app: App, workspaceId: string): { add(ended: Ended): void; end(): Promise<void> } {
  let ended: Ended[] = [];
  let under: Promise<void> | undefined;
  let failure: unknown;
  const work = async () => {
    while (ended.length > 0) {
      const some = ended;
      ended = [];
      await app.db.asSystem('keeper', (tx) => concludeAll(app, tx, workspaceId, some));
    }
  };
  return {
    add(one) {
      ended.push(one);
      under ??= work()
        .catch((error: unknown) => {
          failure = error;
        })
        .finally(() => {
          under = undefined;
        });
    },
    async end() {
      while (under) await under;
      if (failure) throw failure;
    },
  };
}

async function concludeAll(app: App, tx: Tx, workspaceId: string, ended: readonly Ended[]): Promise<void> {
  const isSent = ({ outcome }: Ended) => outcome.state === 'sent';
  const sent = ended.filter(isSent).map(({ messageId }) => messageId);
  if (sent.length > 0) {
    await queries.settleSent(tx, workspaceId, sent);
    await queries.noteHealth(tx, workspaceId, null);
  }
  for (const { messageId, message, outcome, attempts } of ended.filter((one) => !isSent(one)))
    await conclude(app, tx, { workspaceId, messageId, message }, outcome, attempts);
}

async function handle({ mail }: InHand, hand: ((mail: Mail) => Promise<Outcome>) | undefined): Promise<Outcome> {
  if (!mail) return { state: 'failed', answer: 'nobody' };
  return hand ? hand(mail) : { state: 'later', answer: 'no_mail_server' };
}

async function claimPlain(
  app: App,
  writeContents: WriteContents,
  tx: Tx,
  workspaceId: string,
  messageId: string,
  message: queries.QueuedMessage,
): Promise<InHand | null> {
  const attempts = await queries.claim(tx, workspaceId, messageId);
  if (attempts === null) return null;
  const mail =
    message.kind === 'asked'
      ? await writeToAsker(app, writeContents, tx, workspaceId, messageId, message)
      : await writeToMember(app, writeContents, tx, workspaceId, messageId, message);
  return { attempts, mail, parcel: undefined };
}

/** The mail that a message to a member is; undefined when the member has gone, or what it said. */
async function writeToMember(
  app: App,
  writeContents: WriteContents,
  tx: Tx,
  workspaceId: string,
  messageId: string,
  message: queries.QueuedMessage,
): Promise<Mail | undefined> {
  const content = await queries.findContent(tx, workspaceId, messageId);
  const recipient = message.recipient_id && (await queries.findRecipient(tx, workspaceId, message.recipient_id));
  if (!content || !recipient) return undefined;
  const words = content.content_id
    ? await writeSample(
        app,
        writeContents,
        tx,
        { workspaceId, messageId, kind: message.purpose },
        content,
        content.sealed ? (JSON.parse(app.secrets.decrypt(content.sealed)) as Record<string, string>) : {},
      )
    : asLetter(content);
  if (!words) return undefined;
  return {
    messageId: message.mail_id,
    to: { name: oneLine(recipient.name), address: recipient.address },
    ...words,
    // RFC 3834, 5: whoever answers by itself does not answer this.
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

type Kept = NonNullable<Awaited<ReturnType<typeof queries.findContent>>>;
type Saying = Pick<Mail, 'subject' | 'text' | 'html'>;

function asLetter({ action, ...rest }: Kept): Saying {
  const letter = { ...rest, footer: rest.footer ?? '', ...(action ? { action } : {}) };
  return { subject: oneLine(rest.subject), text: toText(letter), html: toHtml(letter, rest.locale) };
}

/** A content as somebody made up would get it, and said to be that. Its links to stop it stop nothing. */
async function writeSample(
  app: App,
  writeContents: WriteContents,
  tx: Tx,
  { workspaceId, messageId, kind }: { workspaceId: string; messageId: string; kind: string },
  { content_id, content_version, locale, subject: kept }: Kept,
  given: Record<string, string>,
): Promise<Saying | undefined> {
  const pages = { 'link.unsubscribe': app.config.publicUrl, 'link.preferences': app.config.publicUrl };
  const content = { contentId: content_id!, version: content_version!, variables: { ...pages, ...given } };
  const nobody = { workspaceId, memberId: '' };
  const [written] = await writeContents(tx, nobody, [{ personId: null, locale, ...content }]);
  if (!written || 'aside' in written) return undefined;
  const subject = oneLine(translator(locale)(`mail.content.${kind}`, { subject: written.subject || kept }));
  await queries.noteWords(tx, workspaceId, [{ messageId, subject, locale: written.locale }]);
  // What goes by another way is shown by mail, as the words it says.
  if (written.html !== '') return { subject, text: written.text, html: written.html };
  const said = [written.text, ...(written.mention ? [written.mention] : [])].join('\n');
  const letter = { subject, paragraphs: [said], footer: '' };
  return { subject, text: said, html: toHtml(letter, written.locale) };
}

/** The mail that somebody asked for, or the copy that goes to an address of nobody's card; undefined once what it said is gone. */
async function writeToAsker(
  app: App,
  writeContents: WriteContents,
  tx: Tx,
  workspaceId: string,
  messageId: string,
  message: queries.QueuedMessage,
): Promise<Mail | undefined> {
  const content = await queries.findContent(tx, workspaceId, messageId);
  if (!content?.sealed) return undefined;
  const { address, action, variables } = JSON.parse(app.secrets.decrypt(content.sealed)) as Pick<Letter, 'action'> & {
    address: string;
    variables?: Record<string, string>;
  };
  const of = { workspaceId, messageId, kind: message.purpose };
  const words = content.content_id
    ? await writeSample(app, writeContents, tx, of, content, variables ?? {})
    : asLetter({ ...content, ...(action && { action }) });
  if (!words) return undefined;
  return {
    messageId: message.mail_id,
    to: { name: '', address },
    ...words,
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

interface Sent {
  workspaceId: string;
  messageId: string;
  message: queries.QueuedMessage;
}

/** What will never arrive gives back what it took of a quota; an address that does not exist is remembered as dead. */
async function conclude(
  app: App,
  tx: Tx,
  { workspaceId, messageId, message }: Sent,
  outcome: Outcome,
  attempts: number,
): Promise<void> {
  if (outcome.state === 'sent') {
    await queries.settle(tx, workspaceId, messageId, { state: 'sent', answer: null });
    if (message.kind === 'asked') await queries.eraseContent(tx, workspaceId, messageId);
    return queries.noteHealth(tx, workspaceId, null);
  }
  const { answer } = outcome;
  const minutes = outcome.state === 'later' ? pauseAfter(attempts) : null;
  if (minutes !== null) {
    await queries.settle(tx, workspaceId, messageId, { state: 'queued', answer, minutes });
    await queueSending(app, tx, workspaceId, messageId, minutes * 60 + 1);
  } else if (outcome.state === 'in_doubt') {
    await queries.settle(tx, workspaceId, messageId, { state: 'in_doubt', answer });
  } else {
    await queries.settle(tx, workspaceId, messageId, { state: 'failed', answer });
    await giveBack(tx, workspaceId, messageId);
    if (message.kind === 'asked') await queries.eraseContent(tx, workspaceId, messageId);
    if (isNoSuchMailbox(answer) && message.contact_point_id) await markDead(tx, workspaceId, message.contact_point_id);
  }
  await queries.noteHealth(tx, workspaceId, answer);
}
