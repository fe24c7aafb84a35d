import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';

/** For whom: a member alone, a team, a named use. */
export const granteeKinds = ['member', 'team', 'process'] as const;

export const tableNames = [
  'persons',
  'organisations',
  'ties',
  'segments',
  'segment_members',
  'facts',
  'conversations',
  'voices',
  'fills',
] as const;
export type TableName = (typeof tableNames)[number];

const access = z.object({
  id,
  name: z.string(),
  grantee: z.object({ kind: z.enum(granteeKinds), id, name: z.string() }),
  /** The login and the schema that are its own. */
  login: z.string(),
  schema: z.string(),
  createdBy: z.string(),
  createdAt: instant,
  passwordAt: instant,
  endsAt: instant,
  /** Null: it has not been filled yet. */
  filledAt: instant.nullable(),
  /** Rows of all its tables together. */
  rows: z.number().int(),
  /** I made it: I alone may renew its password. */
  mine: z.boolean(),
});
export type Access = z.output<typeof access>;

/** Where BI programs connect. */
const place = z.object({
  /** Null: no port is open for them yet; the operator opens one. */
  host: z.string().nullable(),
  port: z.number().int(),
  database: z.string(),
});

export const listAccesses = contract({
  name: 'bi.listAccesses',
  method: 'GET',
  path: '/bi/accesses',
  summary: 'Logins for BI programs: my own and those of my teams and uses; of the whole workspace for admins',
  input: nothing,
  output: z.object({ items: z.array(access), place }),
  access: 'member',
  scope: 'workspace:read',
});

const withPassword = z.object({ access, password: z.string(), place });
export type WithPassword = z.output<typeof withPassword>;

export const createAccess = contract({
  name: 'bi.createAccess',
  method: 'POST',
  path: '/bi/accesses',
  summary:
    'Make a login and a schema for a BI program, filled with what the grantee may take along; its password is shown once',
  input: z.object({
    name: z.string().trim().min(1).max(100),
    granteeKind: z.enum(granteeKinds),
    /** Me, a team of mine, or a use that I run. */
    granteeId: id,
    /** Days until it ends by itself. */
    days: z.number().int().min(1).max(730).default(365),
  }),
  output: withPassword,
  access: 'member',
  scope: 'workspace:write',
  secret: true,
  errors: ['conflict'],
});

export const renewPassword = contract({
  name: 'bi.renewPassword',
  method: 'POST',
  path: '/bi/accesses/:accessId/password',
  summary: 'Give the login another password, shown once; who is connected by the old one is cut off',
  input: z.object({ accessId: id }),
  output: withPassword,
  access: 'member',
  scope: 'workspace:write',
  secret: true,
});

export const endAccess = contract({
  name: 'bi.endAccess',
  method: 'DELETE',
  path: '/bi/accesses/:accessId',
  summary: 'End it: the login is gone, and all its tables with it',
  input: z.object({ accessId: id }),
  output: nothing,
  access: 'member',
  scope: 'workspace:write',
});

export const fillAccess = contract({
  name: 'bi.fillAccess',
  method: 'POST',
  path: '/bi/accesses/:accessId/fill',
  summary: 'Fill its tables anew, now',
  input: z.object({ accessId: id }),
  output: z.object({ filledAt: instant.nullable(), rows: z.number().int() }),
  access: 'member',
  scope: 'workspace:write',
  rate: 20,
});

export const seeAccess = contract({
  name: 'bi.seeAccess',
  method: 'GET',
  path: '/bi/accesses/:accessId/seen',
  summary: 'What its program sees: each table with its columns and how many rows, and the first persons in it',
  input: z.object({ accessId: id }),
  output: z.object({
    tables: z.array(
      z.object({
        name: z.enum(tableNames),
        meaning: z.string(),
        rows: z.number().int(),
        columns: z.array(z.object({ name: z.string(), type: z.string(), meaning: z.string() })),
      }),
    ),
    sample: z.array(z.object({ id, name: z.string(), organisation: z.string().nullable() })),
  }),
  access: 'member',
  scope: 'workspace:read',
});
