import { liquidOf, literal, type Piece, piecesOf, placeOf } from './liquid.ts';

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => signs[sign]!);

const [open, close] = ['\uE000', '\uE001'];
const slot = /\uE000(\d+)\uE001/g;

/**
 * Keeps Liquid out of the way while MJML writes its HTML: what stands between the two signs, which no block can hold, is put in its place at
 * the end. So MJML sees words and markup of ours, and Liquid nothing that an author wrote.
 */
export class Slots {
  readonly #templates: string[] = [];

  put(template: string): string {
    return `${open}${this.#templates.push(template) - 1}${close}`;
  }

  /** A piece of a text as it stands in HTML, in words or in an attribute. */
  piece(piece: Piece): string {
    if (piece.kind === 'value') return this.put(liquidOf(piece.expression));
    const words = piece.kind === 'words' ? piece.text : placeOf(piece.text);
    return escaped(words).replaceAll(/[{}]/g, (brace) => this.put(literal(brace)));
  }

  line(text: string): string {
    return piecesOf(text)
      .map((piece) => this.piece(piece))
      .join('');
  }

  /** @throws Error where something else than slots would be a template */
  fill(html: string): string {
    if (/\{[{%]/.test(html)) throw new Error('The HTML holds a mark of Liquid that is none of ours.');
    return html.replaceAll(slot, (_, no: string) => this.#templates[Number(no)]!);
  }
}
