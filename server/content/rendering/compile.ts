import { createRequire } from 'node:module';
import {
  allBlocks,
  type Block,
  type Condition,
  type Language,
  type PlainBlock,
  type Saying,
} from '../blocks-contract.ts';
import type { Kind } from '../kinds-contract.ts';
import { isAlwaysThere, type VariableKey } from '../variables-contract.ts';
import { HtmlWriter, type Material, type Placed, place } from './html.ts';
import { lineTemplate, valuesIn } from './liquid.ts';
import { PlainWriter } from './plain.ts';
import type { SheetTemplate } from './sheet.ts';
import { Slots } from './slots.ts';

/** What must be known of a person, where the condition that it stands under (its number) holds. */
interface Need {
  variable: VariableKey;
  when: number | null;
}

/** A content in one language as templates of Liquid. JSON, and kept with its version. */
export interface Compiled {
  /** Left out: a mail. */
  kind?: Exclude<Kind, 'email'>;
  subject: string;
  html: string;
  text: string;
  conditions: Condition[];
  needs: Need[];
  /** Those that stand in it, so that they stay. */
  images: string[];
  /** Of an SMS: how to stop it, for what advertises; null: its text says so. */
  mention?: string | null;
  /** Of a letter. */
  sheet?: SheetTemplate[];
  /** Of an agreed text. */
  template?: { name: string; locale: string; values: string[] };
}
export type CompiledSet = { [language in Language]?: Compiled };

/** Compiles what is said in one language: once a version, whoever it is sent to. @throws Error where MJML finds fault with ours */
export async function compile(saying: Saying, material: Material): Promise<Compiled> {
  const blocks = place(saying.blocks, material.parts);
  const conditions: Condition[] = [];
  const when = (condition: Condition): string => {
    const known = conditions.indexOf(condition);
    return `on.c${known === -1 ? conditions.push(condition) - 1 : known}`;
  };
  const slots = new Slots();
  const placed = blocks.some((one) =>
    textsOf(one).some((text) => valuesIn(text).some(({ variable }) => variable === 'link.unsubscribe')),
  );
  const mjml = new HtmlWriter(slots, material, when).document(saying, blocks, placed);
  const text = new PlainWriter(material, when).document(blocks, placed);
  return {
    subject: lineTemplate(saying.subject),
    html: slots.fill(await toHtml(mjml)),
    text,
    conditions,
    needs: needsOf(saying, blocks, conditions),
    images: imagesIn(blocks as Block[]),
  };
}

/** Ids of the images that stand in blocks, each once. */
export const imagesIn = (blocks: readonly (Block | PlainBlock)[]): string[] => [
  ...new Set(allBlocks(blocks).flatMap((one) => (one.kind === 'image' && one.imageId ? [one.imageId] : []))),
];

/** All texts of a block in which values may stand, those of the blocks within it too. */
function textsOf(one: Placed | Block): string[] {
  const all = one.kind === 'section' ? allBlocks(one.blocks) : allBlocks([one as PlainBlock]);
  return all.flatMap((block) => {
    if (block.kind === 'heading' || block.kind === 'text') return [block.text];
    if (block.kind === 'button') return [block.label, block.url];
    return block.kind === 'image' ? [...(block.decorative ? [] : [block.alt]), block.url] : [];
  });
}

export function needsOf(
  { subject, preheader }: Saying,
  blocks: readonly Placed[],
  conditions: readonly Condition[],
): Need[] {
  const asked = (texts: readonly string[], when: number | null): Need[] =>
    texts
      .flatMap(valuesIn)
      .filter(({ variable, fallback }) => fallback === null && !isAlwaysThere(variable))
      .map(({ variable }) => ({ variable, when }));
  const all = [
    ...asked([subject, preheader], null),
    ...blocks.flatMap((one) => asked(textsOf(one), one.kind === 'section' ? indexOf(conditions, one.condition) : null)),
  ];
  return [...new Map(all.map((need) => [`${need.variable} ${need.when}`, need])).values()];
}

/** A section that shows nothing has not been asked about. */
const indexOf = (conditions: readonly Condition[], condition: Condition): number | null => {
  const at = conditions.indexOf(condition);
  return at === -1 ? null : at;
};

type Mjml = (source: string) => Promise<string>;
interface Mjml2Html {
  default(source: string, options: object): Promise<{ html: string; errors: unknown[] }>;
}
const require = createRequire(import.meta.url);
let loaded: Mjml | undefined;

/** The library is large, and loaded when the first content is compiled: a second of processor time. It brings no types. */
function loadMjml(): Mjml {
  const core = require('mjml-core') as Mjml2Html;
  const preset: unknown = require('mjml-preset-core');
  return async (source) => {
    const { html, errors } = await core.default(source, {
      ...{ presets: [preset], validationLevel: 'soft', fonts: {}, keepComments: true, ignoreIncludes: true },
      ...{ minify: false, beautify: false },
    });
    if (errors.length > 0) throw new Error('MJML finds fault with what was written for it.');
    // Lines of markup are indented for nobody; what stands within them begins with a word or a tag.
    return html.replaceAll(/\n\s+/g, '\n').trim();
  };
}

const toHtml: Mjml = (source) => {
  loaded ??= loadMjml();
  return loaded(source);
};
