import { loadGiven, type VcardVersion } from './cards.ts';
import { noSuchResource } from './errors.ts';
import { getBook, type Method } from './request.ts';
import { namesTag } from './rules.ts';

/** GET and HEAD of a card (RFC 6352, 5.1.1). */
export const get: Method = async (dav) => {
  const { app, device, actor, target, request, reply } = dav;
  if (target.kind !== 'card') throw noSuchResource();
  const version = askedVersion(request.headers.accept);
  const card = await app.db.asActor(actor, async (tx) => {
    const book = await getBook(tx, dav, target.book);
    return (await loadGiven(tx, device, actor, book, [target.name], version)).get(target.name);
  });
  if (!card) throw noSuchResource();
  reply.header('etag', card.etag);
  if (namesTag(request.headers['if-none-match'], card.etag)) return reply.code(304).send();
  return reply.type('text/vcard; charset=utf-8').send(Buffer.from(card.octets));
};

/** The version of the vCard that is liked best in an `Accept`; none where any will do. */
function askedVersion(accept: string | undefined): VcardVersion | undefined {
  const ranges = (accept ?? '').split(',').map((range) => ({
    version: /^\s*text\/vcard\s*;(?:[^,]*;)?\s*version="?(3\.0|4\.0)"?/i.exec(range)?.[1] as VcardVersion | undefined,
    quality: Number(/;\s*q=([\d.]+)/i.exec(range)?.[1] ?? 1),
  }));
  return ranges.filter(({ version }) => version).sort((a, b) => b.quality - a.quality)[0]?.version;
}
