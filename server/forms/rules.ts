import { createHmac, hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Answered } from '../collection/asking.ts';
import type { FormField, FormLanguage, FormSettings } from '../conversations/channels/form.ts';
import { normaliseEmail } from '../formats/normalise/email.ts';
import { parsePhone } from '../formats/normalise/phone.ts';

/** How long a link to confirm holds, and how far apart mails to one address are. */
export const confirmDays = 7;
export const mailEveryMinutes = 60;
/** Milliseconds: nobody fills a form in sooner, nor leaves it open for longer. */
const leastMs = 2000;
const mostMs = 24 * 3_600_000;

/** What a page carries so that what is sent from it is known: when it was shown, and a word that makes it one however often it is sent. */
export interface Stamp {
  at: number;
  nonce: string;
}

const sign = (key: KeyObject, channelId: string, plain: string): string =>
  createHmac('sha256', key).update(`form ${channelId} ${plain}`).digest('base64url').slice(0, 22);

/** `<milliseconds>.<nonce>.<128 bits of their HMAC-SHA-256>`: bound to its form. */
export function writeStamp(key: KeyObject, channelId: string, { at, nonce }: Stamp): string {
  const plain = `${at}.${nonce}`;
  return `${plain}.${sign(key, channelId, plain)}`;
}

/** @returns null for one that is not ours, or is of another form */
export function readStamp(key: KeyObject, channelId: string, text: string): Stamp | null {
  const match = /^(\d{13})\.([\w-]{22})\.([\w-]{22})$/.exec(text);
  if (!match) return null;
  const [, at, nonce, signature] = match as unknown as [string, string, string, string];
  const due = Buffer.from(sign(key, channelId, `${at}.${nonce}`));
  return timingSafeEqual(due, Buffer.from(signature)) ? { at: Number(at), nonce } : null;
}

/** Whether somebody could have filled it in since it was shown. */
export function judgeStamp(stamp: Stamp | null, now: number): 'good' | 'early' | 'stale' {
  if (!stamp || now - stamp.at > mostMs || stamp.at > now + 60_000) return 'stale';
  return now - stamp.at < leastMs ? 'early' : 'good';
}

const octets = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
const uuid = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Workspace (16 octets) ‖ confirmation (16) ‖ a secret (32), in base64url: nothing of the person. Only the hash of the secret is kept. */
export const writeToken = (workspaceId: string, confirmationId: string, secret: Buffer): string =>
  Buffer.concat([octets(workspaceId), octets(confirmationId), secret]).toString('base64url');

/** @returns null for what cannot be one of ours */
export function readToken(token: string): { workspaceId: string; confirmationId: string; hash: Buffer } | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 64 || bytes.toString('base64url') !== token) return null;
  const secretHash = hash('sha256', bytes.subarray(32), 'buffer');
  return { workspaceId: uuid(bytes.subarray(0, 16)), confirmationId: uuid(bytes.subarray(16, 32)), hash: secretHash };
}

/** Characters of an answer on one line, and of a message. */
const mostLine = 300;
const mostMessage = 10_000;

/** What is wrong with an answer: a word of the catalogues (`forms.page.wrong.<word>`). */
export type Wrong = 'required' | 'email' | 'phone' | 'too_long' | 'choice';

export interface Answers {
  /** By the field's key, as it was typed. */
  typed: ReadonlyMap<string, string>;
  /** Keys of the consents that were ticked. */
  agreed: ReadonlySet<string>;
}

/** What somebody who ticks that it may be seen agrees to: no purpose of mail, and in no form's settings (their keys begin with a letter). */
export const trackingKey = '_tracking';

/** What was sent, as the page's own fields are called: `f_<key>`, `c_<key>`. What the form does not ask is left. */
export function readAnswers({ fields, consents }: FormSettings, sent: URLSearchParams): Answers {
  const typed = fields.map(({ key, kind }): [string, string] => {
    const value = (sent.get(`f_${key}`) ?? '').replaceAll('\u0000', '').toWellFormed();
    return [key, kind === 'message' ? value.replaceAll('\r\n', '\n').trim() : value.replaceAll(/\s+/g, ' ').trim()];
  });
  const agreed = consents.filter(({ key }) => sent.has(`c_${key}`)).map(({ key }) => key);
  return { typed: new Map(typed), agreed: new Set(sent.has(`c_${trackingKey}`) ? [...agreed, trackingKey] : agreed) };
}

function wrongWith({ kind, required, choices }: FormField, value: string, country: string): Wrong | null {
  if (value === '') return required ? 'required' : null;
  if (value.length > (kind === 'message' ? mostMessage : mostLine)) return 'too_long';
  if (kind === 'email' && !normaliseEmail(value)) return 'email';
  if (kind === 'phone' && !parsePhone(value, country).e164) return 'phone';
  if (kind === 'choice' && !(Number(value) >= 0 && Number(value) < choices.length && /^\d+$/.test(value)))
    return 'choice';
  if (kind === 'yesno' && value !== 'yes' && value !== 'no') return 'choice';
  return null;
}

/** What is wrong, by field, in the order of the form. */
export function check({ fields }: FormSettings, { typed }: Answers, country: string): Map<string, Wrong> {
  return new Map(
    fields.flatMap((field) => {
      const wrong = wrongWith(field, typed.get(field.key) ?? '', country);
      return wrong ? [[field.key, wrong] as const] : [];
    }),
  );
}

/** Who sent it, what can be put on a card, and what they answered of what the collection plan asks. */
export interface Said {
  name: string;
  email: string | null;
  phone: string | null;
  company: string;
  profile?: { unitId: string; values: Answered['values'] };
  /** With whom they register for an event. */
  party?: Party;
}

/** Whom somebody brings along to an event: how many, and the names of those whom they named. */
export interface Party {
  companions: number;
  names: { given: string; family: string }[];
}

/**
 * Whether somebody can register for an event by it: it asks who they are and where they are reached, whoever has the address confirms it, and a book
 * takes their card.
 */
export const mayRegister = ({ fields, confirm, bookId }: FormSettings): boolean =>
  confirm &&
  bookId !== null &&
  (['name', 'email'] as const).every((kind) => fields.some((one) => one.kind === kind && one.required));

export function saidOf({ fields }: FormSettings, { typed }: Answers, country: string): Said {
  const of = (kind: FormField['kind']) => {
    const field = fields.find((one) => one.kind === kind);
    return field ? (typed.get(field.key) ?? '') : '';
  };
  const phone = of('phone');
  return {
    name: of('name'),
    email: normaliseEmail(of('email')) ?? null,
    phone: phone === '' ? null : (parsePhone(phone, country).e164 ?? null),
    company: of('company'),
  };
}

/** What a field is called in a language: by its own words, else as the page calls it. */
export const labelOf = (field: FormField, language: FormLanguage, t: (key: string) => string): string =>
  field.label[language] || t(`forms.page.field.${field.kind}`);

/** An answer as people read it. */
function shown(
  { kind, choices }: FormField,
  value: string,
  language: FormLanguage,
  t: (key: string) => string,
): string {
  if (kind === 'choice') return choices[Number(value)]?.[language] ?? value;
  return kind === 'yesno' ? t(`forms.page.${value}`) : value;
}

/** What the inbox shows: their message, and below it what else they answered, each with its question. Who they are stands beside it. */
export function wordsOf(
  form: FormSettings,
  { typed }: Answers,
  language: FormLanguage,
  t: (key: string) => string,
): string {
  const message = form.fields.find(({ kind }) => kind === 'message');
  const lines = form.fields
    .filter((field) => !['message', 'name', 'email'].includes(field.kind) && typed.get(field.key))
    .map(
      (field) => `${labelOf(field, language, t)}${t('forms.colon')}${shown(field, typed.get(field.key)!, language, t)}`,
    );
  return [message ? (typed.get(message.key) ?? '') : '', lines.join('\n')].filter(Boolean).join('\n\n');
}

/** Days for which a link with a contact's token is known. */
const tokenDays = 90;

/** `<contact point>.<minutes>.<128 bits of their HMAC-SHA-256>`: by it a form knows what not to ask; it shows nothing. Bound to its form. */
export function writeContactToken(key: KeyObject, channelId: string, pointId: string, now: number): string {
  const plain = `${pointId}.${Math.floor(now / 60_000)}`;
  return `${plain}.${sign(key, `contact ${channelId}`, plain)}`;
}

/** @returns the contact point; null for what is not ours, is of another form, or is over */
export function readContactToken(key: KeyObject, channelId: string, text: string, now: number): string | null {
  const match = /^([0-9a-f-]{36})\.(\d{1,10})\.([\w-]{22})$/.exec(text);
  if (!match) return null;
  const [, pointId, minutes, signature] = match as unknown as [string, string, string, string];
  const due = Buffer.from(sign(key, `contact ${channelId}`, `${pointId}.${minutes}`));
  if (!timingSafeEqual(due, Buffer.from(signature))) return null;
  return now - Number(minutes) * 60_000 < tokenDays * 24 * 3_600_000 ? pointId : null;
}
