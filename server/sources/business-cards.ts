import type { Readable } from 'node:stream';
import { z } from 'zod';
import { takeIn } from '../cards/taking-in.ts';
import { pictureType } from '../formats/business-cards/media-type.ts';
import { country } from '../identity/contract.ts';
import { getMember } from '../identity/queries.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { apiPrefix, authorise, implement, localeOf, type Operation, type Routes } from '../kernel/http.ts';
import { translator } from '../kernel/messages.ts';
import type { ApiPaths } from '../kernel/openapi.ts';
import { businessCard, keepBusinessCard, maxPicture, readPath } from './contract.ts';
import { listOwnBooks, lockKeeping } from './queries.ts';
import { scannerOf } from './scanning/scanner.ts';

/** Pictures that are received, wait or are read, each of 20 MB at most: of everybody, and of one member. */
const atOnce = { all: 8, each: 3 };
/** `one`: the picture is known to show one card. */
const readQuery = z.object({ country: country.optional(), one: z.stringbool().default(false) });

/** Who has how many pictures in hand. */
const inHand = new Map<string, number>();

async function holding<T>(memberId: string, work: () => Promise<T>): Promise<T> {
  const own = inHand.get(memberId) ?? 0;
  const all = [...inHand.values()].reduce((sum, count) => sum + count, 0);
  if (own >= atOnce.each || all >= atOnce.all) throw new AppError('too_many_requests');
  inHand.set(memberId, own + 1);
  try {
    return await work();
  } finally {
    const left = inHand.get(memberId)! - 1;
    if (left > 0) inHand.set(memberId, left);
    else inHand.delete(memberId);
  }
}

async function receive(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > maxPicture) throw new AppError('picture_too_large');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function typeOf(picture: Uint8Array): string {
  const type = pictureType(picture);
  if (!type) throw new AppError('unreadable_picture');
  return type;
}

export const businessCardRoutes: Routes = (server, app) => {
  server.post(apiPrefix + readPath, { bodyLimit: maxPicture + 1 }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { actor } = await authorise(app, request, { access: 'member', scope: 'contacts:write', method: 'POST' });
    const query = readQuery.parse(request.query);
    if (Number(request.headers['content-length'] ?? 0) > maxPicture) throw new AppError('picture_too_large');
    const body = request.body as Readable | undefined;
    if (typeof body?.[Symbol.asyncIterator] !== 'function') throw new AppError('unreadable_picture');
    return holding(actor.memberId, async () => {
      const octets = await receive(body);
      typeOf(octets);
      const member = query.country ? undefined : await app.db.asActor(actor, (tx) => getMember(tx, actor));
      return scannerOf(app).read({ octets, country: query.country ?? member?.country ?? 'FR', one: query.one });
    });
  });
};

export const businessCardPaths: ApiPaths = {
  [readPath]: {
    post: {
      operationId: 'sources.readBusinessCard',
      summary: 'Read a picture of a business card (JPEG, PNG or WebP; 20 MB at most); nothing of it is kept',
      scope: 'contacts:write',
      query: readQuery,
      body: 'application/octet-stream',
      answers: businessCard,
    },
  },
};

export const businessCardOperations: Operation[] = [
  implement(keepBusinessCard, async ({ key, bookId, picture, note, ...card }, context) => {
    const { tx, actor, request } = context;
    const data = Buffer.from(picture, 'base64');
    if (data.length > maxPicture) throw new AppError('picture_too_large');
    const books = await listOwnBooks(tx, actor);
    const book = bookId ? books.find((one) => one.book_id === bookId) : books[0];
    if (!book) throw notFound();
    await lockKeeping(tx, actor);
    const source = { kind: 'business_card' as const, name: translator(localeOf(request))('scan.title') };
    const original = { mediaType: typeOf(data), data };
    const id = await takeIn(context, book, source, { ...card, sourceKey: `picture ${key}`, original, note });
    return { id, personId: id };
  }),
];
