import { z } from 'zod';
import { role } from '../identity/contract.ts';
import { contract, id, instant, nothing } from '../kernel/contract.ts';

const domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/);

/** What both kinds have. */
const general = {
  name: z.string().trim().min(1).max(100),
  /** Mail domains whose addresses the provider may vouch for. */
  domains: z.array(domain).min(1).max(50),
  /** Whether somebody of these domains becomes a member at the first sign-in; else only who is invited. */
  newcomers: z.boolean(),
  /** What newcomers are, and in which teams. */
  role,
  teamIds: z.array(id).max(50),
  /** Members of these domains sign in this way only. */
  onlyWay: z.boolean(),
};
export const provider = z.object({
  id,
  kind: z.enum(['oidc', 'saml']),
  ...general,
  issuer: z.string(),
  clientId: z.string().nullable(),
  trustsEmail: z.boolean(),
  ssoUrl: z.string().nullable(),
  /** What the provider has to be told: OIDC: the redirect address; SAML: the entity id (also our metadata), and where answers go. */
  ours: z.object({ redirect: z.string(), entity: z.string() }),
  lastUsedAt: instant.nullable(),
});
export type Provider = z.output<typeof provider>;

export const oidcInput = z.object({
  ...general,
  issuer: z.url().max(2000),
  clientId: z.string().trim().min(1).max(500),
  /** Left out: the one that is kept stays. */
  clientSecret: z.string().min(1).max(2000).optional(),
  /** Believe addresses without the mark `email_verified` (Entra ID sends none); one marked as not verified is never believed. */
  trustsEmail: z.boolean(),
});
export const samlInput = z.object({
  ...general,
  /** The provider's metadata as XML, or the address where it stands. Left out: what is kept stays. */
  metadata: z.string().trim().min(1).max(500_000).optional(),
});

export const listProviders = contract({
  name: 'sso.listProviders',
  method: 'GET',
  path: '/sign-in-providers',
  summary: "The company's own ways of signing in; a client secret is never given back",
  input: nothing,
  output: z.object({
    items: z.array(provider),
    /** What every OIDC provider has to be told, before it is added here. */
    redirect: z.string(),
  }),
  access: 'admin',
  scope: 'workspace:read',
});
export const addOidcProvider = contract({
  name: 'sso.addOidcProvider',
  method: 'POST',
  path: '/sign-in-providers/oidc',
  summary: 'Add sign-in by OpenID Connect; the issuer is asked for its configuration at once',
  input: oidcInput,
  output: provider,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['provider_unreachable'],
});
export const changeOidcProvider = contract({
  name: 'sso.changeOidcProvider',
  method: 'PUT',
  path: '/sign-in-providers/oidc/:providerId',
  summary: 'Change sign-in by OpenID Connect',
  input: oidcInput.extend({ providerId: id }),
  output: provider,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['provider_unreachable'],
});
export const addSamlProvider = contract({
  name: 'sso.addSamlProvider',
  method: 'POST',
  path: '/sign-in-providers/saml',
  summary: 'Add sign-in by SAML 2.0',
  input: samlInput,
  output: provider,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['provider_unreachable'],
});
export const changeSamlProvider = contract({
  name: 'sso.changeSamlProvider',
  method: 'PUT',
  path: '/sign-in-providers/saml/:providerId',
  summary: 'Change sign-in by SAML 2.0',
  input: samlInput.extend({ providerId: id }),
  output: provider,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['provider_unreachable'],
});
export const removeProvider = contract({
  name: 'sso.removeProvider',
  method: 'DELETE',
  path: '/sign-in-providers/:providerId',
  summary: 'Nobody signs in this way any more; members stay, and choose a password by a reset link',
  input: z.object({ providerId: id }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});

export const findWays = contract({
  name: 'sso.findWays',
  method: 'POST',
  path: '/sign-in/company',
  summary: "Whether the company of an address has its own way of signing in: asks for the domain only, whoever's it is",
  input: z.object({ email: z.email() }),
  output: z.object({ ways: z.array(z.object({ id, name: z.string() })) }),
  access: 'public',
});
export const startCompanySignIn = contract({
  name: 'sso.startCompanySignIn',
  method: 'POST',
  path: '/sign-in/company/start',
  summary: 'Begin a company sign-in: where the browser is to go; valid for ten minutes, in this browser',
  input: z.object({
    providerId: id,
    /** Where to go afterwards: a path of this site. */
    back: z.string().max(2000).optional(),
  }),
  output: z.object({ url: z.string() }),
  access: 'public',
  errors: ['company_unreachable'],
});

/** Why a company sign-in opened nothing: `refused` in the address of the sign-in page, words under `sso.refused.<code>`. */
export const refusal = z.enum([
  /** Too late, another browser, or used already. */
  'expired',
  /** The provider's answer does not hold. */
  'invalid',
  'cancelled',
  'no_email',
  'unverified',
  'other_domain',
  /** Only invited people are let in. */
  'not_invited',
  /** The address has an account here that other workspaces know: it joins by an invitation and its password. */
  'has_account',
  /** Suspended, or left. */
  'not_active',
]);
export type Refusal = z.output<typeof refusal>;
