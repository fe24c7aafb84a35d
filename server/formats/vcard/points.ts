import type { Contact, ContactPhone, ContactUrl, PhoneType } from '../contact.ts';
import { normaliseEmail } from '../normalise/email.ts';
import { parsePhone, splitPhones } from '../normalise/phone.ts';
import { type Draft, keepExtra, type Marks, marksOf, warn } from './draft.ts';
import { parameter, typesOf, type VcardProperty } from './property.ts';
import { textOf } from './value.ts';

/** E-mail addresses; one value may hold several. A repeated address is kept as extra, and fills what the first left open. */
export function addEmail(draft: Draft, property: VcardProperty): void {
  const text = textOf(property, draft.card);
  if (text === '') return;
  const marks = marksOf(draft, property);
  const { emails } = draft.contact;
  for (const value of splitEmails(text)) {
    const normalised = normaliseEmail(value);
    if (normalised === undefined) warn(draft, 'email.invalid', value);
    const known = emails.find((email) => (normalised ? email.normalised === normalised : email.value === value));
    if (known) {
      if (marks.preferred) known.preferred = true;
      known.type ??= marks.type;
      keepExtra(draft, property);
    } else emails.push(withMarks({ value, ...(normalised ? { normalised } : {}) }, marks));
  }
}

function splitEmails(text: string): string[] {
  if (!/[,;\s]/.test(text)) return [text];
  const pieces = text.split(/\s*[,;\n]\s*/).filter((piece) => piece !== '');
  return pieces.length > 1 && pieces.every((piece) => normaliseEmail(piece) !== undefined) ? pieces : [text];
}

function withMarks<T extends { value: string }>(email: T, { type, label, preferred }: Marks) {
  return { ...email, ...(type ? { type } : {}), ...(label ? { label } : {}), ...(preferred ? { preferred } : {}) };
}

const DEVICES: Record<string, PhoneType> = {
  cell: 'mobile',
  mobile: 'mobile',
  iphone: 'mobile',
  pcs: 'mobile',
  fax: 'fax',
  homefax: 'fax',
  workfax: 'fax',
  pager: 'pager',
  main: 'main',
  voip: 'voip',
};

/** Phone numbers; one value may hold several. A repeated number is kept as extra, and fills what the first left open. */
export function addPhone(draft: Draft, property: VcardProperty): void {
  const text = textOf(property, draft.card);
  if (text === '') return;
  const marks = marksOf(draft, property);
  const device = marks.types.map((type) => DEVICES[type]).find((type) => type !== undefined);
  for (const raw of splitPhones(text)) {
    const { e164, extension, type: ranged } = parsePhone(raw, draft.options.country);
    const type = device ?? ranged;
    const known = draft.contact.phones.find((phone) => sameNumber(phone, raw, e164, extension));
    if (known) {
      mergePhone(known, type, marks);
      keepExtra(draft, property);
      continue;
    }
    draft.contact.phones.push({
      raw,
      e164,
      ...(extension ? { extension } : {}),
      ...(type ? { type } : {}),
      ...(marks.type ? { place: marks.type } : {}),
      ...(marks.label ? { label: marks.label } : {}),
      ...(marks.preferred ? { preferred: true } : {}),
    });
  }
}

/** A number that is none in the default country may be one where the contact lives or works. */
export function retryPhones({ phones, addresses, warnings }: Contact): void {
  for (const phone of phones) {
    if (phone.e164 !== null) continue;
    for (const { countryCode } of addresses) {
      const found = countryCode === undefined ? undefined : parsePhone(phone.raw, countryCode);
      if (!found || found.e164 === null) continue;
      phone.e164 = found.e164;
      if (found.extension) phone.extension = found.extension;
      if (found.type) phone.type ??= found.type;
      break;
    }
    if (phone.e164 === null) warnings.push({ code: 'phone.invalid', detail: phone.raw.slice(0, 200) });
  }
}

function sameNumber(phone: ContactPhone, raw: string, e164: string | null, extension: string | undefined): boolean {
  return phone.e164 === e164 && phone.extension === extension && (e164 !== null || phone.raw === raw);
}

function mergePhone(known: ContactPhone, type: PhoneType | undefined, marks: Marks): void {
  known.type ??= type;
  known.place ??= marks.type;
  known.label ??= marks.label;
  if (marks.preferred) known.preferred = true;
  for (const key of ['type', 'place', 'label'] as const) if (known[key] === undefined) delete known[key];
}

/** Properties of their own that name a service, beside `IMPP` (RFC 4770) and `X-SOCIALPROFILE`. */
const SERVICES: Record<string, string> = {
  'X-SKYPE': 'skype',
  'X-SKYPE-USERNAME': 'skype',
  'X-MSN': 'msn',
  'X-AIM': 'aim',
  'X-YAHOO': 'yahoo',
  'X-ICQ': 'icq',
  'X-JABBER': 'jabber',
  'X-GTALK': 'gtalk',
  'X-GOOGLE-TALK': 'gtalk',
  'X-GOOGLE TALK': 'gtalk',
  'X-QQ': 'qq',
  'X-SAMETIME': 'sametime',
  'X-GADUGADU': 'gadugadu',
  'X-GROUPWISE': 'groupwise',
  'X-TWITTER': 'twitter',
  'X-LINKEDIN': 'linkedin',
  'X-FACEBOOK': 'facebook',
  'X-INSTAGRAM': 'instagram',
  'X-SIP': 'sip',
  'X-MATRIX': 'matrix',
  'X-WHATSAPP': 'whatsapp',
  'X-TELEGRAM': 'telegram',
  'X-SIGNAL': 'signal',
};

/** Services whose addresses are written with `X-SOCIALPROFILE`, by the end of their host. */
const HOSTS: [RegExp, string][] = [
  [/(?:^|\.)linkedin\.com$/, 'linkedin'],
  [/(?:^|\.)(?:twitter|x)\.com$/, 'twitter'],
  [/(?:^|\.)facebook\.com$/, 'facebook'],
  [/(?:^|\.)instagram\.com$/, 'instagram'],
  [/(?:^|\.)github\.com$/, 'github'],
  [/(?:^|\.)xing\.com$/, 'xing'],
  [/(?:^|\.)viadeo\.com$/, 'viadeo'],
  [/(?:^|\.)youtube\.com$/, 'youtube'],
  [/(?:^|\.)tiktok\.com$/, 'tiktok'],
  [/(?:^|\.)t\.me$/, 'telegram'],
  [/(?:^|\.)wa\.me$/, 'whatsapp'],
];

/** The service a property belongs to, "" when it does not say which; undefined for properties that hold no such address. */
export function serviceOf(property: VcardProperty): string | undefined {
  const name = property.name.toUpperCase();
  const own = SERVICES[name];
  if (own) return own;
  if (name !== 'IMPP' && name !== 'X-SOCIALPROFILE' && name !== 'SOCIALPROFILE') return undefined;
  const named = parameter(property, 'X-SERVICE-TYPE') ?? parameter(property, 'SERVICE-TYPE');
  if (named) return named.toLowerCase();
  const scheme = name === 'IMPP' ? /^([a-z][a-z0-9+.-]*):/i.exec(property.value)?.[1]?.toLowerCase() : undefined;
  const service =
    name === 'IMPP' ? undefined : typesOf(property).find((type) => !/^(?:pref|home|work|other)$/.test(type));
  return scheme ?? service ?? '';
}

/** Web addresses, accounts of messengers and social networks. */
export function addUrl(draft: Draft, property: VcardProperty): void {
  const value = textOf(property, draft.card);
  if (value === '') return;
  const { types, type, label } = marksOf(draft, property);
  const kind = serviceOf(property) || hostService(value) || kindOf(types, label) || type;
  const known = draft.contact.urls.some((url) => url.value === value && url.type === kind);
  if (!known) draft.contact.urls.push(kind ? { value, type: kind } : { value });
}

function kindOf(types: string[], label: string | undefined): string | undefined {
  if (types.includes('homepage')) return 'homepage';
  return label?.toLowerCase();
}

/** The service that an address leads to, told by its host. */
function hostService(value: string): string | undefined {
  const host = /^(?:https?:\/\/)?([a-z0-9.-]+)(?:[/:?#]|$)/i.exec(value)?.[1]?.toLowerCase();
  return host === undefined ? undefined : HOSTS.find(([pattern]) => pattern.test(host))?.[1];
}

/** Whether a type names a social network whose addresses are web pages. */
export function isSocial({ type, value }: ContactUrl): boolean {
  return type !== undefined && HOSTS.some(([, service]) => service === type) && /^https?:/i.test(value);
}

/** The property that an account of a messenger has of its own, in vCards before 4.0. */
export function propertyOfService(type: string): string | undefined {
  return Object.entries(SERVICES).find(([, service]) => service === type)?.[0];
}
