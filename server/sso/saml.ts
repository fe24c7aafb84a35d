import { createHash, X509Certificate } from 'node:crypto';
import { generateServiceProviderMetadata, type Profile, SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { DOMParser } from '@xmldom/xmldom';
import type { Proof } from './rules.ts';

export interface SamlSettings {
  /** The provider's entity id. */
  issuer: string;
  ssoUrl: string;
  certificates: string[];
}

/** What the provider calls us, and where it sends its answers. */
export interface Ours {
  entity: string;
  answers: string;
}

const minute = 60_000;

export function oursOf(publicUrl: string, providerId: string): Ours {
  const entity = `${publicUrl}/api/v1/sign-in/company/saml/${providerId}`;
  return { entity, answers: entity };
}

function open(
  { issuer, ssoUrl, certificates }: SamlSettings,
  ours: Ours,
  isOpen: (requestId: string) => Promise<Date | null>,
  requestId = '',
) {
  return new SAML({
    issuer: ours.entity,
    audience: ours.entity,
    callbackUrl: ours.answers,
    entryPoint: ssoUrl,
    idpIssuer: issuer,
    idpCert: certificates,
    // The provider chooses how it names people.
    identifierFormat: null,
    disableRequestedAuthnContext: true,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: false,
    acceptedClockSkewMs: minute,
    maxAssertionAgeMs: 10 * minute,
    requestIdExpirationPeriodMs: 10 * minute,
    validateInResponseTo: ValidateInResponseTo.always,
    generateUniqueId: () => requestId,
    // Requests are kept as attempts.
    cacheProvider: {
      saveAsync: async () => null,
      getAsync: async (id) => (await isOpen(id))?.toISOString() ?? null,
      removeAsync: async () => null,
    },
  });
}

/** An XML id begins with a letter or `_`. */
const requestIdOf = (attemptId: string): string => `_${attemptId}`;

export async function begin(settings: SamlSettings, ours: Ours, attemptId: string, relay: string): Promise<string> {
  return open(settings, ours, async () => null, requestIdOf(attemptId)).getAuthorizeUrlAsync(relay, undefined, {});
}

type Node = Record<string, unknown>;
const first = (node: unknown, name: string): Node | undefined =>
  ((node as Node | undefined)?.[name] as Node[] | undefined)?.[0];

/**
 * What the library leaves open (SAML 2.0 Profiles, 4.1.4.2 and 4.1.4.3): who issued it, and that the bearer's confirmation is for us,
 * for this request, and ends.
 * @throws Error
 */
function checkBearer(profile: Profile, { issuer }: SamlSettings, ours: Ours): string {
  const subject = first((profile.getAssertion!() as { Assertion: Node }).Assertion, 'Subject');
  const confirmations = (subject?.SubjectConfirmation ?? []) as (Node & { $?: Record<string, string> })[];
  const requestId = String(profile.inResponseTo);
  const held = confirmations.some((one) => {
    const data = first(one, 'SubjectConfirmationData') as { $?: Record<string, string> } | undefined;
    return (
      one.$?.Method === 'urn:oasis:names:tc:SAML:2.0:cm:bearer' &&
      data?.$?.Recipient === ours.answers &&
      data.$.InResponseTo === requestId &&
      Date.parse(data.$.NotOnOrAfter ?? '') + minute > Date.now()
    );
  });
  if (profile.issuer !== issuer || !held || !profile.nameID) throw new Error('The assertion is not for us.');
  return requestId;
}

const emailNames = [
  'email',
  'mail',
  'emailAddress',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
  'urn:oid:0.9.2342.19200300.100.1.3',
];
const displayNames = [
  'displayName',
  'http://schemas.microsoft.com/identity/claims/displayname',
  'urn:oid:2.16.840.1.113730.3.1.241',
];
const givenNames = [
  'givenName',
  'firstName',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname',
  'urn:oid:2.5.4.42',
];
const familyNames = [
  'surname',
  'lastName',
  'sn',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname',
  'urn:oid:2.5.4.4',
];

function toProof(profile: Profile): Proof {
  const attributes = (profile.attributes ?? {}) as Record<string, unknown>;
  const find = (names: readonly string[]): string | null => {
    const values = names.flatMap((name) => attributes[name] ?? []);
    return values.find((value): value is string => typeof value === 'string' && value.trim() !== '')?.trim() ?? null;
  };
  const { nameID, nameIDFormat = '' } = profile;
  const email = find(emailNames) ?? (nameIDFormat.endsWith(':emailAddress') ? nameID : null);
  const parts = [find(givenNames), find(familyNames)].filter((part) => part !== null);
  return {
    // A transient name is another one each time.
    subject: nameIDFormat.endsWith(':transient') ? `mail ${email?.toLowerCase()}` : nameID,
    email,
    // SAML has no mark for it: the provider answers for what it signs, within its domains.
    emailVerified: true,
    name: find(displayNames) ?? (parts.length > 0 ? parts.join(' ') : null),
  };
}

/** Tags of the largest answer, which names some hundreds of groups: the library's time grows with their square, and anybody may post one. */
const mostTags = 2000;

/**
 * Checks an answer: the assertion's signature (one, over itself), audience, times, request, issuer, recipient.
 * @param isOpen since when a request of ours waits for its answer; null for one that does not
 * @throws Error when any of it does not hold
 */
export async function finish(
  settings: SamlSettings,
  ours: Ours,
  answer: string,
  isOpen: (requestId: string) => Promise<Date | null>,
): Promise<{ proof: Proof; requestId: string }> {
  const [, ...tags] = Buffer.from(answer, 'base64')
    .toString('latin1')
    .split('<', mostTags + 2);
  if (tags.length > mostTags) throw new Error('The answer is too large.');
  const { profile } = await open(settings, ours, isOpen).validatePostResponseAsync({ SAMLResponse: answer });
  if (!profile) throw new Error('The answer holds no assertion.');
  const requestId = checkBearer(profile, settings, ours);
  return { proof: toProof(profile), requestId };
}

/** Our own metadata, for the provider. */
export function describeUs(ours: Ours): string {
  return generateServiceProviderMetadata({
    issuer: ours.entity,
    callbackUrl: ours.answers,
    identifierFormat: null,
    wantAssertionsSigned: true,
    // The same each time.
    generateUniqueId: () => `_${createHash('sha256').update(ours.entity).digest('hex').slice(0, 32)}`,
  });
}

const namespace = { md: 'urn:oasis:names:tc:SAML:2.0:metadata', ds: 'http://www.w3.org/2000/09/xmldsig#' };
const redirectBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

/** Reads a provider's metadata (SAML 2.0 Metadata, 2.4.3). @throws Error when it lacks an entity id, an address or a certificate */
export function readMetadata(xml: string): SamlSettings {
  const refuse = (message: string) => {
    throw new Error(message);
  };
  // Metadata has no document type; one could make entities grow without end.
  if (/<!DOCTYPE/i.test(xml)) refuse('Metadata has no document type.');
  const errorHandler = { warning: () => {}, error: refuse, fatalError: refuse };
  const document = new DOMParser({ errorHandler }).parseFromString(xml, 'text/xml');
  const idp = document.getElementsByTagNameNS(namespace.md, 'IDPSSODescriptor')[0];
  const issuer = (idp?.parentNode as Element | null)?.getAttribute('entityID');
  const services = idp ? Array.from(idp.getElementsByTagNameNS(namespace.md, 'SingleSignOnService')) : [];
  const ssoUrl = services.find((one) => one.getAttribute('Binding') === redirectBinding)?.getAttribute('Location');
  const keys = idp ? Array.from(idp.getElementsByTagNameNS(namespace.md, 'KeyDescriptor')) : [];
  const certificates = keys
    .filter((key) => key.getAttribute('use') !== 'encryption')
    .flatMap((key) => Array.from(key.getElementsByTagNameNS(namespace.ds, 'X509Certificate')))
    .map((one) => new X509Certificate(Buffer.from(one.textContent ?? '', 'base64')).toString());
  if (!issuer || !ssoUrl || certificates.length === 0) throw new Error('This is no metadata of an identity provider.');
  return { issuer, ssoUrl, certificates };
}
