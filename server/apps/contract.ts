import { z } from 'zod';
import { person } from '../cards/contract.ts';
import { act, channel, fieldGroup, purpose } from '../delegation/contract.ts';
import { apiKey, appKeyScope, appScope } from '../identity/contract.ts';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';

/** What stands behind `request=` on the consent page: the signed question of the authorization server. */
const request = z.string().min(1).max(8000);

export const getRequest = contract({
  name: 'apps.getRequest',
  method: 'GET',
  path: '/apps/request',
  summary: 'Which program asks to be authorised, for what, and where it would lead back to',
  input: z.object({ request }),
  output: z.object({
    name: z.string(),
    /** Where the browser goes afterwards. */
    host: z.string(),
    scopes: z.array(appScope),
    /** It registered itself: no admin knows it. */
    selfRegistered: z.boolean(),
    /** My books that it may use already. */
    bookIds: z.array(id),
  }),
  access: 'member',
});

const lent = {
  bookIds: z.array(id).min(1).max(200),
  acts: z.array(act).min(1).max(5),
  except: z.array(fieldGroup).max(20).default([]),
  endsAt: instant.nullable().default(null),
};

export const authorise = contract({
  name: 'apps.authorise',
  method: 'POST',
  path: '/apps/authorise',
  summary: 'Authorise a program: it may do this with these books of mine, and with nothing else of them from now on',
  input: z.object({
    request,
    ...lent,
    /** Those of the verbs it asks for that it gets; left out: all. */
    scopes: z.array(appScope).optional(),
    purposes: z.array(purpose).max(10).default([]),
    channels: z.array(channel).max(10).default([]),
  }),
  /** Where the browser goes, with the code for the program. */
  output: z.object({ url: z.string() }),
  access: 'member',
  secret: true,
  errors: ['link_expired'],
});
export const decline = contract({
  name: 'apps.decline',
  method: 'POST',
  path: '/apps/decline',
  summary: 'Tell a program no',
  input: z.object({ request }),
  output: z.object({ url: z.string() }),
  access: 'member',
  secret: true,
  errors: ['link_expired'],
});

export const app = z.object({
  id,
  kind: z.enum(['oauth', 'key']),
  name: z.string(),
  /** Who authorised it. */
  member: z.object({ id, name: z.string() }),
  scopes: z.array(z.string()),
  since: instant,
});
export type App = z.output<typeof app>;

export const listApps = contract({
  name: 'apps.listApps',
  method: 'GET',
  path: '/apps',
  summary: 'The programs that members of the company have authorised, and my keys for some of my books',
  input: nothing,
  output: z.object({ items: z.array(app) }),
  access: 'member',
});
export const endApp = contract({
  name: 'apps.endApp',
  method: 'DELETE',
  path: '/apps/:appId',
  summary:
    'End an app, mine or (admins) anybody’s: its tokens open nothing from the next request on, and its grants end',
  input: z.object({ appId: id }),
  output: nothing,
  access: 'member',
});

export const client = z.object({
  id: z.string(),
  name: z.string(),
  redirectUris: z.array(z.string()),
  scopes: z.array(z.string()),
  confidential: z.boolean(),
  createdAt: instant,
});
export const listClients = contract({
  name: 'apps.listClients',
  method: 'GET',
  path: '/apps/clients',
  summary: 'The programs that are registered here',
  input: nothing,
  output: z.object({ items: z.array(client) }),
  access: 'admin',
});
const redirectUri = z
  .string()
  .max(500)
  .refine(
    (text) =>
      /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/])/.test(text) &&
      !text.includes('#') &&
      URL.canParse(text),
    {
      message: 'https',
    },
  );
export const registerClient = contract({
  name: 'apps.registerClient',
  method: 'POST',
  path: '/apps/clients',
  summary: 'Register a program, so that members can authorise it; its secret is shown once',
  input: z.object({
    name: z.string().trim().min(1).max(100),
    redirectUris: z.array(redirectUri).min(1).max(10),
    scopes: z.array(appScope).min(1),
    /** It runs on a server and can keep a secret. */
    confidential: z.boolean(),
  }),
  output: z.object({ clientId: z.string(), secret: z.string().nullable() }),
  access: 'admin',
  secret: true,
});
export const endClient = contract({
  name: 'apps.endClient',
  method: 'DELETE',
  path: '/apps/clients/:clientId',
  summary: 'End a program: nobody can authorise it any more, and all its apps end',
  input: z.object({ clientId: z.string().max(200) }),
  output: nothing,
  access: 'admin',
});

const settings = z.object({
  /** Programs may register themselves (RFC 7591); members still decide about their contacts. */
  selfRegistration: z.boolean(),
  /** Sites that may show the panel of a person in a frame. */
  embedOrigins: z.array(z.string().regex(/^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/i)).max(50),
});
export const getSettings = contract({
  name: 'apps.getSettings',
  method: 'GET',
  path: '/apps/settings',
  summary: 'What the company allows apps',
  input: nothing,
  output: settings,
  access: 'admin',
});
export const changeSettings = contract({
  name: 'apps.changeSettings',
  method: 'PUT',
  path: '/apps/settings',
  summary: 'Change what the company allows apps',
  input: settings,
  output: settings,
  access: 'admin',
});

export const createKey = contract({
  name: 'apps.createKey',
  method: 'POST',
  path: '/apps/keys',
  summary: 'An API key for some of my books only, which grants lend to it; shown once',
  input: z.object({
    name: z.string().trim().min(1).max(100),
    scopes: z.array(appKeyScope).min(1),
    ...lent,
    expiresInDays: z.number().int().min(1).max(730).optional(),
  }),
  output: z.object({ apiKey, key: z.string() }),
  access: 'member',
  secret: true,
});

export const factKind = z.enum([
  'received',
  'subscribed',
  'unsubscribed',
  'opened_ticket',
  'closed_ticket',
  'bought',
  'attended',
  'registered',
  'replied',
  'note',
]);
const money = z.object({
  /** In hundredths of the currency. */
  cents: z
    .number()
    .int()
    .min(-(10 ** 12))
    .max(10 ** 12),
  /** ISO 4217. */
  currency: z.string().regex(/^[A-Z]{3}$/),
});
const factInput = z.object({
  /** The app's own id of it: reported twice, it stands once, as it was said last. */
  externalId: z.string().min(1).max(200),
  /** Of whom: an address, a number, or a card. */
  email: z.string().max(320).optional(),
  phone: z.string().max(50).optional(),
  cardId: id.optional(),
  kind: factKind,
  at: instant,
  title: z.string().trim().min(1).max(200),
  url: z
    .string()
    .max(1000)
    .regex(/^https?:\/\/\S+$/)
    .refine((text) => URL.canParse(text))
    .optional(),
  amount: money.optional(),
});
export type FactInput = z.output<typeof factInput>;
export const reportFacts = contract({
  name: 'apps.reportFacts',
  method: 'POST',
  path: '/facts',
  summary:
    'An app says what happened with contacts that it may read; of others it learns nothing, not even that they are here',
  input: z.object({ facts: z.array(factInput).min(1).max(500) }),
  output: z.object({ items: z.array(z.object({ externalId: z.string(), kept: z.boolean() })) }),
  access: 'member',
  scope: 'facts:write',
  apps: true,
  rate: 120,
});
export const fact = z.object({
  id,
  kind: factKind,
  title: z.string(),
  url: z.string().nullable(),
  amount: money.nullable(),
  at: instant,
  app: z.string(),
  /** It hangs on a card of mine: I may delete it. */
  mine: z.boolean(),
});
export type Fact = z.output<typeof fact>;
export const listFacts = contract({
  name: 'apps.listFacts',
  method: 'GET',
  path: '/people/:personId/facts',
  summary: 'What apps say of a person, newest first',
  input: z.object({ personId: id, ...paging }),
  output: page(fact),
  access: 'member',
  scope: 'contacts:read',
  apps: true,
});
export const deleteFact = contract({
  name: 'apps.deleteFact',
  method: 'DELETE',
  path: '/people/:personId/facts/:factId',
  summary: 'Delete what an app said of cards of mine',
  input: z.object({ personId: id, factId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

export const lookUp = contract({
  name: 'apps.lookUp',
  method: 'GET',
  path: '/people/lookup',
  summary: 'The person behind an address or a number, as I may see them; for mailbox add-ons',
  input: z.object({ email: z.string().max(320).optional(), phone: z.string().max(50).optional() }),
  output: person,
  access: 'member',
  scope: 'contacts:read',
  apps: true,
  rate: 120,
});

export const listContactable = contract({
  name: 'apps.listContactable',
  method: 'GET',
  path: '/apps/contactable',
  summary:
    'The e-mail addresses that are lent to this app to be written to for a purpose and that the gate would let through; a page may hold fewer than asked, `next` says whether more follow',
  input: z.object({ purpose, ...paging }),
  output: page(
    z.object({
      cardId: id,
      name: z.string(),
      email: z.string(),
      /** `given`: the contact agreed; `unknown`: nothing is known. */
      consent: z.enum(['given', 'unknown']),
    }),
  ),
  access: 'member',
  scope: 'contacts:contact',
  apps: true,
  rate: 120,
});
