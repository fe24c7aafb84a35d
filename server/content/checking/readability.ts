import { fold } from '../../formats/normalise/fold.ts';
import type { Language } from '../blocks-contract.ts';

/** What a sentence ends with. An abbreviation or a decimal point ends none: after it comes no space with a capital. */
const ending = /(?<=[.!?…]["»”)]?)\s+(?=["«“(]?[\p{Lu}\p{N}])|\n+/u;

/** Sentences of a text; a line of its own (a heading, a point of a list) is one. */
export const sentencesOf = (text: string): string[] =>
  text
    .split(ending)
    .map((one) => one.trim())
    .filter((one) => /\p{L}/u.test(one));

export const wordsOf = (text: string): string[] => text.match(/\p{L}+(?:[-’']\p{L}+)*/gu) ?? [];

/**
 * Syllables of a word, counted by groups of vowels: right for most words, and its errors level out over a text. A mute e at the end of a
 * longer word counts as none in both languages, as it is spoken.
 */
export function countSyllables(word: string, language: Language): number {
  const written = word.normalize('NFC').toLowerCase();
  // Before accents are taken off: é is spoken.
  const spoken =
    language === 'fr'
      ? written.replace(/(?<=[^aeiouyàâéèêëîïôûù])(?:e|es|ent)$/, '')
      : written.replace(/(?<=[^aeiouyl])e$|(?<=[^aeioutdy])ed$|(?<=[^aeioucgsxz])es$/, '');
  const groups = fold(spoken)
    .replaceAll(/[^a-z]/g, '')
    .replaceAll(/qu|gu(?=[aeiy])/g, 'q')
    .match(/[aeiouy]+/g);
  return Math.max(1, groups?.length ?? 1);
}

/** Fewer words than this tell nothing. */
const fewestWords = 60;

/**
 * How easily a text is read, from 0 (hard) to 100 (easy); null: too short to tell.
 * English: Flesch's reading ease, 206.835 − 1.015 words/sentence − 84.6 syllables/word (R. Flesch, A new readability yardstick, Journal of
 * Applied Psychology 32, 1948). French: the same fitted to French, 207 − 1.015 words/sentence − 73.6 syllables/word (L. Kandel and A. Moles,
 * Application de l’indice de Flesch à la langue française, Cahiers d’études de radio-télévision 19, 1958).
 */
export function readingEase(text: string, language: Language): number | null {
  const sentences = sentencesOf(text);
  const words = sentences.flatMap(wordsOf);
  if (words.length < fewestWords) return null;
  const syllables = words.reduce((sum, word) => sum + countSyllables(word, language), 0);
  const [base, perSyllable] = language === 'fr' ? [207, 73.6] : [206.835, 84.6];
  const ease = base - (1.015 * words.length) / sentences.length - (perSyllable * syllables) / words.length;
  return Math.round(Math.min(100, Math.max(0, ease)));
}
