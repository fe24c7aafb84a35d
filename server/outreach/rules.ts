import { fieldClass } from '../delegation/field-classes.ts';
import { isFreeMail } from '../formats/normalise/email.ts';
import type { Reason } from './contract.ts';

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
  channel: 'email';
  hasMailServer: boolean;
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
}

export interface GateAnswer {
  allowed: boolean;
  reasons: Reason[];
  /** The lent cards by which it is written, one for each book; none where the actor's own will do. */
  through: GrantFacts[];
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

/**
 * Whether a message may go to a contact, with ALL reasons against it. Own cards need no grant; of others' cards at least one
 * grant must agree in every respect. An objection stops everything. Advertising to a private person needs their consent
 * beforehand; to a business address it may be sent until they object, each message saying how (CPCE, art. L34-5; RGPD, art. 6
 * and 21; directive 2002/58/CE, art. 13). Where several grants object, those of the one that comes nearest
 * are told, of those that stand if any does.
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
  const agreed = facts.consent === 'given' && (facts.agreedTo?.includes(facts.purpose) ?? true);
  const others: [Reason, boolean][] = [
    ['no_mail_server', !facts.hasMailServer],
    ['objected', facts.consent === 'objected' && !facts.ofRight],
    ['objected_purpose', facts.objectedTo.includes(facts.purpose) && !facts.ofRight],
    ['no_consent', advertising.has(facts.purpose) && facts.privateAddress && !agreed],
    ['dead', facts.health === 'dead'],
    ['suppressed', facts.suppressed],
  ];
  const reasons = [...lending, ...others.flatMap(([reason, holds]) => (holds ? [reason] : []))];
  return { allowed: reasons.length === 0, reasons, through: [...through.values()] };
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
