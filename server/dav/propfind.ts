import { getMember } from '../identity/queries.ts';
import type { Tx } from '../kernel/database.ts';
import { noSuchResource, unmet } from './errors.ts';
import { bookHref, cardHref, davPath, homeHref, lentSlug, principalHref } from './paths.ts';
import {
  bookProperties,
  cardProperties,
  homeProperties,
  type Properties,
  principalProperties,
  readWanted,
  respond,
  rootProperties,
} from './properties.ts';
import { listDeviceBooks } from './queries.ts';
import { type DavRequest, type Depth, depthOf, type Method } from './request.ts';
import { etagOf } from './rules.ts';
import { asReader, openShelf } from './shelves.ts';
import { document, nameIn, readXml } from './xml.ts';

/** What is there, and what is known of it (RFC 4918, 9.1). Nothing here is nested so deep that "infinity" were of use. */
export const propfind: Method = async (dav) => {
  const { app, actor, body, reply } = dav;
  const asked = readXml(body);
  if (asked && asked.name !== nameIn('propfind')) throw unmet(400, 'valid-request');
  const depth = depthOf(dav, 'infinity');
  if (depth === 'infinity' && dav.target.kind !== 'card') throw unmet(403, 'propfind-finite-depth');
  const wanted = readWanted(asked);
  const resources = await asReader(dav, (tx) => list(tx, dav, depth));
  if (dav.target.kind === 'home' && depth === '1' && dav.device.lent)
    resources.push(await app.db.asActor(actor, (tx) => listLent(tx, dav), 'export'));
  const content = resources.map(([path, properties]) => respond(path, properties, wanted)).join('');
  return reply.code(207).type('application/xml; charset=utf-8').send(document('multistatus', content));
};

type Listed = [path: string, properties: Properties][];

async function list(tx: Tx, dav: DavRequest, depth: Depth): Promise<Listed> {
  const { device, actor, target } = dav;
  if (target.kind === 'root') return [[davPath, rootProperties(device)]];
  if (target.kind === 'book') return listBook(tx, dav, target.book, depth);
  if (target.kind === 'card') return listCard(tx, dav, target.book, target.name);
  const { memberId } = device;
  const name = (await getMember(tx, actor))?.name ?? '';
  if (target.kind === 'principal') return [[principalHref(memberId), principalProperties(device, name)]];
  const listed: Listed = [[homeHref(memberId), homeProperties(device, name)]];
  if (depth === '0') return listed;
  for (const { bookId, slug, name: bookName, changeNo } of await listDeviceBooks(tx, actor)) {
    const book = { id: bookId, name: bookName, changeNo, readOnly: !device.writes };
    listed.push([bookHref(memberId, slug), bookProperties(device, book)]);
  }
  return listed;
}

/** The address book of what others lend; of it only what may be taken along is told, in a transaction of its own. */
async function listLent(tx: Tx, dav: DavRequest): Promise<Listed[number]> {
  const shelf = await openShelf(tx, dav, lentSlug);
  return [bookHref(dav.device.memberId, lentSlug), bookProperties(dav.device, shelf)];
}

async function listBook(tx: Tx, dav: DavRequest, slug: string, depth: Depth): Promise<Listed> {
  const { device } = dav;
  const shelf = await openShelf(tx, dav, slug);
  const listed: Listed = [[bookHref(device.memberId, slug), bookProperties(device, shelf)]];
  if (depth === '0') return listed;
  const of = cardProperties(device, shelf);
  for (const { name, changeNo } of (await shelf.listChanges(0)).changes)
    listed.push([cardHref(device.memberId, slug, name), of(etagOf(changeNo))]);
  return listed;
}

async function listCard(tx: Tx, dav: DavRequest, slug: string, name: string): Promise<Listed> {
  const { device } = dav;
  const shelf = await openShelf(tx, dav, slug);
  const card = (await shelf.load([name])).get(name);
  if (!card) throw noSuchResource();
  return [[cardHref(device.memberId, slug, name), cardProperties(device, shelf)(card.etag)]];
}
