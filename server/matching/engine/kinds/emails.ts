import { isFreeMail, isRobot, isSharedMailbox, normaliseEmail } from '../../../formats/normalise/email.ts';
import { fold } from '../../../formats/normalise/fold.ts';
import { hashText } from '../hash.ts';
import { editDistance } from '../similarity.ts';
import { countBits, type Kind } from './kind.ts';
import { headOf } from './organizations.ts';

export interface EmailValue {
  key: string;
  /** Before the @, without plus-tag (RFC 5233). */
  user: string;
  domain: string;
  /** Whether the domain is an employer's, not a provider's where anybody has an address. */
  corporate: boolean;
  /** contact@, no-reply@: says whose organisation, not who. */
  shared: boolean;
}

export const SAME_USER = 2;

export const emails: Kind<EmailValue> = {
  levels: ['different', 'near', 'same user', 'same'],
  keyOf(raw) {
    const address = normaliseEmail(raw) ?? damaged(raw);
    if (address === undefined) return undefined;
    const { user: local, domain } = cut(address);
    const plus = local.indexOf('+');
    const user = plus > 0 ? local.slice(0, plus) : local;
    return domain ? `${user}@${domain}` : user;
  },
  parse(key) {
    const { user, domain } = cut(key);
    return {
      key,
      user,
      domain,
      corporate: domain !== '' && !isFreeMail(domain),
      shared: domain !== '' && (isSharedMailbox(key) || isRobot(key)),
    };
  },
  compare(a, b) {
    if (a.shared || b.shared) return 0;
    if (a.user === b.user && a.user.length > 3) return SAME_USER;
    if (a.domain === b.domain && !a.corporate)
      return editDistance(a.user, b.user, 1) === 1 && a.user.length > 5 ? 1 : 0;
    if (a.user[0] !== b.user[0] && a.user.at(-1) !== b.user.at(-1)) return 0;
    const limit = Math.min(a.key.length, b.key.length) < 12 ? 1 : 3;
    return editDistance(a.user, b.user, 2) <= 2 && editDistance(a.key, b.key, limit) <= limit ? 1 : 0;
  },
  mark({ key, user, domain, corporate, shared }) {
    let flags = (shared ? SHARED : 0) | (corporate ? CORPORATE : 0) | (domain === '' ? NOWHERE : 0);
    if (user.length > 4) flags |= LONG;
    for (let at = 0; at < user.length; at++) flags |= 1 << ((user.charCodeAt(at) & 31) % 26);
    const label = (domain.split('.').at(-2) ?? '').replace(/[^a-z]/g, '');
    return [
      hashText(key, 1),
      hashText(user, 2),
      hashText(`${user.slice(0, 3)} ${domain.slice(0, 4)}`, 3),
      hashText(`${user.slice(-4)} ${domain.slice(-8, -2)}`, 4),
      hashText(domain, 15),
      flags,
      (user.charCodeAt(0) << 16) | user.charCodeAt(user.length - 1),
      headOf(label),
    ];
  },
  /** One changed letter of the user changes at most two bits. */
  glance(marks, a, b) {
    if (marks[a + USER_HASH] === marks[b + USER_HASH]) return -1;
    const one = marks[a + FLAGS]!;
    const other = marks[b + FLAGS]!;
    if (((one | other) & SHARED) !== 0) return 0;
    const apart = countBits((one ^ other) & USER_LETTERS);
    if (marks[a + DOMAIN_HASH] === marks[b + DOMAIN_HASH] && (one & CORPORATE) === 0) return apart > 2 ? 0 : -1;
    const ends = marks[a + ENDS]! ^ marks[b + ENDS]!;
    return apart > 4 || (ends >>> 16 !== 0 && (ends & 0xffff) !== 0) ? 0 : -1;
  },
};

/** Positions among the marks: the address, its user, both ends of user and domain together, the domain, and what is said of it. */
export const ADDRESS_HASH = 0;
export const USER_HASH = 1;
export const START_HASH = 2;
export const END_HASH = 3;
export const DOMAIN_HASH = 4;
export const FLAGS = 5;
const ENDS = 6;
/** The head of the domain's name, to be compared with the head of an organisation. */
export const LABEL_HEAD = 7;

/** Flags beside a bit for each letter of the user. */
const USER_LETTERS = (1 << 26) - 1;
export const SHARED = 1 << 26;
export const CORPORATE = 1 << 27;
export const LONG = 1 << 28;
export const NOWHERE = 1 << 29;

function cut(address: string): { user: string; domain: string } {
  const at = address.lastIndexOf('@');
  return at < 0 ? { user: address, domain: '' } : { user: address.slice(0, at), domain: address.slice(at + 1) };
}

/** What is left of an address that a typo broke ("idlewrs.cocm") may still be near the right one. */
function damaged(raw: string): string | undefined {
  const text = fold(raw.trim()).replace(/\s+/g, '');
  return text.length > 3 && text.length < 255 ? text : undefined;
}

/**
 * Whether a name already explains the user of an address ("jean.martin", "jmartin", "martinj" for Jean Martin): then that two
 * addresses have the same user says nothing that the equal names did not say.
 */
export function isExplainedBy(user: string, given: string, family: string): boolean {
  const letters = fold(user).replace(/[^a-z]/g, '');
  if (letters.length < 2) return true;
  for (const [one, other] of [
    [given, family],
    [family, given],
  ] as const) {
    if (one.length < 2 || !letters.includes(one)) continue;
    const rest = letters.replace(one, '');
    if (rest.length < 3 || (other !== '' && (other.startsWith(rest) || rest.startsWith(other)))) return true;
  }
  return given !== '' && family !== '' && letters === given[0]! + family[0]!;
}
