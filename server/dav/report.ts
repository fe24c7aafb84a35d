import { getMember } from '../identity/queries.ts';
import type { Tx } from '../kernel/database.ts';
import { type GivenCard, inVersion, type VcardVersion } from './cards.ts';
import { DavError, unmet } from './errors.ts';
import { keepProperties, readFilter } from './filter.ts';
import { bookHref, cardHref, readHref } from './paths.ts';
import {
  type CardProperties,
  cardProperties,
  homeProperties,
  type Properties,
  principalProperties,
  readWanted,
  respond,
  respondStatus,
  rootProperties,
  theseOnly,
} from './properties.ts';
import { findRights } from './queries.ts';
import type { DavRequest, Method } from './request.ts';
import { etagOf, readSyncToken, syncToken } from './rules.ts';
import { asReader, openShelf, type Shelf } from './shelves.ts';
import { childOf, document, element, nameIn, type ReadElement, readXml, shortOf, write } from './xml.ts';

type Report = (tx: Tx, dav: DavRequest, asked: ReadElement) => Promise<string>;

const reports: Record<string, Report> = {
  [nameIn('sync-collection')]: syncCollection,
  [nameIn('C:addressbook-multiget')]: multiget,
  [nameIn('C:addressbook-query')]: query,
  [nameIn('expand-property')]: expandProperty,
};

/** A question that is more than PROPFIND asks (RFC 3253, 3.6). */
export const report: Method = async (dav) => {
  const asked = readXml(dav.body);
  if (!asked) throw new DavError(400);
  const answer = reports[asked.name];
  if (!answer) throw unmet(403, 'supported-report');
  const content = await asReader(dav, (tx) => answer(tx, dav, asked));
  return dav.reply.code(207).type('application/xml; charset=utf-8').send(document('multistatus', content));
};

async function shelfOf(tx: Tx, dav: DavRequest): Promise<Shelf> {
  const { target } = dav;
  if (target.kind !== 'book' && target.kind !== 'card') throw unmet(403, 'supported-report');
  return openShelf(tx, dav, target.book);
}

const limitOf = (asked: ReadElement, prefix: '' | 'C:'): number | undefined => {
  const limit = childOf(asked, `${prefix}limit`);
  const number = limit && Number(childOf(limit, `${prefix}nresults`)?.text.trim());
  return number !== undefined && Number.isInteger(number) && number > 0 ? number : undefined;
};

/** Cards whose octets are read at once. */
const piece = 500;

/** What has changed since a token (RFC 6578): all of it, or as much as was asked for, with the token to go on from. */
async function syncCollection(tx: Tx, dav: DavRequest, asked: ReadElement): Promise<string> {
  const { device } = dav;
  const book = await shelfOf(tx, dav);
  const after = readSyncToken(childOf(asked, 'sync-token')?.text.trim() ?? '', book.id);
  if (after === null || after > book.changeNo) throw unmet(403, 'valid-sync-token');
  const level = childOf(asked, 'sync-level')?.text.trim();
  if (level !== undefined && level !== '1' && level !== 'infinite') throw new DavError(400);
  const found = await book.listChanges(after, limitOf(asked, ''));
  const wanted = readWanted(childOf(asked, 'prop') ? asked : null);
  const path = (name: string) => cardHref(device.memberId, book.slug, name);
  const gone = found.changes.filter((one) => one.gone);
  const there = found.changes.filter((one) => !one.gone);
  const address = addressData(asked);
  const of = cardProperties(device, book);
  let content = '';
  if (address)
    content += await respondGiven(
      dav,
      book,
      there.map(({ name }) => name),
      asked,
    );
  else for (const { name, changeNo } of there) content += respond(path(name), of(etagOf(changeNo)), wanted);
  for (const { name } of gone) content += respondStatus(path(name), 404);
  if (found.more)
    content += respondStatus(bookHref(device.memberId, book.slug), 507, element('number-of-matches-within-limits'));
  const reached = found.more ? found.upTo : book.changeNo;
  return content + write(element('sync-token', [syncToken(book.id, reached)]));
}

/** The `address-data` that is asked for, with the version and the properties wanted of it. @throws DavError 403 for another format */
function addressData(asked: ReadElement): { version: VcardVersion | undefined; element: ReadElement } | undefined {
  const prop = childOf(asked, 'prop');
  const address = prop && childOf(prop, 'C:address-data');
  if (!address) return undefined;
  const { 'content-type': type = 'text/vcard', version } = address.attributes;
  if (type.toLowerCase() !== 'text/vcard' || (version !== undefined && version !== '3.0' && version !== '4.0'))
    throw unmet(403, 'C:supported-address-data');
  return { version: version as VcardVersion | undefined, element: address };
}

const addressDataName = nameIn('C:address-data');

function givenProperties(of: CardProperties, card: GivenCard, address: ReadElement | undefined): Properties {
  const properties = of(card.etag);
  if (address) properties.set(addressDataName, { content: [keepProperties(card.octets, address)], asked: true });
  return properties;
}

/** Cards by their names, with what was asked of them, in pieces; 404 for what is not there. */
async function respondGiven(
  dav: DavRequest,
  book: Shelf,
  names: readonly string[],
  asked: ReadElement,
): Promise<string> {
  const wanted = readWanted(asked);
  const address = addressData(asked);
  const of = cardProperties(dav.device, book);
  let content = '';
  for (let at = 0; at < names.length; at += piece) {
    const part = names.slice(at, at + piece);
    const given = await book.load(part, address?.version);
    if (address) await book.give([...given.keys()]);
    for (const name of part) {
      const card = given.get(name);
      const path = cardHref(dav.device.memberId, book.slug, name);
      content += card ? respond(path, givenProperties(of, card, address?.element), wanted) : respondStatus(path, 404);
    }
  }
  return content;
}

/** Cards by their addresses (RFC 6352, 8.7). */
async function multiget(tx: Tx, dav: DavRequest, asked: ReadElement): Promise<string> {
  const book = await shelfOf(tx, dav);
  const names: string[] = [];
  let others = '';
  for (const { text } of asked.children.filter(({ name }) => name === nameIn('href'))) {
    const target = readHref(text, dav.request.host);
    if (target?.kind === 'card' && target.memberId === dav.device.memberId && target.book === book.slug)
      names.push(target.name);
    else others += respondStatus(write(text.trim()), 404);
  }
  return (await respondGiven(dav, book, [...new Set(names)], asked)) + others;
}

/** Cards that meet a filter (RFC 6352, 8.6). */
async function query(tx: Tx, dav: DavRequest, asked: ReadElement): Promise<string> {
  const book = await shelfOf(tx, dav);
  const filter = childOf(asked, 'C:filter');
  if (!filter) throw new DavError(400);
  const { meets, words, tells } = readFilter(filter);
  const wanted = readWanted(asked);
  const address = addressData(asked);
  const of = cardProperties(dav.device, book);
  const limit = limitOf(asked, 'C:') ?? Number.POSITIVE_INFINITY;
  const names = words ? await book.findCandidates(words) : (await book.listChanges(0)).changes.map(({ name }) => name);
  let content = '';
  let found = 0;
  for (let at = 0; at < names.length; at += piece) {
    // What is asked is asked of the card as it is kept, whatever version of it is wanted.
    const given = await book.load(names.slice(at, at + piece));
    if (tells === 'all') await book.give([...given.keys()]);
    for (const kept of given.values()) {
      if (!meets(kept.octets)) continue;
      const card = await inVersion(dav.device, kept, address?.version);
      if (++found > limit) {
        const status = respondStatus(
          bookHref(dav.device.memberId, book.slug),
          507,
          element('number-of-matches-within-limits'),
        );
        return content + status;
      }
      if (address || tells === 'met') await book.give([card.name]);
      const path = cardHref(dav.device.memberId, book.slug, card.name);
      content += respond(path, givenProperties(of, card, address?.element), wanted);
    }
  }
  return content;
}

/** Properties with those of what they name (RFC 3253, 3.8): Apple asks so for home and principal at once. */
async function expandProperty(tx: Tx, dav: DavRequest, asked: ReadElement): Promise<string> {
  const { device, actor, target } = dav;
  if (!(await findRights(tx, device))) throw new DavError(401);
  const name = (await getMember(tx, actor))?.name ?? '';
  const known: Record<string, Properties> = {
    root: rootProperties(device),
    principal: principalProperties(device, name),
    home: homeProperties(device, name),
  };
  const propertiesOf = (path: string) => known[readHref(path, dav.request.host)?.kind ?? ''];
  const own = known[target.kind];
  if (!own) throw unmet(403, 'supported-report');
  const expanded = expand(own, asked, propertiesOf);
  return respond(dav.request.url.split('?')[0]!, expanded, theseOnly([...expanded.keys()]));
}

function expand(
  own: Properties,
  asked: ReadElement,
  propertiesOf: (path: string) => Properties | undefined,
): Properties {
  const result: Properties = new Map();
  for (const { name, attributes, children } of asked.children) {
    if (name !== nameIn('property')) continue;
    const full = `{${attributes.namespace ?? 'DAV:'}}${attributes.name ?? ''}`;
    const property = own.get(full);
    if (!property) continue;
    const content = property.content.map((one) => {
      const path = typeof one === 'object' && one.name === 'D:href' ? String(one.children[0]) : undefined;
      const named = path === undefined ? undefined : propertiesOf(path);
      if (!named || children.length === 0) return one;
      const inner = expand(named, { name, attributes, children, text: '' }, propertiesOf);
      return element('response', [
        element('href', [path!]),
        element('propstat', [
          element(
            'prop',
            [...inner].map(([key, { content: inside }]) => element(shortOf(key), inside)),
          ),
          element('status', ['HTTP/1.1 200 OK']),
        ]),
      ]);
    });
    result.set(full, { content, asked: false });
  }
  return result;
}
