import type { Config } from '../../kernel/config.ts';
import type { Provider } from '../contract.ts';

/** Where a service opens accounts (RFC 6749, 3). */
interface Endpoints {
  issuer: string;
  authorise: string;
  token: string;
  revoke?: string;
  /** What its page is asked besides. */
  parameters: Record<string, string>;
}

/** These stand here, and nobody enters them: what is sent there are the company's secret and its members' tokens. */
const endpoints: Record<Provider, (tenant: string | null) => Endpoints> = {
  google: () => ({
    issuer: 'https://accounts.google.com',
    authorise: 'https://accounts.google.com/o/oauth2/v2/auth',
    token: 'https://oauth2.googleapis.com/token',
    revoke: 'https://oauth2.googleapis.com/revoke',
    // Without them a second authorisation brings no refresh token.
    parameters: { access_type: 'offline', prompt: 'consent select_account' },
  }),
  microsoft: (tenant) => ({
    issuer: `https://login.microsoftonline.com/${tenant ?? 'common'}/v2.0`,
    authorise: `https://login.microsoftonline.com/${tenant ?? 'common'}/oauth2/v2.0/authorize`,
    token: `https://login.microsoftonline.com/${tenant ?? 'common'}/oauth2/v2.0/token`,
    parameters: { prompt: 'select_account' },
  }),
};

export const endpointsOf = (config: Config, provider: Provider, tenant: string | null): Endpoints => {
  const { issuer, authorise, token, revoke, parameters } = endpoints[provider](tenant);
  const at = (url: string) => addressAt(config, provider, url);
  return { issuer, authorise: at(authorise), token: at(token), parameters, ...(revoke && { revoke: at(revoke) }) };
};

/** An address of a service, or of what plays it in a test. */
export function addressAt({ serviceAddresses }: Config, provider: Provider, url: string): string {
  const instead = serviceAddresses[provider];
  return instead === undefined ? url : instead + url.slice(new URL(url).origin.length);
}
