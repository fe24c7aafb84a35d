import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';

/** Which details can go along; the rest stays here. */
export const sentFields = [
  'name',
  'organization',
  'title',
  'email',
  'phone',
  'address',
  'url',
  'birthday',
  'categories',
] as const;
export const sentField = z.enum(sentFields);
export type SentField = z.output<typeof sentField>;

export const destinationKinds = ['http', 'sftp', 's3', 'carddav', 'brevo', 'mailchimp'] as const;
export const destinationKind = z.enum(destinationKinds);
export type DestinationKind = z.output<typeof destinationKind>;

export const granteeKinds = ['member', 'team', 'process'] as const;

/** Why a destination is not reached, beside what connections know (`connections.problem.<code>`). */
export const ownTroubles = ['segment_gone', 'host_changed'] as const;

export const runCounts = z.object({
  added: z.number().int(),
  changed: z.number().int(),
  /** Taken away there: who left the segment, was withdrawn, erased, or objected. */
  removed: z.number().int(),
  /** Not taken there. */
  refused: z.number().int(),
});

const destination = z.object({
  id,
  name: z.string(),
  kind: destinationKind,
  /** What was entered, without its secrets. */
  settings: z.record(z.string(), z.unknown()),
  /** As whom everything is read that goes there. */
  grantee: z.object({ kind: z.enum(granteeKinds), id, name: z.string() }),
  segment: z.object({ id, name: z.string() }),
  fields: z.array(sentField),
  everyMinutes: z.number().int(),
  /**
   * `draft`: not started, or changed since: a dry run comes first. `failing`: often in vain, tried once a day. `ending`: what was sent is being
   * taken back. `ended`: whom it was for is not there any more.
   */
  state: z.enum(['draft', 'active', 'paused', 'failing', 'ending', 'ended']),
  version: z.number().int(),
  createdBy: z.string(),
  /** The caller made it: they alone change, try and start it, since it reads as them. Other admins pause and remove it. */
  mine: z.boolean(),
  createdAt: instant,
  running: z.boolean(),
  nextAt: instant.nullable(),
  succeededAt: instant.nullable(),
  /** In a row, the last one included. */
  failures: z.number().int(),
  /** Why the last run came to no good end: a code of connections, or of `ownTroubles`; null: it did not. */
  trouble: z.string().nullable(),
  /** How many contacts stand there, how many it did not take, and of how many a crash or silence hid whether they arrived. */
  counts: z.object({ there: z.number().int(), refused: z.number().int(), doubtful: z.number().int() }),
});
export type Destination = z.output<typeof destination>;

/** One contact as it would leave. */
const example = z.object({ change: z.enum(['added', 'changed']), cells: z.array(z.tuple([z.string(), z.string()])) });

const preview = z.object({
  version: z.number().int(),
  added: z.number().int(),
  changed: z.number().int(),
  removed: z.number().int(),
  unchanged: z.number().int(),
  /** In the segment as the grantee sees it, and lent by nobody to be taken along. */
  leftOut: z.number().int(),
  /** They may go along, and cannot be kept there: without an address, or having objected to mails. */
  unfit: z.number().int(),
  examples: z.array(example).max(6),
});
export type Preview = z.output<typeof preview>;

const name = z.string().trim().min(1).max(100);
const fields = z
  .array(sentField)
  .min(1)
  .max(sentFields.length)
  .transform((all) => sentFields.filter((one) => all.includes(one)));
const everyMinutes = z.number().int().min(5).max(10_080);
const entered = z.record(z.string(), z.unknown());

export const listDestinations = contract({
  name: 'destinations.list',
  method: 'GET',
  path: '/destinations',
  summary: 'All destinations of the workspace, with their health',
  input: nothing,
  output: z.object({ items: z.array(destination) }),
  access: 'admin',
  scope: 'workspace:read',
});

export const createDestination = contract({
  name: 'destinations.create',
  method: 'POST',
  path: '/destinations',
  summary:
    'Name a program that is to hold the people of a segment; it is tried, and nothing leaves until it is started after a dry run',
  input: z.object({
    name,
    kind: destinationKind,
    /** As the kind's own schema says; see the guide. */
    settings: entered.default({}),
    secret: entered.default({}),
    segmentId: id,
    fields,
    everyMinutes: everyMinutes.default(60),
    granteeKind: z.enum(granteeKinds),
    /** Me, a team of mine, or a use that I run. */
    granteeId: id,
  }),
  output: z.object({
    destination,
    /** By which a program of one's own knows that messages come from here (Standard Webhooks), shown once; null for other kinds. */
    secret: z.string().nullable(),
  }),
  access: 'admin',
  scope: 'workspace:write',
  secret: true,
  errors: ['conflict', 'connection_failed'],
});

export const changeDestination = contract({
  name: 'destinations.change',
  method: 'PATCH',
  path: '/destinations/:destinationId',
  summary:
    'Change it, if one made it: with another segment, other details or another place nothing is added there until it is started again after a dry run; pause it, or let it go on, as any admin',
  input: z.object({
    destinationId: id,
    name: name.optional(),
    settings: entered.optional(),
    /** Asked for with other settings; alone, it replaces the one that holds. */
    secret: entered.optional(),
    segmentId: id.optional(),
    fields: fields.optional(),
    everyMinutes: everyMinutes.optional(),
    paused: z.boolean().optional(),
  }),
  output: destination,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict', 'connection_failed'],
});

export const previewDestination = contract({
  name: 'destinations.preview',
  method: 'POST',
  path: '/destinations/:destinationId/preview',
  summary: 'A dry run: what would be added, changed and removed there now, with examples; nothing leaves',
  input: z.object({ destinationId: id }),
  output: preview,
  access: 'admin',
  scope: 'workspace:read',
  rate: 30,
  errors: ['conflict'],
});

export const startDestination = contract({
  name: 'destinations.start',
  method: 'POST',
  path: '/destinations/:destinationId/start',
  summary: 'Let it send, as the dry run of this version has shown',
  input: z.object({ destinationId: id, version: z.number().int() }),
  output: destination,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict', 'not_as_shown'],
});

export const sendNow = contract({
  name: 'destinations.sendNow',
  method: 'POST',
  path: '/destinations/:destinationId/send',
  summary: 'Send what has changed now, and not when it is due',
  input: z.object({ destinationId: id }),
  output: destination,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict'],
});

export const removeDestination = contract({
  name: 'destinations.remove',
  method: 'DELETE',
  path: '/destinations/:destinationId',
  summary: 'Remove it: what was sent there is taken back first, or stays there without anybody seeing to it',
  input: z.object({ destinationId: id, takeBack: z.stringbool().default(true) }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});

export const listRuns = contract({
  name: 'destinations.listRuns',
  method: 'GET',
  path: '/destinations/:destinationId/runs',
  summary: 'The last 50 runs of 30 days, with what they counted',
  input: z.object({ destinationId: id }),
  output: z.object({
    items: z.array(
      z.object({
        id,
        startedAt: instant,
        endedAt: instant.nullable(),
        /** `ok`, `interrupted`, or why it came to no good end; null while it runs. */
        outcome: z.string().nullable(),
        counts: runCounts,
      }),
    ),
  }),
  access: 'admin',
  scope: 'workspace:read',
});
