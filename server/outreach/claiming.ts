import { recordUses } from '../delegation/ledger.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import type { Parcel } from './carrier-port.ts';
import { readyContents, writeMails, writeParcels } from './composing.ts';
import { toDecision } from './contacts.ts';
import type { WriteContents } from './content-port.ts';
import type { Manner, Reason } from './contract.ts';
import type { Mail } from './deliver.ts';
import { giveBack } from './facts.ts';
import { type Asked, askGates, roomAt, type Wish } from './gate.ts';
import { queueMany } from './members.ts';
import { takePlacesIn } from './people.ts';
import * as queries from './queries.ts';
import type { Later } from './rules.ts';
import { channelOf, type Way } from './ways-contract.ts';

// Messages to contacts that leave: asked of the gate once more, taken in hand, and written as mails.

/** A message that was claimed, and the mail it is; none when whom or what it was to is gone. */
export interface InHand {
  attempts: number;
  mail: Mail | undefined;
  /** What is no mail. */
  parcel: Parcel | undefined;
}

export type Due = queries.WaitingMessage;

/**
 * Takes messages of one author to contacts in hand, those of which the gate still says yes: asked again as the author, who may have lost the contact,
 * the grant or their account since. Contents are put into words for their readers; who cannot be written to is refused, like the others. The holders are
 * told in the same transaction, at the first attempt. What is refused gives back what it took; where only time stands in the way, it waits on.
 * @returns those that are to be sent now, by their ids
 */
export async function claimForContacts(
  app: App,
  writeContents: WriteContents,
  workspaceId: string,
  authorId: string,
  messages: readonly Due[],
): Promise<Map<string, InHand>> {
  const actor = { workspaceId, memberId: authorId };
  const claimed = await app.db
    .asActor(actor, (tx) => claimAsAuthor({ app, writeContents, tx, actor }, messages))
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

export const wishOf = (message: Due): Wish => ({
  ...{ personId: message.card_id!, contactPointId: message.contact_point_id!, purpose: message.purpose },
  ...{ ofRight: message.of_right, manner: message.manner as Manner, way: message.way as Way },
});

export async function refuse(tx: Tx, actor: Actor, message: Due, reasons: Reason[]): Promise<void> {
  const { message_id: messageId } = message;
  if (!(await queries.stop(tx, actor.workspaceId, messageId, { state: 'refused', reasons }))) return;
  await queries.addDecisions(tx, actor, [
    toDecision(wishOf(message), messageId, 'leaving', { reasons, uses: [], later: null }),
  ]);
  await giveBack(tx, actor.workspaceId, messageId);
}

interface Claiming {
  app: App;
  writeContents: WriteContents;
  tx: Tx;
  actor: Actor;
}

async function claimAsAuthor(claiming: Claiming, messages: readonly Due[]): Promise<Claimed> {
  const { tx, actor } = claiming;
  const { free, refused, later } = await askAgain(claiming, messages);
  const ready = await readyContents(claiming, free);
  for (const { message } of free) {
    const reason = ready.asides.get(message.message_id);
    if (reason) refused.push({ message, reasons: [reason] });
  }
  const fit = free.filter(({ message }) => !ready.asides.has(message.message_id));
  const full = await takePlaces(tx, actor.workspaceId, fit);
  later.push(...full);
  const now = fit.filter(({ message }) => !full.some(({ messageId }) => messageId === message.message_id));
  const attempts = await queries.claimMany(
    tx,
    actor.workspaceId,
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
  const isMail = ({ message }: Free) => message.way === 'email';
  const mails = await writeMails(claiming, taken.filter(isMail), ready);
  const others = taken.filter((one) => !isMail(one));
  const parcels = await writeParcels(claiming, others, ready);
  const inHand = taken.map(
    ({ message: { message_id: id } }) =>
      [id, { attempts: attempts.get(id)!, mail: mails.get(id), parcel: parcels.get(id) }] as const,
  );
  return { inHand: new Map(inHand), refused, later };
}

export interface Free {
  message: Due;
  asked: Asked;
}

/** Outgoing mail is being set up anew, it seems: in how many milliseconds it is looked again, and for how long. */
const serverPause = 15 * 60_000;
const serverWait = 3 * 86_400_000;
const isWithoutServer = ([reason, ...others]: readonly Reason[]): boolean =>
  reason === 'no_mail_server' && others.length === 0;
/** Its id tells when a message was written (UUIDv7, RFC 9562). */
const isYoung = (messageId: string): boolean =>
  Date.now() - Number.parseInt(messageId.replaceAll('-', '').slice(0, 12), 16) < serverWait;

/** Those of which the gate still says yes, no, or not yet. */
export async function askAgain(
  { tx, actor }: Pick<Claiming, 'tx' | 'actor'>,
  messages: readonly Due[],
): Promise<Pick<Claimed, 'refused' | 'later'> & { free: Free[] }> {
  const ids = messages.map(({ message_id }) => message_id);
  const cards = Map.groupBy(await queries.listCardsOf(tx, actor.workspaceId, ids), ({ message_id }) => message_id);
  const wishes = messages.map((message) => {
    const grantIds = new Set(cards.get(message.message_id)?.map(({ grant_id }) => grant_id));
    const { message_id: messageId, weight, priority } = message;
    return { ...wishOf(message), leaving: { messageId, grantIds, weight, priority } };
  });
  const answers = await askGates(tx, actor, wishes, 'leave');
  const refused: Claimed['refused'] = [];
  const later: Claimed['later'] = [];
  const free: Free[] = [];
  for (const [at, message] of messages.entries()) {
    const asked = answers[at];
    if (asked && isWithoutServer(asked.reasons) && isYoung(message.message_id))
      later.push({ messageId: message.message_id, at: new Date(Date.now() + serverPause), reasons: [] });
    else if (!asked?.allowed) refused.push({ message, reasons: asked?.reasons ?? ['out_of_sight'] });
    else if (asked.later) later.push({ messageId: message.message_id, ...asked.later });
    else free.push({ message, asked });
  }
  return { free, refused, later };
}

/** Those for which there is no place any more in what leaves for their domain in an hour, or from the mailbox in a day, and when there is. */
async function takePlaces(tx: Tx, workspaceId: string, free: readonly Free[]): Promise<Claimed['later']> {
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
export async function tellHolders(tx: Tx, actor: Actor, sent: readonly Free[]): Promise<void> {
  const together = Map.groupBy(
    sent.filter(({ asked }) => asked.uses.length > 0),
    ({ message, asked }) =>
      `${message.way} ${message.purpose} ${asked.uses.map(({ grant }) => `${grant.grantId} ${grant.version}`).sort()}`,
  );
  for (const of of together.values()) {
    const { purpose, way } = of[0]!.message;
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
      channel: channelOf(way as Way),
      grants,
    });
  }
}
