import { fold } from '../../formats/normalise/fold.ts';
import type { Language } from '../blocks-contract.ts';
import { wordsOf } from './readability.ts';

/** Beginnings that French writes together with the word. */
const elided = /^(?:l|d|j|m|t|s|n|c|qu)'(?=.)/;

/** A word without its commonest endings (plural, feminine; in English -ed and -ing): two forms of one word mostly meet there. */
export function stem(word: string, language: Language): string {
  const plain = fold(word).replace(elided, '').replace(/'s$/, '');
  if (plain.length < 4) return plain;
  if (language === 'fr')
    return plain
      .replace(/aux$/, 'al')
      .replace(/(?:es|s|x|e)$/, '')
      .replace(/(?<=[a-z]{3})e$/, '');
  return plain.replace(/(?<=[a-z]{3})(?:ing|ed|es|s|e)$/, '');
}

/** Which of these words or phrases stand in a text, in whatever form. @returns them as they are listed */
export function findWords(text: string, listed: readonly string[], language: Language): string[] {
  const stems = wordsOf(text).map((word) => stem(word, language));
  return listed.filter((phrase) => {
    const wanted = wordsOf(phrase).map((word) => stem(word, language));
    return wanted.length > 0 && stems.some((_, at) => wanted.every((one, no) => stems[at + no] === one));
  });
}

const familiar = /(?<![\p{L}’'])(?:(?:tu|toi|te|tes|tien|tienne|tiens|tiennes)(?!\p{L})|t['’](?=\p{L}))/giu;
/** "Ton" and "ta" with what follows them: "le ton" is a tone. */
const possessive = /(?<![\p{L}’'-]|\b(?:le|un|du|au|ce|quel|bon|de)\s)(?:ton|ta)(?=\s\p{L})/giu;
const formal = /(?<![\p{L}’']|rendez-)(?:vous|votre|vos|vôtre|vôtres)(?!\p{L})/giu;

/** How a French text addresses its reader. Bare imperatives ("viens", "venez") are not looked at: their forms are those of other words. */
export function addressIn(text: string): { tu: string | null; vous: string | null } {
  const first = (pattern: RegExp) => text.match(pattern)?.[0].trim() ?? null;
  return { tu: first(familiar) ?? first(possessive), vous: first(formal) };
}
