import { z } from 'zod';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';

/** What can be chosen, of what programs outside can hear: a closed list. Each payload holds ids, and says no more than what the grantee may take along. */
export const chosenEvents = [
  /** A contact is new here. `data`: `personId`. */
  'person.added',
  /** Details of a contact changed. `data`: `personId`, `fields` (kinds of detail). */
  'person.changed',
  /** Consent or objection at a contact point. `data`: `contactPointId`, `channel`, `personIds`, `consent`, `purposes`. */
  'consent.changed',
  /** Something that somebody did or that happened to them: a form sent, an event attended, an order. `data`: `factId`, `kind`, `at`, `personIds`. */
  'fact.recorded',
  /** `data`: `segmentId`, `personId`. */
  'segment.entered',
  'segment.left',
  /** `data`: `opportunityId`, `change` (opened, moved, won, lost, reopened), `fromStageId`, `toStageId`. */
  'opportunity.moved',
] as const;
export type ChosenEvent = (typeof chosenEvents)[number];
const chosenEvent = z.enum(chosenEvents);

export const eventName = z.enum([
  ...chosenEvents,
  /** A contact of whom the endpoint was told is open to it no longer: whoever keeps something of them deletes it. `data`: `personId`. Always told. */
  'person.withdrawn',
  /** Asked for by hand. `data`: nothing. */
  'test.ping',
]);
export type EventName = z.output<typeof eventName>;

/** By what an event can be narrowed: books, keys of kinds of fact, segments, stages that something moves to. */
export const narrowedBy = {
  'person.added': 'book',
  'person.changed': 'book',
  'consent.changed': 'book',
  'fact.recorded': 'kind',
  'segment.entered': 'segment',
  'segment.left': 'segment',
  'opportunity.moved': 'stage',
} as const satisfies Record<ChosenEvent, string>;

/** Open to apps, too: of the others row security shows them nothing. */
export const appEvents: readonly ChosenEvent[] = ['person.added', 'person.changed', 'consent.changed'];

const wanted = z.object({
  event: chosenEvent,
  /** Ids, or keys of kinds of fact; null: all. */
  only: z.array(z.string().min(1).max(64)).min(1).max(50).nullable().default(null),
});
export type Wanted = z.output<typeof wanted>;

const events = z
  .array(wanted)
  .min(1)
  .max(chosenEvents.length)
  .refine((all) => new Set(all.map(({ event }) => event)).size === all.length, 'twice');

export const granteeKinds = ['member', 'team', 'process'] as const;

/** https; http only where the operator has allowed the network. */
const address = z
  .string()
  .trim()
  .max(2000)
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, username, password, hash } = new URL(text);
    return /^https?:$/.test(protocol) && !username && !password && !hash;
  }, 'address');

const endpoint = z.object({
  id,
  name: z.string(),
  url: z.string(),
  events: z.array(wanted),
  /** As whom everything is read that goes out. */
  grantee: z.object({ kind: z.enum([...granteeKinds, 'app']), id, name: z.string() }),
  /** Made by a program through the API. */
  hook: z.boolean(),
  /** `gone`: it answered 410. `ended`: whom it was for is not there any more. */
  state: z.enum(['active', 'paused', 'gone', 'ended']),
  createdBy: z.string(),
  /** The caller made it by hand: they alone change, test and repeat it, since it reads as them. Other admins pause and remove it. */
  mine: z.boolean(),
  createdAt: instant,
  /** Until when the former secret signs, too; null: it does not. */
  formerUntil: instant.nullable(),
  /** Of the last 30 days; 1,000 of what is as many or more. */
  counts: z.object({ waiting: z.number().int(), sent: z.number().int(), dead: z.number().int() }),
  lastSentAt: instant.nullable(),
});
export type Endpoint = z.output<typeof endpoint>;

export const deliveryState = z.enum(['waiting', 'sent', 'dead', 'withheld']);
const delivery = z.object({
  /** The `webhook-id` that the receiver saw. */
  id,
  event: eventName,
  happenedAt: instant,
  state: deliveryState,
  attempts: z.number().int(),
  lastAt: instant.nullable(),
  /** When it is tried again; null: not by itself. */
  nextAt: instant.nullable(),
  /** The last answer; null: there was none, for the reason in `trouble`. */
  status: z.number().int().nullable(),
  trouble: z.string().nullable(),
  tookMs: z.number().int().nullable(),
});
export type Delivery = z.output<typeof delivery>;

/** What is sent, as JSON. */
export const message = z.object({ type: eventName, timestamp: instant, data: z.record(z.string(), z.unknown()) });
export type Message = z.output<typeof message>;

export const listEvents = contract({
  name: 'distribution.listEvents',
  method: 'GET',
  path: '/webhooks/events',
  summary: 'What a webhook can hear of, with a sentence and a sample of each',
  input: nothing,
  output: z.object({
    items: z.array(
      z.object({
        event: chosenEvent,
        /** In the caller's language. */
        sentence: z.string(),
        narrowedBy: z.enum(['book', 'kind', 'segment', 'stage']),
        apps: z.boolean(),
        sample: message,
      }),
    ),
  }),
  access: 'member',
  scope: 'contacts:read',
  apps: true,
});

export const sampleEvent = contract({
  name: 'distribution.sampleEvent',
  method: 'GET',
  path: '/hooks/sample',
  summary: 'Made-up messages of one event, as a subscribed program would get them: for setting up automations',
  input: z.object({ event: chosenEvent }),
  output: z.object({ items: z.array(message) }),
  access: 'member',
  scope: 'contacts:read',
  apps: true,
});

export const listEndpoints = contract({
  name: 'distribution.listEndpoints',
  method: 'GET',
  path: '/webhooks',
  summary: 'All webhooks of the workspace, those that programs made for themselves, too',
  input: nothing,
  output: z.object({ items: z.array(endpoint) }),
  access: 'admin',
  scope: 'workspace:read',
});

const withSecret = z.object({ endpoint, secret: z.string() });
export type WithSecret = z.output<typeof withSecret>;

export const createEndpoint = contract({
  name: 'distribution.createEndpoint',
  method: 'POST',
  path: '/webhooks',
  summary: 'Have events told to an address, as far as the grantee may take along; the signing secret is shown once',
  input: z.object({
    name: z.string().trim().min(1).max(100),
    url: address,
    events,
    granteeKind: z.enum(granteeKinds),
    /** Me, a team of mine, or a use that I run. */
    granteeId: id,
  }),
  output: withSecret,
  access: 'admin',
  scope: 'workspace:write',
  secret: true,
  errors: ['conflict'],
});

export const changeEndpoint = contract({
  name: 'distribution.changeEndpoint',
  method: 'PATCH',
  path: '/webhooks/:endpointId',
  summary: 'Change its name, address or events, if one made it; pause it, or let it go on, as any admin',
  input: z.object({
    endpointId: id,
    name: z.string().trim().min(1).max(100).optional(),
    url: address.optional(),
    events: events.optional(),
    /** Going on takes up one that answered 410, too. */
    paused: z.boolean().optional(),
  }),
  output: endpoint,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict'],
});

export const rotateSecret = contract({
  name: 'distribution.rotateSecret',
  method: 'POST',
  path: '/webhooks/:endpointId/secret',
  summary: 'Give it another secret, shown once; for a day both sign',
  input: z.object({ endpointId: id }),
  output: withSecret,
  access: 'admin',
  scope: 'workspace:write',
  secret: true,
});

export const removeEndpoint = contract({
  name: 'distribution.removeEndpoint',
  method: 'DELETE',
  path: '/webhooks/:endpointId',
  summary: 'Remove it with its log: nothing is sent there any more',
  input: z.object({ endpointId: id }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});

export const testEndpoint = contract({
  name: 'distribution.testEndpoint',
  method: 'POST',
  path: '/webhooks/:endpointId/test',
  summary: 'Send a test message, which stands in the log a moment later',
  input: z.object({ endpointId: id }),
  output: z.object({ deliveryId: id }),
  access: 'admin',
  scope: 'workspace:write',
  rate: 120,
  errors: ['conflict'],
});

export const listDeliveries = contract({
  name: 'distribution.listDeliveries',
  method: 'GET',
  path: '/webhooks/:endpointId/deliveries',
  summary: 'What was sent in the last 30 days, the last attempt first; neither contacts nor what was answered is kept',
  input: z.object({ endpointId: id, state: deliveryState.optional(), ...paging }),
  output: page(delivery),
  access: 'admin',
  scope: 'workspace:read',
});

export const replay = contract({
  name: 'distribution.replay',
  method: 'POST',
  path: '/webhooks/:endpointId/replay',
  summary: 'Send one message again, or all that failed since, under the ids they had',
  input: z
    .object({ endpointId: id, deliveryId: id.optional(), failedSince: instant.optional() })
    .refine((one) => (one.deliveryId === undefined) !== (one.failedSince === undefined), 'one'),
  output: z.object({ count: z.number().int() }),
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict'],
});

export const subscribe = contract({
  name: 'distribution.subscribe',
  method: 'POST',
  path: '/hooks',
  summary:
    'A program subscribes to one event (REST hook), as far as the member or app whose key it shows may take along',
  input: z.object({ url: address, event: chosenEvent, only: wanted.shape.only }),
  output: z.object({ id, secret: z.string() }),
  access: 'member',
  scope: 'contacts:read',
  apps: true,
  secret: true,
  rate: 30,
  errors: ['conflict'],
});

export const listHooks = contract({
  name: 'distribution.listHooks',
  method: 'GET',
  path: '/hooks',
  summary: 'The subscriptions of the caller',
  input: nothing,
  output: z.object({ items: z.array(endpoint) }),
  access: 'member',
  scope: 'contacts:read',
  apps: true,
});

export const unsubscribe = contract({
  name: 'distribution.unsubscribe',
  method: 'DELETE',
  path: '/hooks/:endpointId',
  summary: 'End a subscription of the caller',
  input: z.object({ endpointId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:read',
  apps: true,
});
