/**
 * How a name sounds to a French ear, after the rules of Phonex (Édouard Bergé, 1999) and Soundex FR (Frédéric Brouard):
 * letters that are not heard go, groups that sound alike become one sign. Made for comparing names, not for speaking.
 *
 * @param name folded letters (no accents, no capitals)
 */
export function soundFrench(name: string): string {
  let text = name.replace(/[^a-z]/g, '');
  if (text === '') return name;
  let letters = lettersOf(text);
  for (const { pattern, sign, needs, brings } of FRENCH) {
    if ((letters & needs) !== needs) continue;
    text = text.replace(pattern, sign);
    letters |= brings;
  }
  return text;
}

/** A bit for each letter that is there. */
function lettersOf(text: string): number {
  let letters = 0;
  for (let at = 0; at < text.length; at++) letters |= 1 << (text.charCodeAt(at) - 97);
  return letters;
}

/** @param letters without which the pattern cannot match: most rules are passed over for most names */
function rule(letters: string, pattern: RegExp, sign: string) {
  return { pattern, sign, needs: lettersOf(letters), brings: lettersOf(sign.replace(/[^a-z]/g, '')) };
}

const FRENCH = [
  rule('', /(.)\1+/g, '$1'),
  rule('h', /^h|(?<![cps])h/g, ''),
  rule('kn', /^kn/, 'n'),
  rule('ph', /ph/g, 'f'),
  rule('h', /sch|sh|ch/g, '5'),
  rule('g', /g(?=[eiy])/g, 'j'),
  rule('gu', /gu(?=[eiy])/g, 'g'),
  rule('n', /gn|ni(?=[aeou])/g, 'n'),
  rule('c', /c(?=[eiy])/g, 's'),
  rule('', /qu?|ck?|x(?=s)/g, 'k'),
  rule('x', /x$/, ''),
  rule('x', /x/g, 'ks'),
  rule('w', /w/g, 'v'),
  rule('z', /z/g, 's'),
  rule('', /eaux?|aux?|ot$|os$|eau/g, 'o'),
  rule('', /ain|ein|aim|eim|im(?=[bp])|in(?![aeiouy])|yn(?![aeiouy])/g, '1'),
  rule('oin', /oin/g, 'o1'),
  rule('', /[ae]n(?![aeiouy])|[ae]m(?=[bp])/g, '2'),
  rule('o', /on(?![aeiouy])|om(?=[bp])/g, '3'),
  rule('', /ai|ei|ay|ey|er$|ez$|et$|es$|ee$/g, 'e'),
  rule('o', /oi|oy/g, '4'),
  rule('ou', /ou/g, 'u'),
  rule('e', /oeu|eu|oe|ae/g, 'e'),
  rule('y', /y/g, 'i'),
  rule('', /(?<=.{2})[esdtp]+$/, ''),
  rule('', /(.)\1+/g, '$1'),
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
