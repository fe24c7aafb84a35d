import { renameBook } from '../delegation/queries.ts';
import { DavError, noSuchResource } from './errors.ts';
import { displayName } from './mkcol.ts';
import { bookHref } from './paths.ts';
import { getBook, type Method, readOnly } from './request.ts';
import { document, element, nameIn, readXml, shortOf, write } from './xml.ts';

const settable = nameIn('displayname');

/**
 * Changes properties (RFC 4918, 9.2): of an address book its name, nothing else. All or nothing: where one cannot be set, none is, and the
 * others say that they failed with it.
 */
export const proppatch: Method = async (dav) => {
  const { app, device, actor, target, body, reply } = dav;
  const asked = readXml(body);
  if (!asked || asked.name !== nameIn('propertyupdate')) throw new DavError(400);
  if (target.kind !== 'book') throw target.kind === 'card' ? new DavError(403) : noSuchResource();
  if (!device.writes) throw readOnly();
  const changes = asked.children.filter(({ name }) => name === nameIn('set') || name === nameIn('remove'));
  const names = changes.flatMap((change) => change.children.flatMap((prop) => prop.children.map(({ name }) => name)));
  const removes = changes.some(({ name }) => name === nameIn('remove'));
  const name = displayName(asked);
  const possible = names.length > 0 && names.every((one) => one === settable) && !removes && name !== undefined;
  await app.db.asActor(actor, async (tx) => {
    const book = await getBook(tx, dav, target.book);
    if (possible) await renameBook(tx, actor, book.bookId, name).catch(refuseTaken);
  });
  const statusOf = (one: string) =>
    possible ? '200 OK' : one === settable ? '424 Failed Dependency' : '403 Forbidden';
  const content = names.map(
    (one) =>
      `<D:propstat><D:prop>${write(element(shortOf(one)))}</D:prop><D:status>HTTP/1.1 ${statusOf(one)}</D:status></D:propstat>`,
  );
  return reply
    .code(207)
    .type('application/xml; charset=utf-8')
    .send(
      document(
        'multistatus',
        `<D:response><D:href>${bookHref(device.memberId, target.book)}</D:href>${content.join('')}</D:response>`,
      ),
    );
};

/** The member has another book of that name. */
function refuseTaken(error: unknown): never {
  if ((error as { code?: string }).code === '23505') throw new DavError(409);
  throw error;
}
