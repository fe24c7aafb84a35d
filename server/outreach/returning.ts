import { markDead } from '../cards/consent.ts';
import { contactPointId } from '../cards/writing.ts';
import { Trouble } from '../connectors/connector.ts';
import { mustStand, openImap, toTrouble } from '../connectors/imap-session.ts';
import { answeredIds } from '../formats/mail-facts/answered.ts';
import { type Bounce, isWorse, readBounces } from '../formats/mail-facts/bounces.ts';
import { readComplaint } from '../formats/mail-facts/complaint.ts';
import { type OpenedMessage, openMessage } from '../formats/mail-facts/message.ts';
import { originOf } from '../formats/mail-facts/origin.ts';
import { returnedIds } from '../formats/mail-facts/returned.ts';
import { whenWritten } from '../formats/mail-facts/written.ts';
import { normaliseEmail } from '../formats/normalise/email.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { openGuarded, Unreached } from '../kernel/guarded.ts';
import { sha256 } from '../kernel/ids.ts';
import { noteAnswers } from './answered.ts';
import { takeComplaint } from './complaints.ts';
import { findLeft } from './queries.ts';
import * as returns from './returns.ts';

// Mail that comes back: reports on delivery (RFC 3464), what daemons write in their place, and complaints (RFC 5965).

/** An address is given up when so many messages to it came back within so many days for reasons that pass, such as a full mailbox. */
export const softMost = { messages: 3, days: 30 };

/** What a report says of a message of ours. */
interface Verdict {
  status: string;
  /** There is no such mailbox: nobody writes there any more. */
  dead: boolean;
  /** It counts towards giving the address up. */
  counts: boolean;
}

/**
 * What becomes of a message that a report gives back; of several things that are told the worst. Null: nothing yet (it is only late), or nothing was told
 * of whom the message was for. A report that names them neither as the last recipient nor as the first (theirs passes mail on) says nothing: whoever got
 * the message could have written it.
 * @param isOurs whether an address is the one that the message was for
 */
export function judgeReturn(bounces: readonly Bounce[], isOurs: (address: string) => boolean): Verdict | null {
  const own = bounces.filter(({ recipient }) => isOurs(recipient));
  const passedOn = bounces.filter(({ original }) => original !== undefined && isOurs(original));
  const [one] = (own.length > 0 ? own : passedOn).toSorted((a, b) => (isWorse(a, b) ? -1 : isWorse(b, a) ? 1 : 0));
  if (!one || one.delayed) return null;
  const { status } = one;
  const dead = own.length > 0 && one.invalidates;
  // For now, a full mailbox (x.2.2), or an address that is dead but not the one that we wrote to.
  const passes = status.startsWith('4') || /^\d\.2\.2$/.test(status) || (own.length === 0 && one.invalidates);
  return { status, dead, counts: !dead && passes };
}

/**
 * Takes one mail of the mailbox. Believed is only what gives back the Message-ID of a message that left here, which only who got it can know
 * (74 random bits), and speaks of the address that message was for. Taken again, it changes nothing; of several the worst holds. As the keeper.
 */
export async function takeReturn(
  app: App,
  tx: Tx,
  workspaceId: string,
  { mail, raw }: OpenedMessage,
): Promise<'bounce' | 'complaint' | 'nothing'> {
  const complaint = readComplaint(mail, raw);
  if (complaint?.messageId)
    return (await takeComplaint(app, tx, workspaceId, complaint.messageId)) ? 'complaint' : 'nothing';
  const origin = originOf(mail);
  if (origin === 'person') await takeAnswer(app, tx, workspaceId, mail);
  if (origin !== 'bounce') return 'nothing';
  for (const id of returnedIds(mail, raw)) {
    const message = await findLeft(tx, workspaceId, id);
    if (!message) continue;
    const pointId = message.contact_point_id!;
    const verdict = judgeReturn(
      readBounces(mail, raw),
      (address) => contactPointId(app.secrets, workspaceId, { channel: 'email', address }) === pointId,
    );
    if (verdict) await settleReturn(tx, workspaceId, message.message_id, pointId, verdict);
    return verdict ? 'bounce' : 'nothing';
  }
  return 'nothing';
}

/** Somebody answers to the sender's own address: who reads this mailbox is a team. */
async function takeAnswer(app: App, tx: Tx, workspaceId: string, mail: OpenedMessage['mail']): Promise<void> {
  const address = normaliseEmail(mail.from?.address ?? '');
  if (!address || !mail.messageId) return;
  const from = contactPointId(app.secrets, workspaceId, { channel: 'email', address });
  const at = whenWritten(mail.date, new Date());
  const answer = { key: sha256(mail.messageId.trim()), answers: answeredIds(mail), contactPointId: from, at };
  await noteAnswers(tx, workspaceId, null, [answer]);
}

async function settleReturn(
  tx: Tx,
  workspaceId: string,
  messageId: string,
  pointId: string,
  { status, dead, counts }: Verdict,
): Promise<void> {
  const rank = dead ? 2 : counts ? 0 : 1;
  if (!(await returns.addBounce(tx, workspaceId, { messageId, contactPointId: pointId, status, counts, rank }))) return;
  if (dead) await markDead(tx, workspaceId, pointId);
  if (!counts) return;
  const soft = await returns.countSoft(tx, workspaceId, pointId, softMost.days);
  if (soft >= softMost.messages) await returns.giveUp(tx, workspaceId, pointId);
}

/** Mails that are read and taken together, and octets of each: what a report says stands before what it gives back. */
const together = 50;
const mostOctets = 256 << 10;
/** Days before the first look that are looked at. */
const firstDays = 14;
/** Milliseconds after which other work goes first; the next look goes on. */
const slice = 60_000;

/** Reads what has arrived since the last time, and how far with it, some at a time. What goes wrong is kept for admins. */
export async function readReturns(app: App, workspaceId: string, signal: AbortSignal): Promise<void> {
  const asKeeper = <T>(work: (tx: Tx) => Promise<T>) => app.db.asSystem('keeper', work);
  const box = await asKeeper((tx) => returns.openBox(tx, workspaceId));
  if (!box) return;
  try {
    const until = Date.now() + slice;
    for await (const piece of arrived(app, box, signal)) {
      const opened = (await Promise.all(piece.mails.map((raw) => openMessage(raw)))).filter((one) => one !== undefined);
      await asKeeper(async (tx) => {
        for (const one of opened) await takeReturn(app, tx, workspaceId, one);
        const { uidValidity, lastUid } = piece;
        await returns.noteRead(tx, workspaceId, { changedAt: box.changed_at, uidValidity, lastUid });
      });
      if (Date.now() > until) return;
    }
  } catch (error) {
    if (!(error instanceof Trouble || error instanceof Unreached)) throw error;
    await asKeeper((tx) => returns.noteFailure(tx, workspaceId, error.code));
  }
}

type Box = NonNullable<Awaited<ReturnType<typeof returns.openBox>>>;

/** The mails of the inbox that were not read yet, in pieces. Nothing in it is changed. @throws Trouble | Unreached */
async function* arrived(
  app: App,
  box: Box,
  signal: AbortSignal,
): AsyncGenerator<{ mails: Uint8Array[]; uidValidity: number; lastUid: number }> {
  const client = await openImap({
    settings: { host: box.host, port: box.port, security: box.security as 'tls', user: box.username },
    secret: { password: app.secrets.decrypt(box.password) },
    ...{ guarded: openGuarded(app.config.privateNetworks), signal },
  });
  try {
    const opened = await client.mailboxOpen('INBOX', { readOnly: true });
    const uidValidity = Number(opened.uidValidity);
    const read = box.uid_validity === uidValidity ? (box.last_uid ?? 0) : 0;
    const since = new Date(Date.now() - firstDays * 86_400_000);
    const found = (await client.search(read > 0 ? { uid: `${read + 1}:*` } : { since }, { uid: true })) || [];
    mustStand(client);
    const uids = found.filter((uid) => uid > read).sort((a, b) => a - b);
    for (let at = 0; at < uids.length; at += together) {
      const wanted = uids.slice(at, at + together);
      const mails: Uint8Array[] = [];
      const source = { start: 0, maxLength: mostOctets };
      for await (const { source: raw } of client.fetch(wanted.join(','), { uid: true, source }, { uid: true }))
        if (raw) mails.push(raw);
      mustStand(client);
      yield { mails, uidValidity, lastUid: wanted.at(-1)! };
    }
    yield { mails: [], uidValidity, lastUid: Math.max(read, uids.at(-1) ?? 0, opened.uidNext - 1) };
  } catch (error) {
    throw toTrouble(error, signal);
  } finally {
    await client.logout().catch(() => client.close());
  }
}

/** Signs in and leaves. @throws Trouble | Unreached */
export async function tryBox(
  app: Pick<App, 'config'>,
  {
    host,
    port,
    security,
    username,
  }: { host: string; port: number; security: 'tls' | 'starttls' | 'none'; username: string },
  password: string,
): Promise<void> {
  const signal = AbortSignal.timeout(30_000);
  const client = await openImap({
    settings: { host, port, security, user: username },
    secret: { password },
    ...{ guarded: openGuarded(app.config.privateNetworks), signal },
  });
  await client.logout().catch(() => client.close());
}
