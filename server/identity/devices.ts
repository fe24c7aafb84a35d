import { announce } from '../kernel/announce.ts';
import { notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { type Accounts, headersOf } from './accounts.ts';
import * as contracts from './contract.ts';
import { recogniseDevice } from './rules.ts';

/**
 * Where an account is signed in, and ending that. A session of a company's own sign-in knows those of its kind only: what else the
 * account opens is no affair of that company.
 */
export function deviceOperations(accounts: Accounts): Operation[] {
  // No key may call these operations, so that there is a session.
  const current = async ({ request }: Context) => (await accounts.ofSession(headersOf(request)))!;
  /** The open pages of a session that has ended end with it. */
  const tellStreams = ({ tx, actor }: Context) => announce(tx, actor.workspaceId, [actor.memberId], 'session');
  return [
    implement(contracts.listSessions, async (_input, context) => {
      const { sessionId, ...account } = await current(context);
      const sessions = await accounts.listSessions(account);
      return {
        items: sessions.map(({ id, userAgent, createdAt, lastSeenAt }) => ({
          id,
          ...recogniseDevice(userAgent),
          since: createdAt.toISOString(),
          lastSeenAt: lastSeenAt.toISOString(),
          current: id === sessionId,
        })),
      };
    }),

    implement(contracts.endSession, async ({ sessionId }, context) => {
      if (!(await accounts.endSession(await current(context), sessionId))) throw notFound();
      await tellStreams(context);
      return {};
    }),

    implement(contracts.endOtherSessions, async (_input, context) => {
      const { sessionId, ...account } = await current(context);
      const ended = await accounts.endOtherSessions(account, sessionId);
      await tellStreams(context);
      return { ended };
    }),
  ];
}
