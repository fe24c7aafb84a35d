import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { App } from '../kernel/app.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { apiPrefix, authorise, type Routes } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import type { ApiPaths } from '../kernel/openapi.ts';
import { readImageToken, secretLength } from './address.ts';
import { image, imagesPath, mostImage, newImageQuery, publicImagePath } from './contract.ts';
import { describeImage } from './describing.ts';
import { addImage, findOctets } from './images.ts';

/** Of one address: a mail shows a few images, and many read theirs through one proxy. */
const limit = { rateLimit: { max: 3000, timeWindow: '1 minute' } };

export const contentRoutes: Routes = (server, app) => {
  upload(server, app);
  server.get<{ Params: { token: string } }>(publicImagePath, { config: limit }, async (request, reply) => {
    const asked = readImageToken(request.params.token);
    if (!asked) throw notFound();
    const { workspaceId, imageId, secret } = asked;
    const found = await app.db.asSystem('keeper', (tx) => findOctets(tx, workspaceId, imageId));
    if (!found || !timingSafeEqual(found.secret, secret)) throw notFound();
    return (
      reply
        // What an address shows never changes. Nothing is kept of who asks: this is no way to see who opened a mail.
        .header('cache-control', 'public, max-age=31536000, immutable')
        .header('content-security-policy', "default-src 'none'; sandbox")
        .header('x-robots-tag', 'noindex')
        // Mail programs on the web show it within pages of theirs.
        .header('cross-origin-resource-policy', 'cross-origin')
        .type(found.media_type)
        .send(found.octets)
    );
  });
};

function upload(server: FastifyInstance, app: App): void {
  server.post(apiPrefix + imagesPath, { bodyLimit: mostImage + 1 }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { actor, role } = await authorise(app, request, {
      access: 'member',
      scope: 'workspace:write',
      method: 'POST',
    });
    const { name } = newImageQuery.parse(request.query);
    const octets = await readBody((request.body ?? []) as AsyncIterable<Buffer>);
    // What reads pictures is loaded with the first one.
    const { toMailPicture } = await import('./picture.ts');
    const made = await toMailPicture(octets);
    const row = { image_id: newId(), name, width: made.width, height: made.height, secret: randomBytes(secretLength) };
    await app.db.asActor(actor, (tx) =>
      addImage(tx, actor, { ...row, media_type: made.mediaType, octets: made.octets }),
    );
    const described = { ...row, alt_fr: '', alt_en: '', size: made.octets.length, owner_id: actor.memberId };
    return describeImage(described, { actor, role, app });
  });
}

async function readBody(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > mostImage) throw new AppError('too_large');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

export const contentPaths: ApiPaths = {
  [imagesPath]: {
    post: {
      operationId: 'content.addImage',
      summary: 'Puts an image into the library, as large as a mail needs it',
      scope: 'workspace:write',
      query: newImageQuery,
      answers: image,
    },
  },
};
