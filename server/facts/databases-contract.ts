import { z } from 'zod';
import { contract, id, instant } from '../kernel/contract.ts';
import { refusals } from './contract.ts';

/** PostgreSQL; MySQL and MariaDB, which speak alike. */
const engines = ['postgresql', 'mysql'] as const;

const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .refine((text) => !text.includes('\u0000'), 'text');

/** The name of a column of the result; empty: none. */
const column = line(100);

/** Which column of a row says what. */
const columns = z.object({
  /** What names the row for ever: told again, it stands once. */
  externalId: column.min(1),
  at: column.min(1),
  /** Which kind it is: one for all, or the column that names it. */
  kind: z.object({ fixed: z.string().max(40).default(''), column: column.default('') }),
  email: column.default(''),
  phone: column.default(''),
  customerId: column.default(''),
  amount: column.default(''),
  currency: z.object({ fixed: z.string().max(3).default(''), column: column.default('') }),
  /** The source holds their agreement to be followed. */
  consent: column.default(''),
  /** By the key of a field of the kind. */
  props: z.record(z.string().max(40), column).refine((all) => Object.keys(all).length <= 50, 'many'),
});

/** A database of the company's, and how its rows are read as facts. */
const databaseSettings = z
  .object({
    engine: z.enum(engines),
    /** A host, and its port where that is another than the usual. */
    address: line(500).min(1),
    database: line(200).min(1),
    username: line(200).min(1),
    /** One SELECT; `:since` in it stands for where reading begins, bound as a parameter. */
    query: line(20_000)
      .min(1)
      .refine((text) => /(?<!:):since\b/.test(text), 'since'),
    /** By which rows are known to be newer: a column of the result. */
    order: z.object({ column: column.min(1), type: z.enum(['time', 'number']) }),
    columns,
    /** Whose customer numbers these are. */
    customerSystem: z
      .string()
      .max(41)
      .regex(/^(?:[a-z0-9][a-z0-9_.-]{0,40})?$/)
      .default(''),
    /** Of times without one. */
    zone: line(60).min(1).default('Europe/Paris'),
    /** Minutes between two readings. */
    every: z.number().int().min(5).max(1440).default(60),
  })
  .refine(({ columns: { email, phone, customerId } }) => email || phone || customerId, {
    path: ['columns', 'email'],
    message: 'required',
  })
  .refine(({ columns: { customerId }, customerSystem }) => !customerId || customerSystem, {
    path: ['customerSystem'],
    message: 'required',
  });
export type DatabaseSettings = z.output<typeof databaseSettings>;

const report = z.object({
  kept: z.number().int(),
  changed: z.number().int(),
  unchanged: z.number().int(),
  counted: z.number().int(),
  refused: z.number().int(),
});
export type DatabaseReport = z.output<typeof report>;

/** How a database is set up, and how reading it goes. */
export const databaseState = z.object({
  settings: databaseSettings,
  state: z.enum(['ok', 'retrying', 'attention', 'paused']),
  /** A code of `connections.problem.…`. */
  problem: z.string().nullable(),
  running: z.boolean(),
  readAt: instant.nullable(),
  nextAt: instant.nullable(),
  /** Of the last reading. */
  report: report.nullable(),
});
export type DatabaseState = z.output<typeof databaseState>;

const password = z.string().min(1).max(2000);
const name = line(80).min(1);

export const tryDatabase = contract({
  name: 'facts.tryDatabase',
  method: 'POST',
  path: '/fact-databases/try',
  summary: 'Ask a database for its first rows, and say what they are read as, or why not; nothing is kept',
  input: z.object({
    settings: databaseSettings,
    /** Of one that is set up, and stays where it is, the password that is kept will do. */
    password: password.optional(),
    sourceId: id.optional(),
  }),
  output: z.object({
    columns: z.array(z.string()),
    /** Columns that the settings name and the result does not have: nothing can be read then. */
    missing: z.array(z.string()),
    rows: z.array(
      z.object({
        cells: z.array(z.string().nullable()),
        fact: z.record(z.string(), z.unknown()),
        /** Null: it would be kept. */
        problem: z.object({ code: z.enum(refusals), field: z.string(), message: z.string() }).nullable(),
      }),
    ),
  }),
  access: 'admin',
  scope: 'workspace:write',
  errors: ['connection_failed'],
});
export type DatabaseTrial = z.output<(typeof tryDatabase)['output']>;

export const addDatabase = contract({
  name: 'facts.addDatabase',
  method: 'POST',
  path: '/fact-databases',
  summary: 'Read facts from a database of the company, now and again and again; its password is kept sealed',
  input: z.object({ name, settings: databaseSettings, password }),
  output: z.object({ id }),
  access: 'admin',
  scope: 'workspace:write',
});

export const updateDatabase = contract({
  name: 'facts.updateDatabase',
  method: 'PATCH',
  path: '/fact-databases/:sourceId',
  summary: 'Change how a database is read, pause it, take it up again, or end it; what it told stays',
  input: z.object({
    sourceId: id,
    name: name.optional(),
    settings: databaseSettings.optional(),
    password: password.optional(),
    paused: z.boolean().optional(),
    ended: z.boolean().optional(),
  }),
  output: z.object({}),
  access: 'admin',
  scope: 'workspace:write',
});

export const readDatabase = contract({
  name: 'facts.readDatabase',
  method: 'POST',
  path: '/fact-databases/:sourceId/read',
  summary: 'Read a database now, from where the last reading ended, or from its beginning',
  input: z.object({ sourceId: id, again: z.boolean().default(false) }),
  output: z.object({}),
  access: 'admin',
  scope: 'workspace:write',
});
