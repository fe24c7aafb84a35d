import { z } from 'zod';
import { recordUses } from '../delegation/ledger.ts';
import { notFound } from '../kernel/errors.ts';
import { apiPrefix, authorise, type Routes } from '../kernel/http.ts';
import type { ApiPaths } from '../kernel/openapi.ts';
import { exportPath, exportQuery, originalPath, personExportPath, photoPath } from './contract.ts';
import { exportContacts, exportPerson, exportType } from './export.ts';
import { findPersonCards, findPhoto, findUsedCards } from './queries.ts';
import { findOriginal } from './rows.ts';

const read = { access: 'member', scope: 'contacts:read', method: 'GET', apps: true } as const;
const take = { ...read, scope: 'contacts:export' } as const;
/** Types a browser shows without running anything in them. */
const imageTypes = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/bmp']);

/** A file named like the person (RFC 6266), whatever signs stand in the name. */
function attachment(name: string): string {
  const plain = [...(name.toWellFormed() || 'contact')].filter((sign) => !/[\p{Cc}\p{Cf}/\\:*?"<>|]/u.test(sign));
  const encoded = encodeURIComponent(`${plain.join('').slice(0, 100)}.vcf`).replaceAll("'", '%27');
  return `attachment; filename="contact.vcf"; filename*=UTF-8''${encoded}`;
}

export const cardsRoutes: Routes = (server, app) => {
  server.get(apiPrefix + exportPath, async (request, reply) => {
    const { actor } = await authorise(app, request, take);
    const query = exportQuery.parse(request.query);
    const body = await exportContacts(app, actor, query);
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="contacts.${query.format}"`)
      .type(exportType[query.format])
      .send(body);
  });

  server.get<{ Params: { personId: string } }>(apiPrefix + personExportPath, async (request, reply) => {
    const { actor } = await authorise(app, request, take);
    const { name, vcard } = await exportPerson(app, actor, z.uuid().parse(request.params.personId));
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', attachment(name))
      .type(exportType.vcf)
      .send(vcard);
  });

  server.get<{ Params: { personId: string }; Querystring: { v?: string } }>(
    apiPrefix + photoPath,
    async (request, reply) => {
      const { actor } = await authorise(app, request, read);
      const personId = z.uuid().parse(request.params.personId);
      const hash = z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .parse(request.query.v);
      const photo = await app.db.asActor(actor, async (tx) => {
        const person = await findPersonCards(tx, actor, personId);
        return person && findPhoto(tx, actor, person.cardIds, hash);
      });
      if (!photo) throw notFound();
      const type = imageTypes.has(photo.media_type) ? photo.media_type : 'application/octet-stream';
      return reply
        .header('cache-control', 'private, max-age=86400')
        .header('content-security-policy', "default-src 'none'; sandbox")
        .type(type)
        .send(photo.data);
    },
  );

  server.get<{ Params: { cardId: string } }>(apiPrefix + originalPath, async (request, reply) => {
    const { actor } = await authorise(app, request, take);
    const cardId = z.uuid().parse(request.params.cardId);
    // A file to take along, as an export is: to read the card is not enough.
    const original = await app.db.asActor(
      actor,
      async (tx) => {
        const found = await findOriginal(tx, actor.workspaceId, cardId);
        if (found) await recordUses(tx, actor, 'exported', await findUsedCards(tx, actor, [cardId]));
        return found;
      },
      'export',
    );
    if (!original) throw notFound();
    return reply
      .header('cache-control', 'no-store')
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('content-disposition', 'attachment; filename="original"')
      .type(original.media_type)
      .send(original.data);
  });
};

export const cardsPaths: ApiPaths = {
  [exportPath]: {
    get: {
      operationId: 'cards.exportPeople',
      summary: 'The contacts that a filter finds, or my own cards, as a file',
      scope: 'contacts:export',
      query: exportQuery,
      answers: Object.values(exportType),
    },
  },
  [personExportPath]: {
    get: {
      operationId: 'cards.exportPerson',
      summary: 'A person as I may see them, as a vCard with their photo',
      scope: 'contacts:export',
      answers: [exportType.vcf],
    },
  },
  [photoPath]: {
    get: {
      operationId: 'cards.getPhoto',
      summary: 'A photo of a person, by its content hash',
      scope: 'contacts:read',
      query: z.object({ v: z.string() }),
      answers: ['image/*'],
    },
  },
  [originalPath]: {
    get: {
      operationId: 'cards.getOriginal',
      summary: "A card's own octets, as its source gave them",
      scope: 'contacts:export',
      answers: ['*/*'],
    },
  },
};
