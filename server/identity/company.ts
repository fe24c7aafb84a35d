import { createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { z } from 'zod';
import type { Auth, OpenedSession } from './accounts.ts';

/**
 * Sessions that a company's own sign-in has opened. They are bound to its workspace: whoever runs an identity provider can say that
 * somebody is anybody, so that its word must open nothing beyond the workspace whose admins chose it.
 */
export interface CompanySessions {
  /** The caller has made sure of the person. */
  open(accountId: string, workspaceId: string, headers: Headers): Promise<OpenedSession>;
}

/** The library signs the cookie; no route of ours leads here but `open`. */
export const companySessions = {
  id: 'company-sessions',
  endpoints: {
    openCompanySession: createAuthEndpoint(
      '/company-session',
      { method: 'POST', body: z.object({ accountId: z.string(), workspaceId: z.string() }) },
      async (ctx) => {
        const { accountId, workspaceId } = ctx.body;
        const { internalAdapter } = ctx.context;
        const user = await internalAdapter.findUserById(accountId);
        if (!user) throw new Error('There is no such account.');
        const session = await internalAdapter.createSession(accountId, false, { workspaceId, boundTo: workspaceId });
        await setSessionCookie(ctx, { session, user });
        return ctx.json({ token: session.token });
      },
    ),
  },
} as const;

export function openCompanySessions(auth: Auth): CompanySessions {
  return {
    async open(accountId, workspaceId, headers) {
      const body = { accountId, workspaceId };
      const { headers: answer, response } = await auth.api.openCompanySession({ body, headers, returnHeaders: true });
      return { accountId, sessionToken: response.token, cookies: answer.getSetCookie() };
    },
  };
}
