import { announce } from '../kernel/announce.ts';
import { notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { type Accounts, headersOf } from './accounts.ts';
import * as contracts from './contract.ts';
import { recogniseDevice } from './rules.ts';

/** Where an account is signed in, and ending that. */
export function deviceOperations(accounts: Accounts): Operation[] {
  // No key may call these operations, so that there is a session.
  const current = async ({ request }: Context) => (await accounts.ofSession(headersOf(request)))!;
  /** The open pages of a session that has ended end with it. */
  const tellStreams = ({ tx, actor }: Context) => announce(tx, actor.workspaceId, [actor.memberId], 'session');
  return [
    implement(contracts.listSessions, async (_input, context) => {
      const { accountId, sessionId } = await current(context);
      const sessions = await accounts.listSessions(accountId);
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
      const { accountId } = await current(context);
      if (!(await accounts.endSession(accountId, sessionId))) throw notFound();
      await tellStreams(context);
      return {};
    }),

    implement(contracts.endOtherSessions, async (_input, context) => {
      const { accountId, sessionId } = await current(context);
      const ended = await accounts.endOtherSessions(accountId, sessionId);
      await tellStreams(context);
      return { ended };
    }),
  ];
}
