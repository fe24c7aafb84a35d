import { moveResource } from '../cards/taking-out.ts';
import { DavError, noSuchResource, unmet } from './errors.ts';
import { cardHref, readHref } from './paths.ts';
import { getBookToWrite, type Method } from './request.ts';
import { element } from './xml.ts';

/** A card gets another name, or goes to another book of the member's, with its history (RFC 4918, 9.9). */
export const move: Method = async (dav) => {
  const { app, device, target, request, reply } = dav;
  if (target.kind !== 'card') throw new DavError(403);
  const to = readHref(String(request.headers.destination ?? ''), request.host);
  if (to?.kind !== 'card' || to.memberId !== device.memberId) throw new DavError(to ? 403 : 502);
  const overwrites = String(request.headers.overwrite ?? 'T').toUpperCase() !== 'F';
  const outcome = await app.db.asSystem('keeper', async (tx) => {
    const [from, into] = [await getBookToWrite(tx, dav, target.book), await getBookToWrite(tx, dav, to.book)];
    const [source, place] = [from, into].map((book) => ({ ...device, bookId: book.bookId, bookNo: book.bookNo }));
    return moveResource(app, tx, source!, target.name, place!, to.name, overwrites);
  });
  if (!outcome) throw noSuchResource();
  if (outcome.kind === 'precondition_failed') throw new DavError(412);
  if (outcome.kind === 'suppressed') throw new DavError(403);
  if (outcome.kind === 'uid_conflict')
    throw unmet(409, 'C:no-uid-conflict', element('href', [cardHref(device.memberId, to.book, outcome.name)]));
  return reply.code(outcome.kind === 'created' ? 201 : 204).send();
};
