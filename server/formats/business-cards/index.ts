import { isFreeMail } from '../normalise/email.ts';
import { takeReach } from '../signatures/pieces.ts';
import { postalPart } from '../signatures/postal.ts';
import { add, addPhone, type Field, placeAddresses, type Words } from '../signatures/read.ts';
import { DEPARTMENT, isTitle } from '../signatures/vocabulary.ts';
import { bareName, nameWords, organizationScore, titleScore } from '../signatures/words.ts';
import type { CardLine } from './ocr.ts';

/** Words of a card, and where they stand. */
interface Placed extends Words {
  box: CardLine;
}

/** A card has twenty lines; what has more or longer ones is a page, and is read no further. */
const MOST_LINES = 200;
const WIDEST = 200;

/**
 * Reads the lines of a card into fields. Each has the line it came from, and a confidence that counts how surely the letters were
 * recognised.
 *
 * @param country ISO 3166-1 alpha-2, for numbers without prefix
 */
export function readCard(lines: readonly CardLine[], country: string): Field[] {
  const fields: Field[] = [];
  const words: Placed[] = [];
  for (const box of inReadingOrder(lines.slice(0, MOST_LINES))) {
    const text = mended(box.text.slice(0, WIDEST));
    const located = postalPart(text);
    const reach = takeReach(text, '', '', [country]);
    if (located || !takeContact(reach, box, fields)) {
      words.push({ text: trimmed(text), line: box.text, box, ...(located && { postal: located }) });
    }
  }
  placeAddresses(words, fields, mean(words));
  placeRoles(
    words.filter(({ taken, postal, text }) => !taken && !postal && /\p{L}{2}/u.test(text)),
    fields,
  );
  return fields;
}

/** False for a line without address or number. */
function takeContact(reach: ReturnType<typeof takeReach>, box: CardLine, fields: Field[]): boolean {
  const { text: line, confidence } = box;
  for (const value of reach.emails) add(fields, { kind: 'email', value, line, confidence: 0.95 * confidence });
  for (const value of reach.urls) add(fields, { kind: 'url', value, line, confidence: 0.95 * confidence });
  for (const value of reach.profiles.filter((one) => !one.startsWith('@')))
    add(fields, { kind: 'profile', value, line, confidence: 0.9 * confidence });
  for (const phone of reach.phones) addPhone(fields, kindBehind(phone, reach.rest), line, confidence);
  return reach.emails.length + reach.urls.length + reach.phones.length > 0;
}

/** "(202) 228-5417 fax" */
function kindBehind<T extends { kind: string }>(phone: T, rest: string): T {
  return /^\W*fax\W*$/i.test(rest) ? { ...phone, kind: 'fax' } : phone;
}

/** What recognisers do to addresses: blanks around the sign, a copyright sign in its place. */
function mended(text: string): string {
  return text
    .replace(/(?<=[\p{L}\d])\s?[@©®]\s?(?=[\p{L}\d-]+\s?\.\s?\p{L}{2,})/u, '@')
    .replace(/(?<=@[\p{L}\d-]{1,60})\s?\.\s?(?=\p{L}{2,})/u, '.')
    .replace(/^(\p{L}{3,12})\.?\s+(?=[(+\d](?:\d[\s().-]*){8,})/u, '$1: ')
    .replace(/\bwww\s?[.,]\s?(?=[\p{L}\d])/iu, 'www.');
}

const trimmed = (text: string): string => text.replace(/^[^\p{L}\p{N}(+]+|[^\p{L}\p{N}).]+$/gu, '');

const mean = (words: readonly Placed[]): number =>
  words.reduce((sum, { box }) => sum + box.confidence, 0) / Math.max(1, words.length);

const height = ({ top, bottom }: CardLine): number => bottom - top;

/** Lines below each other that overlap belong together; what stands beside them is read afterwards. */
function inReadingOrder(lines: readonly CardLine[]): CardLine[] {
  const open = [...lines].sort((a, b) => a.top - b.top || a.left - b.left);
  const ordered: CardLine[] = [];
  while (open.length > 0) {
    let last = open.shift()!;
    ordered.push(last);
    for (let next = open.findIndex((line) => follows(last, line)); next >= 0; ) {
      last = open.splice(next, 1)[0]!;
      ordered.push(last);
      next = open.findIndex((line) => follows(last, line));
    }
  }
  return ordered;
}

function follows(above: CardLine, below: CardLine): boolean {
  const gap = below.top - above.bottom;
  return gap > -0.5 * height(above) && gap < 1.5 * Math.max(height(above), height(below)) && beneath(above, below);
}

const beneath = (above: CardLine, below: CardLine): boolean =>
  Math.min(above.right, below.right) > Math.max(above.left, below.left) && below.top > above.top;

function placeRoles(words: Placed[], fields: Field[]): void {
  const titles = words.filter(({ text }) => titleScore(text) > 0.5 && organizationScore(text, '') < 0.9);
  const domain = domainOf(fields);
  const others = words.filter((word) => !titles.includes(word) && !DEPARTMENT.test(word.text));
  const largest = Math.max(...others.map(({ box }) => height(box)), 1);
  const names = others
    .map((word) => ({ word, score: nameScore(word, titles, fields, domain, largest) }))
    .sort((a, b) => b.score * b.word.box.confidence - a.score * a.word.box.confidence);
  const name = names[0] && names[0].score >= 0.4 ? names[0] : undefined;
  if (name) {
    const { text, line, box } = name.word;
    add(fields, { kind: 'name', value: bareName(text), line, confidence: Math.min(0.97, name.score) * box.confidence });
  }
  for (const { text, line, box } of titles)
    add(fields, { kind: 'title', value: text, line, confidence: titleScore(text) * box.confidence });
  placeOrganization(joined(others.filter((word) => word !== name?.word)), fields, domain, largest);
}

/** Of the first address that is no free mail, else of the site. */
function domainOf(fields: readonly Field[]): string {
  const email = fields.find(({ kind, value }) => kind === 'email' && !isFreeMail(value.split('@')[1] ?? ''));
  if (email) return email.value.split('@')[1]!;
  const site = fields.find(({ kind }) => kind === 'url')?.value ?? '';
  return site
    .toLowerCase()
    .replace(/^(?:https?:\/\/)?(?:www\.)?/, '')
    .split('/')[0]!;
}

/** How likely words are the name: they stand above what the person does, are formed as names are, and agree with the address. */
function nameScore(
  word: Placed,
  titles: readonly Placed[],
  fields: readonly Field[],
  domain: string,
  largest: number,
): number {
  const { text, box } = word;
  const parts = bareName(text).split(/\s+/);
  if (parts.length > 5 || /[\d@&]/.test(text) || text.length < 3 || organizationScore(text, '') >= 0.8) return 0;
  let score = 0;
  if (titles.some((title) => isRightAbove(box, title.box))) score += 0.5;
  if (parts.length >= 2 && parts.every((part) => /^\p{L}[\p{L}.'’-]*$/u.test(part))) score += 0.3;
  if (parts.length >= 2 && parts.every((part) => /^\p{Lu}/u.test(part))) score += 0.1;
  const locals = fields.filter(({ kind }) => kind === 'email').map(({ value }) => value.split('@')[0]!);
  if (nameWords(text).some((one) => one.length > 2 && locals.some((local) => local.includes(one)))) score += 0.4;
  if (height(box) >= 0.8 * largest) score += 0.1;
  if (organizationScore(text, domain) > 0.9) score -= 0.3;
  return isTitle(text) ? 0 : score;
}

function isRightAbove(above: CardLine, below: CardLine): boolean {
  const gap = below.top - above.bottom;
  return beneath(above, below) && gap < 1.5 * Math.max(height(above), height(below));
}

/** Lines of one sign: below each other, equally high or equally wide. */
function joined(words: readonly Placed[]): Placed[] {
  const signs: Placed[] = [];
  for (const word of words) {
    const above = signs.find((sign) => isRightAbove(sign.box, word.box) && alike(sign.box, word.box));
    if (!above || above.text.split(' ').length > 3) signs.push({ ...word, box: { ...word.box } });
    else {
      above.text = `${above.text} ${word.text}`;
      above.box.bottom = word.box.bottom;
    }
  }
  return signs;
}

function alike(a: CardLine, b: CardLine): boolean {
  const ratio = height(a) / Math.max(1, height(b));
  const width = Math.max(a.right - a.left, b.right - b.left);
  const justified = Math.abs(a.left - b.left) < 0.1 * width && Math.abs(a.right - b.right) < 0.1 * width;
  return (ratio > 0.6 && ratio < 1.7) || justified;
}

function placeOrganization(signs: readonly Placed[], fields: Field[], domain: string, largest: number): void {
  const scored = signs
    .map((sign) => ({ sign, score: organizationOf(sign, domain, largest) }))
    .filter(({ score }) => score >= 0.5)
    .sort((a, b) => b.score - a.score);
  const best = scored[0];
  if (!best) return;
  const { text, line, box } = best.sign;
  add(fields, { kind: 'organization', value: text, line, confidence: Math.min(0.95, best.score) * box.confidence });
}

/** The sign that names the domain, has a legal form, or is by far the largest. */
function organizationOf({ text, box }: Placed, domain: string, largest: number): number {
  if (text.length < 3 || text.length > 60 || box.confidence < 0.6 || /\b(?:building|tower|floor)\b/i.test(text))
    return 0;
  const score = organizationScore(text, domain);
  const size = (box.bottom - box.top) / largest;
  return score >= 0.5
    ? score + 0.02 * Math.min(2, size)
    : size >= 0.9 && box.confidence > 0.8 && !/\d/.test(text)
      ? 0.5
      : 0;
}
