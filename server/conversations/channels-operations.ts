import { troubleOf } from '../connectors/connector.ts';
import { recordAudit } from '../identity/audit.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { apiPrefix, implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import type { AnyChannel } from './channels/channel.ts';
import { channelOf } from './channels/local.ts';
import * as kept from './channels.ts';
import * as contracts from './channels-contract.ts';
import type { ChannelKind } from './contract.ts';
import { enterConversations } from './queries.ts';
import { accessTo } from './sending.ts';

/** Milliseconds that a platform gets to say whether it agrees. */
const patience = 15_000;

const describe = (
  { channel_id, owner_id, problem, problem_since, heard_at, ...row }: kept.ChannelRow,
  { memberId }: Actor,
) => ({
  id: channel_id,
  kind: row.kind,
  name: row.name,
  mine: owner_id === memberId,
  state: row.state,
  problem: problem ? { code: problem, since: problem_since!.toISOString() } : null,
  heardAt: heard_at?.toISOString() ?? null,
  keepMonths: row.keep_months,
  access: row.access,
  tends: row.tends,
});

/** One script tag: the window on a site, or the form where it stands. */
const embedOf = (
  { config }: Pick<App, 'config'>,
  { workspaceId }: Actor,
  kind: 'chat' | 'form',
  channelId: string,
): string => `<script async src="${config.publicUrl}/${kind}.js" data-channel="${workspaceId}/${channelId}"></script>`;

async function describeFull(
  app: Pick<App, 'config'>,
  channels: readonly AnyChannel[],
  tx: Tx,
  actor: Actor,
  channelId: string,
) {
  await enterConversations(tx);
  const [row] = await kept.listChannels(tx, actor, channelId);
  if (!row) throw notFound();
  const channel = channelOf(channels, row.kind);
  const path = contracts.hookPath.replace(':workspaceId', actor.workspaceId).replace(':channelId', channelId);
  return {
    ...describe(row, actor),
    settings: row.settings,
    hasSecret: Object.keys((channel.secret as { shape?: object }).shape ?? {}).length > 0,
    embed: row.kind === 'chat' || row.kind === 'form' ? embedOf(app, actor, row.kind, channelId) : null,
    pageUrl: row.kind === 'form' ? `${app.config.publicUrl}/forms/${actor.workspaceId}/${channelId}` : null,
    hookUrl: channel.hear ? `${app.config.publicUrl}${apiPrefix}${path}` : null,
  };
}

/** The company's channels are for admins to set up, a member's own for them. @throws AppError not_found, forbidden */
function checkMayChange({ actor, role }: Pick<OutsideContext, 'actor' | 'role'>, owner: string | null): void {
  if (owner === null && role !== 'admin') throw new AppError('forbidden');
  if (owner !== null && owner !== actor.memberId) throw notFound();
}

/** Settings and secret as the channel reads them. @throws AppError invalid_input, by field */
function parse(channel: AnyChannel, of: 'settings' | 'secret', said: unknown): unknown {
  const parsed = channel[of].safeParse(said);
  if (parsed.success) return parsed.data;
  const fields = Object.fromEntries(
    parsed.error.issues.map((issue) => [
      `${of}.${issue.path.join('.')}`,
      issue.code === 'custom' ? issue.message : issue.code,
    ]),
  );
  throw new AppError('invalid_input', { fields });
}

/** Asks the platform. @throws AppError connection_failed with the code of what it would not do */
async function agree(app: App, channel: AnyChannel, settings: unknown, secret: unknown): Promise<void> {
  if (!channel.check) return;
  const sealed = app.secrets.encrypt(JSON.stringify(secret));
  try {
    await channel.check(accessTo(app, { settings, secret: sealed }, AbortSignal.timeout(patience)));
  } catch (error) {
    const trouble = troubleOf(error);
    if (!trouble) throw error;
    throw new AppError('connection_failed', { fields: { problem: trouble.code } });
  }
}

async function checkAccess(tx: Tx, actor: Actor, access: readonly contracts.Audience[]): Promise<void> {
  if ((await kept.findUnknown(tx, actor, access)).length > 0)
    throw new AppError('invalid_input', { fields: { access: 'unknown' } });
}

/** The hosts and addresses that stand in settings, wherever. */
const hostsOf = (settings: unknown): string => JSON.stringify(addressesIn(settings, '').sort());

/** In whatever order PostgreSQL keeps them. */
function addressesIn(value: unknown, path: string): string[] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, within]) => addressesIn(within, `${path}.${key}`));
  return /\.(?:host|port|url|server|service)$/.test(path) ? [`${path}=${value}`] : [];
}

interface Opening {
  kind: string;
  name: string;
  settings: unknown;
  secret: unknown;
}

/** Opens a channel once its platform agrees. @param access who tends it; null: it is the actor's own */
async function open(
  { app, actor, asCaller }: OutsideContext,
  channels: readonly AnyChannel[],
  { kind, name, ...said }: Opening,
  access: readonly contracts.Audience[] | null,
) {
  const channel = channels.find((one) => one.kind === kind);
  if (!channel) throw new AppError('invalid_input', { fields: { kind: 'unknown' } });
  const settings = parse(channel, 'settings', said.settings);
  const secret = parse(channel, 'secret', said.secret);
  await agree(app, channel, settings, secret);
  return asCaller(async ({ tx }) => {
    if (access) await checkAccess(tx, actor, access);
    const sealed = app.secrets.encrypt(JSON.stringify(secret));
    const row = {
      kind: channel.kind as ChannelKind,
      name,
      settings,
      secret: sealed,
      pulled: channel.pull !== undefined,
    };
    const channelId = await kept.addChannel(tx, actor, { ...row, ownerId: access ? null : actor.memberId });
    if (access) await kept.setAccess(tx, actor, channelId, access);
    // That somebody reads their own mail here is theirs alone to know.
    if (access) await recordAudit(tx, actor, 'channel.opened', channelId, { name });
    return describeFull(app, channels, tx, actor, channelId);
  });
}

export const channelsOperations = (channels: readonly AnyChannel[]): Operation[] => [
  implement(contracts.listChannels, async (_input, { tx, actor }) => {
    await enterConversations(tx);
    return { items: (await kept.listChannels(tx, actor)).map((row) => describe(row, actor)) };
  }),

  implement(contracts.getChannel, async ({ channelId }, context) => {
    const { app, tx, actor } = context;
    const [row] = await kept.listChannels(tx, actor, channelId);
    if (!row) throw notFound();
    checkMayChange(context, row.owner_id);
    return describeFull(app, channels, tx, actor, channelId);
  }),

  implementOutside(contracts.addChannel, ({ access, ...said }, context) => open(context, channels, said, access)),

  implementOutside(contracts.addOwnMailbox, (said, context) =>
    open(context, channels, { kind: 'mail', ...said }, null),
  ),

  implementOutside(contracts.updateChannel, async ({ channelId, access, ...said }, context) => {
    const { app, actor, asCaller, asSystem } = context;
    const before = await asSystem('keeper', (tx) => kept.findWorking(tx, actor.workspaceId, channelId));
    if (!before) throw notFound();
    checkMayChange(context, before.owner_id);
    if (before.state === 'ended') throw notFound();
    const own = before.owner_id !== null;
    // Nobody tends it but whose own it is.
    if (own && access && access.length > 0) throw new AppError('invalid_input', { fields: { access: 'own' } });
    const channel = channelOf(channels, before.kind);
    const settings = said.settings === undefined ? undefined : parse(channel, 'settings', said.settings);
    const sealed = before.secret ? JSON.parse(app.secrets.decrypt(before.secret)) : {};
    const secret = said.secret === undefined ? undefined : parse(channel, 'secret', { ...sealed, ...said.secret });
    // What is kept was given for the host that stood there: another one gets it from who knows it.
    if (
      secret === undefined &&
      settings !== undefined &&
      hostsOf(settings) !== hostsOf(before.settings) &&
      before.secret
    )
      if (Object.keys(sealed).length > 0) throw new AppError('invalid_input', { fields: { secret: 'required' } });
    if (settings !== undefined || secret !== undefined)
      await agree(app, channel, settings ?? before.settings, secret ?? sealed);
    return asCaller(async ({ tx }) => {
      if (access) await checkAccess(tx, actor, access);
      const fresh = secret === undefined ? undefined : app.secrets.encrypt(JSON.stringify(secret));
      const change = { name: said.name, settings, secret: fresh, state: said.state, keepMonths: said.keepMonths };
      await kept.changeChannel(tx, actor, channelId, change, channel.pull !== undefined);
      if (access && !own) await kept.setAccess(tx, actor, channelId, access);
      if (!own) await recordAudit(tx, actor, 'channel.changed', channelId, { name: said.name ?? before.name });
      return describeFull(app, channels, tx, actor, channelId);
    });
  }),

  implement(contracts.endChannel, async ({ channelId }, context) => {
    const { tx, actor } = context;
    const [row] = await kept.listChannels(tx, actor, channelId);
    if (!row) throw notFound();
    checkMayChange(context, row.owner_id);
    await kept.changeChannel(tx, actor, channelId, { state: 'ended' }, false);
    if (row.owner_id === null) await recordAudit(tx, actor, 'channel.ended', channelId, { name: row.name });
    return {};
  }),
];
