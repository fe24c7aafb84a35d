import { allBlocks, type Block, type Language, type PlainBlock, type Saying } from '../blocks-contract.ts';
import type { Finding } from '../contract.ts';
import { isUnwritten } from '../ready.ts';
import { place } from '../rendering/html.ts';
import { targetOf } from '../rendering/links.ts';
import { type Piece, piecesOf } from '../rendering/liquid.ts';
import { linesOf, linksOf, readProse, wordsOf } from '../rendering/prose.ts';
import type { HouseRules } from '../style-contract.ts';
import { isAlwaysThere } from '../variables-contract.ts';
import { wordsOf as countable, readingEase, sentencesOf } from './readability.ts';
import { addressIn, findWords } from './words.ts';

/** Gmail clips what is longer than 102 kB (github.com/hteumeuleu/email-bugs, issue 41); values of a person still come to it. */
const mostOctets = 100_000;
/** Signs of a subject that phones show whole. */
const longestSubject = 60;
/** The least reading ease for each level of the house style. */
const leastEase = { easy: 60, plain: 45, expert: 25 } as const;

export interface Surroundings {
  language: Language;
  rules: HouseRules;
  /** Images and reusable blocks that there are. */
  images: ReadonlySet<string>;
  parts: ReadonlyMap<string, readonly PlainBlock[]>;
  /** Octets of the HTML; null: it could not be made. */
  size: number | null;
}

type Plain = Exclude<Block, { kind: 'section' | 'columns' | 'reusable' }>;
export type Found = Omit<Finding, 'blockId' | 'instead'> & { instead?: string };

export const stop = (kind: Finding['kind'], about = '', instead = ''): Found => ({
  kind,
  weight: 'stop',
  about,
  instead,
});
export const advice = (kind: Finding['kind'], about = '', instead = ''): Found => ({
  kind,
  weight: 'advice',
  about,
  instead,
});
export const at = (blockId: string | null, found: readonly Found[]): Finding[] =>
  found.map(({ instead = '', ...one }) => ({ ...one, instead, blockId }));

/** What is to be mended in what is said in one language, and what might be said better. Pure; what stops comes first. */
export function check(saying: Saying, around: Surroundings): Finding[] {
  const blocks = allBlocks(saying.blocks);
  // Of a reusable block its own author hears; here it counts for the whole.
  const whole = allBlocks(place(saying.blocks, around.parts) as Block[]);
  const findings = [
    ...at(null, subjectFindings(saying)),
    ...at(null, wholeFindings(saying, whole, around)),
    ...blocks.flatMap((one) => at(one.id, blockFindings(one, around))),
    ...addressFindings(saying, blocks, around),
  ];
  return [
    ...findings.filter(({ weight }) => weight === 'stop'),
    ...findings.filter(({ weight }) => weight === 'advice'),
  ];
}

function subjectFindings({ subject, preheader }: Saying): Found[] {
  const shown = plainOf(subject);
  return [
    ...(shown.trim() === '' ? [stop('no_subject')] : []),
    ...([...shown].length > longestSubject ? [advice('long_subject', String([...shown].length))] : []),
    ...liquidFindings(subject),
    ...liquidFindings(preheader),
  ];
}

/** A text as somebody reads it for whom values have their fall-backs. */
export const plainOf = (text: string): string =>
  piecesOf(text)
    .map((piece) =>
      piece.kind === 'words' ? piece.text : piece.kind === 'value' ? (piece.expression.fallback ?? 'X') : '',
    )
    .join('');

export function liquidFindings(text: string): Found[] {
  return piecesOf(text).flatMap((piece: Piece) => {
    if (piece.kind === 'wrong') return [stop(piece.why, piece.text)];
    if (piece.kind === 'words') return [];
    const { variable, fallback } = piece.expression;
    return fallback === null &&
      !isAlwaysThere(variable) &&
      !variable.startsWith('link.') &&
      !variable.startsWith('event.')
      ? [advice('no_fallback', variable)]
      : [];
  });
}

/** The words of a block, as they are read aloud: sentences, with lines of their own apart. */
function textOf(one: Block | PlainBlock): string {
  if (one.kind === 'text') return readProse(one.text).flatMap(linesOf).map(wordsOf).join('\n');
  if (one.kind === 'heading') return plainOf(one.text);
  return one.kind === 'button' ? plainOf(one.label) : '';
}

function wholeFindings(
  saying: Saying,
  blocks: readonly (Block | PlainBlock)[],
  { language, rules, size }: Surroundings,
): Found[] {
  const text = blocks.map(textOf).filter(Boolean).join('\n');
  const pictures = blocks.some((one) => one.kind === 'image' && one.imageId !== null);
  const ease = readingEase(text, language);
  const wanted = rules.level === null ? null : leastEase[rules.level];
  return [
    ...(text.trim() === '' ? [stop(pictures ? 'images_only' : 'no_words')] : []),
    ...(size !== null && size > mostOctets ? [stop('too_large', String(Math.round(size / 1000)))] : []),
    ...(ease !== null && wanted !== null && ease < wanted
      ? [advice('hard_to_read', String(ease), String(wanted))]
      : []),
    ...forbidden(`${plainOf(saying.subject)}\n${plainOf(saying.preheader)}`, language, rules),
  ];
}

export function forbidden(text: string, language: Language, { avoid }: HouseRules): Found[] {
  const found = findWords(
    text,
    avoid.map(({ word }) => word),
    language,
  );
  return avoid
    .filter(({ word }) => found.includes(word))
    .map(({ word, instead }) => advice('forbidden_word', word, instead));
}

function blockFindings(one: Block | PlainBlock, around: Surroundings): Found[] {
  const { language, rules } = around;
  if (one.kind === 'reusable') return one.partId && around.parts.has(one.partId) ? [] : [stop('no_part')];
  if (one.kind === 'columns' || one.kind === 'section' || one.kind === 'divider' || one.kind === 'spacer') return [];
  const text = textOf(one);
  const long = sentencesOf(text).filter((sentence) => countable(sentence).length > rules.longest);
  return [
    ...elementFindings(one, around),
    ...unwritten(text),
    ...forbidden(text, language, rules),
    ...long.map((sentence) => advice('long_sentence', shortened(sentence), String(rules.longest))),
  ];
}

/** What a ready content asks its author to say in its place. */
export const unwritten = (text: string): Found[] => (isUnwritten(text) ? [stop('unwritten')] : []);

export const shortened = (sentence: string): string => {
  const signs = [...sentence.replaceAll(/\s+/g, ' ')];
  return signs.length > 90 ? `${signs.slice(0, 89).join('')}…` : signs.join('');
};

function elementFindings(one: Plain, { images }: Surroundings): Found[] {
  if (one.kind === 'heading') return liquidFindings(one.text);
  if (one.kind === 'text')
    return [
      ...liquidFindings(one.text),
      ...readProse(one.text).flatMap(linesOf).flatMap(linksOf).flatMap(linkFindings),
    ];
  if (one.kind === 'button')
    return [...(one.label.trim() === '' ? [stop('no_label')] : liquidFindings(one.label)), ...linkFindings(one.url)];
  if (one.kind !== 'image') return [];
  if (!one.imageId || !images.has(one.imageId)) return [stop('no_image')];
  return [
    ...(!one.decorative && one.alt.trim() === '' ? [stop('no_alt')] : []),
    ...(one.decorative ? [] : liquidFindings(one.alt)),
    ...(one.url.trim() === '' ? [] : linkFindings(one.url)),
  ];
}

function linkFindings(url: string): Found[] {
  const target = targetOf(url);
  return 'problem' in target ? [stop(target.problem, url.trim())] : [];
}

/** French is held to one way of addressing people: the house's, or that of the block that addresses them first. */
export function addressFindings(
  saying: Saying,
  blocks: readonly (Block | PlainBlock)[],
  { language, rules }: Surroundings,
): Finding[] {
  if (language !== 'fr') return [];
  const told = [
    { id: null, ...addressIn(`${plainOf(saying.subject)}\n${plainOf(saying.preheader)}`) },
    ...blocks.map((one) => ({ id: one.id, ...addressIn(textOf(one)) })),
  ];
  if (rules.address !== null) {
    const other = rules.address === 'tu' ? 'vous' : 'tu';
    return told.flatMap((one) =>
      one[other] === null ? [] : at(one.id, [advice('address_other', one[other], rules.address!)]),
    );
  }
  const first = told.find(({ tu, vous }) => tu !== null || vous !== null);
  if (!first) return [];
  const own = first.vous !== null ? 'vous' : 'tu';
  const other = own === 'vous' ? 'tu' : 'vous';
  return told.flatMap((one) => (one[other] === null ? [] : at(one.id, [advice('address_mixed', one[other], own)])));
}
