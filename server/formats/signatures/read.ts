import { isMachine } from '../mail/people.ts';
import type { Block } from './block.ts';
import { type Countries, type FoundPhone, type PhoneKind, takeReach } from './pieces.ts';
import { type PostalPart, postalPart } from './postal.ts';
import { ASSISTANT, DEPARTMENT } from './vocabulary.ts';
import {
  bareName,
  isFirstName,
  isNameShaped,
  isSendersName,
  nameWords,
  organizationScore,
  type Sender,
  splitNameAndTitle,
  titleScore,
} from './words.ts';

export type FieldKind = 'name' | 'title' | 'organization' | 'email' | 'phone' | 'address' | 'url' | 'profile';

/** One thing that a signature says of its writer. */
export interface Field {
  kind: FieldKind;
  /** As it is written; an e-mail address normalised. */
  value: string;
  /** Only of phones. */
  phone?: PhoneKind;
  e164?: string | null;
  extension?: string;
  /** How likely it is right, 0 to 1. */
  confidence: number;
  /** The line of the message it was read from, the first one of an address. */
  line: string;
}

/** A piece of a line whose addresses and numbers were taken out. */
export interface Words {
  text: string;
  line: string;
  postal?: PostalPart;
  taken?: boolean;
}

const SEPARATOR = /\s*[|•·│●■▪]\s*|\s+\/\/\s+|\s+\*\s+|\t+|\s+[–—-]\s+|\s{3,}/u;
/** Drawings and asterisks around words. */
const ART = /^[\s*_~#>=»«\u200b\ufeff]+|[\s*_~#=<>\u200b\ufeff]+$/g;
const ICONS = /\p{Extended_Pictographic}|\ufe0f/gu;
/** Labels of what is no phone. */
const LABEL_ONLY =
  /^(?:e-?mail|mail|m[ée]l|courriel|correo|web|site|site web|website|internet|url|page|blog|linkedin|xing|twitter|facebook|instagram|insta|skype|adresse|address|anschrift|direcci[óo]n|a|w|e|@|📧|✉|🌐|📍|tel|t[ée]l[ée]?phone|port(?:able)?|mob(?:ile)?|phone|fax|t[ée]l)\s*[.:]*$/iu;
const LABEL_START =
  /^(?:e-?mail|courriel|correo(?: electr[óo]nico)?|web|site(?: web)?|website|internet|url|page|blog|adresse|address|anschrift|direcci[óo]n|location)\s*[:.]\s*|^[awe]\s*:\s*/iu;

/** Reads a signature, line by line. */
export function readBlock(block: Block, sender: Sender, countries: Countries): Field[] {
  const fields: Field[] = [];
  const words: Words[] = [];
  let carried = '';
  for (const line of block.lines) {
    if (ASSISTANT.test(line.replace(ART, ''))) continue;
    for (const piece of piecesOf(line.replace(ART, ''), sender)) {
      carried = readPiece(piece, line, carried, { fields, words, sender, countries, trust: block.confidence });
    }
  }
  placeAddresses(words, fields, block.confidence);
  placeWords(words, fields, sender, block.confidence);
  return worthKeeping(fields, block, sender) ? fields : [];
}

/** A slash parts things where the sender's name stands before it; elsewhere it joins ("Vertrieb / Sales"). */
function piecesOf(line: string, sender: Sender): string[] {
  const [first = '', ...more] = line.split(/\s+\/\s+/);
  const parts = more.length > 0 && isSendersName(first, sender) ? [first, ...more] : [line];
  return parts.flatMap((part) => part.split(SEPARATOR));
}

/** A number to call within a piece. */
const DIALLED = /(?:\d[\s./()-]*){9,}/;

interface Reading {
  fields: Field[];
  words: Words[];
  sender: Sender;
  countries: Countries;
  trust: number;
}

/** Reads one piece; what it gives back is a label whose value stands in the next piece. */
function readPiece(piece: string, line: string, carried: string, reading: Reading): string {
  const plain = piece.replace(ART, '').replace(/\*/g, '').trim();
  if (plain === '') return carried;
  const { fields, words, sender, countries, trust } = reading;
  const located = plain.replace(LABEL_START, '');
  const whole = isSendersName(plain, sender) || DIALLED.test(plain) ? undefined : postalPart(located);
  if (whole) {
    words.push(...splitPostal(located, line, whole, sender));
    return '';
  }
  const reach = takeReach(plain, carried, sender.domain, countries);
  const rest = reach.rest
    .replace(ICONS, ' ')
    .replace(/[<>]|\[[^\]]{0,60}\]|\(\s*\)/g, ' ')
    .replace(LABEL_START, '')
    .replace(/\s+/g, ' ')
    .trim();
  const taken = reach.emails.length + reach.urls.length + reach.profiles.length + reach.phones.length;
  if (taken > 0 && isProse(rest.replace(/^\([^()]*\)\s*/, ''))) return '';
  for (const value of reach.emails.filter((one) => !isMachine(one)))
    add(fields, { kind: 'email', value, line, confidence: trust * emailTrust(value, sender) });
  for (const value of reach.urls) add(fields, { kind: 'url', value, line, confidence: trust * 0.93 });
  for (const value of reach.profiles) add(fields, { kind: 'profile', value, line, confidence: trust * 0.93 });
  for (const phone of reach.phones) addPhone(fields, phone, line, trust);
  if (LABEL_ONLY.test(rest) || /^\p{L}{1,10}\s*[.:]+$/u.test(rest)) return rest;
  if (/\p{L}{2}/u.test(rest) && !isProse(rest)) words.push(...postalOrWords(rest, line, sender));
  return '';
}

/** "Kohl Elektro GmbH, Lindenallee 8, 04109 Leipzig": whose address it is stands before it. */
function splitPostal(text: string, line: string, postal: PostalPart, sender: Sender): Words[] {
  const comma = postal === 'whole' ? text.indexOf(',') : -1;
  const head = text.slice(0, Math.max(0, comma));
  const own =
    comma > 0 &&
    !/^\d|\b(?:house|building|tower|court|haus|hof|immeuble|r[ée]sidence|tour|edificio)\b/i.test(head) &&
    organizationScore(head, sender.domain) >= 0.8;
  if (!own) return [{ text, line, postal }];
  const rest = text.slice(comma + 1).trim();
  return [
    { text: head, line },
    { text: rest, line, postal: postalPart(rest) ?? postal },
  ];
}

function postalOrWords(text: string, line: string, sender: Sender): Words[] {
  const trimmed = text.replace(/^[\s,;:./–-]+|[\s,;:/–-]+$/g, '');
  const postal = isSendersName(trimmed, sender) ? undefined : postalPart(trimmed);
  return postal ? splitPostal(trimmed.replace(/\.$/, ''), line, postal, sender) : [{ text: trimmed, line }];
}

/** Sentences, mottos: many words, or a full stop at the end of some. */
function isProse(text: string): boolean {
  if (/^["“«„(]|["”»]$|[?!…]$|:\)/.test(text)) return true;
  const count = text.split(/\s+/).length;
  return count > 9 || (count >= 5 && /[a-zà-ÿ]{3}[.;:]$/.test(text)) || text.length > 110;
}

function emailTrust(value: string, { domain, words }: Sender): number {
  const [local = '', host = ''] = value.split('@');
  const own = words.some((word) => word.length > 2 && local.includes(word));
  return own ? 0.97 : domain !== '' && host === domain ? 0.85 : 0.7;
}

export function add(fields: Field[], field: Field): void {
  if (!fields.some(({ kind, value }) => kind === field.kind && value === field.value)) fields.push(field);
}

export function addPhone(fields: Field[], phone: FoundPhone, line: string, trust: number): void {
  const same = fields.some((one) => one.kind === 'phone' && phone.e164 !== null && one.e164 === phone.e164);
  if (same) return;
  const sure = phone.e164 === null ? 0.6 : phone.labelled ? 0.97 : 0.9;
  add(fields, {
    kind: 'phone',
    value: phone.raw,
    phone: phone.kind,
    e164: phone.e164,
    ...(phone.extension && { extension: phone.extension }),
    confidence: trust * sure,
    line,
  });
}

/** Joins streets with the cities below them. A street or a country without a city is none. */
export function placeAddresses(words: Words[], fields: Field[], trust: number): void {
  for (let at = 0; at < words.length; at++) {
    const { postal } = words[at]!;
    if (postal !== 'city' && postal !== 'whole') continue;
    let from = at;
    while (postal === 'city' && from > 0 && at - from < 4 && joinsAbove(words, from - 1)) from--;
    const to = words[at + 1]?.postal === 'country' ? at + 1 : at;
    const parts = words.slice(from, to + 1);
    if (postal === 'city' && from === at && !/^\d{5}\s|\s\d{5}$|[A-Z]\d/.test(words[at]!.text)) continue;
    for (const part of parts) part.taken = true;
    const sure = parts.some((part) => part.postal === 'street' || part.postal === 'whole') ? 0.93 : 0.75;
    add(fields, {
      kind: 'address',
      value: parts.map(({ text }) => text).join('\n'),
      line: parts[0]!.line,
      confidence: trust * sure,
    });
  }
  for (const word of words) if (word.postal) word.taken = true;
}

/** Whether the piece belongs to the address that begins below it: a street, or a town's name between the street and its code. */
function joinsAbove(words: Words[], at: number): boolean {
  const word = words[at]!;
  if (word.taken) return false;
  if (word.postal === 'street') return true;
  const above = words[at - 1];
  const code = /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$|^\d{4,5}$/.test(words[at + 1]!.text);
  return code && above?.postal === 'street' && /^\p{Lu}[\p{L} '’-]{2,30}$/u.test(word.text);
}

/** Gives the words their meaning: name, then titles, then organisation. */
function placeWords(words: Words[], fields: Field[], sender: Sender, trust: number): void {
  const open = words.filter(({ taken, postal }) => !taken && !postal);
  const pieces = open.flatMap((word) => splitWords(word, sender));
  const own = pieces.findIndex(({ text }) => isSendersName(text, sender));
  const guessed =
    own < 0 && !sender.named ? pieces.findIndex((piece, at) => at < 2 && isGuess(piece.text, sender)) : own;
  if (guessed >= 0) {
    const { text, line } = pieces[guessed]!;
    add(fields, { kind: 'name', value: bareName(text), line, confidence: trust * (own >= 0 ? 0.97 : 0.7) });
  }
  const name = pieces[guessed]?.text;
  const others = (list: Words[]) =>
    list
      .filter(({ text }) => !isSendersName(text, sender) && !isFirstName(text, sender) && !isPart(text, name))
      .map((word) => ({ ...word, text: behindName(word.text, name) }));
  const rest = others(pieces.slice(Math.max(0, guessed + 1)));
  const before = guessed > 0 ? others(pieces.slice(0, guessed)) : [];
  placeRoles([...rest, ...before], fields, sender, trust, guessed >= 0);
}

/** A first name again, of the name that was found. */
function isPart(text: string, name = ''): boolean {
  const known = nameWords(name);
  return nameWords(text).every((word) => known.includes(word)) && known.length > 0;
}

/** "anna vogel architektin", where the name stands by itself already. */
function behindName(text: string, name = ''): string {
  const again = name !== '' && text.toLowerCase().startsWith(`${bareName(name).toLowerCase()} `);
  return again ? text.slice(bareName(name).length + 1) : text;
}

/** Where the sender shows no name, the first words that are formed like one. */
function isGuess(text: string, sender: Sender): boolean {
  return isNameShaped(text) && titleScore(text) === 0 && organizationScore(text, sender.domain) < 0.5;
}

function placeRoles(pieces: Words[], fields: Field[], sender: Sender, trust: number, named: boolean): void {
  const unknown: { text: string; line: string; at: number }[] = [];
  let lastTitle = -1;
  pieces.forEach(({ text, line }, at) => {
    const organization = organizationScore(text, sender.domain);
    const title = titleScore(text);
    if (title > organization && title >= 0.5) {
      lastTitle = at;
      add(fields, { kind: 'title', value: text, line, confidence: trust * title });
    } else if (organization >= 0.5 && !TEAM.test(text)) setOrganization(fields, { text, line }, trust * organization);
    else if (!DEPARTMENT.test(text) && !TEAM.test(text)) unknown.push({ text, line, at });
  });
  if (!named) return;
  const has = (kind: FieldKind) => fields.some((field) => field.kind === kind);
  const first = unknown.find(({ at, text }) => at === 0 && isRole(text));
  if (!has('title') && first && has('organization'))
    add(fields, { kind: 'title', value: first.text, line: first.line, confidence: trust * 0.6 });
  const next = unknown.find(({ at, text, line }) => at === lastTitle + 1 && isRole(text) && !/[@<:]/.test(line));
  if (!has('organization') && has('title') && next && next !== first) setOrganization(fields, next, trust * 0.6);
}

const TEAM = /^(?:(?:ihr|euer|unser|your|our|votre|notre|su|tu|the)\s+|l['’])(?:team|[ée]quipe|equipo)\b/iu;

const isRole = (text: string): boolean => text.length <= 50 && text.split(/\s+/).length <= 5 && !/\d{3}|:/.test(text);

/** "For Acme", "Camille de l'équipe Acme". */
const FOR =
  /^(?:for and on behalf of|for|pour|f[üu]r|para|\p{L}+ (?:de l['’][ée]quipe|from(?: the)? team|vom team|del equipo(?: de)?))\s+/iu;

/** One organisation: the surest, of equals the first. */
function setOrganization(fields: Field[], { text, line }: { text: string; line: string }, confidence: number): void {
  const value = text.replace(FOR, '');
  const known = fields.findIndex(({ kind }) => kind === 'organization');
  if (known < 0) add(fields, { kind: 'organization', value, line, confidence });
  else if (fields[known]!.confidence < confidence) fields[known] = { kind: 'organization', value, line, confidence };
}

/** "Jane Doe, Head of Sales", "Head of Sales, Acme", "Head of Growth @ Acme": one line that says several things. */
function splitWords(word: Words, sender: Sender): Words[] {
  const joined = splitNameAndTitle(word.text, sender);
  if (joined) return joined.map((text) => ({ ...word, text }));
  const at = /\s+(?:@|at|chez|bei)\s+/i.exec(word.text);
  const parts =
    at && titleScore(word.text.slice(0, at.index)) > 0
      ? [...word.text.slice(0, at.index).split(/\s*,\s*/), word.text.slice(at.index + at[0].length)]
      : word.text.split(/\s*,\s*/);
  if (parts.length < 2 || parts.length > 4) return [word];
  const pieces: Words[] = [];
  for (const part of parts) {
    const known = isSendersName(part, sender) || titleScore(part) > 0 || organizationScore(part, sender.domain) >= 0.9;
    const last = pieces.at(-1);
    const alone = last && known && splits(last.text, part, sender);
    if (!last || alone) pieces.push({ ...word, text: part });
    else last.text += `, ${part}`;
  }
  return pieces;
}

/** Whether what follows a comma is another thing than what stands before it. */
function splits(before: string, after: string, sender: Sender): boolean {
  if (isSendersName(before, sender)) return true;
  const title = titleScore(before) > 0 && organizationScore(before, sender.domain) < 0.5;
  return title
    ? organizationScore(after, sender.domain) >= 0.75
    : organizationScore(before, sender.domain) >= 0.5 && titleScore(after) > 0;
}

/** A name by itself is a signature only where it is a whole one; words without a name and without an address are none. */
function worthKeeping(fields: readonly Field[], block: Block, sender: Sender): boolean {
  const has = (...kinds: FieldKind[]) => fields.some(({ kind }) => kinds.includes(kind));
  if (has('name')) return true;
  if (has('phone', 'address', 'url', 'profile')) return true;
  return has('email') && sender.words.length > 0 && block.confidence >= 0.8;
}
