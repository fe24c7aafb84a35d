import { notFound } from '../kernel/errors.ts';
import { implement, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Accounts, headersOf } from './accounts.ts';
import * as contracts from './contract.ts';
import type { Membership } from './queries.ts';

/** The job that makes a workspace; see `identityTasks`. */
export const openingTask = 'identity.openWorkspace';

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
      const id = newId();
      const { workspaceId, memberId } = actor;
      // Made outside of this transaction, which acts in another workspace; its cause stands in it, as the answer does.
      const payload = { id, name, country, memberId };
      const cause = await app.enqueue(tx, { workspaceId, task: openingTask, payload, delaySeconds: 20 });
      afterCommit(() => app.runNow(workspaceId, cause, openingTask));
      return { id, name };
    }),
  ];
}
