import { parse } from 'tldts';
import { SOCIAL } from '../mail/html.ts';
import { normaliseEmail } from '../normalise/email.ts';
import { parsePhone } from '../normalise/phone.ts';

/** How a number reaches its writer. */
export type PhoneKind = 'mobile' | 'work' | 'fax' | 'home';

export interface FoundPhone {
  raw: string;
  e164: string | null;
  extension?: string;
  kind: PhoneKind;
  /** Whether a word beside it says that it is a number, and of which kind. */
  labelled: boolean;
}

/** What stands in a piece of a line that is no word. */
export interface Reach {
  emails: string[];
  urls: string[];
  profiles: string[];
  phones: FoundPhone[];
  /** The words that are left. */
  rest: string;
}

/** Countries whose numbers are tried, the likeliest first. */
export type Countries = readonly string[];

const EMAIL = /[\p{L}\d!#$%&'*+/=?^_`{}~.-]{1,64}@[\p{L}\d.-]{1,200}\.\p{L}{2,24}/giu;
const URL_TEXT = /(?:https?:\/\/|www\.)[^\s<>"|]{2,300}/gi;
/** A name of hosts with or without a path, to be asked of the list of suffixes. */
const HOST = /(?<![\p{L}\d@._/-])(?:[a-z\d-]{1,63}\.){1,5}[a-z]{2,24}(?:\/[^\s<>"|,;]{0,200})?(?![\p{L}\d@])/giu;
const HANDLE = /(?<![\p{L}\d.@])@[a-z\d_.]{3,30}(?![\p{L}\d@])/giu;

/** Takes addresses, links, profiles and numbers out of a piece of a line. */
export function takeReach(piece: string, carried: string, domain: string, countries: Countries): Reach {
  const reach: Reach = { emails: [], urls: [], profiles: [], phones: [], rest: '' };
  let rest = piece.replace(/<mailto:([^<>\s]+)>/gi, ' <$1> ').replace(EMAIL, (written) => {
    const email = normaliseEmail(written.replace(/^mailto:/i, ''));
    if (!email) return written;
    if (!reach.emails.includes(email)) reach.emails.push(email);
    return ' ';
  });
  rest = takeLinks(rest, reach, domain);
  reach.rest = takePhones(rest, carried, reach, countries);
  return reach;
}

function takeLinks(text: string, reach: Reach, domain: string): string {
  const add = (written: string): string => {
    const value = written.replace(/[.,;:)\]}*_]+$/, '');
    const list = SOCIAL.test(value) ? reach.profiles : reach.urls;
    if (!list.includes(value)) list.push(value);
    return ' ';
  };
  return text
    .replace(URL_TEXT, add)
    .replace(HOST, (written) => (isHost(written, domain) ? add(written) : written))
    .replace(HANDLE, (written) => {
      reach.profiles.push(written);
      return ' ';
    });
}

/** Whether a bare name is one of the Internet's: below a public suffix, or the sender's own. */
function isHost(written: string, domain: string): boolean {
  const host = written.split('/')[0]!.toLowerCase();
  if (domain !== '' && (host === domain || host.endsWith(`.${domain}`))) return true;
  const { isIcann, domain: registered, domainWithoutSuffix } = parse(host, { extractHostname: false });
  return Boolean(isIcann && registered && domainWithoutSuffix && !/^\d+$/.test(domainWithoutSuffix));
}

const DIGITS = /(?:\+ ?|\(\+?)?\d[\d\s().\-–/\u2011]{5,30}\d/g;
const EXTENSION = /^\s*(?:\(?(?:ext(?:ension)?|poste|interne|dw|durchwahl|x|apdo|int)\.?\s*:?\s*(\d{1,6})\)?)/i;
const APART = /\s+[/–-]\s+|\s{3,}/;

const LABEL_WORDS: [RegExp, PhoneKind | undefined][] = [
  [
    /^(?:mobile?|mob|portable|port|cell(?:ulare?|ular|phone)?|cel|celular|gsm|handy|m[óo]vil|m[óo]v|natel|whatsapp|text|sms|m|c|📱|📲)$/iu,
    'mobile',
  ],
  [/^(?:fax|telefax|t[ée]l[ée]copie|t[ée]l[ée]fax|f|📠|🖷)$/iu, 'fax'],
  [/^(?:home|domicile|dom|privat|perso|personnel|casa|particular)$/iu, 'home'],
  [
    /^(?:t[ée]l[ée]?phone|t[ée]l|tel[ée]fono|telefon|tlf|tfno|tfn|phone|ph|fon|fixe|landline|festnetz|direct(?:e|o)?|ligne directe|direct line|durchwahl|ddi|ld|standard|switchboard|zentrale|centralita|bureau|office|b[üu]ro|oficina|of|work|main|toll[- ]?free|hotline|atelier|store|business|bus|t|d|o|p|ph|w|☎|📞|☏|✆)$/iu,
    undefined,
  ],
];

const BEFORE =
  /(?:^|[\s(,;/|*_–-])([\p{L}☎📞☏✆📱📲📠🖷][\p{L}-]{0,12}(?: (?:line|directe|free))?)(?:[\s.:)*_]|\ufe0f)*$/iu;

interface Label {
  known: boolean;
  kind?: PhoneKind;
}

/** What the words before a number, or in brackets behind it, say of it. */
function labelOf(before: string, after: string, carried: string): Label | undefined {
  const behind = /^\s*\(\s*(\p{L}{1,10})\.?\s*\)/u.exec(after)?.[1];
  const ahead = BEFORE.exec(before.trim() === '' ? carried : before)?.[1];
  for (const word of [behind, ahead, ahead?.split(' ').at(-1)]) {
    const found = word && LABEL_WORDS.find(([pattern]) => pattern.test(word));
    if (found) return { known: true, ...(found[1] && { kind: found[1] }) };
  }
  return before.trim().endsWith(':') ? { known: false } : undefined;
}

function takePhones(text: string, carried: string, reach: Reach, countries: Countries): string {
  let rest = '';
  let at = 0;
  for (const match of text.matchAll(DIGITS)) {
    if (match.index < at) continue;
    const before = text.slice(at, match.index);
    const numbers = splitNumbers(match[0]);
    const end = match.index + match[0].length;
    const extension = EXTENSION.exec(text.slice(end));
    const behind = extension ? end + extension[0].length : end;
    const label = labelOf(before, text.slice(behind), reach.phones.length === 0 ? carried : '');
    const found = numbers.map((raw) => readNumber(raw, label, before, countries));
    if (found.some((one) => one === undefined)) continue;
    const last = found.at(-1)!;
    if (extension?.[1]) last.extension = extension[1];
    for (const phone of found) addPhone(reach.phones, phone!);
    rest += `${withoutLabel(before)} `;
    at = behind;
    const bracket = /^\s*\(\s*\p{L}{1,10}\.?\s*\)/u.exec(text.slice(at));
    if (label && bracket) at += bracket[0].length;
  }
  return rest + text.slice(at);
}

/** "02 61 91 45 45 / 06 39 98 45 45": two numbers, where both pieces are long enough. */
function splitNumbers(text: string): string[] {
  const pieces = text.split(APART).map((piece) => piece.trim());
  return pieces.length > 1 && pieces.every((piece) => piece.replace(/\D/g, '').length >= 8) ? pieces : [text.trim()];
}

function addPhone(phones: FoundPhone[], phone: FoundPhone): void {
  if (!phones.some((known) => known.raw === phone.raw)) phones.push(phone);
}

function withoutLabel(before: string): string {
  const found = BEFORE.exec(before);
  const word = found?.[1];
  if (!word || !LABEL_WORDS.some(([pattern]) => pattern.test(word) || pattern.test(word.split(' ').at(-1)!)))
    return before;
  return before.slice(0, found.index);
}

const DATE = /^(?:\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{4})/;

/** A number, unless it is a date, a sum, or a number of something else. */
function readNumber(
  written: string,
  label: Label | undefined,
  before: string,
  countries: Countries,
): FoundPhone | undefined {
  const raw = written.replace(/^\((?=\+?\d[^()]*$)/, '').trim();
  const digits = raw.replace(/\D/g, '').length;
  if (digits < 7 || digits > 16 || DATE.test(raw)) return undefined;
  const bare = before.replace(/(?:[\s.,:;|/•·–*_()<>-]|\ufe0f)+/g, '') === '';
  if (!label && !bare && !raw.startsWith('+')) return undefined;
  const parsed = parseFor(raw, countries);
  if (parsed.e164 === null && !(label?.known && digits >= 8) && !(bare && looksDialled(raw, digits))) return undefined;
  return {
    raw,
    e164: parsed.e164,
    ...(parsed.extension && { extension: parsed.extension }),
    kind: label?.kind ?? kindOf(parsed, raw, countries[0]),
    labelled: label?.known ?? false,
  };
}

const AMERICAN = /^(?:\(\d{3}\)|\d{3}[\s.-])\s?\d{3}[\s.-]\d{4}$/;

/** Numbers of ranges that the library does not know: grouped as numbers are, with a trunk prefix or as Americans do. */
function looksDialled(raw: string, digits: number): boolean {
  if (AMERICAN.test(raw) || (/^\+\d[\d\s./-]+$/.test(raw) && digits >= 9)) return true;
  return /^[+(]?0/.test(raw) && digits >= 9 && digits <= 12 && /\d[\s./-]\d/.test(raw);
}

function parseFor(raw: string, countries: Countries): ReturnType<typeof parsePhone> {
  let parsed: ReturnType<typeof parsePhone> = { e164: null };
  const american = AMERICAN.test(raw) ? ['US'] : [];
  for (const country of raw.startsWith('+') ? countries.slice(0, 1) : [...countries, ...american]) {
    parsed = parsePhone(raw, country);
    if (parsed.e164 !== null) return parsed;
  }
  return parsed;
}

/** First digits of mobile numbers, for ranges that the library does not know. */
const MOBILE: Record<string, RegExp> = {
  FR: /^0[67]/,
  GB: /^07[1-57-9]/,
  DE: /^01[5-7]/,
  ES: /^[67]/,
  CH: /^07[4-9]/,
  AT: /^06[5-9]/,
};

function kindOf({ e164, type }: ReturnType<typeof parsePhone>, raw: string, country: string | undefined): PhoneKind {
  if (e164 !== null) return type === 'mobile' ? 'mobile' : 'work';
  return MOBILE[country ?? '']?.test(raw.replace(/\D/g, '')) ? 'mobile' : 'work';
}
