import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';
import { refusals } from './contract.ts';

/** What a column of a file is; `prop:` before the key of a field of the kind. */
export const columnTargets = [
  'externalId',
  'at',
  'kind',
  'email',
  'phone',
  'customerId',
  'amount',
  'currency',
  'consent',
] as const;
const target = z
  .string()
  .regex(/^(?:|externalId|at|kind|email|phone|customerId|amount|currency|consent|prop:[a-z][a-z0-9_]{0,39})$/);

/** How a file is read. */
const options = z.object({
  /** One for each column; empty: it is left out. Without it, guessed by their names. */
  targets: z.array(target).max(300).optional(),
  /** Of what kind all are, where no column says it. */
  kind: z.string().max(40).default('order'),
  /** By which name the system that numbers customers is known here. */
  system: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_.-]{0,40}$/)
    .default('file'),
  /** Where no column says it. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('EUR'),
  /** 03/04/2026 is the third of April. */
  dayFirst: z.boolean().default(true),
  /** IANA name of the zone in which times without an offset are. */
  zone: z
    .string()
    .regex(/^[A-Za-z_+-]+(?:\/[A-Za-z0-9_+-]+){0,2}$/)
    .default('Europe/Paris'),
});
export type ImportOptions = z.output<typeof options>;

/** A line that is not taken, and why. */
const problem = z.object({ line: z.number().int(), code: z.enum(refusals), field: z.string(), message: z.string() });
export type ImportProblem = Omit<z.output<typeof problem>, 'message'>;

/** `POST ?fileName=…` with the octets: CSV, TSV, XLSX; packed with gzip or not. */
export const importsPath = '/fact-imports';
export const mostFile = 50 * 2 ** 20;

const record = z.object({
  id,
  fileName: z.string(),
  state: z.enum(['ready', 'queued', 'done', 'failed', 'undone']),
  report: z
    .object({
      kept: z.number().int(),
      changed: z.number().int(),
      unchanged: z.number().int(),
      refused: z.number().int(),
    })
    .nullable(),
  problems: z.array(problem),
  createdAt: instant,
  undoableUntil: instant.nullable(),
});
export type FactImport = z.output<typeof record>;

export const previewImport = contract({
  name: 'facts.previewImport',
  method: 'POST',
  path: '/fact-imports/:importId/preview',
  summary:
    'What is understood of a file, before anything is brought in: its columns, its first lines, and what would be refused',
  input: z.object({ importId: id, ...options.shape }),
  output: z.object({
    columns: z.array(z.object({ header: z.string(), target: z.string(), examples: z.array(z.string()) })),
    lines: z.number().int(),
    good: z.number().int(),
    samples: z.array(z.record(z.string(), z.unknown())),
    problems: z.array(problem),
    problemCount: z.number().int(),
  }),
  access: 'marketer',
  scope: 'imports:write',
  errors: ['unreadable_file'],
});
export const runImport = contract({
  name: 'facts.runImport',
  method: 'POST',
  path: '/fact-imports/:importId/run',
  summary: 'Bring in what a file says; a job does it, and what stands here already stays once',
  input: z.object({ importId: id, ...options.shape }),
  output: record,
  access: 'marketer',
  scope: 'imports:write',
  errors: ['conflict', 'unreadable_file'],
});
export const undoImport = contract({
  name: 'facts.undoImport',
  method: 'POST',
  path: '/fact-imports/:importId/undo',
  summary: 'Take out what an import brought that was not here before, within thirty days',
  input: z.object({ importId: id }),
  output: record,
  access: 'marketer',
  scope: 'imports:write',
  errors: ['not_undoable'],
});
export const listImports = contract({
  name: 'facts.listImports',
  method: 'GET',
  path: '/fact-imports',
  summary: 'The last files of facts, with what came of them',
  input: nothing,
  output: z.object({ items: z.array(record) }),
  access: 'marketer',
  scope: 'imports:write',
});
