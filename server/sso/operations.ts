import { isFreeMail } from '../formats/normalise/email.ts';
import { type Accounts, headersOf } from '../identity/accounts.ts';
import { recordAudit } from '../identity/audit.ts';
import { getMember, listTeams } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Parsed } from '../kernel/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import * as contracts from './contract.ts';
import * as oidc from './oidc.ts';
import * as queries from './queries.ts';
import { openRemote } from './remote.ts';
import { domainOf, isForAnybody, mayAsk } from './rules.ts';
import * as saml from './saml.ts';
import { startSignIn } from './sign-in.ts';

function describe(row: queries.ProviderRow, publicUrl: string): contracts.Provider {
  return {
    id: row.provider_id,
    kind: row.kind as contracts.Provider['kind'],
    name: row.name,
    domains: row.domains,
    newcomers: row.newcomers,
    role: row.role as contracts.Provider['role'],
    teamIds: row.team_ids,
    onlyWay: row.only_way,
    issuer: row.issuer,
    clientId: row.client_id,
    trustsEmail: row.trusts_email,
    ssoUrl: row.sso_url,
    ours: { redirect: oidc.redirectOf(publicUrl), entity: saml.oursOf(publicUrl, row.provider_id).entity },
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  };
}

/** @throws AppError not_found */
async function getProvider(tx: Tx, actor: Actor, providerId: string): Promise<queries.ProviderRow> {
  const found = (await queries.listProviders(tx, actor.workspaceId)).find((one) => one.provider_id === providerId);
  if (!found) throw notFound();
  return found;
}

type General = Pick<
  Parsed<typeof contracts.addSamlProvider>,
  'name' | 'domains' | 'newcomers' | 'role' | 'teamIds' | 'onlyWay'
>;

/** What both kinds have, as it is kept. @throws AppError invalid_input */
async function checkGeneral(context: Context, accounts: Accounts, input: General, before?: queries.ProviderRow) {
  const { tx, actor } = context;
  const teams = await listTeams(tx, actor.workspaceId);
  if (input.teamIds.some((id) => !teams.some((team) => team.id === id)))
    throw new AppError('invalid_input', { fields: { teamIds: 'unknown' } });
  // Whoever has an address there would be let in.
  if (input.newcomers && input.domains.some(isFreeMail))
    throw new AppError('invalid_input', { fields: { domains: 'everybodys' } });
  if (input.onlyWay && !before?.only_way) await checkOwnWay(context, accounts, input.domains);
  const { name, domains, newcomers, role, teamIds, onlyWay } = input;
  return { name, domains: [...new Set(domains)], newcomers, role, team_ids: teamIds, only_way: onlyWay };
}

/** Who makes it the only way must have come by it, or not be concerned: nobody locks themselves out. */
async function checkOwnWay(
  { tx, actor, request }: Context,
  accounts: Accounts,
  domains: readonly string[],
): Promise<void> {
  const me = await getMember(tx, actor);
  const session = await accounts.ofSession(headersOf(request));
  if (me && domains.includes(domainOf(me.email)) && session?.boundTo !== actor.workspaceId)
    throw new AppError('invalid_input', { fields: { onlyWay: 'try_first' } });
}

/** Asks the issuer at once, so that a mistake shows here and not at somebody's sign-in; no transaction waits for it. */
async function checkIssuer(
  app: App,
  input: Parsed<typeof contracts.addOidcProvider>,
  before?: queries.ProviderRow,
): Promise<void> {
  const issuer = new URL(input.issuer);
  if (!mayAsk(issuer, app.config.localIssuers))
    throw new AppError('invalid_input', { fields: { issuer: 'encrypted' } });
  if (isForAnybody(issuer)) throw new AppError('invalid_input', { fields: { issuer: 'anybody' } });
  if (before && before.issuer !== input.issuer) throw new AppError('invalid_input', { fields: { issuer: 'fixed' } });
  if (!before && input.clientSecret === undefined)
    throw new AppError('invalid_input', { fields: { clientSecret: 'required' } });
  await oidc.discover(app, { issuer: input.issuer, clientId: input.clientId, clientSecret: 'not sent' }).catch(() => {
    throw new AppError('provider_unreachable', { fields: { issuer: 'unreachable' } });
  });
}

async function toOidc(
  context: Context,
  accounts: Accounts,
  input: Parsed<typeof contracts.addOidcProvider>,
  before?: queries.ProviderRow,
) {
  const { app } = context;
  return {
    ...(await checkGeneral(context, accounts, input, before)),
    kind: 'oidc' as const,
    issuer: input.issuer,
    client_id: input.clientId,
    trusts_email: input.trustsEmail,
    sso_url: null,
    certificates: [],
    ...(input.clientSecret === undefined ? {} : { client_secret: app.secrets.encrypt(input.clientSecret) }),
  };
}

/** Metadata that was pasted, or stands at an address. @throws AppError */
async function readMetadata(app: App, metadata: string): Promise<saml.SamlSettings> {
  let xml = metadata;
  if (/^https?:\/\/\S+$/.test(metadata)) {
    const answer = await openRemote(app.config.localIssuers)(metadata).catch(() => null);
    if (!answer?.ok) throw new AppError('provider_unreachable', { fields: { metadata: 'unreachable' } });
    xml = await answer.text();
  }
  try {
    const settings = saml.readMetadata(xml);
    if (mayAsk(new URL(settings.ssoUrl), app.config.localIssuers)) return settings;
  } catch {
    // Said below.
  }
  throw new AppError('invalid_input', { fields: { metadata: 'metadata' } });
}

/** What the metadata says, read before a transaction is open; null: as before. */
async function askMetadata(
  app: App,
  { metadata }: Parsed<typeof contracts.addSamlProvider>,
  before?: queries.ProviderRow,
): Promise<saml.SamlSettings | null> {
  if (!before && metadata === undefined) throw new AppError('invalid_input', { fields: { metadata: 'required' } });
  const read = metadata === undefined ? null : await readMetadata(app, metadata);
  if (before && read && before.issuer !== read.issuer)
    throw new AppError('invalid_input', { fields: { metadata: 'fixed' } });
  return read;
}

async function toSaml(
  context: Context,
  accounts: Accounts,
  input: Parsed<typeof contracts.addSamlProvider>,
  read: saml.SamlSettings | null,
  before?: queries.ProviderRow,
) {
  return {
    ...(await checkGeneral(context, accounts, input, before)),
    kind: 'saml' as const,
    issuer: read?.issuer ?? before!.issuer,
    client_id: null,
    trusts_email: true,
    sso_url: read?.ssoUrl ?? before!.sso_url,
    certificates: read?.certificates ?? before!.certificates,
  };
}

/** Company sign-in, over the given accounts. */
export function ssoOperations(accounts: Accounts): Operation[] {
  async function add(context: Context, values: queries.NewProvider): Promise<contracts.Provider> {
    const { app, tx, actor } = context;
    const providerId = await queries.addProvider(tx, actor.workspaceId, values);
    await recordAudit(tx, actor, 'sign_in.added', providerId, { kind: values.kind });
    return describe(await getProvider(tx, actor, providerId), app.config.publicUrl);
  }
  async function change(
    context: Context,
    providerId: string,
    values: queries.NewProvider,
  ): Promise<contracts.Provider> {
    const { app, tx, actor } = context;
    await queries.changeProvider(tx, actor.workspaceId, providerId, values);
    await recordAudit(tx, actor, 'sign_in.changed', providerId, { onlyWay: values.only_way });
    return describe(await getProvider(tx, actor, providerId), app.config.publicUrl);
  }
  /** Of the kind that the caller means. */
  async function known({ tx, actor }: Context, providerId: string, kind: contracts.Provider['kind']) {
    const row = await getProvider(tx, actor, providerId);
    if (row.kind !== kind) throw notFound();
    return row;
  }

  return [
    implement(contracts.listProviders, async (_input, { app, tx, actor }) => ({
      items: (await queries.listProviders(tx, actor.workspaceId)).map((row) => describe(row, app.config.publicUrl)),
      redirect: oidc.redirectOf(app.config.publicUrl),
    })),
    implementOutside(contracts.addOidcProvider, async (input, { app, asCaller }) => {
      await checkIssuer(app, input);
      return asCaller(async (context) => add(context, await toOidc(context, accounts, input)));
    }),
    implementOutside(contracts.changeOidcProvider, async (input, { app, asCaller }) => {
      const { providerId } = input;
      await checkIssuer(app, input, await asCaller((context) => known(context, providerId, 'oidc')));
      return asCaller(async (context) => {
        const before = await known(context, providerId, 'oidc');
        return change(context, providerId, await toOidc(context, accounts, input, before));
      });
    }),
    implementOutside(contracts.addSamlProvider, async (input, { app, asCaller }) => {
      const read = await askMetadata(app, input);
      return asCaller(async (context) => add(context, await toSaml(context, accounts, input, read)));
    }),
    implementOutside(contracts.changeSamlProvider, async (input, { app, asCaller }) => {
      const { providerId } = input;
      const read = await askMetadata(app, input, await asCaller((context) => known(context, providerId, 'saml')));
      return asCaller(async (context) => {
        const before = await known(context, providerId, 'saml');
        return change(context, providerId, await toSaml(context, accounts, input, read, before));
      });
    }),
    implement(contracts.removeProvider, async ({ providerId }, { tx, actor }) => {
      if (!(await queries.removeProvider(tx, actor.workspaceId, providerId))) throw notFound();
      await recordAudit(tx, actor, 'sign_in.removed', providerId);
      return {};
    }),

    implement(contracts.findWays, async ({ email }, { app }) => {
      const found = await app.db.asSystem('identity', (tx) => queries.findByDomain(tx, domainOf(email)));
      return { ways: found.map(({ provider_id: id, name }) => ({ id, name })) };
    }),
    implement(contracts.startCompanySignIn, ({ providerId, back }, context) => startSignIn(context, providerId, back)),
  ];
}
