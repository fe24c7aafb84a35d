import { addBook } from '../delegation/queries.ts';
import { takeBookNo } from '../identity/queries.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { DavError, unmet } from './errors.ts';
import { findDeviceBook, listBookNames } from './queries.ts';
import { type Method, readOnly } from './request.ts';
import { childOf, childrenOf, nameIn, type ReadElement, readXml } from './xml.ts';

const longestName = 200;

/** A new address book (RFC 5689; RFC 6352, 6.3.1). It is private, as every book is at first. */
export const mkcol: Method = async ({ app, device, actor, target, body, reply }) => {
  if (target.kind === 'card') throw unmet(403, 'C:addressbook-collection-location-ok');
  if (target.kind !== 'book') throw new DavError(405);
  if (!device.writes) throw readOnly();
  const asked = readXml(body);
  if (asked && asked.name !== nameIn('mkcol')) throw new DavError(415);
  await app.db.asActor(actor, async (tx) => {
    if ((await findDeviceBook(tx, device, target.book))?.book) throw new DavError(405);
    const name = await findFreeName(tx, actor, displayName(asked) ?? target.book.slice(0, longestName));
    const bookNo = await takeBookNo(tx, actor.workspaceId);
    await addBook(tx, actor, { bookNo, name, holderId: actor.memberId, resourceName: target.book });
  });
  return reply.code(201).send();
};

/** The `displayname` that is set, if one is. */
export function displayName(asked: ReadElement | null): string | undefined {
  if (!asked) return undefined;
  for (const set of childrenOf(asked, 'set')) {
    const prop = childOf(set, 'prop');
    const name = prop && childOf(prop, 'displayname')?.text.trim();
    if (name) return name.slice(0, longestName);
  }
  return undefined;
}

/** The name, or where the member has a book of that name already, the name with the next number. */
async function findFreeName(tx: Tx, actor: Actor, name: string): Promise<string> {
  const taken = await listBookNames(tx, actor);
  let free = name;
  for (let no = 2; taken.has(free); no++) free = `${name} ${no}`;
  return free;
}
