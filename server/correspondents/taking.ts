import { sayConsent } from '../cards/consent.ts';
import { completeInput, identityOf } from '../cards/fields.ts';
import { contactPointId } from '../cards/writing.ts';
import { findNaming } from '../charter/queries.ts';
import { announce } from '../kernel/announce.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { derivedId, sha256 } from '../kernel/ids.ts';
import { noteAnswers } from '../outreach/answered.ts';
import { takeComplaint } from '../outreach/complaints.ts';
import {
  findCardOf,
  findDecidedMarks,
  findSaidOfOwn,
  type NewProposal,
  type ProposalKind,
  propose,
} from './proposals.ts';
import type { MailboxRef } from './queries.ts';
import * as queries from './queries.ts';
import type { Reading, Said } from './reading.ts';

/** What a proposal keeps, sealed. */
export interface Sealed {
  said: Said[];
  /** Whom it concerns, where no message names them: the address of a successor. */
  email: string;
  /** Who has left, of a successor. */
  of?: string;
}

/** What a message was read as. */
export type Outcome = Reading | 'private' | 'unreadable';

/**
 * Takes what was read of some messages, in the transaction that also keeps how far the mailbox is read: a crash before its end leaves both
 * as they were, and a message that was counted before counts no more. As the keeper.
 * @returns counts for the log
 */
export async function takeReadings(
  app: App,
  tx: Tx,
  mailbox: MailboxRef,
  outcomes: readonly Outcome[],
): Promise<{ read: number; private: number; machines: number; proposals: number }> {
  const { country } = await queries.openMailbox(tx, mailbox);
  const readings = outcomes.filter((one) => typeof one === 'object');
  const rows = [...new Map(readings.map((one) => [one.key.toString('hex'), one])).values()];
  const isNew = await queries.addMessages(tx, mailbox, rows);
  const fresh = rows.filter(({ key }) => isNew.has(key.toString('hex')));
  const point = (email: string) =>
    contactPointId(app.secrets, mailbox.workspaceId, { channel: 'email', address: email });
  await queries.countCorrespondents(tx, mailbox, tallyUp(fresh, point));
  await queries.countPairs(tx, mailbox, pairsOf(fresh, point));
  await queries.setAway(
    tx,
    mailbox,
    fresh.flatMap(({ away, at }) =>
      away ? [{ contactPointId: point(away.email), left: away.left, until: away.until ?? null, at }] : [],
    ),
  );
  await noteHealth(tx, mailbox, fresh, point);
  await noteComplaints(app, tx, mailbox, fresh, point);
  await noteAnswers(
    tx,
    mailbox.workspaceId,
    mailbox.memberId,
    fresh.flatMap(({ key, at, answering }) =>
      answering ? [{ key, at, answers: answering.answers, contactPointId: point(answering.email) }] : [],
    ),
  );
  const proposed = await proposeFrom(app, tx, mailbox, country, fresh, point);
  const count = {
    read: fresh.length,
    private: outcomes.filter((one) => one === 'private').length,
    machines: fresh.filter(({ machine }) => machine).length,
  };
  await queries.countRead(tx, mailbox, count);
  if (fresh.length > 0) await announce(tx, mailbox.workspaceId, [mailbox.memberId], 'feed');
  return { ...count, proposals: proposed };
}

type PointOf = (email: string) => string;

/** People on a message, its owner left out, above which it says nothing of any two of them. */
const mostTogether = 6;

/** Who stands on the same messages, of those that people wrote to a few. In one order, as `tallyUp`. */
function pairsOf(fresh: readonly Reading[], point: PointOf): queries.Pair[] {
  const pairs = new Map<string, queries.Pair>();
  for (const { people, machine, at } of fresh) {
    const points = [...new Set(people.map(({ email }) => point(email)))].sort();
    if (machine || points.length > mostTogether) continue;
    for (const [n, a] of points.entries())
      for (const b of points.slice(n + 1)) {
        const pair = pairs.get(`${a} ${b}`) ?? { a, b, messages: 0, lastAt: at };
        pair.messages++;
        if (at > pair.lastAt) pair.lastAt = at;
        pairs.set(`${a} ${b}`, pair);
      }
  }
  return [...pairs.values()].sort((one, other) => (one.a + one.b < other.a + other.b ? -1 : 1));
}

/** What the messages add to each correspondent. In one order, so that two mailboxes cannot block each other. */
function tallyUp(fresh: readonly Reading[], point: PointOf): queries.Tally[] {
  const tallies = new Map<string, queries.Tally>();
  for (const { people, at } of fresh.toSorted((a, b) => a.at.getTime() - b.at.getTime()))
    for (const { email, name = '', direction } of people) {
      const tally = tallies.get(email) ?? {
        contactPointId: point(email),
        email,
        name,
        received: 0,
        sent: 0,
        beside: 0,
        firstAt: at,
        lastAt: at,
        lastReceivedAt: null,
        lastSentAt: null,
      };
      tallies.set(email, tally);
      if (name) tally.name = name;
      tally.lastAt = at;
      if (direction === 'incoming') tally.lastReceivedAt = at;
      if (direction === 'outgoing') tally.lastSentAt = at;
      tally[({ incoming: 'received', outgoing: 'sent', beside: 'beside' } as const)[direction]]++;
    }
  return [...tallies.values()].sort((a, b) => (a.contactPointId < b.contactPointId ? -1 : 1));
}

/** Bounces of what the owner sent, mailboxes that answer that somebody has left, and mail that comes again from where it failed. */
async function noteHealth(tx: Tx, mailbox: MailboxRef, fresh: readonly Reading[], point: PointOf): Promise<void> {
  const keys = fresh.flatMap(({ returned }) => returned ?? []);
  const own = await queries.findOwnMessages(tx, mailbox, keys);
  const signs = fresh.flatMap(({ bounces, returned, away, people, at }): queries.HealthSign[] => {
    const believed = returned && own.has(returned.toString('hex')) ? bounces : [];
    return [
      ...believed.map(({ recipient, invalidates }) => ({
        contactPointId: point(recipient),
        health: invalidates ? ('dead' as const) : ('failing' as const),
        at,
      })),
      ...(away?.left ? [{ contactPointId: point(away.email), health: 'failing' as const, at }] : []),
      ...people
        .filter(({ direction, email }) => direction === 'incoming' && email !== away?.email)
        .map(({ email }) => ({ contactPointId: point(email), health: 'good' as const, at })),
    ];
  });
  await queries.setHealth(
    tx,
    mailbox,
    signs.sort((a, b) => a.at.getTime() - b.at.getTime()),
  );
}

/**
 * Who called a message unwanted objects: to one that left by the gate, which only its receiver can name; or to one that the mailbox's owner wrote
 * themself, where the report names an address that they wrote to.
 */
async function noteComplaints(
  app: App,
  tx: Tx,
  mailbox: MailboxRef,
  fresh: readonly Reading[],
  point: PointOf,
): Promise<void> {
  const { workspaceId, memberId } = mailbox;
  for (const { complaint, key } of fresh) {
    if (!complaint?.messageId || (await takeComplaint(app, tx, workspaceId, complaint.messageId))) continue;
    const own = await queries.findOwnMessages(tx, mailbox, [sha256(complaint.messageId)]);
    if (own.size === 0 || !complaint.recipient) continue;
    const contactPointId = point(complaint.recipient);
    if (!(await queries.findWritten(tx, mailbox, contactPointId))) continue;
    if (!(await sayConsent(tx, workspaceId, contactPointId, 'objected', 'complaint'))) continue;
    const cardId = await findCardOf(tx, mailbox, contactPointId);
    const told = { kind: 'complained', memberIds: [memberId], subjectId: cardId, actorId: null };
    if (cardId)
      await app.enqueue(tx, {
        workspaceId,
        task: 'notices.tell',
        payload: { ...told, occasion: key.toString('hex') },
      });
  }
}

interface Found {
  kind: ProposalKind;
  at: Date;
  email: string;
  said: Said[];
  of?: string;
}

/** Proposes what the messages say, without what the member's card says already, and what they have decided. */
async function proposeFrom(
  app: App,
  tx: Tx,
  mailbox: MailboxRef,
  country: string,
  fresh: readonly Reading[],
  point: PointOf,
): Promise<number> {
  const found = newest(fresh);
  if (found.length === 0) return 0;
  const points = [...new Set(found.map(({ email }) => point(email)))];
  const decided = await findDecidedMarks(tx, mailbox, points);
  const known = await findSaidOfOwn(tx, mailbox, points);
  const habits = { country, naming: await findNaming(tx, mailbox.workspaceId) };
  const identity = ({ field }: Said) => identityOf(completeInput(field, habits));
  const mark = (one: Said) => derivedId(app.secrets.contactPoints, `${mailbox.workspaceId} said ${identity(one)}`);
  const proposals = found.flatMap(({ kind, at, email, said, of }): NewProposal[] => {
    const pointId = point(email);
    const card = known.get(pointId);
    const told = new Set(card?.map(identityOf));
    const open = said.filter(
      (one) =>
        !told.has(identity(one)) && !(card && one.field.kind === 'name') && !decided.has(`${pointId} ${mark(one)}`),
    );
    // Somebody whom the member knows already needs no introduction.
    const nothing = open.length === 0 || (kind === 'successor' && card !== undefined) || (kind === 'moved' && !card);
    if (nothing) return [];
    const sealed: Sealed = { said: open, email, ...(of && { of }) };
    return [
      {
        contactPointId: pointId,
        kind,
        writtenAt: at,
        sealed: app.secrets.encrypt(JSON.stringify(sealed)),
        marks: open.map(mark),
      },
    ];
  });
  await propose(
    tx,
    mailbox,
    proposals.sort((a, b) => (a.contactPointId < b.contactPointId ? -1 : 1)),
  );
  return proposals.length;
}

/** Of each address the newest message of each kind says what is proposed. */
function newest(fresh: readonly Reading[]): Found[] {
  const found = fresh
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .flatMap(({ at, signature, moved, successors }): Found[] => [
      ...(signature ? [{ kind: 'signature' as const, at, ...signature }] : []),
      ...(moved ? [{ kind: 'moved' as const, at, ...moved }] : []),
      ...successors.map((one) => ({ kind: 'successor' as const, at, ...one })),
    ]);
  return [...new Map(found.map((one) => [`${one.kind} ${one.email}`, one])).values()];
}
