import { z } from 'zod';
import { recordAudit } from '../identity/audit.ts';
import type { App } from '../kernel/app.ts';
import { id, instant } from '../kernel/contract.ts';
import type { Actor } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { openGuarded, Unreached } from '../kernel/guarded.ts';
import {
  type Context,
  implement,
  implementOutside,
  localeOf,
  type Operation,
  type OutsideContext,
} from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { translator } from '../kernel/messages.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { samples } from './samples.ts';
import { newSecret } from './signing.ts';

/** Each is told of all that it listens to, one by one. */
const mostEndpoints = 100;

/**
 * It reads as whom it is for, so whoever says where that goes must be who made it: no admin has what a colleague sees told to an address of
 * theirs. What a program made for itself changes with it alone.
 */
const isMine = ({ memberId }: Actor, { created_by, hook }: queries.EndpointRow): boolean =>
  created_by === memberId && !hook;

const describe = (actor: Actor, row: queries.CountedRow): contracts.Endpoint => ({
  id: row.endpoint_id,
  name: row.name,
  url: row.url,
  events: row.events,
  grantee: { kind: row.grantee_kind, id: row.grantee_id, name: row.grantee },
  hook: row.hook,
  state: row.state,
  createdBy: row.creator,
  mine: isMine(actor, row),
  createdAt: row.created_at.toISOString(),
  formerUntil: row.former_until && row.former_until > new Date() ? row.former_until.toISOString() : null,
  counts: { waiting: row.waiting, sent: row.sent, dead: row.dead },
  lastSentAt: row.last_sent_at?.toISOString() ?? null,
});

/** @throws AppError not_found */
async function getEndpoint({ tx, actor }: Context, endpointId: string): Promise<queries.EndpointRow> {
  const row = await queries.findEndpoint(tx, actor, endpointId);
  if (!row) throw notFound();
  return row;
}

/** The same as it is answered, with what is counted. @throws AppError not_found */
async function showEndpoint({ tx, actor }: Context, endpointId: string): Promise<contracts.Endpoint> {
  const [row] = await queries.listEndpoints(tx, actor, { endpointId });
  if (!row) throw notFound();
  return describe(actor, row);
}

/** The same, held until the end of the transaction. @throws AppError not_found, or conflict for one that has ended */
async function holdStanding(context: Context, endpointId: string): Promise<queries.EndpointRow> {
  if (!(await queries.holdEndpoint(context.tx, context.actor, endpointId))) throw notFound();
  const row = await getEndpoint(context, endpointId);
  if (row.state === 'ended') throw new AppError('conflict');
  return row;
}

/** The same, of one's own. @throws AppError forbidden for one of somebody else, which every admin sees */
async function holdMine(context: Context, endpointId: string): Promise<queries.EndpointRow> {
  const row = await holdStanding(context, endpointId);
  if (!isMine(context.actor, row)) throw new AppError('forbidden');
  return row;
}

/** Where an address leads is asked again each time something leaves; whoever types one that never could is told at once. */
async function checkAddress({ config }: App, url: string): Promise<void> {
  const { protocol, hostname } = new URL(url);
  const refuse = (why: string) => new AppError('invalid_input', { fields: { url: why } });
  try {
    const { inside } = await openGuarded(config.privateNetworks).resolve(hostname.replace(/^\[(.*)\]$/, '$1'));
    if (protocol === 'http:' && !inside) throw refuse('not_encrypted');
  } catch (error) {
    if (!(error instanceof Unreached)) throw error;
    if (error.code === 'private_network') throw refuse(error.code);
    // It may be there later.
    if (protocol === 'http:') throw refuse('not_encrypted');
  }
}

/** The actor, or a team or use of theirs: nobody has told what they do not see themself. @throws AppError not_found */
async function checkGrantee({ tx, actor }: Context, kind: string, granteeId: string): Promise<void> {
  if (kind === 'member') {
    if (granteeId !== actor.memberId) throw notFound();
    return;
  }
  const team = await queries.findOwnTeam(tx, actor, granteeId);
  if (!team || (team.purpose === null) !== (kind === 'team')) throw notFound();
}

async function checkRoom({ actor, asSystem }: OutsideContext): Promise<void> {
  const count = await asSystem('keeper', (tx) => queries.countEndpoints(tx, actor.workspaceId));
  if (count >= mostEndpoints) throw new AppError('conflict');
}

const endpointOperations: Operation[] = [
  implement(contracts.listEndpoints, async (_input, { tx, actor }) => ({
    items: (await queries.listEndpoints(tx, actor)).map((row) => describe(actor, row)),
  })),

  implementOutside(contracts.createEndpoint, async ({ granteeKind, granteeId, ...said }, context) => {
    const { app, asCaller } = context;
    await asCaller((inside) => checkGrantee(inside, granteeKind, granteeId));
    await checkAddress(app, said.url);
    await checkRoom(context);
    const [endpointId, secret] = [newId(), newSecret()];
    return asCaller(async (inside) => {
      const { tx, actor } = inside;
      const { memberId: createdBy } = actor;
      const grantee = { kind: granteeKind, granteeId, hook: false, createdBy, key: context.key };
      const sealed = app.secrets.encrypt(secret);
      await queries.addEndpoint(tx, actor.workspaceId, { ...said, ...grantee, endpointId, secret: sealed });
      await recordAudit(tx, actor, 'webhook.made', endpointId, { name: said.name });
      return { endpoint: await showEndpoint(inside, endpointId), secret };
    });
  }),

  implementOutside(contracts.changeEndpoint, async ({ endpointId, paused, ...said }, { app, asCaller }) => {
    const hold = Object.keys(said).length > 0 ? holdMine : holdStanding;
    if (said.url !== undefined) {
      await asCaller((inside) => hold(inside, endpointId));
      await checkAddress(app, said.url);
    }
    return asCaller(async (inside) => {
      const { tx, actor } = inside;
      const { name } = await hold(inside, endpointId);
      const state = paused === undefined ? undefined : paused ? 'paused' : 'active';
      await queries.changeEndpoint(tx, actor, endpointId, { ...said, ...(state && { state }) });
      await recordAudit(tx, actor, 'webhook.changed', endpointId, { name: said.name ?? name });
      return showEndpoint(inside, endpointId);
    });
  }),

  implementOutside(contracts.rotateSecret, async ({ endpointId }, { app, actor, asCaller, asSystem }) => {
    const { name } = await asCaller((inside) => holdMine(inside, endpointId));
    const secret = newSecret();
    await asSystem('keeper', async (tx) => {
      await queries.replaceSecret(tx, actor.workspaceId, endpointId, app.secrets.encrypt(secret));
      await recordAudit(tx, actor, 'webhook.secret', endpointId, { name });
    });
    return { endpoint: await asCaller((inside) => showEndpoint(inside, endpointId)), secret };
  }),

  implement(contracts.removeEndpoint, async ({ endpointId }, context) => {
    const { tx, actor } = context;
    const { name } = await getEndpoint(context, endpointId);
    await queries.removeEndpoint(tx, actor, endpointId);
    await recordAudit(tx, actor, 'webhook.removed', endpointId, { name });
    return {};
  }),
];

const at = z.tuple([instant, id]);

const logOperations: Operation[] = [
  implement(contracts.testEndpoint, async ({ endpointId }, context) => {
    const { grantee_id: granteeId, state } = await holdMine(context, endpointId);
    if (state !== 'active') throw new AppError('conflict');
    const deliveryId = newId();
    await queries.addTest(context.tx, context.actor, { endpointId, granteeId, deliveryId });
    return { deliveryId };
  }),

  implement(contracts.listDeliveries, async ({ endpointId, state, after, limit }, context) => {
    await getEndpoint(context, endpointId);
    const cursor = after ? decodeCursor(after, at) : null;
    const from = cursor && { at: cursor[0], id: cursor[1] };
    const rows = await queries.listDeliveries(context.tx, context.actor, { endpointId, state }, from, limit + 1);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: rows.slice(0, limit).map((row) => ({
        id: row.delivery_id,
        event: row.event,
        happenedAt: row.happened_at.toISOString(),
        state: row.state,
        attempts: row.attempts,
        lastAt: row.last_at?.toISOString() ?? null,
        nextAt: row.state === 'waiting' ? row.due_at.toISOString() : null,
        status: row.status,
        trouble: row.trouble,
        tookMs: row.took_ms,
      })),
      next: last ? encodeCursor([last.cursor, last.delivery_id]) : null,
    };
  }),

  implement(contracts.replay, async ({ endpointId, ...which }, context) => {
    const { tx, actor } = context;
    const { name } = await holdMine(context, endpointId);
    const count = await queries.replay(tx, actor, endpointId, which);
    if (count === 0 && which.deliveryId) throw notFound();
    await recordAudit(tx, actor, 'webhook.replayed', endpointId, { name, count });
    return { count };
  }),
];

/** Apps see nothing of some events: to subscribe to one would be to wait for ever. */
const forbidsApp = (event: contracts.ChosenEvent): boolean => !contracts.appEvents.includes(event);

const hookOperations: Operation[] = [
  implement(contracts.listEvents, async (_input, { request }) => {
    const t = translator(localeOf(request));
    return {
      items: contracts.chosenEvents.map((event) => ({
        event,
        sentence: t(`webhooks.event.${event.replace('.', '_')}`),
        narrowedBy: contracts.narrowedBy[event],
        apps: contracts.appEvents.includes(event),
        sample: samples[event],
      })),
    };
  }),

  implement(contracts.sampleEvent, async ({ event }) => ({ items: [samples[event]] })),

  implement(contracts.listHooks, async (_input, { tx, actor }) => ({
    items: (await queries.listEndpoints(tx, actor, { own: true })).map((row) => describe(actor, row)),
  })),

  implementOutside(contracts.subscribe, async ({ url, event, only }, context) => {
    const { app, actor, asSystem } = context;
    if (actor.app && forbidsApp(event)) throw new AppError('invalid_input', { fields: { event: 'not_for_apps' } });
    await checkAddress(app, url);
    await checkRoom(context);
    const [endpointId, secret] = [newId(), newSecret()];
    const { host: name } = new URL(url);
    // An app may write nothing into the audit; who authorised it made this, too.
    await asSystem('keeper', async (tx) => {
      const createdBy = actor.app ? await queries.findMaker(tx, actor) : actor.memberId;
      if (!createdBy) throw notFound();
      await queries.addEndpoint(tx, actor.workspaceId, {
        ...{ endpointId, url, createdBy, hook: true, granteeId: actor.memberId, name: name.slice(0, 100) },
        kind: actor.app ? 'app' : 'member',
        events: [{ event, only }],
        secret: app.secrets.encrypt(secret),
        key: context.key,
      });
      await recordAudit(tx, { workspaceId: actor.workspaceId, memberId: createdBy }, 'webhook.made', endpointId, {
        name,
      });
    });
    return { id: endpointId, secret };
  }),

  implement(contracts.unsubscribe, async ({ endpointId }, { tx, actor }) => {
    const found = await queries.findEndpoint(tx, actor, endpointId);
    if (!found?.hook || found.grantee_id !== actor.memberId) throw notFound();
    await queries.removeEndpoint(tx, actor, endpointId);
    return {};
  }),
];

export const distributionOperations: Operation[] = [...endpointOperations, ...logOperations, ...hookOperations];
