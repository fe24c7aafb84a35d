import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';

/** What can be brought in: tables of reviews, a chat exported from WhatsApp, an export of Zendesk. */
export const importKinds = ['reviews', 'whatsapp', 'zendesk'] as const;
export const importKind = z.enum(importKinds);

/** Platforms that reviews come from. */
export const reviewSources = ['google_play', 'app_store', 'trustpilot', 'review'] as const;

/** Files beside the first, of tickets. */
export const importRoles = ['main', 'comments', 'users'] as const;

/** `POST ?kind=…&fileName=…` with the octets of the first file. */
export const importsPath = '/conversation-imports';
/** `PUT` with the octets of one beside it. */
export const importFilePath = '/conversation-imports/:importId/files/:role';

/** What was not understood: a row of a table, and why. */
const problem = z.object({ row: z.number().int(), code: z.enum(['no_content', 'bad_date', 'bad_rating']) });

const preview = z.object({
  messages: z.number().int(),
  theirs: z.number().int(),
  ours: z.number().int(),
  people: z.number().int(),
  from: instant.nullable(),
  to: instant.nullable(),
  /** Lines that are no message, or stay among colleagues. */
  ignored: z.number().int(),
  problems: z.array(problem),
  problemCount: z.number().int(),
  /** Who speaks in a chat: one of them is the company. */
  speakers: z.array(z.string()),
  samples: z.array(
    z.object({
      name: z.string(),
      direction: z.enum(['in', 'out']),
      at: instant,
      text: z.string(),
      rating: z.object({ value: z.number(), of: z.number() }).nullable(),
    }),
  ),
});
export type ImportPreview = z.output<typeof preview>;

const imported = z.object({
  id,
  kind: importKind,
  fileName: z.string(),
  state: z.enum(['ready', 'queued', 'done', 'failed', 'undone']),
  channel: z.object({ id, name: z.string() }).nullable(),
  /** What came of it. */
  report: z
    .object({
      kept: z.number().int(),
      /** Stood here already. */
      known: z.number().int(),
      ignored: z.number().int(),
      problems: z.array(problem),
      problemCount: z.number().int(),
    })
    .nullable(),
  createdAt: instant,
  finishedAt: instant.nullable(),
  undoableUntil: instant.nullable(),
});
export type ImportedFile = z.output<typeof imported>;

const options = {
  /** Of reviews. */
  source: z.enum(reviewSources).default('review'),
  /** Of a chat: under which name the company speaks in it. */
  own: z.string().max(100).default(''),
};

export const previewImport = contract({
  name: 'conversations.previewImport',
  method: 'GET',
  path: '/conversation-imports/:importId/preview',
  summary: 'What is understood of a file, before anything is brought in',
  input: z.object({ importId: id, ...options }),
  output: preview,
  access: 'admin',
  scope: 'workspace:read',
  errors: ['unreadable_file'],
});

export const runImport = contract({
  name: 'conversations.runImport',
  method: 'POST',
  path: '/conversation-imports/:importId/run',
  summary:
    'Bring in what a file says, on a channel that is there or that is made for it; what stands there already stays as it is',
  input: z
    .object({
      importId: id,
      ...options,
      channelId: id.optional(),
      /** Of a new channel, which everybody of the company tends until it is said otherwise. */
      name: z.string().trim().min(1).max(80).optional(),
    })
    .refine(({ channelId, name }) => (channelId === undefined) !== (name === undefined), {
      path: ['name'],
      message: 'required',
    }),
  output: imported,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict', 'unreadable_file'],
});

export const undoImport = contract({
  name: 'conversations.undoImport',
  method: 'POST',
  path: '/conversation-imports/:importId/undo',
  summary: 'Take out what an import brought, within thirty days; what colleagues wrote since stays',
  input: z.object({ importId: id }),
  output: imported,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['not_undoable'],
});

export const listImports = contract({
  name: 'conversations.listImports',
  method: 'GET',
  path: '/conversation-imports',
  summary: 'The last files that were brought in, with what came of them',
  input: nothing,
  output: z.object({ items: z.array(imported) }),
  access: 'admin',
  scope: 'workspace:read',
});
