import type { PlainBlock, Saying, SimpleBlock } from '../blocks-contract.ts';
import { type Compiled, imagesIn } from './compile.ts';
import { type Material, type Placed, place } from './html.ts';
import { isSafe } from './links.ts';
import { piecesOf } from './liquid.ts';
import { type Inline, readProse } from './prose.ts';
import { escaped } from './slots.ts';

// What stands on a page of ours that anybody opens: HTML without a style or a script of its own, and without Liquid, since nobody is known who reads it.

/** A text as it was written; a value, which nobody could be asked for, is its fall-back. */
const wordsOf = (text: string): string =>
  piecesOf(text)
    .map((piece) => {
      if (piece.kind === 'words') return piece.text;
      return piece.kind === 'wrong' ? piece.source : (piece.expression.fallback ?? '');
    })
    .join('');

const line = (text: string): string => escaped(wordsOf(text).trim());

/** Undefined: it leads nowhere. */
function target(url: string): string | undefined {
  const to = url.trim();
  return piecesOf(to).every(({ kind }) => kind === 'words') && isSafe(to) ? escaped(to) : undefined;
}

const toPlace = (to: string, words: string, more = ''): string => `<a href="${to}"${more}>${words}</a>`;

function inline(inside: readonly Inline[]): string {
  return inside
    .map((one) => {
      if (one.kind === 'words') return escaped(one.text);
      if (one.kind === 'value')
        return escaped(one.piece.kind === 'value' ? (one.piece.expression.fallback ?? '') : one.piece.source);
      if (one.kind === 'break') return '<br>';
      if (one.kind !== 'link') return `<${one.kind}>${inline(one.inside)}</${one.kind}>`;
      const to = target(one.to);
      return to === undefined ? inline(one.inside) : toPlace(to, inline(one.inside));
    })
    .join('');
}

function prose(text: string): string {
  return readProse(text)
    .map((one) => {
      if (one.kind === 'paragraph') return `<p>${inline(one.inside)}</p>`;
      const tag = one.ordered ? 'ol' : 'ul';
      return `<${tag}>${one.items.map((item) => `<li>${inline(item)}</li>`).join('')}</${tag}>`;
    })
    .join('');
}

/** Spaces have four heights: a page has no style but its own. */
const heightOf = (pixels: number): number => Math.min(4, Math.max(1, Math.round(pixels / 24)));

function image({ imageId, alt, decorative, url, width }: SimpleBlock & { kind: 'image' }, material: Material): string {
  const picture = imageId ? material.images.get(imageId) : undefined;
  if (!picture) return '';
  // The address within the page, whichever way the installation is reached.
  const { pathname } = new URL(picture.url);
  const shown = `<img src="${escaped(pathname)}" alt="${decorative ? '' : line(alt)}" width="${picture.width}" class="${width}">`;
  const to = url.trim() === '' ? undefined : target(url);
  return `<p class="image">${to === undefined ? shown : toPlace(to, shown)}</p>`;
}

/** Its first heading is the page's; all others are below it, whatever their rank in a mail. */
function block(one: Placed, material: Material, first: Placed): string {
  const within = (blocks: readonly Placed[]) => blocks.map((inside) => block(inside, material, first)).join('');
  switch (one.kind) {
    case 'heading': {
      const rank = one === first ? 1 : 2;
      return line(one.text) === '' ? '' : `<h${rank}>${line(one.text)}</h${rank}>`;
    }
    case 'text':
      return prose(one.text);
    case 'button': {
      const to = target(one.url);
      return to === undefined || line(one.label) === '' ? '' : `<p>${toPlace(to, line(one.label), ' class="act"')}</p>`;
    }
    case 'image':
      return image(one, material);
    case 'divider':
      return '<hr>';
    case 'spacer':
      return `<div class="space${heightOf(one.height)}"></div>`;
    case 'columns':
      return `<div class="columns">${one.columns.map((inside) => `<div>${within(inside)}</div>`).join('')}</div>`;
    case 'section':
      return within(one.blocks);
  }
}

/** A page in one language: its title, what search engines are told of it (`text`), and what stands in it. Where no first heading stands in it, its title does. */
export function compilePage(saying: Saying, material: Material): Compiled {
  const placed = place(saying.blocks, material.parts);
  const own = placed.find((one) => one.kind === 'heading' && one.level === 1 && line(one.text) !== '');
  const first = own ?? { id: 'title', kind: 'heading' as const, level: 1 as const, text: saying.subject };
  const blocks = own ? placed : [first, ...placed];
  return {
    kind: 'page',
    subject: wordsOf(saying.subject).trim(),
    text: wordsOf(saying.preheader).trim(),
    html: blocks.map((one) => block(one, material, first)).join(''),
    conditions: [],
    needs: [],
    images: imagesIn(placed as PlainBlock[]),
  };
}
