import { z } from 'zod';
import { id } from '../kernel/contract.ts';
import { variableKeys } from './variables-contract.ts';

// What a content is made of: a closed list of blocks. Drafts may be unfinished: what is missing, the checker says.

export const languages = ['fr', 'en'] as const;
export const language = z.enum(languages);
export type Language = z.output<typeof language>;

/** No text holds them: U+0000 cannot be kept, the others stand for what is filled in while a content is made ready (rendering/slots.ts). */
const held = ['\u0000', '\uE000', '\uE001'];
const words = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => text.isWellFormed() && !held.some((sign) => text.includes(sign)), 'text');
/** A block is addressed by it, within its language. */
const blockId = z.string().regex(/^[a-z0-9]{1,20}$/);

const heading = z.object({
  id: blockId,
  kind: z.literal('heading'),
  level: z.union([z.literal(1), z.literal(2)]),
  text: words(300),
});
/** A small part of Markdown: paragraphs, lists, bold, italic, links. */
const text = z.object({ id: blockId, kind: z.literal('text'), text: words(20_000) });
const button = z.object({ id: blockId, kind: z.literal('button'), label: words(120), url: words(2000) });
export const imageWidths = ['full', 'half', 'small'] as const;
const image = z.object({
  id: blockId,
  kind: z.literal('image'),
  imageId: id.nullable(),
  alt: words(300),
  /** It says nothing that the words do not: readers of screens pass over it. */
  decorative: z.boolean().default(false),
  url: words(2000).default(''),
  width: z.enum(imageWidths).default('full'),
});
const divider = z.object({ id: blockId, kind: z.literal('divider') });
/** Height in pixels. */
const spacer = z.object({ id: blockId, kind: z.literal('spacer'), height: z.number().int().min(4).max(96) });

const simpleBlock = z.discriminatedUnion('kind', [heading, text, button, image, divider, spacer]);
export type SimpleBlock = z.output<typeof simpleBlock>;

const columns = z.object({
  id: blockId,
  kind: z.literal('columns'),
  columns: z.array(z.array(simpleBlock).max(12)).min(2).max(3),
});
/** What reusable blocks and sections hold. */
const plainBlock = z.discriminatedUnion('kind', [heading, text, button, image, divider, spacer, columns]);
export type PlainBlock = z.output<typeof plainBlock>;

export const tests = ['present', 'absent', 'equals', 'differs'] as const;
const clause = z.object({ variable: z.enum(variableKeys), is: z.enum(tests), value: words(200).default('') });
const condition = z.object({ match: z.enum(['all', 'any']), clauses: z.array(clause).min(1).max(5) });
export type Condition = z.output<typeof condition>;

/** Shown to whom a condition holds for. */
const section = z.object({ id: blockId, kind: z.literal('section'), condition, blocks: z.array(plainBlock).max(30) });
/** The reusable block stands in its place, as it is when the content is made ready. */
const reusable = z.object({ id: blockId, kind: z.literal('reusable'), partId: id.nullable() });

const block = z.discriminatedUnion('kind', [heading, text, button, image, divider, spacer, columns, section, reusable]);
export type Block = z.output<typeof block>;
export const blockKinds = [
  'heading',
  'text',
  'button',
  'image',
  'columns',
  'divider',
  'spacer',
  'section',
  'reusable',
] as const;
export type BlockKind = (typeof blockKinds)[number];

/** For what the provider has approved an agreed text ("Message templates", WhatsApp Business Platform). */
export const templateCategories = ['marketing', 'utility', 'authentication'] as const;
/** Numbered places of an agreed text that are filled: no more than this. */
export const mostParameters = 20;
/** A text that the provider has approved, as it stands there, and with what its numbered places are filled. */
const template = z.object({
  /** Its name at the provider. */
  name: z.string().trim().max(512),
  /** In which language it is approved there: `fr`, `en_GB`. */
  locale: z.string().trim().max(10),
  category: z.enum(templateCategories),
  /** As it was approved, with its places: {{1}}, {{2}}. */
  body: words(1024),
  /** What stands in each place: words and variables. */
  parameters: z.array(words(300)).max(mostParameters),
});
export type Template = z.output<typeof template>;

/** What is said in one language. */
export const saying = z.object({
  subject: words(300),
  preheader: words(300),
  blocks: z.array(block).max(100),
  /** Of an agreed text. */
  template: template.optional(),
});
export type Saying = z.output<typeof saying>;
export const said = z.object({ fr: saying.optional(), en: saying.optional() });
export type Said = z.output<typeof said>;

/** A reusable block, in each language. */
export const partSaid = z.object({
  fr: z.array(plainBlock).max(30).optional(),
  en: z.array(plainBlock).max(30).optional(),
});
export type PartSaid = z.output<typeof partSaid>;

/** All blocks of a tree, those within others after the one they stand in. */
export function allBlocks(blocks: readonly (Block | PlainBlock)[]): (Block | PlainBlock)[] {
  return blocks.flatMap((one) => {
    if (one.kind === 'columns') return [one, ...one.columns.flat()];
    if (one.kind === 'section') return [one, ...allBlocks(one.blocks)];
    return [one];
  });
}

/** Whether a block is of these kinds, or a section of such. */
export const holdsOnly = (one: Block, kinds: readonly SimpleBlock['kind'][]): boolean =>
  one.kind === 'section'
    ? one.blocks.every(({ kind }) => (kinds as readonly string[]).includes(kind))
    : (kinds as readonly string[]).includes(one.kind);
