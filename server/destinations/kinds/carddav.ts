import { z } from 'zod';
import { passingTrouble, Trouble } from '../../connectors/connector.ts';
import { readXml, UnreadableXml } from '../../dav/xml.ts';
import { writeVcard } from '../../formats/vcard/index.ts';
import type { Access, Kind } from '../kind.ts';
import type { Said } from '../said.ts';
import { address } from './http.ts';

const settings = z.object({
  /** Of the address book itself, as its server shows it. */
  url: address,
  username: z.string().trim().min(1).max(320),
});
const secret = z.object({ password: z.string().min(1).max(1000) });
type CarddavAccess = Access<z.output<typeof settings>, z.output<typeof secret>>;

/** @throws Trouble for what is no answer to the question itself | Unreached */
async function ask(
  { settings: to, secret: held, guarded, signal }: CarddavAccess,
  method: 'PROPFIND' | 'PUT' | 'DELETE',
  name: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`${to.username}:${held.password}`).toString('base64')}`;
  const answer = await guarded.fetch(new URL(name, `${to.url.replace(/\/$/, '')}/`).href, {
    method,
    headers: { authorization, 'user-agent': 'Entregent', ...headers },
    ...(body !== undefined && { body }),
    ...{ seconds: 30, limit: 1024 * 1024, signal },
  });
  const { status } = answer;
  if (status === 401) throw new Trouble('refused');
  if (status === 403) throw new Trouble('forbidden');
  if (status >= 300 && status < 400) throw new Trouble('elsewhere');
  const passing = passingTrouble(answer);
  if (passing) throw passing;
  return answer;
}

/** RFC 6352, 5.2: an address book says that it is one. */
const whatItIs = '<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>';

const nameOf = (key: string): string => `entregent-${key}.vcf`;

const vcardOf = ({ id, ...said }: Said): string =>
  writeVcard(
    {
      ...{ kind: 'person', uid: id, name: { given: said.given, family: said.family, full: said.full } },
      emails: said.emails.map((value) => ({ value })),
      phones: said.phones.map(({ number, mobile }) => ({ raw: number, e164: null, ...(mobile && { type: 'mobile' }) })),
      addresses: said.addresses.map((one) => ({ ...one, raw: Object.values(one).filter(Boolean).join('\n') })),
      urls: said.urls.map((value) => ({ value })),
      ...(said.organization && { organization: said.organization }),
      ...(said.department && { department: said.department }),
      ...(said.title && { title: said.title }),
      ...(said.birthday && { birthday: said.birthday }),
      ...{ categories: said.categories, extra: [], warnings: [] },
      original: { mediaType: 'text/vcard', data: new Uint8Array() },
    },
    '3.0',
  );

/**
 * An address book online (CardDAV, RFC 6352), kept by us: each contact is a vCard under a name of ours. What is changed there by hand is written
 * over with the next difference; what stands there under other names is left alone.
 */
export const carddav: Kind<z.output<typeof settings>, z.output<typeof secret>> = {
  kind: 'carddav',
  settings,
  secret,
  // One request each, of thirty seconds at most: together less than the five minutes for which a destination is held.
  together: 8,
  pace: 0,
  keyOf: ({ id }) => id,
  async check(access) {
    const headers = { depth: '0', 'content-type': 'application/xml; charset=utf-8' };
    const answer = await ask(access, 'PROPFIND', '', headers, whatItIs);
    const body = Buffer.from(await answer.arrayBuffer());
    if (answer.status === 404) throw new Trouble('place_gone');
    if (answer.status !== 207) throw new Trouble('malformed');
    if (!isBook(body)) throw new Trouble('no_contacts');
    return access.settings;
  },
  async send(access, { upserts, removals }) {
    const refused = new Set<string>();
    for (const { key, said } of upserts) {
      const headers = { 'content-type': 'text/vcard; charset=utf-8' };
      const answer = await ask(access, 'PUT', nameOf(key), headers, vcardOf(said));
      await answer.body?.cancel();
      // RFC 6352, 5.3.2.1: what the book does not take. 404, 409 (RFC 4918, 9.7.1): there is no such book.
      if (answer.status === 404 || answer.status === 409) throw new Trouble('place_gone');
      if (answer.status >= 400) refused.add(key);
    }
    for (const key of removals) {
      const answer = await ask(access, 'DELETE', nameOf(key));
      await answer.body?.cancel();
      if (answer.status >= 400 && answer.status !== 404 && answer.status !== 410) throw new Trouble('malformed');
    }
    return refused;
  },
};

function isBook(body: Buffer): boolean {
  try {
    const root = readXml(body);
    const has = (node: NonNullable<typeof root>): boolean =>
      /\baddressbook$/.test(node.name) || node.children.some((child) => typeof child !== 'string' && has(child));
    return root !== null && has(root);
  } catch (error) {
    if (error instanceof UnreadableXml) return false;
    throw error;
  }
}
