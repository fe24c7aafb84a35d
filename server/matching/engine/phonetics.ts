/**
 * How a name sounds to a French ear, after the rules of Phonex (Édouard Bergé, 1999) and Soundex FR (Frédéric Brouard):
 * letters that are not heard go, groups that sound alike become one sign. Made for comparing names, not for speaking.
 *
 * @param name folded letters (no accents, no capitals)
 */
export function soundFrench(name: string): string {
  let text = name.replace(/[^a-z]/g, '');
  if (text === '') return name;
  for (const [pattern, sign] of FRENCH) text = text.replace(pattern, sign);
  return text;
}

const FRENCH: [RegExp, string][] = [
  [/(.)\1+/g, '$1'],
  [/^h|(?<![cps])h/g, ''],
  [/^kn/, 'n'],
  [/ph/g, 'f'],
  [/sch|sh|ch/g, '5'],
  [/g(?=[eiy])/g, 'j'],
  [/gu(?=[eiy])/g, 'g'],
  [/gn|ni(?=[aeou])/g, 'n'],
  [/c(?=[eiy])/g, 's'],
  [/qu?|ck?|x(?=s)/g, 'k'],
  [/x$/, ''],
  [/x/g, 'ks'],
  [/w/g, 'v'],
  [/z/g, 's'],
  [/eaux?|aux?|ot$|os$|eau/g, 'o'],
  [/ain|ein|aim|eim|im(?=[bp])|in(?![aeiouy])|yn(?![aeiouy])/g, '1'],
  [/oin/g, 'o1'],
  [/[ae]n(?![aeiouy])|[ae]m(?=[bp])/g, '2'],
  [/on(?![aeiouy])|om(?=[bp])/g, '3'],
  [/ai|ei|ay|ey|er$|ez$|et$|es$|ee$/g, 'e'],
  [/oi|oy/g, '4'],
  [/ou/g, 'u'],
  [/oeu|eu|oe|ae/g, 'e'],
  [/y/g, 'i'],
  [/(?<=.{2})[esdtp]+$/, ''],
  [/(.)\1+/g, '$1'],
];

/**
 * NYSIIS code of an English name (New York State Identification and Intelligence System; Taft 1970), not cut at six letters.
 *
 * @param name folded letters
 */
export function soundEnglish(name: string): string {
  let text = name.replace(/[^a-z]/g, '');
  if (text === '') return name;
  for (const [pattern, sign] of STARTS) if (pattern.test(text)) text = text.replace(pattern, sign);
  text = text.replace(/(?:ee|ie)$/, 'y').replace(/(?:dt|rt|rd|nt|nd)$/, 'd');
  const first = text[0]!;
  const rest = text
    .slice(1)
    .replace(/ev/g, 'af')
    .replace(/[aeiou]/g, 'a')
    .replace(/q/g, 'g')
    .replace(/z/g, 's')
    .replace(/m/g, 'n')
    .replace(/kn/g, 'n')
    .replace(/k/g, 'c')
    .replace(/sch/g, 'sss')
    .replace(/ph/g, 'ff')
    .replace(/(?<![a])h|h(?!a)/g, '')
    .replace(/(?<=a)w/g, '')
    .replace(/(.)\1+/g, '$1')
    .replace(/s$/, '')
    .replace(/ay$/, 'y')
    .replace(/a$/, '');
  return first + rest;
}

const STARTS: [RegExp, string][] = [
  [/^mac/, 'mcc'],
  [/^kn/, 'nn'],
  [/^k/, 'c'],
  [/^p[hf]/, 'ff'],
  [/^sch/, 'sss'],
];
