import { openAccounts } from '../server/identity/accounts.ts';
import type { Actor } from '../server/kernel/database.ts';
import { openApp } from '../server/start.ts';
import type { Stage } from './stage.ts';

/** Of everybody whom the door has let in. */
export const password = 'seven green bicycles';
export const addressOf = ({ memberId }: Actor): string => `${memberId}@bench.example`;

/** Asks a path of the API, below /api/v1. @throws Error unless it answers with success */
export type Request = (path: string, init?: RequestInit) => Promise<void>;

/** The application on a stage's database, its address, and a way to ask it as a member who has signed in. */
export async function openDoor({ app, owner, url }: Stage, closers: (() => Promise<unknown>)[]) {
  const config = { ...app.config, port: 0 };
  const accounts = openAccounts(url, config, app.secrets);
  closers.push(() => accounts.close());
  await accounts.migrate();
  const opened = await openApp(config, url, { web: Promise.resolve(), log: app.log }, closers);
  const letIn = async (actor: Actor): Promise<Request> => {
    const { workspaceId, memberId } = actor;
    const email = addressOf(actor);
    const accountId = (await accounts.find(email)) ?? (await accounts.create(email, password, 'Bench'));
    await owner.query('update identity.member set account_id = $3 where workspace_id = $1 and member_id = $2', [
      workspaceId,
      memberId,
      accountId,
    ]);
    const signedIn = await fetch(`${opened.url}/api/v1/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    const cookies = signedIn.headers.getSetCookie().map((line) => line.split(';')[0]);
    return async (path, init) => {
      const headers = { cookie: cookies.join('; '), 'x-entregent-csrf': '1' };
      const answer = await fetch(`${opened.url}/api/v1${path}`, { ...init, headers });
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}.`);
      await answer.json();
    };
  };
  return Object.assign(letIn, { url: opened.url });
}
