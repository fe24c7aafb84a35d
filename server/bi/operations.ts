import { recordAudit } from '../identity/audit.ts';
import type { Config } from '../kernel/config.ts';
import { ownDatabase } from '../kernel/embedded.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import * as contracts from './contract.ts';
import { fillAccess, firstShown, localeOf } from './filling.ts';
import { makeLogin, setPassword } from './logins.ts';
import * as queries from './queries.ts';
import { drawPassword, drawShort, loginOf, schemaOf } from './rules.ts';
import { countRows, meaningOf, tables } from './tables.ts';
import { endOne, enqueueFill } from './taking-back.ts';

/** Each is a login, five connections and a copy of what it sees. */
const mostAccesses = 100;

const describe = (row: queries.AccessRow, memberId: string): contracts.Access => ({
  id: row.access_id,
  name: row.name,
  grantee: { kind: row.grantee_kind, id: row.grantee_id, name: row.grantee },
  login: loginOf(row.short),
  schema: schemaOf(row.short),
  createdBy: row.creator,
  createdAt: row.created_at.toISOString(),
  passwordAt: row.password_at.toISOString(),
  endsAt: row.ends_at.toISOString(),
  filledAt: row.filled_at?.toISOString() ?? null,
  rows: row.row_count,
  mine: row.created_by === memberId,
});

/** Where BI programs connect: to the port that the operator opened, or to the PostgreSQL that the operator runs. */
function placeOf({ databaseUrl, bi, publicUrl }: Config) {
  if (databaseUrl) {
    const { hostname, port, pathname } = new URL(databaseUrl);
    return { host: hostname || null, port: Number(port) || 5432, database: decodeURIComponent(pathname.slice(1)) };
  }
  const everywhere = bi.host === '0.0.0.0' || bi.host === '::';
  const host = everywhere ? new URL(publicUrl).hostname : bi.host === '127.0.0.1' ? 'localhost' : bi.host;
  return { host: bi.port ? host : null, port: bi.port ?? 5432, database: ownDatabase };
}

/** The actor, or a team or use of theirs: nobody makes a login for what they do not read themself. @throws AppError not_found */
async function checkGrantee({ tx, actor }: Context, kind: string, granteeId: string): Promise<void> {
  if (kind === 'member') {
    if (granteeId !== actor.memberId) throw notFound();
    return;
  }
  const team = await queries.findOwnTeam(tx, actor, granteeId);
  if (!team || (team.purpose === null) !== (kind === 'team')) throw notFound();
}

/** One that the caller may see, and, with `own`, one that they made. @throws AppError not_found */
async function getAccess(
  { tx, actor, role }: Context,
  accessId: string,
  who: 'own' | 'ending' | 'audience',
): Promise<queries.AccessRow> {
  const all = who === 'ending' && role === 'admin';
  const row = (await queries.listAccesses(tx, actor, all)).find((one) => one.access_id === accessId);
  if (!row || (who !== 'audience' && !all && row.created_by !== actor.memberId)) throw notFound();
  return row;
}

/** Makes the login of a row that stands; without one the row ends again. */
async function openLogin({ app, actor }: OutsideContext, accessId: string, short: string, endsAt: Date) {
  const password = drawPassword();
  try {
    await app.db.asOwner((tx) => makeLogin(tx, short, password, endsAt));
  } catch (error) {
    await endOne(app, actor.workspaceId, accessId, short).catch(() => {});
    throw error;
  }
  return password;
}

async function answer({ app, asSystem, actor }: OutsideContext, accessId: string, password: string) {
  const row = await asSystem('keeper', (tx) => queries.findAccess(tx, actor.workspaceId, accessId));
  if (!row) throw notFound();
  return { access: describe(row, actor.memberId), password, place: placeOf(app.config) };
}

export const biOperations: Operation[] = [
  implementOutside(contracts.listAccesses, async (_input, { app, asCaller }) => ({
    items: await asCaller(async ({ tx, actor, role }) =>
      (await queries.listAccesses(tx, actor, role === 'admin')).map((row) => describe(row, actor.memberId)),
    ),
    place: placeOf(app.config),
  })),

  implementOutside(contracts.createAccess, async ({ name, granteeKind, granteeId, days }, context) => {
    const { actor, asCaller, asSystem } = context;
    await asCaller((inside) => checkGrantee(inside, granteeKind, granteeId));
    const [accessId, short, endsAt] = [newId(), drawShort(), new Date(Date.now() + days * 86_400_000)];
    await asSystem('keeper', async (tx) => {
      if ((await queries.countAccesses(tx, actor.workspaceId)) >= mostAccesses) throw new AppError('conflict');
      await queries.addAccess(tx, actor, { accessId, name, kind: granteeKind, granteeId, short, endsAt });
      await recordAudit(tx, actor, 'bi.made', accessId, { name });
    });
    const password = await openLogin(context, accessId, short, endsAt);
    await asSystem('keeper', (tx) => enqueueFill(tx, actor.workspaceId, accessId, 0));
    return answer(context, accessId, password);
  }),

  implementOutside(contracts.renewPassword, async ({ accessId }, context) => {
    const { app, actor, asCaller, asSystem } = context;
    const row = await asCaller((inside) => getAccess(inside, accessId, 'own'));
    const password = drawPassword();
    await app.db.asOwner((tx) => setPassword(tx, row.short, password));
    await asSystem('keeper', async (tx) => {
      await queries.notePassword(tx, actor.workspaceId, accessId);
      await recordAudit(tx, actor, 'bi.renewed', accessId, { name: row.name });
    });
    return answer(context, accessId, password);
  }),

  implementOutside(contracts.endAccess, async ({ accessId }, { app, actor, asCaller, asSystem }) => {
    const row = await asCaller((inside) => getAccess(inside, accessId, 'ending'));
    await endOne(app, actor.workspaceId, accessId, row.short);
    await asSystem('keeper', (tx) => recordAudit(tx, actor, 'bi.ended', accessId, { name: row.name }));
    return {};
  }),

  implementOutside(contracts.fillAccess, async ({ accessId }, { app, actor, asCaller }) => {
    await asCaller((inside) => getAccess(inside, accessId, 'audience'));
    await fillAccess(app, actor.workspaceId, accessId);
    const { filled_at, row_count } = await asCaller((inside) => getAccess(inside, accessId, 'audience'));
    return { filledAt: filled_at?.toISOString() ?? null, rows: row_count };
  }),

  implementOutside(contracts.seeAccess, async ({ accessId }, { app, actor, asCaller, asSystem }) => {
    const row = await asCaller((inside) => getAccess(inside, accessId, 'audience'));
    const { counts, locale } = await asSystem('keeper', async (tx) => ({
      counts: row.filled_at ? await countRows(tx, row.short) : undefined,
      locale: await localeOf(tx, actor.workspaceId),
    }));
    const sample = await firstShown(app, { workspaceId: actor.workspaceId, memberId: row.grantee_id });
    return {
      tables: tables.map(({ name, columns }) => ({
        name,
        meaning: meaningOf(locale, name),
        rows: counts?.get(name) ?? 0,
        columns: Object.entries(columns).map(([column, type]) => ({
          name: column,
          type: type.replace(' not null', ''),
          meaning: meaningOf(locale, name, column),
        })),
      })),
      sample,
    };
  }),
];
