import { fieldClass } from '../delegation/field-classes.ts';
import { isFreeMail } from '../formats/normalise/email.ts';
import type { Cap, LaterReason, Manner, Reason } from './contract.ts';
import { type Asking, isTooMuch, type Load } from './pressure.ts';
import type { GateChannel, Way } from './ways-contract.ts';

/** A grant under which a colleague's card may be written to, and the card. */
export interface GrantFacts {
  grantId: string;
  version: number;
  cardId: string;
  bookId: string;
  /** 0: made to the actor, 1: to a team of theirs, 2: to the workspace. */
  distance: number;
  startsAt: Date;
  endsAt: Date | null;
  askFirst: boolean;
  /** Empty: whatever for; every way. */
  purposes: readonly string[];
  channels: readonly string[];
  /** The field classes it opens, and that of the address on this card. */
  mask: number;
  fieldClass: number;
  quota: { count: number; used: number } | null;
}

export interface GateFacts {
  purpose: string;
  channel: GateChannel;
  hasMailServer: boolean;
  /** A channel by which it would leave; left out: it is mail. */
  hasChannel?: boolean;
  /** The actor holds a card with this address: nobody has to allow it. */
  own: boolean;
  grants: readonly GrantFacts[];
  consent: 'unknown' | 'given' | 'objected';
  /** For what they agreed, where they said so; null or left out: whatever for. */
  agreedTo?: readonly string[] | null;
  health: 'unknown' | 'good' | 'failing' | 'dead';
  objectedTo: readonly string[];
  suppressed: boolean;
  /** It answers a request of their own as the law has it (RGPD art. 12, 3): what they want no mail for does not stand in its way. */
  ofRight?: boolean;
  privateAddress: boolean;
  /** Left out: one member writes to one person. */
  manner?: Manner;
  /** Of an answer: when they last wrote, and since when they object to all. */
  answering?: { lastInAt: Date | null; objectedAt: Date | null };
  /** What is known of the person beyond this contact point; left out: nothing is asked. */
  person?: PersonFacts;
  /** When it could leave if only time stood in its way. */
  later?: Later | null;
}

/** What all the contact points and cards of a person that the author sees say together. */
export interface PersonFacts {
  asking: Asking;
  caps: readonly Cap[];
  loads: readonly Load[];
  /** They called a message of ours unwanted within the days of cooling-off. */
  complained: boolean;
  /** They wait dissatisfied for our answer, or have a ticket open. */
  waits: boolean;
  /** Nothing came from them for longer than prospects are kept, and they are no customer. */
  lapsed: boolean;
}

/** Only time stands in the way. */
export interface Later {
  at: Date;
  reasons: LaterReason[];
}

export interface GateAnswer {
  allowed: boolean;
  reasons: Reason[];
  /** The lent cards by which it is written, one for each book; none where the actor's own will do. */
  through: GrantFacts[];
  /** It may, but not before then; null where it may now, or not at all. */
  later: Later | null;
}

/** What is wrong with writing under a grant. */
function againstGrant(grant: GrantFacts, { purpose, channel }: GateFacts, now: Date): Reason[] {
  const wrong: [Reason, boolean][] = [
    ['not_begun', grant.startsAt > now],
    ['ended', grant.endsAt !== null && grant.endsAt <= now],
    ['ask_first', grant.askFirst],
    ['purpose', grant.purposes.length > 0 && !grant.purposes.includes(purpose)],
    ['channel', grant.channels.length > 0 && !grant.channels.includes(channel)],
    ['field', ((grant.mask >>> grant.fieldClass) & 1) === 0],
    ['quota', grant.quota !== null && grant.quota.used >= grant.quota.count],
  ];
  return wrong.flatMap(([reason, holds]) => (holds ? [reason] : []));
}

/** Purposes that are advertising in the sense of the law. */
const advertising = new Set(['newsletter', 'prospecting']);

export const isAdvertising = (purpose: string): boolean => advertising.has(purpose);

/** To many at once, or by itself. */
export const isMass = (manner: Manner): boolean => manner === 'bulk' || manner === 'automated';

/** Whether their objection to all mail stands in the way. Who wrote to us after it asks for an answer (RGPD art. 6, 1 b and f; art. 21). */
function objects({ consent, ofRight, answering }: GateFacts): boolean {
  if (consent !== 'objected' || ofRight) return false;
  if (!answering) return true;
  const { lastInAt, objectedAt } = answering;
  return lastInAt === null || (objectedAt !== null && objectedAt > lastInAt);
}

/** What the contact said, and what is known of the address. */
function againstAddress(facts: GateFacts): Reason[] {
  const { purpose, ofRight = false, manner = 'personal' } = facts;
  const agreed = facts.consent === 'given' && (facts.agreedTo?.includes(purpose) ?? true);
  const toTheirWord = manner === 'answer';
  const wrong: [Reason, boolean][] = [
    ['no_mail_server', !facts.hasMailServer],
    ['no_channel', facts.hasChannel === false],
    ['objected', objects(facts)],
    ['objected_purpose', facts.objectedTo.includes(purpose) && !ofRight && !toTheirWord],
    ['no_consent', advertising.has(purpose) && facts.privateAddress && !agreed && !toTheirWord],
    ['dead', facts.health === 'dead'],
    ['suppressed', facts.suppressed],
  ];
  return wrong.flatMap(([reason, holds]) => (holds ? [reason] : []));
}

/** What is known of the person: how much they received, a complaint, what they wait for, how long ago they were last heard of. */
function againstPerson({ person, purpose, ofRight = false, manner = 'personal' }: GateFacts, now: Date): Reason[] {
  if (!person || ofRight || manner === 'answer') return [];
  const { asking, caps, loads } = person;
  const wrong: [Reason, boolean][] = [
    ['pressure', isTooMuch(caps, loads, asking, now)],
    ['cooling_complaint', person.complained && isMass(manner)],
    ['open_ticket', person.waits && isMass(manner) && advertising.has(purpose)],
    ['retention', person.lapsed && advertising.has(purpose)],
  ];
  return wrong.flatMap(([reason, holds]) => (holds ? [reason] : []));
}

/**
 * Whether a message may go to a contact, with ALL reasons against it. Own cards need no grant; of others' cards at least one
 * grant must agree in every respect. An objection stops everything. Advertising to a private person needs their consent
 * beforehand; to a business address it may be sent until they object, each message saying how (CPCE, art. L34-5; RGPD, art. 6
 * and 21; directive 2002/58/CE, art. 13). Where several grants object, those of the one that comes nearest
 * are told, of those that stand if any does. Where only time stands in the way, it may, later. An answer to what somebody wrote needs no grant, is no
 * pressure, and has no quiet hours.
 */
export function decide(facts: GateFacts, now: Date): GateAnswer {
  const standing = facts.grants.filter(({ endsAt }) => endsAt === null || endsAt > now);
  const judged = (standing.length > 0 ? standing : facts.grants)
    .map((grant) => ({ grant, against: againstGrant(grant, facts, now) }))
    .sort((a, b) => a.against.length - b.against.length || a.grant.distance - b.grant.distance);
  const through = new Map<string, GrantFacts>();
  for (const { grant, against } of facts.own ? [] : judged)
    if (against.length === 0 && !through.has(grant.bookId)) through.set(grant.bookId, grant);
  const lending: Reason[] = facts.own || through.size > 0 ? [] : (judged[0]?.against ?? ['no_grant']);
  const reasons = [...lending, ...againstAddress(facts), ...againstPerson(facts, now)];
  const allowed = reasons.length === 0;
  const later = allowed && facts.manner !== 'answer' && facts.later && facts.later.at > now ? facts.later : null;
  return { allowed, reasons, through: [...through.values()], later };
}

/**
 * Whether an address is that of a private person: said so on a card, with a provider anybody may use, or without a label on the
 * card of somebody of no company. The strictest card wins.
 */
export function isPrivateAddress(
  sightings: readonly { fieldClass: number; address: string; atCompany: boolean }[],
): boolean {
  return sightings.some(
    (one) =>
      one.fieldClass === fieldClass.emailPrivate ||
      isFreeMail(one.address.slice(one.address.lastIndexOf('@') + 1)) ||
      (one.fieldClass === fieldClass.emailUnlabelled && !one.atCompany),
  );
}

/** Field classes of numbers that are said to be private, and of those of which nothing is said. */
export const privateNumber = {
  said: [fieldClass.phonePrivate],
  unlabelled: [fieldClass.mobileUnlabelled, fieldClass.phoneUnlabelled],
} as const;

/**
 * Whether advertising by a way asks for consent beforehand. On paper it does not: who is written to must be told where from and may object at any time
 * (RGPD, art. 6, 1 f, 14 and 21; CNIL on canvassing by post; directive 2002/58/CE, art. 13 is about electronic mail and automated calls alone).
 */
export const asksConsent = (way: Way): boolean => way !== 'letter';

/**
 * The same of what something goes to by its way: an address is private that does not say it is at work, of somebody of no company; a number is private where a card says so, or says nothing and is of somebody of no company. WhatsApp
 * asks for consent whoever it is (WhatsApp Business Messaging Policy, opt-in).
 */
export function isPrivatePoint(
  way: Way,
  sightings: readonly { fieldClass: number; address: string; atCompany: boolean }[],
): boolean {
  if (way === 'email') return isPrivateAddress(sightings);
  if (way === 'letter') return sightings.some((one) => one.fieldClass === fieldClass.addressPrivate && !one.atCompany);
  const isOneOf = (classes: readonly number[], one: number) => classes.includes(one);
  return (
    way === 'whatsapp' ||
    sightings.some(
      (one) =>
        isOneOf(privateNumber.said, one.fieldClass) ||
        (isOneOf(privateNumber.unlabelled, one.fieldClass) && !one.atCompany),
    )
  );
}

/** The first day (UTC) of the calendar period an instant lies in, `YYYY-MM-DD`; weeks begin on Monday (ISO 8601). */
export function beginOf(period: string, at: Date): string {
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  const first = {
    day: Date.UTC(year, month, day),
    week: Date.UTC(year, month, day - ((at.getUTCDay() + 6) % 7)),
    month: Date.UTC(year, month, 1),
    year: Date.UTC(year, 0, 1),
  }[period];
  return new Date(first ?? at).toISOString().slice(0, 10);
}
