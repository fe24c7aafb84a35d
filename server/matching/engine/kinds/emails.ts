import { isFreeMail, isRobot, isSharedMailbox, normaliseEmail } from '../../../formats/normalise/email.ts';
import { fold } from '../../../formats/normalise/fold.ts';
import { editDistance } from '../similarity.ts';
import type { Kind } from './kind.ts';

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
  parse(raw) {
    const address = normaliseEmail(raw) ?? damaged(raw);
    if (address === undefined) return undefined;
    const at = address.lastIndexOf('@');
    const [local, domain] = at < 0 ? [address, ''] : [address.slice(0, at), address.slice(at + 1)];
    const plus = local.indexOf('+');
    const user = plus > 0 ? local.slice(0, plus) : local;
    return {
      key: domain ? `${user}@${domain}` : user,
      user,
      domain,
      corporate: domain !== '' && !isFreeMail(domain),
      shared: domain !== '' && (isSharedMailbox(address) || isRobot(address)),
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
};

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
