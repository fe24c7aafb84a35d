import type { Refusal } from './contract.ts';

/** What a provider has said of somebody, after its answer has been checked. */
export interface Proof {
  subject: string;
  email: string | null;
  /** Null: the provider does not say. */
  emailVerified: boolean | null;
  name: string | null;
}

/** A path of this site, or the start: an address such as `//elsewhere.example` or `/\elsewhere.example` would leave it. */
export function pathOfOurs(back: string | undefined): string {
  const control = back !== undefined && [...back].some((letter) => letter < ' ');
  return back !== undefined && !control && /^\/(?![/\\])/.test(back) ? back : '/';
}

export const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1).toLowerCase();

/** Why an address is no ground to let its bearer in; null: it is one. */
export function objectionTo(
  { email, emailVerified }: Proof,
  { domains, trustsEmail }: { domains: readonly string[]; trustsEmail: boolean },
): Refusal | null {
  if (email === null) return 'no_email';
  if (!domains.includes(domainOf(email))) return 'other_domain';
  return (emailVerified ?? trustsEmail) ? null : 'unverified';
}

/** How somebody is called whose provider gives no name: what stands before the @. */
export const nameOf = ({ name, email, subject }: Proof): string =>
  (name?.trim() || email?.split('@')[0] || subject).slice(0, 200);

/** A loopback host as it stands in a URL. */
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Whether a provider's address may be asked: encrypted, or on this machine where the operator allows that. The addresses of a private
 * network are allowed, because companies run their provider there.
 */
export function mayAsk(url: URL, localIssuers: boolean): boolean {
  if (url.username || url.password) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && localIssuers && loopback.test(url.hostname));
}

/** Entra's addresses for several organisations at once: any of them could say that it holds any address. */
export const isForAnybody = (url: URL): boolean =>
  /^login\.microsoftonline\.(?:com|us)$/.test(url.hostname) &&
  /^\/(?:common|organizations|consumers)(?:\/|$)/.test(url.pathname);
