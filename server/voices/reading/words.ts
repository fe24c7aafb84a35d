/** What a piece of a text is. A break ends a clause; a mark says something by itself ("!", "?", ":-)"). */
type Kind = 'word' | 'number' | 'emoji' | 'mark' | 'break';

/** A piece of a text: how it is counted, and where it stands. */
export interface Token {
  /** Lower case, without accents, letters that are drawn out shortened to two. */
  form: string;
  kind: Kind;
  start: number;
  end: number;
  /** Written in capitals only, two letters at least. */
  loud: boolean;
}

/** Characters of a text that are read. What a message is about stands in its first pages; the rest would cost time for nothing. */
export const READ = 6_000;

/** Links, addresses and names of accounts are passed over: they say nothing of tone or topic, and they name people. */
const PIECES =
  /(?<skip>https?:\/\/\S{1,500}|www\.\S{1,300}|[\w.+-]{1,64}@[\w.-]{1,200}|@\w{1,50})|(?<mark>[:;=8][-'^]?[)(\]DPp/\\|*]+|<3|\^\^|[!?]+)|(?<emoji>\p{Extended_Pictographic}(?:\u{FE0F}|[\u{1F3FB}-\u{1F3FF}])?)|(?<number>\d[\d.,:%]{0,20})|(?<word>[\p{L}\p{M}]{1,60}(?:['’](?:t|s|re|ve|ll|d|m)(?![\p{L}\p{M}]))?)|(?<break>[.,;:…()\n"«»•|]+)/gu;

/** The pieces of a text's first `READ` characters, in order. Never throws; time grows with the length read. */
export function tokensOf(text: string): Token[] {
  const found: Token[] = [];
  for (const match of text.slice(0, READ).matchAll(PIECES)) {
    const { skip, mark, emoji, number, word } = match.groups!;
    if (skip) continue;
    const kind = mark ? 'mark' : emoji ? 'emoji' : number ? 'number' : word ? 'word' : 'break';
    const written = match[0];
    found.push({
      form: formOf(written, kind),
      kind,
      start: match.index,
      end: match.index + written.length,
      loud:
        kind === 'word' && written.length > 1 && written === written.toUpperCase() && written !== written.toLowerCase(),
    });
  }
  return found;
}

function formOf(written: string, kind: Kind): string {
  if (kind === 'word') return fold(written);
  if (kind === 'number') return '0';
  if (kind === 'emoji') return String.fromCodePoint(written.codePointAt(0)!);
  if (kind === 'break') return '.';
  if (/^[!?]+$/.test(written)) return written.includes('?') ? '?' : written.length > 1 ? '!!' : '!';
  return /[)\]D*]|<3|\^\^|[Pp]$/.test(written) ? ':)' : ':(';
}

/** A word as it is counted: "Géniaaaal" and "genial" are one. */
export function fold(word: string): string {
  const plain = word.toLowerCase();
  const bare = /^[a-z']*$/.test(plain)
    ? plain
    : plain
        .normalize('NFD')
        .replace(/\p{M}+/gu, '')
        .replace(/œ/g, 'oe')
        .replace(/æ/g, 'ae')
        .replace(/’/g, "'");
  return bare.replace(/(.)\1{2,}/gu, '$1$1');
}
