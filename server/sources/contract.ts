import { z } from 'zod';
import { cardRef, fieldInput, kind } from '../cards/contract.ts';
import { country } from '../identity/contract.ts';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';

export const columnMapping = z.object({
  header: z.string(),
  column: z.number().int().min(0),
  target: z.string().max(60),
  confidence: z.number(),
  reason: z.enum(['layout', 'header', 'values', 'user', 'none']),
});

export const source = z.object({
  id,
  name: z.string(),
  /** vcard, google, outlook, linkedin, …, or "entregent" for what is typed here. */
  kind: z.string(),
  mine: z.boolean(),
  cards: z.number().int(),
  lastImportAt: instant.nullable(),
});
export type Source = z.output<typeof source>;

/** Why the company may hold these contacts (GDPR art. 6), stated by the importer. */
export const basis = z.enum(['relationship', 'contract', 'consent', 'legitimate_interest', 'public_source', 'unknown']);

export const previewRow = z.object({
  kind: z.enum(['person', 'organization']),
  name: z.string(),
  emails: z.array(z.string()),
  phones: z.array(z.string()),
  organization: z.string().nullable(),
  title: z.string().nullable(),
  city: z.string().nullable(),
  /** new: not here yet; known: this source already brought it and it is unchanged; changed: the source changed it; doubtful: it looks like a card of mine from another source. */
  status: z.enum(['new', 'known', 'changed', 'doubtful']),
  warnings: z.array(z.string()),
});

export const importState = z.enum([
  'analysing',
  'ready',
  'queued',
  'running',
  'done',
  'cancelled',
  'failed',
  'unreadable',
  'undone',
]);

export const importRecord = z.object({
  id,
  fileName: z.string(),
  size: z.number().int(),
  state: importState,
  format: z.string().nullable(),
  layout: z.string().nullable(),
  charset: z.string().nullable(),
  /** Set when state is unreadable or failed: the code of the message, and blanks for it. */
  problem: z.object({ code: z.string(), details: z.record(z.string(), z.union([z.string(), z.number()])) }).nullable(),
  sheets: z.array(
    z.object({ name: z.string(), headerRow: z.number().int().nullable(), mapping: z.array(columnMapping) }),
  ),
  /** Counted over the whole file during analysis. */
  preview: z
    .object({
      rows: z.array(previewRow),
      contacts: z.number().int(),
      new: z.number().int(),
      known: z.number().int(),
      changed: z.number().int(),
      doubtful: z.number().int(),
      /** Further lines that repeat another one word for word; kept once. */
      identical: z.number().int(),
    })
    .nullable(),
  bookId: id.nullable(),
  sourceId: id.nullable(),
  sourceName: z.string().nullable(),
  country: country,
  basis,
  obtainedAt: z.iso.date().nullable(),
  progress: z.object({ read: z.number().int(), total: z.number().int().nullable() }),
  report: z.object({
    created: z.number().int(),
    updated: z.number().int(),
    unchanged: z.number().int(),
    identical: z.number().int(),
    failed: z.number().int(),
    ended: z.number().int(),
    /** Archived cards that changed at their source, and are back; among the updated ones. */
    revived: z.number().int(),
    warnings: z.number().int(),
    /** Contacts who asked to be forgotten: left out. */
    suppressed: z.number().int(),
  }),
  /** Until when the import can be undone; null when there is nothing to undo. */
  undoableUntil: instant.nullable(),
  createdAt: instant,
  finishedAt: instant.nullable(),
});
export type ImportRecord = z.output<typeof importRecord>;

export const listSources = contract({
  name: 'sources.listSources',
  method: 'GET',
  path: '/sources',
  summary: 'My sources, and how many cards each brought',
  input: nothing,
  output: z.object({ items: z.array(source) }),
  access: 'member',
  scope: 'contacts:read',
});
/** The upload is a raw body (`application/octet-stream`), not JSON: `POST /api/v1/imports?fileName=…` answers an `importRecord`. */
export const uploadPath = '/imports';
/** The most octets an upload may have. Larger files are no contact files; they would only fill the disk. */
export const maxUpload = 2 ** 30;
export const listImports = contract({
  name: 'sources.listImports',
  method: 'GET',
  path: '/imports',
  summary: 'My imports, newest first',
  input: z.object(paging),
  output: page(importRecord),
  access: 'member',
  scope: 'contacts:read',
});
export const getImport = contract({
  name: 'sources.getImport',
  method: 'GET',
  path: '/imports/:importId',
  summary: 'An import: what was recognised, its preview, progress and report',
  input: z.object({ importId: id }),
  output: importRecord,
  access: 'member',
  scope: 'contacts:read',
});
export const updateImport = contract({
  name: 'sources.updateImport',
  method: 'PATCH',
  path: '/imports/:importId',
  summary:
    'Correct the mapping, choose book, source, country and basis; a changed mapping, source or country is analysed again',
  input: z.object({
    importId: id,
    bookId: id.optional(),
    sourceId: id.nullable().optional(),
    sourceName: z.string().trim().min(1).max(200).optional(),
    country: country.optional(),
    basis: basis.optional(),
    obtainedAt: z.iso.date().nullable().optional(),
    mapping: z.record(z.string(), z.array(columnMapping)).optional(),
  }),
  output: importRecord,
  access: 'member',
  scope: 'imports:write',
  errors: ['already_running'],
});
export const startImport = contract({
  name: 'sources.startImport',
  method: 'POST',
  path: '/imports/:importId/start',
  summary: 'Import in the background',
  input: z.object({ importId: id }),
  output: importRecord,
  access: 'member',
  scope: 'imports:write',
  errors: ['already_running'],
});
export const cancelImport = contract({
  name: 'sources.cancelImport',
  method: 'POST',
  path: '/imports/:importId/cancel',
  summary: 'Stop an import and take out what it has brought so far',
  input: z.object({ importId: id }),
  output: importRecord,
  access: 'member',
  scope: 'imports:write',
});
export const undoImport = contract({
  name: 'sources.undoImport',
  method: 'POST',
  path: '/imports/:importId/undo',
  summary: 'Take out exactly what the import brought; what it updated goes back to what it was',
  input: z.object({ importId: id }),
  output: importRecord,
  access: 'member',
  scope: 'imports:write',
  errors: ['not_undoable'],
});
export const removeImport = contract({
  name: 'sources.removeImport',
  method: 'DELETE',
  path: '/imports/:importId',
  summary: 'Take an import that brought nothing (unreadable, failed or cancelled) off my list, for good',
  input: z.object({ importId: id }),
  output: nothing,
  access: 'member',
  scope: 'imports:write',
  errors: ['not_removable'],
});
export const warning = z.object({
  personId: id,
  name: z.string(),
  /** What the reader remarked, e.g. `phone.invalid`. */
  codes: z.array(z.string()),
});
export const listWarnings = contract({
  name: 'sources.listWarnings',
  method: 'GET',
  path: '/imports/:importId/warnings',
  summary: 'The contacts of an import with details to verify, in the order of the file',
  input: z.object({ importId: id, ...paging }),
  output: page(warning),
  access: 'member',
  scope: 'contacts:read',
});
/** Rows that failed, as CSV with their reason: `GET /api/v1/imports/:importId/failures.csv`. */
export const failuresPath = '/imports/:importId/failures.csv';

/** A picture of a business card as a raw body (`application/octet-stream`): `POST /api/v1/business-cards/read` answers a `businessCard`. */
export const readPath = '/business-cards/read';
/** The most octets a picture may have: JPEG, PNG or WebP, at most 50 million points. */
export const maxPicture = 20 * 2 ** 20;
/** What a picture says. Nothing of it is kept. */
export const businessCard = z.object({
  kind,
  /** It bears a QR code with a vCard, whose word outranks what was recognised. */
  code: z.boolean(),
  fields: z.array(
    z.object({
      field: fieldInput,
      /** How likely it is right, 0 to 1. */
      confidence: z.number(),
      /** The line it was read from; null for what the code says. */
      line: z.string().nullable(),
    }),
  ),
  /** All that was recognised, from top to bottom. */
  lines: z.array(z.object({ text: z.string(), confidence: z.number() })),
  /**
   * Where the cards lie when the picture shows several, from top to bottom and left to right, in points of the picture held upright: their
   * middle, their size, and the degrees by which they are turned clockwise. Nothing else is said then: each is to be cut out and read with `one`.
   */
  cards: z.array(z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number(), turn: z.number() })),
});
export type BusinessCard = z.output<typeof businessCard>;
export const keepBusinessCard = contract({
  name: 'sources.keepBusinessCard',
  method: 'POST',
  path: '/business-cards',
  summary:
    'Write the card that a picture was read into, with the picture as its original and a note, into one of my books; once for each key',
  input: z.object({
    /** Any UUID of the caller's: asked again under it, the card that is there is answered. */
    key: id,
    bookId: id.optional(),
    kind: kind.default('person'),
    fields: z.array(fieldInput).min(1).max(200),
    /** The picture, in base64. */
    picture: z.base64().max(Math.ceil(maxPicture / 3) * 4),
    /** Where we met, say. */
    note: z.string().trim().max(10_000).optional(),
  }),
  output: cardRef,
  access: 'member',
  scope: 'contacts:write',
  bodyLimit: 32 * 2 ** 20,
  errors: ['unreadable_picture', 'picture_too_large'],
});
