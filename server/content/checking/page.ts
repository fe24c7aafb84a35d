import { allBlocks, type Block, type PlainBlock, type Saying } from '../blocks-contract.ts';
import type { Finding } from '../contract.ts';
import { place } from '../rendering/html.ts';
import { piecesOf } from '../rendering/liquid.ts';
import { at, check, type Found, type Surroundings, stop } from './check.ts';

/** What of a block is read, or leads somewhere. */
function textsOf(one: Block | PlainBlock): string[] {
  if (one.kind === 'heading' || one.kind === 'text') return [one.text];
  if (one.kind === 'button') return [one.label, one.url];
  return one.kind === 'image' ? [...(one.decorative ? [] : [one.alt]), one.url] : [];
}

/** Nobody is known who reads a page: there is nothing to put in the place of a value. */
const valueFindings = (texts: readonly string[]): Found[] =>
  texts.flatMap(piecesOf).flatMap((piece) => (piece.kind === 'value' ? [stop('page_variable', piece.source)] : []));

/** What is to be mended in a page in one language, and what might be said better: as of a mail, but for what is so of mails alone. Pure. */
export function checkPage(saying: Saying, around: Surroundings): Finding[] {
  const own = allBlocks(saying.blocks);
  const placed = allBlocks(place(saying.blocks, around.parts) as Block[]);
  const within = placed.filter((one) => !own.some(({ id }) => id === one.id));
  const values = [
    ...at(null, valueFindings([saying.subject, saying.preheader])),
    ...own.flatMap((one) => at(one.id, valueFindings(textsOf(one)))),
    ...at(null, valueFindings(within.flatMap(textsOf))),
  ];
  const found = check(saying, { ...around, size: null })
    .filter(({ kind }) => kind !== 'no_fallback' && kind !== 'long_subject')
    .map((one) => (one.kind === 'no_subject' ? { ...one, kind: 'no_title' as const } : one));
  return [
    ...values,
    ...found.filter(({ weight }) => weight === 'stop'),
    ...found.filter(({ weight }) => weight === 'advice'),
  ];
}
