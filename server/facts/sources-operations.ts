import { randomBytes } from 'node:crypto';
import { recordAudit } from '../identity/audit.ts';
import { getCountry } from '../identity/queries.ts';
import type { Config } from '../kernel/config.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { apiPrefix, type Context, implement, implementOutside, localeOf, type Operation } from '../kernel/http.ts';
import { translator } from '../kernel/messages.ts';
import { type DatabaseRow, listDatabases } from './databases.ts';
import { enterFacts, loadRules } from './kinds.ts';
import { mapFacts } from './mapping.ts';
import { readFacts, writeTagKey } from './rules.ts';
import * as sources from './sources.ts';
import * as contracts from './sources-contract.ts';

function urlOf({ publicUrl }: Pick<Config, 'publicUrl'>, workspaceId: string, { kind, source_id }: sources.SourceRow) {
  if (kind === 'tag') return publicUrl + contracts.tagScriptPath.replace(':key', writeTagKey(workspaceId, source_id));
  if (kind !== 'hook') return null;
  return (
    publicUrl + apiPrefix + contracts.hookPath.replace(':workspaceId', workspaceId).replace(':sourceId', source_id)
  );
}

const describeDatabase = (row: DatabaseRow): contracts.FactSource['database'] => ({
  ...{ settings: row.settings, state: row.state, problem: row.problem, report: row.report },
  running: row.wanted_at !== null,
  readAt: row.read_at?.toISOString() ?? null,
  nextAt: row.state === 'ok' || row.state === 'retrying' ? row.next_at.toISOString() : null,
});

const describe = (
  { app, actor }: Pick<Context, 'app' | 'actor'>,
  row: sources.SourceRow,
  database?: DatabaseRow,
): contracts.FactSource => ({
  id: row.source_id,
  kind: row.kind,
  name: row.name,
  ended: row.ended_at !== null,
  origins: row.settings.origins ?? [],
  mapping: row.settings.mapping ?? null,
  database: database ? describeDatabase(database) : null,
  url: urlOf(app.config, actor.workspaceId, row),
  kept: row.kept,
  recent: row.recent,
  counted: row.counted,
  refused: row.refused,
  lastAt: row.last_at?.toISOString() ?? null,
});

/** One that is set up here, and not by its first word. @throws AppError not_found */
async function getSource(context: Context, sourceId: string): Promise<contracts.FactSource> {
  const [row] = await sources.listSources(context.tx, context.actor, sourceId);
  if (!row || (row.kind !== 'tag' && row.kind !== 'hook')) throw notFound();
  return describe(context, row);
}

/** Of a site: with what its company signs who somebody is. Of a program: as Standard Webhooks writes it. */
function newSecret({ app }: Pick<Context, 'app'>, kind: contracts.SourceKind) {
  const octets = randomBytes(32).toString('base64');
  return {
    kept: app.secrets.encrypt(kind === 'tag' ? Buffer.from(octets).toString('base64') : octets),
    shown: kind === 'tag' ? octets : `whsec_${octets}`,
  };
}

export const sourcesOperations: Operation[] = [
  implementOutside(contracts.getHealth, async (_input, { actor, asCaller, asSystem }) => {
    const told = await asCaller(async (context) => {
      const { tx } = context;
      await enterFacts(tx);
      const kinds = await sources.listVolumes(tx, actor);
      const refused = await sources.listRefusals(tx, actor);
      const read = new Map((await listDatabases(tx, actor)).map((row) => [row.source_id, row]));
      return {
        sources: (await sources.listSources(tx, actor)).map((row) => describe(context, row, read.get(row.source_id))),
        kinds: kinds.map(({ kind_id, last_at, ...row }) => ({
          ...{ kindId: kind_id, kept: row.kept, recent: row.recent, counted: row.counted },
          ...{ lastAt: last_at?.toISOString() ?? null, days: row.days },
        })),
        refused: refused.map(({ kind_key, last_at, ...row }) => ({
          ...{ ...row, kindKey: kind_key, lastAt: last_at.toISOString() },
        })),
      };
    });
    return { ...told, ...(await asSystem('keeper', (tx) => sources.countVisitors(tx, actor.workspaceId))) };
  }),

  implement(contracts.addSource, async ({ kind, name, settings }, context) => {
    const { tx, actor } = context;
    const secret = newSecret(context, kind);
    const sourceId = await sources.addSource(tx, actor, { kind, name, settings, secret: secret.kept });
    await recordAudit(tx, actor, 'facts.source', null, { name });
    return { source: await getSource(context, sourceId), secret: secret.shown };
  }),

  implement(contracts.updateSource, async ({ sourceId, ...said }, context) => {
    const { tx, actor } = context;
    const { name } = await getSource(context, sourceId);
    await sources.changeSource(tx, actor, sourceId, said);
    await recordAudit(tx, actor, 'facts.source', null, { name: said.name ?? name });
    return getSource(context, sourceId);
  }),

  implement(contracts.renewSecret, async ({ sourceId }, context) => {
    const { tx, actor } = context;
    const source = await getSource(context, sourceId);
    const secret = newSecret(context, source.kind);
    await sources.changeSource(tx, actor, sourceId, { secret: secret.kept });
    await recordAudit(tx, actor, 'facts.source', null, { name: source.name });
    return { source, secret: secret.shown };
  }),

  implementOutside(contracts.tryMapping, async ({ mapping, example }, { actor, request, asSystem }) => {
    let body: unknown;
    try {
      body = JSON.parse(example);
    } catch {
      throw new AppError('invalid_input', { fields: { example: 'json' } });
    }
    const facts = mapFacts(mapping, body).slice(0, 50);
    const judging = await asSystem('keeper', async (tx) => ({
      kinds: await loadRules(tx, actor.workspaceId),
      country: await getCountry(tx, actor.workspaceId),
      now: new Date(),
    }));
    const t = translator(localeOf(request));
    const { refused } = readFacts(facts, judging);
    const problems = refused.map(({ no, code, field }) => ({
      no,
      code,
      field,
      message: t(`facts.refused.${code}`, { field }),
    }));
    return { facts, problems };
  }),
];
