import { recordAudit } from '../identity/audit.ts';
import type { App } from '../kernel/app.ts';
import { setSourceHolder } from '../sources/queries.ts';
import * as queries from './company.ts';
import type { AnyConnector } from './connector.ts';
import { endLater } from './ending.ts';

/**
 * Connections of the company outlast the admin who made them: when they leave, are suspended, or administer no more, another steward of the
 * book looks after it, an admin where there is one; what needs no book, any admin. Where there is nobody it rests; who left may be back within 30
 * days, then it ends.
 */
export async function handOver(app: App, connectors: readonly AnyConnector[]): Promise<void> {
  const ofCompany = connectors.filter((one) => one.ofCompany);
  const kindsOf = (bookless: boolean) => ofCompany.filter((one) => !!one.bookless === bookless).map(({ kind }) => kind);
  const stranded = await app.db.asSystem('keeper', async (tx) => [
    ...(await queries.listStranded(tx, kindsOf(false))),
    ...(await queries.listStrandedBookless(tx, kindsOf(true))),
  ]);
  for (const one of stranded)
    await app.db.asSystem('keeper', async (tx) => {
      const { workspace_id: workspaceId, next_id: memberId, source_id: sourceId, kind } = one;
      if (!(await queries.setMember(tx, one))) return;
      await setSourceHolder(tx, { workspaceId, memberId }, sourceId);
      await recordAudit(tx, { workspaceId, memberId: null }, 'connection.handed_over', memberId, { kind });
    });
  const kinds = ofCompany.map(({ kind }) => kind);
  const left = await app.db.asSystem('keeper', (tx) => queries.listLeftBehind(tx, kinds));
  for (const { workspace_id: workspaceId, connection_id } of left)
    await app.db.asSystem('keeper', async (tx) => {
      if (await queries.setEnding(tx, workspaceId, connection_id)) await endLater(app, tx, workspaceId, connection_id);
    });
}
