import { z } from 'zod';
import { locale } from '../identity/contract.ts';

/** What a file of a segment's people can hold: what is said on cards, and since when they are in it. */
export const exportFields = [
  'name',
  'organization',
  'title',
  'email',
  'phone',
  'address',
  'url',
  'birthday',
  'categories',
  'note',
  'id',
  'since',
] as const;
export type ExportField = (typeof exportFields)[number];

/** A file: `GET /api/v1/segments/:segmentId/export?format=csv|xlsx&fields=name,email&attributes=color`. */
export const segmentExportPath = '/segments/:segmentId/export';
export const segmentExportQuery = z.object({
  format: z.enum(['csv', 'xlsx']),
  /** In whatever order they are asked for, columns stand in ours. */
  fields: z
    .string()
    .transform((text) => text.split(',').filter(Boolean))
    .pipe(z.array(z.enum(exportFields))),
  /** Of the data dictionary, by key: those that I see. */
  attributes: z
    .string()
    .max(2000)
    .default('')
    .transform((text) => text.split(',').filter(Boolean)),
  /** The language of the columns' names; mine when left out. */
  locale: locale.optional(),
});
export type SegmentExportQuery = z.output<typeof segmentExportQuery>;

/** How many people are in the file, and how many of those that I see in the segment are not: nobody lends me a card of theirs to take along. */
export const takenHeader = 'x-entregent-taken';
export const leftOutHeader = 'x-entregent-left-out';
