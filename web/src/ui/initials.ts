/** First letters of the first and last word: "Jean-Baptiste de La Tour" gives JT; an organisation its first letter. */
export function initials(name: string, single = false): string {
  const words = name.split(/[\s,]+/).filter((word) => /^\p{L}|^\p{N}/u.test(word));
  const first = [...(words[0] ?? '')][0] ?? '';
  const last = words.length > 1 && !single ? ([...words.at(-1)!.replace(/^[dl]’/i, '')][0] ?? '') : '';
  return (first + last).toLocaleUpperCase();
}
