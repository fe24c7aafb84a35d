import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';

/** Why a connection does not work; sentences stand in the catalogues under `connections.problem.<code>`. */
export const problemCode = z.enum([
  /** Nobody answers there, or the answer breaks off. */
  'unreachable',
  'timeout',
  /** The service says that it is at fault itself. */
  'server_error',
  /** It asks to come back later. */
  'busy',
  /** It answers something else than it should. */
  'malformed',
  'too_large',
  /** The address leads into a network that is not the internet. */
  'private_network',
  'not_encrypted',
  'certificate',
  'bad_address',
  /** Name and password, or the token, do not open it (any more). */
  'refused',
  /** They open it, but not for this. */
  'forbidden',
  /** What was chosen there is there no more. */
  'place_gone',
  /** It leads on to an address of somebody else, which was given no password. */
  'elsewhere',
  /** What is there holds no contacts. */
  'no_contacts',
  /** The database does not take the query, or its result has no such key column. */
  'bad_query',
  /** The book here is there no more, or no more its member's. */
  'book_gone',
  /** Many contacts were removed here: whether they go there too, its member has to say. */
  'many_removed',
  /** A fault of ours. */
  'internal',
]);
export type ProblemCode = z.output<typeof problemCode>;

/** What a service has to choose from: an address book, a folder. */
export const place = z.object({
  id: z.string().max(2000),
  name: z.string().max(500),
  /** Whether the account may write there. */
  writable: z.boolean(),
});
export type Place = z.output<typeof place>;

export const connectionState = z.enum(['ok', 'retrying', 'paused', 'attention']);

/** Numbers of one synchronisation, each left out where it is 0. */
export const runCounts = z.record(z.string(), z.number().int());

export const connection = z.object({
  id,
  kind: z.string(),
  name: z.string(),
  /** What was entered, without its secrets. */
  settings: z.record(z.string(), z.unknown()),
  place: z.object({ id: z.string(), name: z.string() }),
  sourceId: id,
  bookId: id,
  twoWay: z.boolean(),
  state: connectionState,
  problem: problemCode.nullable(),
  /** A synchronisation is under way, or about to be. */
  running: z.boolean(),
  /** Cards that came from it and are in sight. */
  cards: z.number().int(),
  syncedAt: instant.nullable(),
  /** When the next one is due; null where none is. */
  nextAt: instant.nullable(),
  createdAt: instant,
});
export type Connection = z.output<typeof connection>;

export const connectionRun = z.object({
  id,
  startedAt: instant,
  endedAt: instant.nullable(),
  /** `ok`, `interrupted`, or why it came to no good end; null while it runs. */
  outcome: z.union([problemCode, z.enum(['ok', 'interrupted'])]).nullable(),
  counts: runCounts,
});
export type ConnectionRun = z.output<typeof connectionRun>;

const entered = {
  kind: z.string().max(50),
  /** As the kind's own schema says; see the guide. */
  settings: z.record(z.string(), z.unknown()).default({}),
  secret: z.record(z.string(), z.unknown()).default({}),
};
const own = { connectionId: id };
const reading = { access: 'member', scope: 'contacts:read' } as const;
const writing = { access: 'member', scope: 'imports:write' } as const;

export const listKinds = contract({
  name: 'connectors.listKinds',
  method: 'GET',
  path: '/connection-kinds',
  summary: 'The kinds of service that I can connect on this installation',
  input: nothing,
  output: z.object({ items: z.array(z.object({ kind: z.string(), writes: z.boolean(), ofCompany: z.boolean() })) }),
  ...reading,
});
export const listPlaces = contract({
  name: 'connectors.listPlaces',
  method: 'POST',
  path: '/connection-places',
  summary: 'Try an account and see what there is to connect; nothing is kept',
  input: z.object(entered),
  output: z.object({ items: z.array(place) }),
  ...writing,
  rate: 20,
  errors: ['connection_failed'],
});
export const addConnection = contract({
  name: 'connectors.addConnection',
  method: 'POST',
  path: '/connections',
  summary: 'Connect an account: its contacts come into one of my books, now and from now on',
  input: z.object({
    ...entered,
    name: z.string().trim().min(1).max(200),
    place: z.string().max(2000),
    bookId: id,
    /** What changes here is written there. */
    twoWay: z.boolean().default(false),
  }),
  output: connection,
  ...writing,
  rate: 20,
  errors: ['connection_failed'],
});
export const listConnections = contract({
  name: 'connectors.listConnections',
  method: 'GET',
  path: '/connections',
  summary: 'My connections and how they fare',
  input: nothing,
  output: z.object({ items: z.array(connection) }),
  ...reading,
});
export const getConnection = contract({
  name: 'connectors.getConnection',
  method: 'GET',
  path: '/connections/:connectionId',
  summary: 'A connection of mine with its last hundred synchronisations, newest first',
  input: z.object(own),
  output: connection.extend({ runs: z.array(connectionRun) }),
  ...reading,
});
export const renewConnection = contract({
  name: 'connectors.renewConnection',
  method: 'POST',
  path: '/connections/:connectionId/renew',
  summary: 'Give a connection a new password; it is tried first',
  input: z.object({ ...own, secret: z.record(z.string(), z.unknown()) }),
  output: connection,
  ...writing,
  rate: 20,
  errors: ['connection_failed'],
});
export const syncConnection = contract({
  name: 'connectors.syncConnection',
  method: 'POST',
  path: '/connections/:connectionId/sync',
  summary: 'Synchronise now; one that was paused goes on',
  input: z.object({
    ...own,
    /** However many I have removed here, they may be deleted there. */
    removals: z.boolean().default(false),
  }),
  output: connection,
  ...writing,
});
export const pauseConnection = contract({
  name: 'connectors.pauseConnection',
  method: 'POST',
  path: '/connections/:connectionId/pause',
  summary: 'Leave it alone until I say otherwise; what is under way ends with its batch',
  input: z.object(own),
  output: connection,
  ...writing,
});
export const endConnection = contract({
  name: 'connectors.endConnection',
  method: 'POST',
  path: '/connections/:connectionId/end',
  summary: 'Disconnect; its cards stay, or go out of sight for 30 days. Nothing changes at the service.',
  input: z.object({ ...own, cards: z.enum(['stay', 'remove']) }),
  output: nothing,
  ...writing,
});
