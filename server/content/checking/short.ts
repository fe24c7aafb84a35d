import { allBlocks, type Saying, type Template } from '../blocks-contract.ts';
import type { Finding } from '../contract.ts';
import { countSms } from '../rendering/segments.ts';
import { compileSms, placeIn } from '../rendering/short.ts';
import type { HouseRules } from '../style-contract.ts';
import {
  addressFindings,
  advice,
  at,
  type Found,
  forbidden,
  liquidFindings,
  plainOf,
  type Surroundings,
  shortened,
  stop,
  unwritten,
} from './check.ts';
import { wordsOf as countable, readingEase, sentencesOf } from './readability.ts';

/** Segments from which on an SMS is called long, and more than which no provider takes (OVHcloud: 1,377 signs are nine of 153). */
const [longSms, mostSegments] = [3, 9];
/** Signs of an agreed text with what fills its places ("Message templates", body). */
const longestBody = 1024;
/** The least reading ease for each level of the house style, as of mails. */
const leastEase = { easy: 60, plain: 45, expert: 25 } as const;

const first = (findings: readonly Finding[]): Finding[] => [
  ...findings.filter(({ weight }) => weight === 'stop'),
  ...findings.filter(({ weight }) => weight === 'advice'),
];

/** What is to be mended in an SMS in one language, and what might be said better. Pure. */
export function checkSms(saying: Saying, around: Surroundings): Finding[] {
  const blocks = allBlocks(saying.blocks);
  const texts = blocks.flatMap((one) => (one.kind === 'text' ? [one] : []));
  const whole = texts.map(({ text }) => plainOf(text)).join('\n');
  return first([
    ...at(null, smsFindings(saying, whole, around)),
    ...texts.flatMap(({ id, text }) => at(id, wordFindings(text, around))),
    ...addressFindings(saying, blocks, around),
  ]);
}

function smsFindings(saying: Saying, whole: string, { language, rules }: Surroundings): Found[] {
  if (whole.trim() === '') return [stop('no_words')];
  // As it is for whom every condition holds and every value has its fall-back, with how to stop it: the longest its author can know.
  const { mention } = compileSms(saying, language);
  const { segments, outside } = countSms([whole.trim(), ...(mention ? [mention] : [])].join('\n'));
  return [
    ...(segments > mostSegments ? [stop('too_long_sms', String(segments), String(mostSegments))] : []),
    ...(segments >= longSms && segments <= mostSegments ? [advice('long_sms', String(segments))] : []),
    ...(outside.length > 0 ? [advice('unicode_sms', outside.map(shown).join(' '))] : []),
    ...easeFindings(whole, language, rules),
  ];
}

/** Blanks that are none of the plain ones have a name, since nobody sees them. */
const shown = (sign: string): string =>
  /\s/u.test(sign) ? `U+${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}` : sign;

function easeFindings(text: string, language: Surroundings['language'], { level }: HouseRules): Found[] {
  const ease = readingEase(text, language);
  const wanted = level === null ? null : leastEase[level];
  return ease !== null && wanted !== null && ease < wanted
    ? [advice('hard_to_read', String(ease), String(wanted))]
    : [];
}

/** Of words without form: what cannot be read in them, what is to be avoided, what is too long. */
function wordFindings(text: string, { language, rules }: Surroundings): Found[] {
  const plain = plainOf(text);
  const long = sentencesOf(plain).filter((sentence) => countable(sentence).length > rules.longest);
  return [
    ...liquidFindings(text),
    ...unwritten(plain),
    ...forbidden(plain, language, rules),
    ...long.map((sentence) => advice('long_sentence', shortened(sentence), String(rules.longest))),
  ];
}

/** As providers have names ("Message templates", name), and their languages. */
const [nameAs, localeAs] = [/^[a-z0-9_]{1,512}$/, /^[a-z]{2,3}(?:_[A-Z]{2,3})?$/];

/** What is to be mended in an agreed text. The provider alone knows whether it is approved. Pure. */
export function checkTemplate(template: Template | undefined, around: Surroundings): Finding[] {
  if (!template || template.name === '') return at(null, [stop('no_template')]);
  const { name, locale, body, parameters } = template;
  const places = [...new Set([...body.matchAll(placeIn)].map((match) => Number(match.groups!.no)))];
  // What stands in the places is counted with the words around it.
  const words = body.replaceAll(placeIn, (_, no: string) => plainOf(parameters[Number(no) - 1] ?? ''));
  const numbered = places.length === parameters.length && places.every((no) => no <= parameters.length);
  const saying = { subject: '', preheader: '', blocks: [{ id: 'body', kind: 'text' as const, text: words }] };
  return first([
    ...at(null, [
      ...(nameAs.test(name) && localeAs.test(locale)
        ? []
        : [stop('wrong_template', nameAs.test(name) ? locale : name)]),
      ...(body.trim() === '' ? [stop('no_words')] : []),
      ...(numbered ? [] : [stop('wrong_places', String(places.length), String(parameters.length))]),
      ...([...words].length > longestBody
        ? [stop('long_parameter', String([...words].length), String(longestBody))]
        : []),
      ...easeFindings(words, around.language, around.rules),
      ...forbidden(words, around.language, around.rules),
    ]),
    ...parameters.flatMap((one, no) =>
      at(`p${no + 1}`, one.trim() === '' ? [stop('no_parameter', String(no + 1))] : liquidFindings(one)),
    ),
    ...addressFindings(saying, saying.blocks, around).map((one) => ({ ...one, blockId: null })),
  ]);
}
