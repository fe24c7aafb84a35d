import { Lexer, type Token, type Tokens } from 'marked';
import { type Piece, piecesOf } from './liquid.ts';

// What people write in a text block: a small part of Markdown (paragraphs, lists, bold, italic, links). All else is words.

export type Inline =
  | { kind: 'words'; text: string }
  | { kind: 'value'; piece: Held }
  | { kind: 'break' }
  | { kind: 'strong' | 'em'; inside: Inline[] }
  /** `to` as it was written, with its Liquid. */
  | { kind: 'link'; to: string; inside: Inline[] };
export type Paragraph = { kind: 'paragraph'; inside: Inline[] } | { kind: 'list'; ordered: boolean; items: Inline[][] };

/** Stands for a piece of Liquid while Markdown is read: neither sign can stand in a block. */
const [open, close] = ['\uE000', '\uE001'];
const held = /\uE000(\d+)\uE001/;

export function readProse(text: string): Paragraph[] {
  const values: Held[] = [];
  const plain = piecesOf(text)
    .map((piece) => (piece.kind === 'words' ? piece.text : `${open}${values.push(piece) - 1}${close}`))
    .join('');
  return new Reader(values).paragraphs(new Lexer({ gfm: true, breaks: true }).lex(plain));
}

type Held = Exclude<Piece, { kind: 'words' }>;

class Reader {
  readonly #values: readonly Held[];
  constructor(values: readonly Held[]) {
    this.#values = values;
  }

  paragraphs(tokens: readonly Token[]): Paragraph[] {
    return tokens.flatMap((token): Paragraph[] => {
      if (token.type === 'space' || token.type === 'hr' || token.type === 'def') return [];
      if (token.type === 'list') return [this.#list(token as Tokens.List)];
      if (token.type === 'heading')
        return [{ kind: 'paragraph', inside: [{ kind: 'strong', inside: this.inline(token) }] }];
      if (token.type === 'blockquote') return this.paragraphs(token.tokens ?? []);
      return [{ kind: 'paragraph', inside: this.inline(token) }];
    });
  }

  #list({ ordered, items }: Tokens.List): Paragraph {
    const lines = items.map((item) =>
      item.tokens.flatMap((token, at) => [
        ...(at > 0 && token.type !== 'space' ? [{ kind: 'break' } as const] : []),
        ...(token.type === 'space' ? [] : this.#within(token)),
      ]),
    );
    return { kind: 'list', ordered, items: lines };
  }

  /** What is within a list stands in its line: lists of lists are none. */
  #within(token: Token): Inline[] {
    if (token.type !== 'list') return this.inline(token);
    return (token as Tokens.List).items.flatMap((item, at) => [
      ...(at > 0 ? [{ kind: 'break' } as const] : []),
      { kind: 'words', text: '– ' } as const,
      ...item.tokens.flatMap((one) => this.#within(one)),
    ]);
  }

  inline(token: Token): Inline[] {
    const tokens = 'tokens' in token ? token.tokens : undefined;
    return tokens ? tokens.flatMap((one) => this.#one(one)) : this.#words('text' in token ? token.text : token.raw);
  }

  #one(token: Token): Inline[] {
    switch (token.type) {
      case 'strong':
      case 'em':
        return [{ kind: token.type, inside: this.inline(token) }];
      case 'link':
        return [{ kind: 'link', to: this.#written(token.href), inside: this.inline(token) }];
      case 'br':
        return [{ kind: 'break' }];
      case 'text':
      case 'escape':
        return this.#words(token.text);
      default:
        // Code, pictures, HTML: as it was typed.
        return this.#words(token.raw);
    }
  }

  #words(text: string): Inline[] {
    return text
      .split(held)
      .map(
        (part, at): Inline =>
          at % 2 === 1 ? { kind: 'value', piece: this.#values[Number(part)]! } : { kind: 'words', text: part },
      )
      .filter((one) => one.kind !== 'words' || one.text !== '');
  }

  /** An address, with the Liquid that stood in it. Markdown writes signs of ours as it does any others. */
  #written(href: string): string {
    const plain = href.replaceAll('%EE%80%80', open).replaceAll('%EE%80%81', close);
    return plain
      .split(held)
      .map((part, at) => (at % 2 === 1 ? this.#values[Number(part)]!.source : part))
      .join('');
  }
}

/** All the words of paragraphs, values left out: for whoever reads or counts them. */
export function wordsOf(inside: readonly Inline[]): string {
  return inside
    .map((one) => {
      if (one.kind === 'words') return one.text;
      if (one.kind === 'break') return '\n';
      if (one.kind === 'value') return one.piece.kind === 'value' ? (one.piece.expression.fallback ?? 'X') : '';
      return wordsOf(one.inside);
    })
    .join('');
}

/** Where the links of paragraphs lead, as it was written. */
export function linksOf(inside: readonly Inline[]): string[] {
  return inside.flatMap((one) => {
    if (one.kind === 'link') return [one.to, ...linksOf(one.inside)];
    return one.kind === 'strong' || one.kind === 'em' ? linksOf(one.inside) : [];
  });
}

export const linesOf = (paragraph: Paragraph): Inline[][] =>
  paragraph.kind === 'list' ? paragraph.items : [paragraph.inside];
