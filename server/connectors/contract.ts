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
  /** They open its contacts, but not its deals. */
  'deals_forbidden',
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
  /** The account was closed to us, there or by time: its member has to open it again. */
  'authorisation_ended',
  /** The service does not know the company's program (any more), or bars it: an admin has to see to it. */
  'client_refused',
  /** It is another account than before. */
  'other_account',
  /** Another connection of the same member's reads it already. */
  'already_connected',
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

/** Services whose accounts are opened by their own page (OAuth 2.0). */
export const provider = z.enum(['google', 'microsoft']);
export type Provider = z.output<typeof provider>;

/** Who sees, beside its owner, what is made of a deal. */
const dealsVisibility = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('owner') }),
  z.object({ kind: z.literal('team'), teamId: id }),
  z.object({ kind: z.literal('workspace') }),
]);
export const deals = z.object({
  visibility: dealsVisibility,
  /** Of amounts that come without one. */
  currency: z.string().regex(/^[A-Z]{3}$/),
});

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
  /** Its deals come too, as opportunities; null: they do not. */
  deals: deals.nullable(),
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

const kindOffered = z.object({
  kind: z.string(),
  writes: z.boolean(),
  ofCompany: z.boolean(),
  /** It has deals, which can be read beside its contacts. */
  deals: z.boolean(),
  /** Whose page opens the account (see `connectors.beginAuthorisation`); null: a password does, or nothing is asked. */
  opens: provider.nullable(),
});

const entered = {
  kind: z.string().max(50),
  /** As the kind's own schema says; see the guide. Of an account that was opened by its service's page, `{}` and `{ authorisation: id }`. */
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
  output: z.object({ items: z.array(kindOffered) }),
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
    /** Its deals come too, as opportunities of mine. */
    deals: deals.nullable().default(null),
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

/** Where services lead browsers back to, below the address of the installation. */
export const returnPath = '/connection-return';
/** Why a browser that came back brought no account; sentences stand in the catalogues under `connections.refused.<code>`. */
export const refusedCode = z.enum(['denied', 'expired', 'not_allowed', 'other_account', 'client_refused', 'failed']);
export type RefusedCode = z.output<typeof refusedCode>;

export const beginAuthorisation = contract({
  name: 'connectors.beginAuthorisation',
  method: 'POST',
  path: '/connection-authorisations',
  summary: 'Where to send my browser so that a service opens my account; it comes back within ten minutes, once',
  input: z.object({
    kind: z.string().max(50),
    /** Mine, that is to be opened again. */
    connectionId: id.optional(),
  }),
  output: z.object({ url: z.string() }),
  ...writing,
  rate: 20,
  secret: true,
});

export const oauthClient = z.object({
  provider,
  clientId: z.string(),
  /** Microsoft: whose accounts are let in; null: anybody's. */
  tenant: z.string().nullable(),
  changedAt: instant,
});
export type OauthClient = z.output<typeof oauthClient>;

const administering = { access: 'admin', scope: 'workspace:write' } as const;

export const listOauthClients = contract({
  name: 'connectors.listOauthClients',
  method: 'GET',
  path: '/oauth-clients',
  summary: 'By which ids the company is known to services whose accounts are opened by their own page',
  input: nothing,
  output: z.object({
    /** What the service has to be told: where it may lead browsers back to. */
    redirect: z.string(),
    items: z.array(oauthClient),
  }),
  access: 'admin',
  scope: 'workspace:read',
});
export const setOauthClient = contract({
  name: 'connectors.setOauthClient',
  method: 'PUT',
  path: '/oauth-clients/:provider',
  summary: 'Enter the id and secret that a service gave the company; connections that waited for them go on',
  input: z.object({
    provider,
    clientId: z.string().trim().min(1).max(300),
    /** Absent: the one that is kept stays. */
    clientSecret: z.string().trim().min(1).max(500).optional(),
    /** Microsoft: a directory's id or domain; absent: accounts of any, and private ones. */
    tenant: z
      .string()
      .trim()
      .max(100)
      .regex(/^[A-Za-z0-9][A-Za-z0-9.-]*$/)
      .optional(),
  }),
  output: oauthClient,
  ...administering,
});
export const removeOauthClient = contract({
  name: 'connectors.removeOauthClient',
  method: 'DELETE',
  path: '/oauth-clients/:provider',
  summary: 'Forget them; connections of that service come to rest',
  input: z.object({ provider }),
  output: nothing,
  ...administering,
});
