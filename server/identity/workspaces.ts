import { notFound } from '../kernel/errors.ts';
import { implement, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Accounts, headersOf } from './accounts.ts';
import * as contracts from './contract.ts';
import { addMember, addWorkspace, getMember, type Membership } from './queries.ts';

/** What a session opens: that of a company's own sign-in its workspace, others those where the own password or passkey does. */
export function openedBy<M extends { workspace_id: string; own_key_opens: boolean }>(
  boundTo: string | null,
  memberships: readonly M[],
): M[] {
  return memberships.filter((one) => (boundTo === null ? one.own_key_opens : one.workspace_id === boundTo));
}

/** The membership of the workspace that was chosen, as long as there is one; else the oldest. */
export function pickMembership<M extends { workspace_id: string }>(
  memberships: readonly M[],
  chosen: string | null | undefined,
): M | undefined {
  return memberships.find((one) => one.workspace_id === chosen) ?? memberships[0];
}

export function toWorkspace({ workspace_id, workspace }: Membership): contracts.Me['workspaces'][number] {
  return { id: workspace_id, name: workspace };
}

/** Going from one workspace to another, and making one; the session keeps the choice. */
export function workspaceOperations(accounts: Accounts): Operation[] {
  return [
    implement(contracts.chooseWorkspace, async ({ workspaceId }, { request, workspaces }) => {
      if (!workspaces.some((one) => one.id === workspaceId)) throw notFound();
      const session = await accounts.ofSession(headersOf(request));
      await accounts.chooseWorkspace(session!.sessionToken, workspaceId);
      return {};
    }),

    implement(contracts.createWorkspace, async ({ name, country }, { app, tx, actor, afterCommit }) => {
      const member = (await getMember(tx, actor))!;
      const id = newId();
      // Made outside of this transaction, which acts in another workspace.
      afterCommit(() =>
        app.db.asSystem('identity', async (system) => {
          await addWorkspace(system, name, country, false, id);
          await addMember(system, id, {
            accountId: member.account_id,
            name: member.name,
            email: member.email,
            role: 'admin',
            locale: member.locale as contracts.Me['locale'],
          });
        }),
      );
      return { id, name };
    }),
  ];
}
