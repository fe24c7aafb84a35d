import { Trouble } from '../connectors/connector.ts';
import { recordAudit } from '../identity/audit.ts';
import type { Output } from '../kernel/contract.ts';
import type { Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { Unreached } from '../kernel/guarded.ts';
import { implement, implementOutside, type Operation } from '../kernel/http.ts';
import { tryBox } from './returning.ts';
import * as returns from './returns.ts';
import * as contracts from './returns-contract.ts';

async function describe(tx: Tx, workspaceId: string): Promise<Output<typeof contracts.getReturnBox>> {
  const row = await returns.findBox(tx, workspaceId);
  return {
    box: row
      ? {
          ...{ host: row.host, port: row.port, security: row.security as 'tls', username: row.username },
          ...{ changedAt: row.changed_at.toISOString(), readAt: row.read_at?.toISOString() ?? null },
          failure: row.failure,
        }
      : null,
    ...(await returns.countReturned(tx, workspaceId)),
  };
}

export const returnsOperations: Operation[] = [
  implement(contracts.getReturnBox, (_input, { tx, actor }) => describe(tx, actor.workspaceId)),

  implementOutside(contracts.saveReturnBox, async ({ password, ...box }, { app, actor, asCaller, asSystem }) => {
    const before = await asSystem('keeper', (keeper) => returns.openBox(keeper, actor.workspaceId));
    // A password that is kept goes to no other server than the one it was given for.
    const same = before && before.host === box.host && before.username === box.username;
    if (password === undefined && !same) throw new AppError('invalid_input', { fields: { password: 'required' } });
    await tryBox(app, box, password ?? app.secrets.decrypt(before!.password)).catch((error: unknown) => {
      if (!(error instanceof Trouble || error instanceof Unreached)) throw error;
      throw new AppError('connection_failed', { fields: { problem: error.code } });
    });
    return asCaller(async ({ tx, app: inside }) => {
      const sealed = password === undefined ? undefined : app.secrets.encrypt(password);
      await returns.saveBox(tx, actor, box, sealed);
      await recordAudit(tx, actor, 'mail.returns_changed', null);
      const { workspaceId } = actor;
      await inside.enqueue(tx, {
        workspaceId,
        task: 'outreach.readReturns',
        payload: {},
        queue: `returns ${workspaceId}`,
      });
      return describe(tx, workspaceId);
    });
  }),

  implement(contracts.removeReturnBox, async (_input, { tx, actor }) => {
    await returns.removeBox(tx, actor.workspaceId);
    await recordAudit(tx, actor, 'mail.returns_removed', null);
    return {};
  }),
];
