import { homeHref, principalHref } from './paths.ts';
import type { Device } from './queries.ts';
import { syncToken } from './rules.ts';
import { element, nameIn, type ReadElement, shortOf, write, type XmlElement } from './xml.ts';

/** Octets of the largest card that we take (RFC 6352, 6.2.3). */
export const largestCard = 10 * 2 ** 20;

/** The properties of a resource by their full names. Those marked `asked` are not part of "all" (RFC 6352, 5.2; RFC 3253, 3.1.5). */
export type Properties = Map<string, { content: readonly (XmlElement | string)[]; asked: boolean }>;

function table(
  list: Record<string, readonly (XmlElement | string)[]>,
  asked: Record<string, readonly (XmlElement | string)[]> = {},
): Properties {
  const of = (entries: typeof list, onDemand: boolean) =>
    Object.entries(entries).map(([short, content]) => [nameIn(short), { content, asked: onDemand }] as const);
  return new Map([...of(list, false), ...of(asked, true)]);
}

const href = (path: string): XmlElement => element('href', [path]);
const privileges = (...names: string[]): XmlElement[] => names.map((name) => element('privilege', [element(name)]));
const reports = (...names: string[]): XmlElement[] =>
  names.map((name) => element('supported-report', [element('report', [element(name)])]));

const readOnly = ['read', 'read-current-user-privilege-set'];
const readAndWrite = [...readOnly, 'write', 'write-properties', 'write-content', 'bind', 'unbind'];

/** What stands on everything that is the member's. */
function common({ memberId }: Device, writes: boolean): Record<string, readonly (XmlElement | string)[]> {
  return {
    'current-user-principal': [href(principalHref(memberId))],
    owner: [href(principalHref(memberId))],
    'principal-collection-set': [href(principalHref(memberId).replace(/[^/]+\/$/, ''))],
    'current-user-privilege-set': privileges(...(writes ? readAndWrite : readOnly)),
  };
}

export function rootProperties(device: Device): Properties {
  const { 'current-user-principal': principal, 'principal-collection-set': principals } = common(device, device.writes);
  return table({
    resourcetype: [element('collection')],
    'current-user-principal': principal!,
    'principal-collection-set': principals!,
    'supported-report-set': reports('expand-property'),
  });
}

export function principalProperties(device: Device, name: string): Properties {
  const own = principalHref(device.memberId);
  return table({
    ...common(device, device.writes),
    resourcetype: [element('collection'), element('principal')],
    displayname: [name],
    'principal-URL': [href(own)],
    'alternate-URI-set': [],
    'group-membership': [],
    'group-member-set': [],
    'C:addressbook-home-set': [href(homeHref(device.memberId))],
    'supported-report-set': reports('expand-property'),
  });
}

export function homeProperties(device: Device, name: string): Properties {
  return table({
    ...common(device, device.writes),
    resourcetype: [element('collection')],
    displayname: [name],
    'supported-report-set': reports('expand-property'),
  });
}

const collations = ['i;ascii-casemap', 'i;unicode-casemap', 'i;octet'];

/** What is said of an address book. */
export interface Described {
  /** What its sync tokens name. */
  id: string;
  name: string;
  changeNo: number;
  readOnly: boolean;
}

export function bookProperties(device: Device, book: Described): Properties {
  return table(
    {
      ...common(device, !book.readOnly),
      resourcetype: [element('collection'), element('C:addressbook')],
      displayname: [book.name],
      'sync-token': [syncToken(book.id, book.changeNo)],
      'S:getctag': [syncToken(book.id, book.changeNo)],
      'supported-report-set': reports(
        'sync-collection',
        'C:addressbook-multiget',
        'C:addressbook-query',
        'expand-property',
      ),
    },
    {
      'C:supported-address-data': ['3.0', '4.0'].map((version) =>
        element('C:address-data-type', [], { 'content-type': 'text/vcard', version }),
      ),
      'C:max-resource-size': [String(largestCard)],
      'C:supported-collation-set': collations.map((name) => element('C:supported-collation', [name])),
      'C:addressbook-description': [book.name],
      acl: [
        element('ace', [
          element('principal', [element('property', [element('owner')])]),
          element('grant', privileges(...(book.readOnly ? readOnly : ['all']))),
          element('protected'),
        ]),
      ],
    },
  );
}

/** The properties of a card, by the ETag of what is there. */
export type CardProperties = (etag: string) => Properties;

const etagName = nameIn('getetag');

/** What does not differ from card to card is made once. */
export function cardProperties(device: Device, { readOnly: fixed }: Pick<Described, 'readOnly'>): CardProperties {
  const { owner, 'current-user-principal': principal, 'current-user-privilege-set': set } = common(device, !fixed);
  const all = table({
    resourcetype: [],
    getetag: [],
    getcontenttype: ['text/vcard; charset=utf-8'],
    owner: owner!,
    'current-user-principal': principal!,
    'current-user-privilege-set': set!,
  });
  return (etag) => new Map(all).set(etagName, { content: [etag], asked: false });
}

/** What a PROPFIND or REPORT wants to know of each resource. */
export type Wanted = { kind: 'all' | 'names' } | { kind: 'some'; names: readonly string[]; shorts: readonly string[] };

/** Reads `prop`, `allprop` (and its `include`) or `propname`; an empty body asks for all (RFC 4918, 9.1). */
export function readWanted(asked: ReadElement | null): Wanted {
  if (!asked) return { kind: 'all' };
  const prop = asked.children.find(({ name }) => name === nameIn('prop'));
  if (prop) return theseOnly(prop.children.map(({ name }) => name));
  return { kind: asked.children.some(({ name }) => name === nameIn('propname')) ? 'names' : 'all' };
}

/** @param names in full */
export const theseOnly = (names: readonly string[]): Wanted => ({ kind: 'some', names, shorts: names.map(shortOf) });

const found = 'HTTP/1.1 200 OK';
const missing = 'HTTP/1.1 404 Not Found';

const propstat = (content: string, status: string): string =>
  `<D:propstat><D:prop>${content}</D:prop><D:status>${status}</D:status></D:propstat>`;

/** One resource of a multistatus, with what was wanted of it and what it does not have. */
export function respond(path: string, properties: Properties, wanted: Wanted): string {
  const names =
    wanted.kind === 'some'
      ? wanted.names
      : [...properties].filter(([, { asked }]) => wanted.kind === 'names' || !asked).map(([name]) => name);
  let there = '';
  let notThere = '';
  for (const [index, name] of names.entries()) {
    const property = properties.get(name);
    const short = wanted.kind === 'some' ? wanted.shorts[index]! : shortOf(name);
    if (property) there += write(element(short, wanted.kind === 'names' ? [] : property.content));
    else notThere += write(element(short));
  }
  return `<D:response><D:href>${path}</D:href>${there || !notThere ? propstat(there, found) : ''}${
    notThere ? propstat(notThere, missing) : ''
  }</D:response>`;
}

/** A resource of a multistatus with nothing but a status. */
export const respondStatus = (path: string, status: number, condition?: XmlElement): string =>
  `<D:response><D:href>${path}</D:href><D:status>HTTP/1.1 ${status} ${reasons[status] ?? ''}</D:status>${
    condition ? `<D:error>${write(condition)}</D:error>` : ''
  }</D:response>`;

const reasons: Record<number, string> = {
  404: 'Not Found',
  507: 'Insufficient Storage',
};
