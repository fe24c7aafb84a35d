import { DOMParser } from '@xmldom/xmldom';

/** What was sent is no XML that we read. */
export class UnreadableXml extends Error {}

const namespaces = {
  D: 'DAV:',
  C: 'urn:ietf:params:xml:ns:carddav',
  K: 'urn:ietf:params:xml:ns:caldav',
  S: 'http://calendarserver.org/ns/',
} as const;

/** An element that we write. Its name has the prefix of `namespaces`; without one it is of `DAV:`. */
export interface XmlElement {
  name: string;
  children: readonly (XmlElement | string)[];
  attributes?: Record<string, string>;
}

export const element = (
  name: string,
  children: readonly (XmlElement | string)[] = [],
  attributes?: Record<string, string>,
): XmlElement => ({ name: name.includes(':') ? name : `D:${name}`, children, ...(attributes ? { attributes } : {}) });

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' };

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 (2.2) excludes.
const excluded = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Text as XML holds it; signs that XML 1.0 has no place for are left out. A carriage return must be told, or readers drop it. */
const escapeXml = (text: string): string =>
  text.replaceAll(excluded, '').replaceAll(/[&<>"\r]/g, (sign) => signs[sign]!);

/** An element of a namespace that we do not know, to be told that it is not there. */
const foreign = /^\{(.*)\}([^{}]+)$/;

export function write(node: XmlElement | string): string {
  if (typeof node === 'string') return escapeXml(node);
  const { name, children, attributes = {} } = node;
  const other = foreign.exec(name.startsWith('D:{') ? name.slice(2) : name);
  // Of no namespace at all, it needs no prefix: none is declared as the default one.
  const tag = other ? (other[1] ? `x:${other[2]}` : other[2]!) : name;
  let open = other?.[1] ? `${tag} xmlns:x="${escapeXml(other[1])}"` : tag;
  for (const [key, value] of Object.entries(attributes)) open += ` ${key}="${escapeXml(value)}"`;
  if (children.length === 0) return `<${open}/>`;
  let text = `<${open}>`;
  for (const child of children) text += write(child);
  return `${text}</${tag}>`;
}

const declared = Object.entries(namespaces)
  .map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`)
  .join('');

/** A whole document of a root and its content, written already. */
export const document = (root: string, content: string): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<D:${root}${declared}>${content}</D:${root}>\n`;

/** An element that we read: names in the form `{namespace}local`. */
export interface ReadElement {
  name: string;
  attributes: Record<string, string>;
  children: ReadElement[];
  text: string;
}

/** Deeper than any request of WebDAV. */
const deepest = 32;
/** Tags of the largest request: it asks for tens of thousands of cards by name. Each costs 25 µs, in which nobody else is served. */
const mostTags = 100_000;

/**
 * Reads a request's body. Document types are refused, so that no entity is ever expanded (RFC 4918, 20.6).
 * @param most tags that are read
 * @returns null for an empty body @throws UnreadableXml
 */
export function readXml(body: Buffer, most = mostTags): ReadElement | null {
  if (body.length === 0) return null;
  const text = body.toString('utf8');
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text) || hasMoreTags(text, most)) throw new UnreadableXml();
  const refuse = () => {
    throw new UnreadableXml();
  };
  let root: Element | null;
  try {
    root = new DOMParser({ errorHandler: { warning: refuse, error: refuse, fatalError: refuse } }).parseFromString(
      text,
      'application/xml',
    ).documentElement;
  } catch {
    throw new UnreadableXml();
  }
  if (!root) throw new UnreadableXml();
  return toRead(root, 0);
}

function hasMoreTags(text: string, most: number): boolean {
  let tags = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) if (++tags > most) return true;
  return false;
}

const isElement = (node: Node): node is Element => node.nodeType === 1;
const isText = (node: Node): boolean => node.nodeType === 3 || node.nodeType === 4;

function toRead(node: Element, depth: number): ReadElement {
  if (depth > deepest) throw new UnreadableXml();
  const attributes: Record<string, string> = {};
  for (const { name, value } of Array.from(node.attributes)) attributes[name] = value;
  const children: ReadElement[] = [];
  let text = '';
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (isElement(child)) children.push(toRead(child, depth + 1));
    else if (isText(child)) text += child.nodeValue ?? '';
  }
  return { name: `{${node.namespaceURI ?? ''}}${node.localName ?? node.nodeName}`, attributes, children, text };
}

/** `{DAV:}prop` for "prop", `{urn:ietf:params:xml:ns:carddav}filter` for "C:filter". */
export function nameIn(short: string): string {
  const [prefix, local] = short.includes(':')
    ? (short.split(':') as [keyof typeof namespaces, string])
    : (['D', short] as const);
  return `{${namespaces[prefix]}}${local}`;
}

export const childOf = (parent: ReadElement, short: string): ReadElement | undefined =>
  parent.children.find(({ name }) => name === nameIn(short));
export const childrenOf = (parent: ReadElement, short: string): ReadElement[] =>
  parent.children.filter(({ name }) => name === nameIn(short));

/** The short name that `write` takes for an element that was read. */
export function shortOf(name: string): string {
  for (const [prefix, uri] of Object.entries(namespaces))
    if (name.startsWith(`{${uri}}`)) return `${prefix}:${name.slice(uri.length + 2)}`;
  return name;
}
