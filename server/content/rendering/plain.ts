import type { Condition, PlainBlock, SimpleBlock } from '../blocks-contract.ts';
import { canStop, type Material, type Placed } from './html.ts';
import { targetOf } from './links.ts';
import { lineTemplate, liquidOf, literal, placeOf } from './liquid.ts';
import { type Inline, type Paragraph, readProse } from './prose.ts';
import { footerWords } from './words.ts';

/** Characters of a line (RFC 3676, 4.2, has 78 at most, and quoting adds to them). */
export const lineLength = 72;

/** Writes blocks as the text part of a mail: a template, made from the blocks and not from their HTML. */
export class PlainWriter {
  readonly #material: Material;
  readonly #when: (condition: Condition) => string;
  constructor(material: Material, when: (condition: Condition) => string) {
    this.#material = material;
    this.#when = when;
  }

  document(blocks: readonly Placed[], ownFooter: boolean): string {
    const { sentBy, stop, colon } = footerWords[this.#material.language];
    const by = lineTemplate(sentBy);
    const link = `{% if ${this.#when(canStop)} %}\n${stop}${colon} ${linkTemplate('{{ link.unsubscribe }}')}{% endif %}`;
    return `${this.#blocks(blocks)}-- \n${by}${ownFooter ? '' : link}\n`;
  }

  #blocks(blocks: readonly Placed[]): string {
    return blocks.map((one) => this.#block(one)).join('');
  }

  #block(one: Placed): string {
    if (one.kind === 'section') return this.#conditional(one.condition, one.blocks);
    if (one.kind === 'columns') return this.#blocks(one.columns.flat());
    const text = this.#simple(one).trim();
    return text === '' ? '' : `${text}\n\n`;
  }

  #conditional(condition: Condition, blocks: readonly PlainBlock[]): string {
    const inside = this.#blocks(blocks);
    return inside === '' ? '' : `{% if ${this.#when(condition)} %}${inside}{% endif %}`;
  }

  #simple(one: SimpleBlock): string {
    switch (one.kind) {
      case 'heading':
        return `${one.level === 1 ? '# ' : '## '}${lineTemplate(one.text)}`.replace(/^#+ $/, '');
      case 'text':
        return readProse(one.text).map(paragraph).join('\n\n');
      case 'button':
        return one.label.trim() === '' ? '' : withLink(lineTemplate(one.label), linkTemplate(one.url));
      case 'image': {
        if (one.decorative || !one.imageId || !this.#material.images.has(one.imageId)) return '';
        const alt = lineTemplate(one.alt);
        return withLink(alt === '' ? '' : `[${alt}]`, linkTemplate(one.url));
      }
      case 'divider':
        return '* * *';
      case 'spacer':
        return '';
    }
  }
}

/** The label, and its address on a line of its own, where programs make it a link whole. */
const withLink = (label: string, link: string | undefined): string =>
  link === undefined ? '' : [label, link].filter(Boolean).join('\n');

function linkTemplate(url: string): string | undefined {
  const target = targetOf(url);
  return 'template' in target ? target.template : undefined;
}

function paragraph(one: Paragraph): string {
  if (one.kind === 'paragraph') return inline(one.inside);
  return one.items.map((item, at) => `${one.ordered ? `${at + 1}. ` : '- '}${inline(item)}`).join('\n');
}

function inline(inside: readonly Inline[]): string {
  return inside
    .map((one) => {
      if (one.kind === 'words') return literal(one.text);
      if (one.kind === 'break') return '\n';
      if (one.kind === 'value')
        return one.piece.kind === 'value' ? liquidOf(one.piece.expression) : literal(placeOf(one.piece.text));
      if (one.kind !== 'link') return inline(one.inside);
      const [label, link] = [inline(one.inside), linkTemplate(one.to)];
      return link === undefined || link === label ? label : `${label} (${link})`;
    })
    .join('');
}

/** Breaks lines at spaces; an address stays whole however long it is, and what belongs to a list stands under it. */
export function wrap(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.length <= lineLength ? line : wrapLine(line)))
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');
}

function wrapLine(line: string): string {
  const indent = ' '.repeat(/^(?:- |\d+\. )/.exec(line)?.[0].length ?? 0);
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/ +/)) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (longer.length > lineLength && current.trim() !== '') {
      lines.push(current);
      current = indent + word;
    } else current = longer;
  }
  return [...lines, current].join('\n');
}
