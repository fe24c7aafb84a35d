import { z } from 'zod';
import { contract, instant, nothing } from '../kernel/contract.ts';

/** What the domain name system says of the sender's domain; each has its words under `domain.<kind>.<code>`. */
const domainCheck = z.object({
  kind: z.enum(['spf', 'dkim', 'dmarc', 'mx']),
  /** `unknown`: nobody answered, or it cannot be told from here. */
  state: z.enum(['good', 'warning', 'bad', 'unknown']),
  code: z.string(),
  /** What stands there, where something does. */
  record: z.string().nullable(),
  /** What its words are about: the server, a policy… */
  about: z.record(z.string(), z.string()),
  /** A TXT record to be published. */
  publish: z.object({ name: z.string(), value: z.string() }).nullable(),
});
export type DomainCheck = z.output<typeof domainCheck>;

/** The key with which mail is signed (RFC 6376). */
const signingKey = z.object({
  domain: z.string(),
  selector: z.string(),
  /** The TXT record that publishes it: its name and its text, whole and in pieces as a zone file has them. */
  record: z.object({ name: z.string(), value: z.string(), pieces: z.string() }),
  createdAt: instant,
  /** When it was last seen in the domain name system. */
  seenAt: instant.nullable(),
  /** An admin said that it is there. */
  confirmed: z.boolean(),
  /** Whether mail is signed with it: it was seen or confirmed, and the sender is of its domain. */
  signs: z.boolean(),
});
export type SigningKey = z.output<typeof signingKey>;

const kept = z.object({ domain: z.string().nullable(), key: signingKey.nullable() });

export const getMailDomain = contract({
  name: 'outreach.getMailDomain',
  method: 'GET',
  path: '/mail/domain',
  summary: 'The domain mail comes from, and the key it is signed with; the private one is never given',
  input: nothing,
  output: kept,
  access: 'admin',
  scope: 'workspace:read',
});
export const checkMailDomain = contract({
  name: 'outreach.checkMailDomain',
  method: 'POST',
  path: '/mail/domain/check',
  summary:
    'Ask the domain name system for SPF, DKIM, DMARC and MX of the domain mail comes from; a key that is seen signs from then on',
  input: nothing,
  output: kept.extend({ checks: z.array(domainCheck) }),
  access: 'admin',
  scope: 'workspace:write',
});
export const makeSigningKey = contract({
  name: 'outreach.makeSigningKey',
  method: 'POST',
  path: '/mail/domain/key',
  summary:
    'Make a key for signing mail, in place of the one there is; nothing is signed until it was seen or confirmed',
  input: nothing,
  output: kept,
  access: 'admin',
  scope: 'workspace:write',
});
export const confirmSigningKey = contract({
  name: 'outreach.confirmSigningKey',
  method: 'POST',
  path: '/mail/domain/key/confirm',
  summary: 'Say that the key is published though it is not seen from here: mail is signed from then on',
  input: nothing,
  output: kept,
  access: 'admin',
  scope: 'workspace:write',
});
export const removeSigningKey = contract({
  name: 'outreach.removeSigningKey',
  method: 'DELETE',
  path: '/mail/domain/key',
  summary: 'Sign no more',
  input: nothing,
  output: kept,
  access: 'admin',
  scope: 'workspace:write',
});
