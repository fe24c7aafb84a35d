import type { Block, Condition, Language, PlainBlock, Saying, SimpleBlock } from '../blocks-contract.ts';
import { targetOf } from './links.ts';
import { type Inline, type Paragraph, readProse } from './prose.ts';
import { escaped, type Slots } from './slots.ts';
import { footerWords } from './words.ts';

/** An image as a mail shows it. */
export interface Picture {
  url: string;
  /** In points. */
  width: number;
}

/** What a content is made ready with. */
export interface Material {
  language: Language;
  images: ReadonlyMap<string, Picture>;
  /** Reusable blocks in this language. */
  parts: ReadonlyMap<string, readonly PlainBlock[]>;
}

/** A block as it stands after reusable ones have been put in. */
export type Placed = PlainBlock | { kind: 'section'; condition: Condition; blocks: readonly PlainBlock[] };

/** Puts reusable blocks in their places; one that is gone leaves nothing. */
export const place = (blocks: readonly Block[], parts: Material['parts']): Placed[] =>
  blocks.flatMap((one): readonly Placed[] => {
    if (one.kind === 'reusable') return (one.partId && parts.get(one.partId)) || [];
    return [one];
  });

/** Width of a mail and its margin, in pixels. */
const width = 600;
const margin = 24;

const light = {
  ground: '#f4f2ed',
  sheet: '#ffffff',
  ink: '#292622',
  quiet: '#655f55',
  accent: '#0f6b5c',
  onAccent: '#ffffff',
  line: '#dedad1',
};
const dark = {
  ground: '#1a1917',
  sheet: '#22201d',
  ink: '#e6e2da',
  quiet: '#aea89c',
  accent: '#7cc4b4',
  onAccent: '#10201d',
  line: '#4b4740',
};

/** Rules for the dark, under a prefix: one for programs that ask for it, one for Outlook on the web, which marks what it darkens. */
const darkRules = (prefix: string): string =>
  [
    [`.ground`, `background-color:${dark.ground}`],
    [`.foot,${prefix}.foot>table`, `background:${dark.ground};background-color:${dark.ground}`],
    [`.sheet,${prefix}.sheet>table`, `background:${dark.sheet};background-color:${dark.sheet}`],
    [`.ink div,${prefix}.ink h1,${prefix}.ink h2`, `color:${dark.ink}`],
    [`.quiet div`, `color:${dark.quiet}`],
    [`.ink a,${prefix}.quiet a`, `color:${dark.accent}`],
    [`.act td,${prefix}.act a`, `background:${dark.accent};background-color:${dark.accent};color:${dark.onAccent}`],
    [`.rule p`, `border-top-color:${dark.line}`],
  ]
    .map(([of, is]) => `${prefix}${of}{${is!.replaceAll(';', ' !important;')} !important}`)
    .join('\n');

/** By which a preview finds what programs decide by their reader's setting. */
export const darkQuery = '@media (prefers-color-scheme: dark)';

const head = (slots: Slots, { subject, preheader }: Saying): string => `<mj-head>
<mj-title>${slots.line(subject)}</mj-title>
${preheader.trim() === '' ? '' : `<mj-preview>${slots.line(preheader)}</mj-preview>`}
<mj-attributes><mj-all font-family="'Segoe UI', Roboto, Helvetica, Arial, sans-serif" /><mj-section padding="0" background-color="${light.sheet}" css-class="sheet" />
<mj-text padding="0 ${margin}px" font-size="16px" line-height="1.5" color="${light.ink}" css-class="ink" /></mj-attributes>
<mj-raw><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"></mj-raw>
<mj-style>
:root{color-scheme:light dark;supported-color-schemes:light dark}
h1,h2,p,ul,ol{overflow-wrap:anywhere}
${darkQuery}{
${darkRules('')}
}
${darkRules('[data-ogsc] ')}
</mj-style></mj-head>`;

/** Writes blocks as MJML. What is conditional stands between marks of Liquid; conditions are told to `when`. */
export class HtmlWriter {
  readonly #slots: Slots;
  readonly #material: Material;
  readonly #when: (condition: Condition) => string;
  constructor(slots: Slots, material: Material, when: (condition: Condition) => string) {
    this.#slots = slots;
    this.#material = material;
    this.#when = when;
  }

  document(saying: Saying, blocks: readonly Placed[], ownFooter: boolean): string {
    const body = blocks.length === 0 ? '' : `${edge}${this.#groups(blocks)}${edge}`;
    return `<mjml lang="${this.#material.language}" dir="ltr">${head(this.#slots, saying)}
<mj-body width="${width}px" background-color="${light.ground}" css-class="ground">${body}${this.#footer(ownFooter)}</mj-body></mjml>`;
  }

  /** What follows each other simply stands in one section; columns and conditions have their own. */
  #groups(blocks: readonly Placed[]): string {
    let written = '';
    let run: SimpleBlock[] = [];
    const flush = () => {
      const inside = this.#column(run, width - 2 * margin);
      run = [];
      if (inside !== '') written += `<mj-section><mj-column>${inside}</mj-column></mj-section>`;
    };
    for (const one of blocks) {
      if (one.kind !== 'columns' && one.kind !== 'section') {
        run.push(one);
        continue;
      }
      flush();
      written +=
        one.kind === 'columns'
          ? this.#columns(one.columns)
          : this.#conditional(one.condition, this.#groups(one.blocks));
    }
    flush();
    return written;
  }

  #conditional(condition: Condition, inside: string): string {
    if (inside === '') return '';
    const begin = this.#slots.put(`{% if ${this.#when(condition)} %}`);
    return `<mj-raw>${begin}</mj-raw>${inside}<mj-raw>${this.#slots.put('{% endif %}')}</mj-raw>`;
  }

  #columns(columns: readonly (readonly SimpleBlock[])[]): string {
    const each = Math.floor(width / columns.length) - 2 * margin;
    const written = columns.map((inside) => `<mj-column>${this.#column(inside, each)}</mj-column>`);
    return `<mj-section>${written.join('')}</mj-section>`;
  }

  #column(blocks: readonly SimpleBlock[], room: number): string {
    return blocks.map((one) => this.#block(one, room)).join('');
  }

  #block(one: SimpleBlock, room: number): string {
    switch (one.kind) {
      case 'heading':
        return this.#heading(one.level, one.text);
      case 'text':
        return this.#prose(readProse(one.text));
      case 'button':
        return this.#button(one.label, one.url);
      case 'image':
        return this.#image(one, room);
      case 'divider':
        return `<mj-divider border-width="1px" border-color="${light.line}" padding="12px ${margin}px" css-class="rule" />`;
      case 'spacer':
        return `<mj-spacer height="${one.height}px" />`;
    }
  }

  #heading(level: 1 | 2, text: string): string {
    if (text.trim() === '') return '';
    const size = level === 1 ? 26 : 20;
    const style = `margin:0 0 12px;font-size:${size}px;line-height:1.25;font-weight:600`;
    return `<mj-text><h${level} style="${style}">${this.#slots.line(text)}</h${level}></mj-text>`;
  }

  #prose(paragraphs: readonly Paragraph[]): string {
    if (paragraphs.length === 0) return '';
    const written = paragraphs.map((one) => {
      if (one.kind === 'paragraph') return `<p style="margin:0 0 14px">${this.#inline(one.inside)}</p>`;
      const items = one.items.map((item) => `<li style="margin:0 0 4px">${this.#inline(item)}</li>`).join('');
      const tag = one.ordered ? 'ol' : 'ul';
      return `<${tag} style="margin:0 0 14px;padding-left:24px">${items}</${tag}>`;
    });
    return `<mj-text>${written.join('')}</mj-text>`;
  }

  #inline(inside: readonly Inline[]): string {
    return inside
      .map((one) => {
        if (one.kind === 'words') return this.#slots.piece({ kind: 'words', text: one.text });
        if (one.kind === 'value') return this.#slots.piece(one.piece);
        if (one.kind === 'break') return '<br>';
        if (one.kind !== 'link') return `<${one.kind}>${this.#inline(one.inside)}</${one.kind}>`;
        const to = this.#target(one.to);
        const words = this.#inline(one.inside);
        return to === undefined
          ? words
          : `<a href="${to}" style="color:${light.accent};text-decoration:underline">${words}</a>`;
      })
      .join('');
  }

  /** Undefined: it leads nowhere. */
  #target(url: string): string | undefined {
    const target = targetOf(url);
    return 'template' in target ? this.#slots.put(escapedTemplate(target.template)) : undefined;
  }

  #button(label: string, url: string): string {
    const to = this.#target(url);
    if (label.trim() === '' || to === undefined) return '';
    return `<mj-button href="${to}" align="left" background-color="${light.accent}" color="${light.onAccent}" border-radius="8px" font-size="16px" font-weight="600" inner-padding="12px 22px" padding="4px ${margin}px 18px" css-class="act">${this.#slots.line(label)}</mj-button>`;
  }

  #image({ imageId, alt, decorative, url, width: wanted }: SimpleBlock & { kind: 'image' }, room: number): string {
    const picture = imageId ? this.#material.images.get(imageId) : undefined;
    if (!picture) return '';
    const share = wanted === 'full' ? 1 : wanted === 'half' ? 0.5 : 0.25;
    const points = Math.max(1, Math.min(picture.width, Math.round(room * share)));
    const to = url.trim() === '' ? undefined : this.#target(url);
    return `<mj-image src="${escaped(picture.url)}" alt="${decorative ? '' : this.#slots.line(alt)}" width="${points}px" align="left"${to === undefined ? '' : ` href="${to}"`} padding="4px ${margin}px 16px" font-size="14px" />`;
  }

  /** Who sends it and, where the campaign gives the page and the author has not placed it, how to stop it. */
  #footer(placed: boolean): string {
    const { language } = this.#material;
    const { sentBy, stop } = footerWords[language];
    const text = (inside: string) =>
      `<mj-section background-color="${light.ground}" css-class="foot"><mj-column><mj-text font-size="13px" line-height="1.5" color="${light.quiet}" padding="16px ${margin}px" css-class="quiet">${inside}</mj-text></mj-column></mj-section>`;
    const by = this.#slots.line(sentBy);
    if (placed) return text(by);
    const begin = this.#slots.put(`{% if ${this.#when(canStop)} %}`);
    const to = this.#target('{{ link.unsubscribe }}')!;
    return text(
      `${by}${begin} <a href="${to}" style="color:${light.accent};text-decoration:underline">${escaped(stop)}</a>${this.#slots.put('{% endif %}')}`,
    );
  }
}

/** Whoever is written to can stop it. */
export const canStop: Condition = {
  match: 'all',
  clauses: [{ variable: 'link.unsubscribe', is: 'present', value: '' }],
};

/** Of an address in an attribute, what is not Liquid is escaped here; values escape themselves. */
const escapedTemplate = (template: string): string =>
  template
    .split(/(\{\{ .*? \}\})/)
    .map((part, at) => (at % 2 === 1 ? part : escaped(part)))
    .join('');

const edge = `<mj-section><mj-column><mj-spacer height="24px" /></mj-column></mj-section>`;
