import { createHmac, timingSafeEqual } from 'node:crypto';
import { normaliseEmail } from '../formats/normalise/email.ts';
import { parsePhone } from '../formats/normalise/phone.ts';
import type { Field, Refusal } from './contract.ts';

/** What is known of a kind where facts of it are judged. */
export interface KindRule {
  no: number;
  fields: ReadonlyMap<string, Pick<Field, 'type' | 'choices'> & { name?: string | undefined }>;
  hasAmount: boolean;
  keepMonths: number;
  asksConsent: boolean;
  withoutConsent: 'refuse' | 'count';
  ended: boolean;
}

/** Of whom a fact is, as it is looked up: the channel and address of a contact point, or a card. */
export type Who =
  | { channel: 'email' | 'phone' | 'handle' | 'visitor'; address: string; cardId?: never }
  | { cardId: string; channel?: never };

/** A fact that is well made; whether it may be kept is another question. */
export interface SoundFact {
  no: number;
  externalId: string;
  kindKey: string;
  kind: KindRule;
  at: Date;
  who: Who;
  amount: string | null;
  currency: string | null;
  props: Record<string, string | number | boolean> | null;
  consent: boolean;
}
export interface RefusedFact {
  no: number;
  externalId: string;
  kindKey: string;
  code: Refusal;
  field: string;
}

/** Clocks of others go wrong: so many milliseconds ahead are none. */
const mostAhead = 10 * 60_000;
/** Characters of an id at its source, of a text, and of all that a fact says. */
const mostId = 200;
const mostText = 500;
const mostProps = 4000;

class Objection {
  readonly code: Refusal;
  readonly field: string;
  constructor(code: Refusal, field = '') {
    this.code = code;
    this.field = field;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** Text that PostgreSQL can keep. */
const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length <= most && !value.includes('\u0000') && value.isWellFormed();

const instant = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d)$/;

/** @returns undefined for what is no instant, or has no offset: nobody knows when that was */
export function readInstant(value: unknown): Date | undefined {
  if (typeof value !== 'string' || !instant.test(value)) return undefined;
  const at = new Date(value.replace(' ', 'T'));
  const [year, month, day] = value.slice(0, 10).split('-').map(Number) as [number, number, number];
  // JavaScript takes the 31st of February for a day in March.
  const isDay = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
  return Number.isNaN(at.getTime()) || !isDay || at.getUTCFullYear() < 1970 ? undefined : at;
}

/** A number in digits, with at most four behind the point; undefined for none, and beyond a billion billionths. */
export function readAmount(value: unknown): string | undefined {
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || Math.abs(value) > 1e12) return undefined;
    return String(Number(value.toFixed(4)));
  }
  return typeof value === 'string' && /^-?\d{1,13}(?:\.\d{1,4})?$/.test(value) ? value : undefined;
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && readInstant(`${text}T00:00:00Z`) !== undefined;

function readValue(
  { type, choices }: Pick<Field, 'type' | 'choices'>,
  value: unknown,
): string | number | boolean | undefined {
  switch (type) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= 1e15 ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'date':
      return typeof value === 'string' && isDay(value) ? value : undefined;
    case 'choice':
      return typeof value === 'string' && choices.includes(value) ? value : undefined;
    case 'text':
      return isText(value, mostText) ? value : undefined;
  }
}

function readProps(kind: KindRule, said: unknown): SoundFact['props'] {
  if (said === undefined || said === null) return null;
  if (!isRecord(said)) throw new Objection('wrong_type', 'props');
  const props: Record<string, string | number | boolean> = {};
  let size = 0;
  for (const [key, value] of Object.entries(said)) {
    const field = kind.fields.get(key);
    if (!field) throw new Objection('unknown_field', `props.${key.slice(0, 60)}`);
    if (value === null || value === '') continue;
    const read = readValue(field, value);
    if (read === undefined)
      throw new Objection(
        isText(value, Number.MAX_SAFE_INTEGER) && value.length > mostText ? 'too_large' : 'wrong_type',
        `props.${key}`,
      );
    props[key] = read;
    size += key.length + String(read).length;
  }
  if (size > mostProps) throw new Objection('too_large', 'props');
  return size === 0 ? null : props;
}

function readMoney(kind: KindRule, said: unknown): Pick<SoundFact, 'amount' | 'currency'> {
  if (said === undefined || said === null) return { amount: null, currency: null };
  if (!kind.hasAmount) throw new Objection('unknown_field', 'amount');
  if (!isRecord(said)) throw new Objection('bad_amount', 'amount');
  const amount = readAmount(said.value);
  if (amount === undefined) throw new Objection('bad_amount', 'amount.value');
  if (typeof said.currency !== 'string' || !/^[A-Z]{3}$/.test(said.currency))
    throw new Objection('bad_amount', 'amount.currency');
  return { amount, currency: said.currency };
}

export const isVisitor = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{16,64}$/.test(value);
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const system = /^[a-z0-9][a-z0-9_.-]{0,40}$/;

const subjects = ['email', 'phone', 'customer', 'visitor', 'cardId'] as const;

/** Of whom it is. @throws Objection */
function toWho(said: Record<string, unknown>, country: string): Who {
  const given = subjects.filter((name) => said[name] !== undefined && said[name] !== null && said[name] !== '');
  if (given.length !== 1) throw new Objection(given.length === 0 ? 'no_subject' : 'several_subjects');
  const [name] = given as [(typeof subjects)[number]];
  const who = readOne(name, said[name], country);
  if (!who) throw new Objection('bad_subject', name);
  return who;
}

function readOne(name: (typeof subjects)[number], value: unknown, country: string): Who | undefined {
  if (name === 'customer') {
    if (!isRecord(value) || typeof value.system !== 'string' || !system.test(value.system)) return undefined;
    const { id } = value;
    const text = typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : id;
    return isText(text, 200) && /^\S(?:.*\S)?$/.test(text)
      ? { channel: 'handle', address: `${value.system}:${text}` }
      : undefined;
  }
  if (typeof value !== 'string') return undefined;
  if (name === 'visitor') return isVisitor(value) ? { channel: 'visitor', address: value } : undefined;
  if (name === 'cardId') return uuid.test(value) ? { cardId: value.toLowerCase() } : undefined;
  const address = name === 'email' ? normaliseEmail(value) : parsePhone(value, country).e164;
  return address ? { channel: name, address } : undefined;
}

/** As `toWho`, for who asks about one. @returns undefined where none, several, or no sound one is given */
export function readWho(said: Record<string, unknown>, country: string): Who | undefined {
  try {
    return toWho(said, country);
  } catch {
    return undefined;
  }
}

export interface Judging {
  kinds: ReadonlyMap<string, KindRule>;
  /** ISO 3166-1 alpha-2, as numbers without a prefix are read. */
  country: string;
  now: Date;
}

/** The first instant that is kept still. */
export function keptSince(now: Date, months: number): Date {
  const since = new Date(now);
  since.setUTCMonth(since.getUTCMonth() - months);
  return since;
}

function judge(said: unknown, no: number, { kinds, country, now }: Judging): SoundFact {
  if (!isRecord(said)) throw new Objection('malformed');
  const { externalId, kind: kindKey, consent } = said;
  if (!isText(externalId, mostId) || externalId === '') throw new Objection('no_id', 'externalId');
  const kind = typeof kindKey === 'string' ? kinds.get(kindKey) : undefined;
  if (!kind) throw new Objection('unknown_kind', 'kind');
  if (kind.ended) throw new Objection('ended_kind', 'kind');
  const at = readInstant(said.at);
  if (!at) throw new Objection('bad_time', 'at');
  if (at.getTime() > now.getTime() + mostAhead) throw new Objection('in_future', 'at');
  if (at < keptSince(now, kind.keepMonths)) throw new Objection('too_old', 'at');
  const known = ['externalId', 'kind', 'at', 'amount', 'props', 'consent', ...subjects];
  const stranger = Object.keys(said).find((name) => !known.includes(name));
  if (stranger !== undefined) throw new Objection('unknown_field', stranger.slice(0, 60));
  if (consent !== undefined && typeof consent !== 'boolean') throw new Objection('wrong_type', 'consent');
  const who = toWho(said, country);
  const props = readProps(kind, said.props);
  return {
    no,
    externalId,
    kindKey: kindKey as string,
    kind,
    at,
    who,
    ...readMoney(kind, said.amount),
    props,
    consent: consent === true,
  };
}

/** How a line is called where its answer names it, whatever stands there. */
const nameOf = (said: unknown, name: 'externalId' | 'kind', most: number): string => {
  const value = isRecord(said) ? said[name] : undefined;
  return isText(value, most) ? value : '';
};

/** Reads a batch, each line by itself. What is said twice under one id is taken once, the first time. */
export function readFacts(lines: readonly unknown[], judging: Judging): { sound: SoundFact[]; refused: RefusedFact[] } {
  const sound: SoundFact[] = [];
  const refused: RefusedFact[] = [];
  const seen = new Set<string>();
  for (const [no, said] of lines.entries()) {
    try {
      const fact = judge(said, no, judging);
      if (seen.has(fact.externalId)) throw new Objection('duplicate', 'externalId');
      seen.add(fact.externalId);
      sound.push(fact);
    } catch (error) {
      if (!(error instanceof Objection)) throw error;
      const kind = nameOf(said, 'kind', 60);
      refused.push({
        no,
        externalId: nameOf(said, 'externalId', mostId),
        kindKey: judging.kinds.has(kind) ? kind : '',
        code: error.code,
        field: error.field,
      });
    }
  }
  return { sound, refused };
}

/** What is known of the consent at a contact point. */
export interface PointConsent {
  consent: string;
  since: Date | null;
  purposes: readonly string[] | null;
}
export interface VisitorConsent {
  agreed: Date;
  withdrawn: Date | null;
}

/**
 * Whether what tracking tells may be kept (domain rules, law and respect): who objected is not tracked whatever a source says; else their own
 * word to us, the browser's, or what the source holds will do. Consent to something else is no consent to being tracked, nor is a later one.
 */
export function mayTrack(
  said: { at: Date; consent: boolean },
  point: PointConsent | undefined,
  visitor: VisitorConsent | undefined,
): boolean {
  if (point?.consent === 'objected') return false;
  if (visitor?.withdrawn && !(said.consent && said.at > visitor.withdrawn)) return false;
  if (said.consent || (visitor && !visitor.withdrawn)) return true;
  if (point?.consent !== 'given') return false;
  const forTracking = point.purposes === null || point.purposes.includes('tracking');
  return forTracking && (point.since === null || point.since <= said.at);
}

/** Whose an alias was at a time: of several, the last since then; before the first, the first. */
export function ownerAt(owners: readonly { since: Date; subjectId: string }[], at: Date): string | undefined {
  const [first] = owners;
  return (owners.findLast(({ since }) => since <= at) ?? first)?.subjectId;
}

/** Seconds for which a token that says who a visitor is may be good; what lives longer is copied. */
const longestToken = 24 * 3600;

/**
 * Who a visitor is, in the words of the company's own server: a JSON Web Token (RFC 7519) signed with HS256, with `email`, `phone` or
 * `customer`, and `exp` within a day.
 * @returns undefined for what was not signed so, or is over
 */
export function readToken(token: unknown, secret: Buffer, now: Date): Record<string, unknown> | undefined {
  if (typeof token !== 'string' || token.length > 4000) return undefined;
  const [head = '', body = '', signature = '', ...more] = token.split('.');
  if (more.length > 0) return undefined;
  const due = createHmac('sha256', secret).update(`${head}.${body}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== due.length || !timingSafeEqual(given, due)) return undefined;
  const [header, claims] = [head, body].map(readPart);
  if (header?.alg !== 'HS256' || typeof claims?.exp !== 'number') return undefined;
  const left = claims.exp - now.getTime() / 1000;
  return left > 0 && left <= longestToken ? claims : undefined;
}

function readPart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const octets = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
const toUuid = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Workspace ‖ source, in base64url: what stands on the pages of a site, and is no secret. */
export const writeTagKey = (workspaceId: string, sourceId: string): string =>
  Buffer.concat([octets(workspaceId), octets(sourceId)]).toString('base64url');

/** @returns null for what cannot be one of ours */
export function readTagKey(key: string): { workspaceId: string; sourceId: string } | null {
  const bytes = Buffer.from(key, 'base64url');
  if (bytes.length !== 32 || bytes.toString('base64url') !== key) return null;
  return { workspaceId: toUuid(bytes.subarray(0, 16)), sourceId: toUuid(bytes.subarray(16)) };
}

/** Programs that visit pages and say so, and those that look at links for others. */
const bots =
  /bot\b|bot[/;\s_-]|crawl|spider|slurp|headless|lighthouse|pingdom|uptime|monitor|preview|facebookexternalhit|embedly|curl|wget|python|java\/|okhttp|axios|node-fetch|go-http|scrapy|phantom|bytespider|gptbot/i;
export const isBot = (agent: string | undefined): boolean =>
  agent === undefined || agent.length < 20 || bots.test(agent);
