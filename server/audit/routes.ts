import { Readable } from 'node:stream';
import { writeCsvRow } from '../formats/table/write.ts';
import { recordAudit } from '../identity/audit.ts';
import type { App } from '../kernel/app.ts';
import type { Actor } from '../kernel/database.ts';
import { apiPrefix, authorise, type Routes } from '../kernel/http.ts';
import type { ApiPaths } from '../kernel/openapi.ts';
import { auditExportPath, auditExportQuery } from './contract.ts';
import * as queries from './queries.ts';
import { beginning, fingerprintOf, firstIdOf } from './rules.ts';

const take = { access: 'overseer', scope: 'workspace:read', method: 'GET' } as const;
const type = 'text/csv; charset=utf-8';
const page = 1000;
const day = 86_400_000;
const columns = ['at', 'actor', 'code', 'subject', 'detail', 'id', 'seal', 'fingerprint'];

async function* rowsOf(app: App, actor: Actor, from: string, until: string): AsyncGenerator<string> {
  yield `\uFEFF${writeCsvRow(columns)}`;
  let after = from;
  for (;;) {
    const rows = await app.db.asActor(actor, (tx) =>
      queries.listEntries(tx, actor.workspaceId, { after, until }, page),
    );
    for (const { id, at, actor: who, code, subject, detail, seal_no, mac } of rows)
      yield writeCsvRow([
        at.toISOString(),
        who ?? '',
        code,
        subject ?? '',
        detail,
        id,
        String(seal_no ?? ''),
        mac ? fingerprintOf(mac) : '',
      ]);
    if (rows.length < page) return;
    after = rows.at(-1)!.id;
  }
}

export const auditRoutes: Routes = (server, app) => {
  server.get(apiPrefix + auditExportPath, async (request, reply) => {
    const { actor } = await authorise(app, request, take);
    const query = auditExportQuery.parse(request.query);
    const from = query.from ? firstIdOf(new Date(query.from)) : beginning;
    const until = firstIdOf(query.until ? new Date(Date.parse(query.until) + day) : new Date(Date.now() + day));
    await app.db.asActor(actor, (tx) => recordAudit(tx, actor, 'audit.exported', null));
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', 'attachment; filename="audit.csv"')
      .type(type)
      .send(Readable.from(rowsOf(app, actor, from, until)));
  });
};

export const auditPaths: ApiPaths = {
  [auditExportPath]: {
    get: {
      operationId: 'audit.exportEntries',
      summary: 'What was done to the workspace, as a file, each entry with the seal that holds it',
      scope: 'workspace:read',
      query: auditExportQuery,
      answers: [type],
    },
  },
};
