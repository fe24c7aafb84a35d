/** What stands behind a name and is none of it: "Bruce Banner, PhD". */
const suffix = /,\s*(ph\.?\s?d|d\.?phil|m\.?d|mba|m\.?sc|b\.?sc|esq|jr|sr|i{2,3}|iv)\.?(?=,|$)/giu;

/** First letters of the first and last word: "Jean-Baptiste de La Tour" gives JT; an organisation its first letter. */
export function initials(name: string, single = false): string {
  const words = name
    .replace(suffix, '')
    .split(/[\s,]+/)
    .filter((word) => /^\p{L}|^\p{N}/u.test(word));
  const first = [...(words[0] ?? '')][0] ?? '';
  const last = words.length > 1 && !single ? ([...words.at(-1)!.replace(/^[dl]’/i, '')][0] ?? '') : '';
  return (first + last).toLocaleUpperCase();
}
