import type { VcardVersion } from './cards.ts';
import { noSuchResource } from './errors.ts';
import type { Method } from './request.ts';
import { namesTag } from './rules.ts';
import { asReader, openShelf } from './shelves.ts';

/** GET and HEAD of a card (RFC 6352, 5.1.1). */
export const get: Method = async (dav) => {
  const { target, request, reply } = dav;
  if (target.kind !== 'card') throw noSuchResource();
  const version = askedVersion(request.headers.accept);
  const card = await asReader(dav, async (tx) => {
    const shelf = await openShelf(tx, dav, target.book);
    const found = (await shelf.load([target.name], version)).get(target.name);
    if (found) await shelf.give([target.name]);
    return found;
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
