import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Accounts } from '../identity/accounts.ts';
import type { App } from '../kernel/app.ts';
import { notFound } from '../kernel/errors.ts';
import type { Routes } from '../kernel/http.ts';
import { Refused } from './admission.ts';
import { describeUs, oursOf } from './saml.ts';
import { companyPath, findProviderOf, finishOidc, finishSaml, receiveSaml } from './sign-in.ts';

const limit = { rateLimit: { max: 60, timeWindow: '1 minute' } };

type Saml = FastifyRequest<{ Params: { providerId: string }; Body: string }>;

/** Where identity providers send people back to. Whatever does not open leads to the sign-in page, which says why. */
export const ssoRoutes =
  (accounts: Accounts): Routes =>
  (server, app) => {
    const come = (way: typeof finishOidc) => (request: FastifyRequest, reply: FastifyReply) =>
      lead(app, reply, () => way({ app, accounts, request, reply }));
    void server.register(async (scope) => {
      scope.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string', bodyLimit: 1 << 18 },
        (_request, body, done) => done(null, body),
      );
      scope.get(`${companyPath}/oidc`, { config: limit }, come(finishOidc));
      scope.get(`${companyPath}/saml`, { config: limit }, come(finishSaml));
      scope.post(`${companyPath}/saml/:providerId`, { config: limit }, (request: Saml, reply) =>
        lead(app, reply, async () => {
          const answer = new URLSearchParams(String(request.body ?? '')).get('SAMLResponse') ?? '';
          return `${companyPath}/saml?state=${await receiveSaml(app, request.params.providerId, answer)}`;
        }),
      );
      scope.get(`${companyPath}/saml/:providerId`, { config: limit }, async (request: Saml, reply) => {
        const { providerId } = request.params;
        if (!(await findProviderOf(app, providerId, 'saml'))) throw notFound();
        return reply.type('application/samlmetadata+xml').send(describeUs(oursOf(app.config.publicUrl, providerId)));
      });
    });
  };

async function lead(app: App, reply: FastifyReply, way: () => Promise<string>): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store');
  try {
    return reply.redirect(await way(), 303);
  } catch (error) {
    if (!(error instanceof Refused)) app.log.error('company sign-in failed', { error });
    return reply.redirect(`/sign-in?refused=${error instanceof Refused ? error.code : 'invalid'}`, 303);
  }
}
