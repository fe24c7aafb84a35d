import { recordAudit } from '../identity/audit.ts';
import { notFound } from '../kernel/errors.ts';
import { implement, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { newDirectoryToken, scimPath } from './token.ts';

const describe = (row: Awaited<ReturnType<typeof queries.listTokens>>[number]) => ({
  id: row.token_id,
  name: row.name,
  createdAt: row.created_at.toISOString(),
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
});

export const scimOperations: Operation[] = [
  implement(contracts.listDirectoryTokens, async (_input, { app, tx, actor }) => ({
    items: (await queries.listTokens(tx, actor.workspaceId)).map(describe),
    address: app.config.publicUrl + scimPath,
  })),
  implement(contracts.createDirectoryToken, async ({ name }, { tx, actor }) => {
    const token = newDirectoryToken(actor.workspaceId);
    const tokenId = newId();
    await queries.addToken(tx, actor, tokenId, name, token);
    await recordAudit(tx, actor, 'directory.opened', tokenId);
    const row = (await queries.listTokens(tx, actor.workspaceId)).find((one) => one.token_id === tokenId)!;
    return { directoryToken: describe(row), token };
  }),
  implement(contracts.endDirectoryToken, async ({ tokenId }, { tx, actor }) => {
    if (!(await queries.deleteToken(tx, actor.workspaceId, tokenId))) throw notFound();
    await recordAudit(tx, actor, 'directory.closed', tokenId);
    return {};
  }),
];
