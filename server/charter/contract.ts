import { z } from 'zod';
import { contract, id, instant } from '../kernel/contract.ts';

const text = z.string().trim().min(1).max(50_000);

/** The rules of a charter, as switches. */
export const rules = z.object({
  /** What each member lends the company of their main book at least: nothing, that contacts can be found, that they can be read. */
  least: z.enum(['nothing', 'discover', 'read']),
  /** What becomes of lent contacts when their holder leaves. */
  onLeaving: z.enum(['stay', 'go']),
  /** How names that are typed here are written: as typed, in usual letters, with family names in capitals. Files keep theirs. */
  naming: z.enum(['as_typed', 'usual', 'capitals']).default('as_typed'),
});

export const charter = rules.extend({
  version: z.number().int(),
  textFr: z.string(),
  textEn: z.string(),
  publishedAt: instant,
  publishedBy: z.string(),
});
export type Charter = z.output<typeof charter>;

export const getCharter = contract({
  name: 'charter.getCharter',
  method: 'GET',
  path: '/charter',
  summary: 'The charter that holds, whether I have accepted it, and what accepting it would lend',
  input: z.object({}),
  output: z.object({
    charter: charter.nullable(),
    acceptedAt: instant.nullable(),
    /** What is asked of my main book, in words, while my grants do not say it; null where nothing is. */
    asks: z.string().nullable(),
  }),
  access: 'member',
  scope: 'workspace:read',
  beforeCharter: true,
});

export const acceptCharter = contract({
  name: 'charter.acceptCharter',
  method: 'POST',
  path: '/charter/accept',
  summary:
    'Accept the charter; what it asks of my main book is lent by that, as a grant of mine that I can see and end',
  input: z.object({ version: z.number().int() }),
  output: z.object({ acceptedAt: instant }),
  access: 'member',
  beforeCharter: true,
  errors: ['conflict'],
});

export const publishCharter = contract({
  name: 'charter.publishCharter',
  method: 'POST',
  path: '/charter',
  summary: 'Publish a charter: every member reads and accepts it before going on',
  input: rules.extend({ textFr: text, textEn: text }),
  output: charter,
  access: 'admin',
  scope: 'workspace:write',
});

export const listAcceptances = contract({
  name: 'charter.listAcceptances',
  method: 'GET',
  path: '/charter/acceptances',
  summary: 'Who has accepted the charter that holds, and who has not yet',
  input: z.object({}),
  output: z.object({
    items: z.array(z.object({ member: z.object({ id, name: z.string() }), acceptedAt: instant.nullable() })),
  }),
  access: 'overseer',
  scope: 'workspace:read',
});

export const document = z.enum(['charter', 'employees', 'representatives']);
export const getDocument = contract({
  name: 'charter.getDocument',
  method: 'GET',
  path: '/charter/documents/:document/:locale',
  summary: 'A text to start from: a charter, or what to tell employees and their representatives; Markdown',
  input: z.object({ document, locale: z.enum(['fr', 'en']) }),
  output: z.object({ text: z.string() }),
  access: 'overseer',
  scope: 'workspace:read',
});
