import type { Run, SheetBlock } from '../../outreach/content-port.ts';
import type { Block, Condition, Saying } from '../blocks-contract.ts';
import { isLink } from '../variables-contract.ts';
import { type Compiled, imagesIn, needsOf } from './compile.ts';
import { type Material, type Placed, place } from './html.ts';
import { targetOf } from './links.ts';
import { lineTemplate, liquidOf, literal, piecesOf, placeOf } from './liquid.ts';
import { type Inline, readProse } from './prose.ts';

// What a letter says, as templates: the words of each stretch are Liquid of ours, all else is its form, which no value and no author can change.

/** As `SheetBlock`, with templates in place of words, and what stands under a condition. */
export type SheetTemplate = SheetBlock | { kind: 'section'; on: string; blocks: SheetBlock[] };

type Style = { bold: boolean; italic: boolean };
const plain: Style = { bold: false, italic: false };

/** A letter: what makes sense on paper, links with where they lead. */
export function compileLetter(saying: Saying, material: Material): Compiled {
  const conditions: Condition[] = [];
  const blocks = place(saying.blocks, material.parts);
  const sheet = blocks.flatMap((one): SheetTemplate[] => {
    if (one.kind !== 'section') return blockOf(one, material);
    const inside = one.blocks.flatMap((block) => blockOf(block, material));
    return inside.length === 0
      ? []
      : [{ kind: 'section', on: `c${conditions.push(one.condition) - 1}`, blocks: inside }];
  });
  return {
    ...{ kind: 'letter', subject: lineTemplate(saying.subject), html: '', text: '', conditions, sheet },
    needs: needsOf({ ...saying, preheader: '' }, blocks, conditions),
    images: imagesIn(blocks as Block[]),
  };
}

function blockOf(one: Placed | Block, { images }: Material): SheetBlock[] {
  switch (one.kind) {
    case 'heading':
      return one.text.trim() === ''
        ? []
        : [{ kind: 'heading', level: one.level, runs: [{ text: lineTemplate(one.text), ...plain }] }];
    case 'text':
      return readProse(one.text).map(
        (paragraph): SheetBlock =>
          paragraph.kind === 'paragraph'
            ? { kind: 'paragraph', runs: runsOf(paragraph.inside, plain) }
            : { kind: 'list', ordered: paragraph.ordered, items: paragraph.items.map((item) => runsOf(item, plain)) },
      );
    case 'image':
      if (!one.imageId || !images.has(one.imageId)) return [];
      return [
        { kind: 'image', imageId: one.imageId, width: one.width, alt: one.decorative ? '' : lineTemplate(one.alt) },
      ];
    case 'divider':
      return [{ kind: 'divider' }];
    case 'spacer':
      return [{ kind: 'spacer', height: one.height }];
    default:
      return [];
  }
}

/** Blanks at the ends of stretches stand between words: they are kept. */
const words = (text: string): string =>
  piecesOf(text.replaceAll(/\s+/g, ' '))
    .map((piece) =>
      piece.kind === 'words'
        ? literal(piece.text)
        : piece.kind === 'value'
          ? liquidOf(piece.expression)
          : literal(placeOf(piece.text)),
    )
    .join('');

function runsOf(inside: readonly Inline[], style: Style): Run[] {
  return inside.flatMap((one): Run[] => {
    if (one.kind === 'words') return [{ text: words(one.text), ...style }];
    if (one.kind === 'break') return [{ break: true }];
    if (one.kind === 'value') {
      const { piece } = one;
      if (piece.kind !== 'value') return [{ text: literal(placeOf(piece.text)), ...style }];
      const last = isLink(piece.expression.variable) ? 'link' : undefined;
      return [{ text: liquidOf(piece.expression, last), ...style }];
    }
    if (one.kind !== 'link') return runsOf(one.inside, { ...style, [one.kind === 'strong' ? 'bold' : 'italic']: true });
    const target = targetOf(one.to);
    const label = runsOf(one.inside, style);
    // On paper nobody follows a link that they cannot read.
    const isSame =
      'template' in target && label.length === 1 && 'text' in label[0]! && label[0].text === target.template;
    return 'template' in target && !isSame ? [...label, { text: ` (${target.template})`, ...style }] : label;
  });
}

/** The sheet for somebody. @param write a template as they get it @param on the conditions that hold */
export function fillSheet(
  sheet: readonly SheetTemplate[],
  write: (template: string) => string,
  on: Readonly<Record<string, boolean>>,
): SheetBlock[] {
  const runs = (of: readonly Run[]): Run[] =>
    of.map((run) => ('break' in run ? run : { ...run, text: write(run.text) }));
  const block = (one: SheetBlock): SheetBlock => {
    if (one.kind === 'list') return { ...one, items: one.items.map(runs) };
    if (one.kind === 'image') return { ...one, alt: write(one.alt) };
    return 'runs' in one ? { ...one, runs: runs(one.runs) } : one;
  };
  return sheet.flatMap((one) => (one.kind !== 'section' ? [block(one)] : on[one.on] ? one.blocks.map(block) : []));
}

const lineOf = (runs: readonly Run[]): string => runs.map((run) => ('break' in run ? '\n' : run.text)).join('');

/** The words of a sheet alone. */
export const wordsOfSheet = (sheet: readonly SheetBlock[]): string =>
  sheet
    .flatMap((one) => {
      if (one.kind === 'list')
        return one.items.map((item, at) => `${one.ordered ? `${at + 1}.` : '-'} ${lineOf(item)}`).join('\n');
      if (one.kind === 'image') return one.alt === '' ? [] : `[${one.alt}]`;
      return 'runs' in one ? lineOf(one.runs) : [];
    })
    .join('\n\n');
