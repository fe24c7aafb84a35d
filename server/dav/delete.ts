import { removeBook, removeResource } from '../cards/taking-out.ts';
import { DavError, noSuchResource } from './errors.ts';
import { takeOffDevices } from './queries.ts';
import { getBookToWrite, type Method } from './request.ts';
import { readCondition } from './rules.ts';

/** A card, or a whole book, goes (RFC 4918, 9.6). It can be restored here for 30 days. */
export const remove: Method = async (dav) => {
  const { app, device, actor, target, request, reply } = dav;
  if (target.kind !== 'card' && target.kind !== 'book') throw new DavError(403);
  await app.db.asSystem('keeper', async (tx) => {
    const book = await getBookToWrite(tx, dav, target.book).catch((error) => {
      throw error instanceof DavError && error.status === 409 ? noSuchResource() : error;
    });
    const from = { ...device, bookId: book.bookId, bookNo: book.bookNo };
    if (target.kind === 'book') {
      if (book.main) throw new DavError(403);
      await removeBook(app, tx, from);
      await takeOffDevices(tx, actor, book.bookId);
      return;
    }
    const done = await removeResource(app, tx, from, target.name, readCondition(request.headers));
    if (done === null) throw noSuchResource();
    if (!done) throw new DavError(412);
  });
  return reply.code(204).send();
};
