/** Characters of a quote that leaves. */
const longestQuote = 500;

/** What stands before an @ has 64 signs at most (RFC 5321, 4.5.3.1.1); without a bound, one word of a long message takes minutes. */
const addresses =
  /[^\s@<>(),;]{1,100}@[^\s@<>(),;]+|https?:\/\/[^\s<>()]+|www\.[^\s<>()]+|(?<!\w)@\w{2,50}|\+?\d(?:[\s().-]?\d){6,}/giu;

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * What somebody said, without what tells who it was as far as that can be told from outside: addresses, links, names of accounts, numbers of seven
 * digits or more, and the names that they are known by.
 */
export function anonymous(text: string, names: readonly string[]): string {
  const parts = names.flatMap((name) => name.split(/[\s,;]+/)).filter((part) => part.length > 1);
  const called =
    parts.length > 0 ? new RegExp(`(?<!\\p{L})(?:${parts.map(literal).join('|')})(?!\\p{L})`, 'giu') : null;
  const masked = text.replaceAll(addresses, '[…]');
  return (called ? masked.replaceAll(called, '[…]') : masked)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, longestQuote)
    .toWellFormed();
}
