import { loadLentOctets } from '../cards/octets.ts';
import { findCandidates, listChanges, type ResourceChange } from '../cards/resources.ts';
import { recordUses, type UsedCard } from '../delegation/ledger.ts';
import { getMember } from '../identity/queries.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { translator } from '../kernel/messages.ts';
import { type GivenCard, inVersion, loadGiven, type VcardVersion } from './cards.ts';
import { findDeliveries, followLending, listDeliveries, nameOfLent, setTold } from './deliveries.ts';
import { DavError, noSuchResource } from './errors.ts';
import { lentSlug } from './paths.ts';
import { findDeviceBook } from './queries.ts';
import type { DavRequest } from './request.ts';
import { etagOf } from './rules.ts';

/** An address book as a device reads it: one of the member's own, or what others lend them. */
export interface Shelf {
  /** What its sync tokens name. */
  id: string;
  slug: string;
  name: string;
  changeNo: number;
  readOnly: boolean;
  listChanges(
    after: number,
    limit?: number | null,
  ): Promise<{ changes: ResourceChange[]; more: boolean; upTo: number }>;
  /** Names under which one of these words (`foldLetters`) may be said. */
  findCandidates(words: readonly string[]): Promise<string[]>;
  load(names: readonly string[], version?: VcardVersion): Promise<Map<string, GivenCard>>;
  /** Says that the device is given these; to be called before it is. */
  give(names: readonly string[]): Promise<void>;
}

/** A book by its name in URLs, in the member's transaction (`asReader`). @throws DavError 404, or 401 for a device that is let in no more */
export const openShelf = (tx: Tx, dav: DavRequest, slug: string): Promise<Shelf> =>
  slug === lentSlug ? openLent(tx, dav) : openOwn(tx, dav, slug);

/** Runs as the member: where a lent book is read, only what may be taken along is there. */
export const asReader = <T>({ app, actor, target }: DavRequest, work: (tx: Tx) => Promise<T>): Promise<T> =>
  app.db.asActor(actor, work, 'book' in target && target.book === lentSlug ? 'export' : 'read');

async function openOwn(tx: Tx, { device, actor }: DavRequest, slug: string): Promise<Shelf> {
  const found = await findDeviceBook(tx, device, slug);
  if (!found) throw new DavError(401);
  if (!found.book) throw noSuchResource();
  const { bookId, bookNo, name, changeNo } = found.book;
  return {
    id: bookId,
    slug,
    name,
    changeNo,
    readOnly: !found.writes,
    listChanges: (after, limit) => listChanges(tx, bookNo, after, limit),
    findCandidates: (words) => findCandidates(tx, bookNo, words),
    load: (names, version) => loadGiven(tx, device, actor, bookNo, names, version),
    give: async () => {},
  };
}

async function openLent(tx: Tx, { device, actor }: DavRequest): Promise<Shelf> {
  const changeNo = await followLending(tx, device);
  if (changeNo === null) throw new DavError(401);
  if (changeNo === 'none') throw noSuchResource();
  /** Cards that were written for the device, by name: only these are told. */
  const written = new Map<string, UsedCard>();
  return {
    ...(await describeLent(tx, actor)),
    id: device.deviceId,
    changeNo,
    listChanges: (after, limit) => listDeliveries(tx, device, after, limit ?? null),
    // What is lent was put by no device of the member's: of none is known what its words are.
    findCandidates: async () => (await listDeliveries(tx, device, 0, null)).changes.map(({ name }) => name),
    async load(names, version) {
      const numbers = await findDeliveries(tx, device, names);
      const given = new Map<string, GivenCard>();
      for (const { card, octets } of await loadLentOctets(tx, actor, device.country, [...numbers.keys()])) {
        const [name, no] = [nameOfLent(card.card_id), numbers.get(card.card_id)!];
        written.set(name, card);
        given.set(name, await inVersion(device, { name, changeNo: no, octets, etag: etagOf(no) }, version));
      }
      return given;
    },
    async give(names) {
      const cards = names.flatMap((name) => written.get(name) ?? []);
      const fresh = await setTold(
        tx,
        device,
        cards.map((card) => card.card_id),
      );
      // Who holds them hears of it in the transaction in which they are read; once for each card and device.
      const told = cards.filter((card) => fresh.has(card.card_id));
      await recordUses(tx, actor, 'exported', told, { together: newId() });
    },
  };
}

/** What of that book is the same for all devices of a member, in their language. */
async function describeLent(tx: Tx, actor: Actor) {
  const locale = (await getMember(tx, actor))?.locale === 'en' ? 'en' : 'fr';
  return { slug: lentSlug, name: translator(locale)('phones.lentBook'), readOnly: true };
}
