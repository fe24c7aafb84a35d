const LETTERS: Record<string, string> = {
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ŋ: 'n',
  '’': "'",
  ʼ: "'",
};

/**
 * Text as it is searched: lower case, without accents, ligatures taken apart, typographic apostrophes made plain.
 * Folding twice changes nothing.
 */
export function fold(text: string): string {
  if (isPlain(text)) return text.toLowerCase();
  const lower = text.normalize('NFKD').toLowerCase().normalize('NFKD').toLowerCase();
  return lower.replace(/\p{M}+/gu, '').replace(/[œæßøłđðþıŋ’ʼ]/g, (letter) => LETTERS[letter] ?? letter);
}

/** Whether all letters are of ASCII, which most values are: what follows for others costs ten times more. */
export function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

/** How a label is compared: large or small, with accents or without, it is the same. */
export const labelKey = (label: string): string => fold(label).replaceAll(/\s+/g, ' ').trim();
