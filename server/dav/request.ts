import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { DavError, noSuchResource, unmet } from './errors.ts';
import { lentSlug, type Target } from './paths.ts';
import { type Device, type DeviceBookRow, findDeviceBook, findHeldBook } from './queries.ts';
import { element } from './xml.ts';

/** A request of a device that was let in. */
export interface DavRequest {
  app: App;
  device: Device;
  actor: Actor;
  target: Target;
  body: Buffer;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** One method of WebDAV. */
export type Method = (request: DavRequest) => Promise<unknown>;

export type Depth = '0' | '1' | 'infinity';

/** RFC 4918, 10.2. */
export function depthOf({ request }: DavRequest, otherwise: Depth): Depth {
  const depth = String(request.headers.depth ?? '').toLowerCase();
  return depth === '0' || depth === '1' || depth === 'infinity' ? depth : otherwise;
}

/** Only what is one's own exists for a device. @throws DavError 404 */
export function assertOwn({ device, target }: DavRequest): void {
  if (target.kind !== 'root' && target.memberId !== device.memberId) throw noSuchResource();
}

const writing = new Set(['PUT', 'DELETE', 'PROPPATCH', 'MKCOL', 'MOVE']);

/** What others lend is for reading. @throws DavError 403 */
export function assertWritable({ request, target }: DavRequest): void {
  if (writing.has(request.method) && 'book' in target && target.book === lentSlug) throw readOnly();
}

/** A book of the member's own, in their transaction. @throws DavError 404, or 401 for a device that is let in no more */
export async function getBook(tx: Tx, { device }: DavRequest, slug: string): Promise<DeviceBookRow> {
  const found = await findDeviceBook(tx, device, slug);
  if (!found) throw new DavError(401);
  if (!found.book) throw noSuchResource();
  return found.book;
}

/** The book to write in, as the keeper. @throws DavError 403 for a device that may read only, 409 where there is no such book (RFC 4918, 9.7.1) */
export async function getBookToWrite(tx: Tx, { actor, device }: DavRequest, slug: string): Promise<DeviceBookRow> {
  if (!device.writes || slug === lentSlug) throw readOnly();
  const book = await findHeldBook(tx, actor, slug);
  if (!book) throw unmet(409, 'resource-must-be-null');
  return book;
}

/** RFC 3744, 7.1.1. */
export const readOnly = () =>
  unmet(403, 'need-privileges', element('resource', [element('privilege', [element('write')])]));
