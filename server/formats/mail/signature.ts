import type { ContactAddress, ContactPhone, ContactUrl, PhoneType } from '../contact.ts';
import { countryCode, parseAddress } from '../normalise/address.ts';
import { normaliseEmail } from '../normalise/email.ts';
import { fold } from '../normalise/fold.ts';
import { looksLikeOrganization } from '../normalise/organization.ts';
import { parsePhone } from '../normalise/phone.ts';

/** What a signature says of its writer. */
export interface Signature {
  /** Its lines as they stand in the message. */
  lines: string[];
  name?: string;
  title?: string;
  organization?: string;
  emails: string[];
  phones: ContactPhone[];
  addresses: ContactAddress[];
  urls: ContactUrl[];
}

const LONGEST = 25;
const DELIMITER = /^\s*(?:--\s*|[-—–_=*~]{3,}\s*)$/;
const CLOSING =
  /^\s*(?:(?:bien |tr[èe]s )?(?:cordialement|sinc[èe]rement|amicalement|respectueusement)|bien [àa] (?:vous|toi)|cdlt|cdt|salutations.*|(?:meilleures |sinc[èe]res )?salutations|[àa] bient[ôo]t|bonne (?:journ[ée]e|r[ée]ception|soir[ée]e).*|(?:best|kind|warm|many thanks and|with best|kindest)?\s*regards|best|cheers|sincerely(?: yours)?|yours (?:truly|sincerely|faithfully)|all the best|mit freundlichen gr[üu](?:ß|ss)en|(?:viele|beste|liebe|freundliche|herzliche) gr[üu](?:ß|ss)e|mfg|saludos(?: cordiales)?|un saludo|cordiali saluti|distinti saluti)[\s,.!:🎉]*(?:\S{0,3})?\s*$/iu;
/** Drawings and bullets around the words of a line. */
const ART = /[\\_~*#=]+(?=[\s\\_~*#=,+-]|$)|^[^\p{L}\p{N}+(<>@&]+/gu;
const DEVICE =
  /^\s*(?:sent (?:from|with|via)|envoy\S{1,2} (?:de|depuis|[àa] partir|avec|par)|gesendet (?:von|mit)|enviado desde|inviato da|get outlook|obtenez outlook|t[ée]l[ée]charge[zr] outlook|via mobile|von meinem)\b/i;

/**
 * Finds and reads the signature of a message. French, English and German signatures; quoted parts must be left out before
 * (`ownText`).
 *
 * @param sender display name, to tell where an undelimited signature begins
 * @param country ISO 3166-1 alpha-2, for phones without prefix
 */
export function readSignature(
  text: string,
  sender: string | undefined,
  email: string | undefined,
  country: string,
): Signature | undefined {
  const lines = findSignature(text, sender);
  if (lines.length === 0) return undefined;
  const signature: Signature = { lines, emails: [], phones: [], addresses: [], urls: [] };
  const words: string[] = [];
  for (const line of lines) {
    if (DEVICE.test(line)) continue;
    for (const piece of line.replace(ART, ' ').split(/\s*[|•·│]\s*|\t+|\s{4,}/)) {
      if (piece.trim() !== '') readPiece(piece.trim(), signature, words, country);
    }
  }
  placeWords(signature, words, sender, email);
  return signature;
}

function findSignature(text: string, sender: string | undefined): string[] {
  const lines = text.split('\n').map((line) => line.slice(0, 500).replace(/^#sig#/, ''));
  while (lines.length > 0 && lines.at(-1)!.trim() === '') lines.pop();
  const from = Math.max(0, lines.length - LONGEST);
  const start = startOfSignature(lines, from, sender);
  if (start === undefined) return [];
  const found = lines.slice(start).filter((line) => line.trim() !== '');
  const end = found.findIndex((line) => line.length > 160);
  return end < 0 ? found : found.slice(0, end);
}

function startOfSignature(lines: string[], from: number, sender: string | undefined): number | undefined {
  const strict = lines.findLastIndex((line, at) => at >= from && /^--\s*$/.test(line));
  if (strict >= 0) return strict + 1;
  const closing = lines.findLastIndex((line, at) => at >= from && CLOSING.test(line));
  const delimiter = lines.findIndex((line, at) => at >= from && at > closing && DELIMITER.test(line));
  if (delimiter >= 0) return delimiter + 1;
  if (closing >= 0 && closing < lines.length - 1) return closing + 1;
  const key = sender && !sender.includes('@') ? nameKey(sender) : '';
  const named =
    key === '' ? -1 : lines.findLastIndex((line, at) => at >= Math.max(from, lines.length - 15) && isNamed(line, key));
  if (named >= 0) return named;
  const block = lines.findLastIndex((line) => line.trim() === '') + 1;
  const last = lines.slice(block);
  const evidence = last
    .filter((line) => line.length < 160)
    .some((line) => EMAIL.test(line) || PHONE.test(line) || URL_TEXT.test(line));
  return evidence && last.length >= 2 && last.length <= 10 && last.every((line) => line.length < 80)
    ? block
    : undefined;
}

function nameKey(name: string): string {
  return fold(name)
    .replace(/[^\p{L}]+/gu, ' ')
    .trim();
}

function isNamed(line: string, key: string): boolean {
  return line.length < 80 && nameKey(line).includes(key);
}

const EMAIL = /[^\s<>()[\]:;,"|]+@[^\s<>()[\]:;,"|]+\.[a-z]{2,}/i;
const URL_TEXT = /(?:https?:\/\/|www\.)[^\s<>"|]+/i;
const PHONE = /\+?\(?\d[\d\s().\-/\u00a0]{6,22}\d/;
const PHONE_LABEL =
  /(t[ée]l[ée]?phone|t[ée]l|phone|ph|mobile|mob|portable|port|cell|gsm|handy|direct|ligne directe|standard|fax|t[ée]l[ée]copie|office|bureau|[tmfpd])\b\s*[.:]{0,2}\s*(?=[+(\d])/i;

const LABELS: [RegExp, PhoneType][] = [
  [/^(?:mobile|mob|portable|port|cell|gsm|handy|m|p)$/i, 'mobile'],
  [/^(?:fax|t[ée]l[ée]copie|f)$/i, 'fax'],
  [/^(?:standard)$/i, 'main'],
];

/** Takes addresses and numbers out of a piece; what is left goes to `words`. */
function readPiece(piece: string, signature: Signature, words: string[], country: string): void {
  let rest = piece;
  for (let match = EMAIL.exec(rest); match; match = EMAIL.exec(rest)) {
    const email = normaliseEmail(match[0].replace(/^mailto:/i, ''));
    if (email && !signature.emails.includes(email)) signature.emails.push(email);
    rest = rest.replace(match[0], ' ');
  }
  for (let match = URL_TEXT.exec(rest); match; match = URL_TEXT.exec(rest)) {
    addUrl(signature, match[0].replace(/[.,;)]+$/, ''));
    rest = rest.replace(match[0], ' ');
  }
  const plain = rest;
  rest = takePhones(rest, signature, country);
  if (rest === plain && takeAddress(rest, signature, words, country)) return;
  rest = rest
    .replace(/^(?:e-?mail|courriel|web|site|url|mail|skype|linkedin|m[ée]l)\s*[:.]?.*$/i, '')
    .replace(/[<>📧📱☎✆🌐📍()[\]]/gu, '')
    .trim();
  if (/\p{L}{2}/u.test(rest)) words.push(rest.replace(/^[\s,;:–-]+|[\s,;:–-]+$/g, ''));
}

function addUrl(signature: Signature, value: string): void {
  if (signature.urls.some((url) => url.value === value)) return;
  const site = /(linkedin|facebook|twitter|xing|instagram)\.com/i.exec(value)?.[1]?.toLowerCase();
  signature.urls.push(site ? { value, type: site } : { value });
}

function takePhones(text: string, signature: Signature, country: string): string {
  let rest = text;
  for (let match = PHONE.exec(rest); match; match = PHONE.exec(rest)) {
    const before = rest.slice(0, match.index + 1);
    const label = PHONE_LABEL.exec(rest)?.[1];
    const parsed = parsePhone(match[0], country);
    const digits = match[0].replace(/\D/g, '').length;
    if (/^\d{4}-\d\d-\d\d/.test(match[0]) || /^\d{1,2}[./]\d{1,2}[./]\d{4}/.test(match[0])) return rest;
    if (parsed.e164 === null && !(label && digits >= 8)) {
      if (digits < 8 || !/^[\s+(\d]/.test(before.trimStart())) return rest;
    }
    addPhone(signature, match[0].trim(), parsed, label);
    rest = rest.replace(match[0], ' ');
    if (label) rest = rest.replace(new RegExp(`(^|\\s)${label}\\b\\s*[.:]*`, 'i'), ' ');
  }
  return rest.trim() === '' ? '' : rest;
}

function addPhone(
  signature: Signature,
  raw: string,
  parsed: ReturnType<typeof parsePhone>,
  label: string | undefined,
): void {
  if (signature.phones.some((phone) => phone.raw === raw || (parsed.e164 && phone.e164 === parsed.e164))) return;
  const type = (label && LABELS.find(([pattern]) => pattern.test(label))?.[1]) ?? parsed.type;
  const phone: ContactPhone = { raw, e164: parsed.e164, place: 'work' };
  if (parsed.extension) phone.extension = parsed.extension;
  if (type) phone.type = type;
  signature.phones.push(phone);
}

const STREET =
  /^(?:\d{1,5}\s?(?:bis|ter|[a-d])?,?\s+\p{L}|(?:rue|avenue|av\.|bd|boulevard|place|chemin|all[ée]e|quai|impasse|za|zi|zac|bp|cs)\b|.*(?:stra(?:ß|ss)e|str\.|gasse|weg|platz)\s*\d)/iu;

function takeAddress(text: string, signature: Signature, words: string[], country: string): boolean {
  if (!/\d/.test(text) || text.length > 120) return false;
  const parsed = parseAddress(text, country);
  const last = signature.addresses.at(-1);
  if (parsed.postcode && parsed.city) {
    const street = words.at(-1) && STREET.test(words.at(-1)!) ? words.pop()! : undefined;
    const whole = street ? parseAddress(`${street}\n${text}`, country) : parsed;
    signature.addresses.push({ raw: street ? `${street}\n${text}` : text, ...whole, type: 'work' });
    return true;
  }
  if (STREET.test(text) && !last) {
    words.push(text);
    return true;
  }
  return false;
}

const JOB =
  /\b(?:direct(?:eur|rice|or)|responsable|manager|managing|pr[ée]sident(?:e)?|vice|ceo|cto|cfo|coo|cmo|cio|dg|drh|daf|dsi|pdg|chef(?:fe)?|head|charg[ée]e?|ing[ée]nieure?|engineer|consultant(?:e)?|conseill[eè]re?|d[ée]veloppeu(?:r|se)|developer|architect(?:e)?|assistant(?:e)?|avocate?|attorney|lawyer|associ[ée]e?|partner|founder|fondat(?:eur|rice)|g[ée]rant(?:e)?|gesch[äa]ftsf[üu]hrer(?:in)?|\p{L}*leiter(?:in)?|vertrieb|sales|marketing|account|commercial(?:e)?|technicien(?:ne)?|technician|professeure?|professor|secr[ée]taire|secretary|analyst(?:e)?|officer|specialist|coordinat(?:eur|rice|or)|product|juriste|comptable|acheteu(?:r|se)|buyer|formateur|formatrice|notaire|m[ée]decin|expert(?:e)?|adjointe?|d[ée]l[ée]gu[ée]e?|prokurist(?:in)?|referent(?:in)?|mitarbeiter(?:in)?)\b/iu;

/** States and provinces that Americans and Canadians sign with, where Europeans write a postcode. */
const STATES = new Set(
  `alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois indiana iowa
  kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada
  new-hampshire new-jersey new-mexico new-york north-carolina north-dakota ohio oklahoma oregon pennsylvania rhode-island
  south-carolina south-dakota tennessee texas utah vermont virginia washington west-virginia wisconsin wyoming alberta
  british-columbia manitoba new-brunswick nova-scotia ontario quebec saskatchewan`.split(/\s+/),
);

/** A place without street or postcode ("New Jersey", "Austin, TX", "Lyon, France"): no job, and no company. */
function isPlace(line: string): boolean {
  const parts = line.split(',').map((part) => part.trim());
  const last = parts.at(-1)!;
  const known = STATES.has(fold(last).replaceAll(' ', '-')) || countryCode(last) !== undefined;
  return parts.length === 1 ? known : parts.length <= 3 && (known || /^[A-Z]{2}$/.test(last)) && !JOB.test(parts[0]!);
}

/** Mottos and disclaimers: quotation marks, a full stop at the end of many words. */
const SENTENCE = /^["“«]|["”»]$|(?:\S+\s+){7}\S*[.!?]$|^(?:\S+\s+){9}/;

/** Gives the lines that are no addresses their meaning: name, job, company. */
function placeWords(
  signature: Signature,
  words: string[],
  sender: string | undefined,
  email: string | undefined,
): void {
  const key = sender && !sender.includes('@') ? nameKey(sender) : '';
  const domain = fold(email?.split('@')[1]?.split('.').at(-2) ?? '');
  const reached =
    signature.phones.length + signature.urls.length + signature.emails.length + signature.addresses.length > 0;
  const rest: string[] = [];
  for (const line of words.filter(
    (word) => word.length <= 70 && !SENTENCE.test(word) && !STREET.test(word) && !isPlace(word),
  )) {
    if (!signature.name && key !== '' && nameKey(line).includes(key)) signature.name = line;
    else if (!signature.title && JOB.test(line) && !looksLikeOrganization(line)) signature.title = line;
    else if (
      !signature.organization &&
      (looksLikeOrganization(line) || (domain.length > 3 && fold(line).replace(/\W/g, '').includes(domain)))
    )
      signature.organization = line;
    else rest.push(line);
  }
  if (!reached) return;
  if (!signature.name && rest[0] && isName(rest[0])) signature.name = rest.shift()!;
  const after = signature.name ? rest : [];
  const jobFirst = after.length > 1 || signature.organization !== undefined;
  if (!signature.title && after[0] && jobFirst) signature.title = after.shift()!;
  if (!signature.organization && after[0] && signature.title) signature.organization = after[0];
}

function isName(line: string): boolean {
  const words = line.replace(/,.*$/, '').split(/\s+/);
  return words.length >= 2 && words.length <= 5 && words.every((word) => /^\p{Lu}[\p{L}.'’-]*$/u.test(word));
}
