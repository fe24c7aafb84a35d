import { isLink } from '../variables-contract.ts';
import { liquidOf, literal, type Piece, piecesOf } from './liquid.ts';

/** Of these alone a mail may lead to something: a page, an address, a number. */
const schemes = new Set(['http:', 'https:', 'mailto:', 'tel:']);

/** Whether an address may stand in a mail: absolute, of a scheme that runs nothing. */
export function isSafe(url: string): boolean {
  // What browsers pass over on their way to the scheme (WHATWG URL, 4.4) is refused.
  if (/[\p{Cc}\s]/u.test(url)) return false;
  try {
    return schemes.has(new URL(url).protocol);
  } catch {
    return false;
  }
}

export type Target = { template: string } | { problem: 'no_link' | 'bad_link' };

/** Up to where an address says whose page it is: values may stand only behind it. */
const origin = /^(?:https?:\/\/[^/?#\s]+[/?#]|mailto:[^?\s]+\?)/i;

/**
 * Where something leads, as a template: an address with values behind its host, each encoded, or one variable that is an address itself.
 * What would lead elsewhere than its author can have meant is none.
 */
export function targetOf(text: string): Target {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: 'no_link' };
  const pieces = piecesOf(trimmed);
  if (pieces.some(({ kind }) => kind === 'wrong')) return { problem: 'bad_link' };
  const [only] = pieces;
  if (pieces.length === 1 && only!.kind === 'value' && isLink(only!.expression.variable)) {
    const { fallback } = only!.expression;
    if (fallback !== null && !isSafe(fallback)) return { problem: 'bad_link' };
    return { template: liquidOf({ ...only!.expression, filters: [] }, 'link') };
  }
  const wordsOnly = pieces.every(({ kind }) => kind === 'words');
  const first = only as Piece & { text: string };
  if (wordsOnly ? !isSafe(trimmed) : only!.kind !== 'words' || !origin.test(first.text)) return { problem: 'bad_link' };
  const sample = pieces.map((piece) => (piece.kind === 'words' ? piece.text : 'x')).join('');
  if (!isSafe(sample)) return { problem: 'bad_link' };
  return {
    template: pieces
      .map((piece) =>
        piece.kind === 'value' ? liquidOf(piece.expression, 'url_encode') : literal((piece as { text: string }).text),
      )
      .join(''),
  };
}
