import { isUtf8 } from 'node:buffer';
import { findLentPointsAt, type Outcome, type Put, putResources } from '../cards/putting.ts';
import { prepareCard } from '../cards/writing.ts';
import type { Contact } from '../formats/contact.ts';
import { UnreadableFile } from '../formats/contact.ts';
import { escapeText, parseVcard, readVcards, writeVcard } from '../formats/vcard/index.ts';
import type { Tx } from '../kernel/database.ts';
import { inRounds } from '../kernel/rounds.ts';
import { DavError, noSuchResource, unmet } from './errors.ts';
import { cardHref } from './paths.ts';
import { largestCard } from './properties.ts';
import { findRights, takeBookToWrite } from './queries.ts';
import { type DavRequest, getBook, type Method, readOnly } from './request.ts';
import { etagOf, readCondition } from './rules.ts';
import { element } from './xml.ts';

/** A card is put under a name (RFC 6352, 6.3.2). Its octets are kept and given back. */
export const put: Method = async (dav) => {
  const { app, device, actor, target, request, reply, body } = dav;
  if (target.kind !== 'card') throw target.kind === 'book' ? new DavError(405) : noSuchResource();
  const type = (request.headers['content-type'] ?? 'text/vcard').split(';')[0]!.trim().toLowerCase();
  if (!/^(?:text\/(?:x-)?vcard|text\/directory|text\/plain|application\/octet-stream)$/.test(type))
    throw unmet(415, 'C:supported-address-data');
  const read = await readCard(body, device.country);
  const named = { ...read.put, name: target.name };
  const one: Put = { ...named, condition: readCondition(request.headers), lentPoints: null };
  const lane = `${device.deviceId} ${target.book}`;
  let outcome = await together(lane, { dav, slug: target.book, put: one });
  if (outcome.kind === 'lent_points_wanted') {
    // What the member reads of colleagues only their own transaction tells; the keeper's would see everybody's.
    const lentPoints = await app.db.asActor(actor, async (tx) =>
      findLentPointsAt(tx, actor, (await getBook(tx, dav, target.book)).bookNo, named),
    );
    outcome = await together(lane, { dav, slug: target.book, put: { ...one, lentPoints } });
  }
  if (outcome.kind === 'precondition_failed') throw new DavError(412);
  if (outcome.kind === 'suppressed') throw new DavError(403);
  if (outcome.kind === 'uid_conflict')
    throw unmet(409, 'C:no-uid-conflict', element('href', [cardHref(device.memberId, target.book, outcome.name)]));
  if (outcome.kind === 'lent_points_wanted') throw new DavError(503);
  // A tag says that what is kept is what was sent; where it was completed, the device has to fetch it (RFC 6352, 6.3.2.3).
  if (read.asSent) reply.header('etag', etagOf(outcome.changeNo));
  return reply.code(outcome.kind === 'created' ? 201 : 204).send();
};

interface Waiting {
  dav: DavRequest;
  slug: string;
  put: Put;
}

/** Cards that a device puts into one book at once are written in one transaction, and wait for the disk once. */
const together = inRounds(
  (round: Waiting[]): Promise<Outcome[]> => {
    const [{ dav, slug }] = round as [Waiting];
    const { app, device } = dav;
    return app.db.asSystem('keeper', async (tx) => {
      const book = await takeBookToWrite(tx, device, slug, round.length);
      if (!book) throw await refusal(tx, dav);
      const { bookId, bookNo, first } = book;
      return putResources(
        app,
        tx,
        { ...device, bookId, bookNo },
        first,
        round.map(({ put: one }) => one),
      );
    });
  },
  ({ put: a }, { put: b }) => a.name === b.name || a.uid === b.uid,
  100,
);

/** Why a device cannot write in a book: it is let in no more, it may read only, there is none. */
async function refusal(tx: Tx, { device }: DavRequest): Promise<DavError> {
  const rights = await findRights(tx, device);
  if (!rights) return new DavError(401);
  return rights.writes ? unmet(409, 'resource-must-be-null') : readOnly();
}

interface ReadCard {
  put: Omit<Put, 'name' | 'condition' | 'lentPoints'>;
  asSent: boolean;
}

/** @throws DavError 403 with the condition that a body does not meet (RFC 6352, 6.3.2.1) */
async function readCard(body: Buffer, country: string): Promise<ReadCard> {
  if (body.length > largestCard) throw unmet(403, 'C:max-resource-size');
  const [contact, another] = await readContacts(body, country);
  if (!contact || another || contact.warnings.some(({ code }) => code === 'card.truncated' || code === 'card.empty'))
    throw unmet(403, 'C:valid-address-data');
  const octets = completeOctets(body, contact);
  const card = prepareCard({ ...contact, uid: octets.uid }, () => '');
  return {
    put: { uid: octets.uid, card, octets: octets.text, group: isGroup(octets.text) },
    asSent: octets.asSent,
  };
}

async function readContacts(body: Buffer, country: string): Promise<Contact[]> {
  const contacts: Contact[] = [];
  try {
    for await (const contact of readVcards(once(body), { country })) {
      contacts.push(contact);
      if (contacts.length > 1) break;
    }
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
  }
  return contacts;
}

async function* once(body: Buffer): AsyncGenerator<Uint8Array> {
  yield body;
}

/**
 * The octets to keep: those that were sent, with UID and FN where these are missing; in UTF-8, and in a version that devices read, where
 * they were in another.
 */
function completeOctets(body: Buffer, contact: Contact): { text: string; uid: string; asSent: boolean } {
  const uid = contact.uid ?? crypto.randomUUID();
  const sent = isUtf8(body) ? body.toString('utf8').replace(/^\uFEFF/, '') : null;
  const version = sent && /^VERSION:\s*([34]\.0)\s*$/im.exec(sent.slice(0, 2000))?.[1];
  if (!sent || !version) return { text: writeVcard({ ...contact, uid }, '3.0'), uid, asSent: false };
  const names = new Set(parseVcard(sent).map(({ name }) => name.toUpperCase()));
  const lines: string[] = [];
  if (contact.uid === undefined) lines.push(`UID:${uid}`);
  if (!names.has('FN')) lines.push(`FN:${escapeText(contact.name.full ?? contact.organization ?? '')}`);
  if (lines.length === 0) return { text: sent, uid, asSent: sent.length === body.toString('utf8').length };
  const text = sent.replace(/^(VERSION:.*?\r?\n)/im, (line) => line + lines.map((one) => `${one}\r\n`).join(''));
  return { text, uid, asSent: false };
}

/** A list of contacts in the words of RFC 6350 (6.1.4) or of Apple. */
const isGroup = (octets: string): boolean =>
  parseVcard(octets).some(
    ({ name, value }) => /^(?:KIND|X-ADDRESSBOOKSERVER-KIND)$/i.test(name) && value.trim().toLowerCase() === 'group',
  );
