import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inflateRawSync } from 'node:zlib';
import Provider from 'oidc-provider';
import { SignedXml } from 'xml-crypto';

export interface Person {
  sub: string;
  email?: string;
  email_verified?: boolean;
  name?: string;
}

/** An identity provider on loopback. */
export interface TestIssuer {
  issuer: string;
  close(): Promise<void>;
}

function listen(handler: RequestListener): Promise<{ server: Server; origin: string; close(): Promise<void> }> {
  const server = createServer(handler);
  return new Promise((done) =>
    server.listen(0, '127.0.0.1', () => {
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const close = () =>
        new Promise<void>((closed) => {
          server.close(() => closed());
          server.closeAllConnections();
        });
      done({ server, origin, close });
    }),
  );
}

export const clientOf = { clientId: 'entregent', clientSecret: 'a secret of the tests, long enough for HS256' };

/** A certified OpenID provider (oidc-provider), where `person()` is signed in without being asked. */
export async function openIssuer(redirect: string, person: () => Person): Promise<TestIssuer> {
  let handler: RequestListener = (_request, answer) => void answer.end();
  const { origin, close } = await listen((request, answer) => handler(request, answer));
  const provider = new Provider(origin, {
    clients: [{ client_id: clientOf.clientId, client_secret: clientOf.clientSecret, redirect_uris: [redirect] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    findAccount: (_context, accountId) => ({ accountId, claims: async () => ({ ...person() }) }),
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    async loadExistingGrant(context) {
      const { client, session } = context.oidc;
      const grant = new context.oidc.provider.Grant({ clientId: client!.clientId, accountId: session!.accountId! });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const serve = provider.callback();
  handler = (request, answer) => {
    if (!request.url!.startsWith('/interaction/')) return void serve(request, answer);
    void provider.interactionFinished(request, answer, { login: { accountId: person().sub, remember: false } });
  };
  return { issuer: origin, close };
}

/** A provider that says whatever it is told to. */
export interface Forger extends TestIssuer {
  /** What the next id token holds; by a key that is not published when `stranger`. */
  claims: Record<string, unknown>;
  stranger: boolean;
  /** How often a code was exchanged. */
  exchanged: number;
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

export async function openForger(): Promise<Forger> {
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const idToken = () => {
    const text = `${part({ alg: 'RS256', kid: 'own' })}.${part(forger.claims)}`;
    const key = (forger.stranger ? stranger : own).privateKey;
    return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
  };
  const pages: Record<string, () => object> = {
    '/.well-known/openid-configuration': () => ({
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      jwks_uri: `${origin}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }),
    '/keys': () => ({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'own', use: 'sig', alg: 'RS256' }] }),
    '/token': () => {
      forger.exchanged++;
      return { access_token: 'none', token_type: 'bearer', id_token: idToken() };
    },
  };
  const { origin, close } = await listen((request: IncomingMessage, answer) => {
    request.resume();
    answer.setHeader('content-type', 'application/json').end(JSON.stringify(pages[request.url!]?.() ?? {}));
  });
  const forger: Forger = { issuer: origin, close, claims: {}, stranger: false, exchanged: 0 };
  return forger;
}

/** Id token claims that hold, for the attempt that a start's address began. */
export function claimsFor(forger: Forger, start: string, person: Person): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  const nonce = new URL(start).searchParams.get('nonce');
  return { iss: forger.issuer, aud: clientOf.clientId, iat: now, exp: now + 300, nonce, ...person };
}

/** Of an identity provider that exists in tests only: a key pair and a certificate that ends in 2126. */
const keyText =
  'MIIEugIBADANBgkqhkiG9w0BAQEFAASCBKQwggSgAgEAAoIBAQCuxxTO9/GqM80JhWp2NjkrT2lrZe2IllcX1i/yBy028KNGaNVt' +
  'jCD5eWWFZHh7jWy1gYkSIvFlDIBVK98tPzayBrePhxJMO6goOJeJxih+S3ZVSVTafctmoglmNVTGGfJ0V88ekEAeNKBtbzM8RMn0' +
  'ceI74y1SJNeJ+FcpY50+sPxbr129f50GI1IB+7K4tNCIVKs66wQ4XD6iqU5zWvx8LM+WrIAZsvniXhx5dv+t8GSb1E0whaHiJfea' +
  'gXPOLdQFOPyOhblF6B7QmfPtrskkBpmeLifs9POM8UV0pxWT7YwhvxoczbCzKlYotyoCwCeOZas3G3QTfR7/IvBsr9ORAgMBAAEC' +
  'gf89rAIBBidAPQccqkyRaeYXt5h7TSbZYN4FNeRf2Chxj81itZtEty2WL5VN0dCxyDWT1nbc73eT2yrC4w2H6cZjC1EPqZnLTJcJ' +
  'mkPerw2a2Fs+Z6HezISkB96eh4hiXsWESCJ4URj5j5hhr9tkaOGFCqp0d1/b8c7HNdo2a0Vmg8vSPp2kESWJweOI4KBOqlUQEzOe' +
  '23jsDv/BIQR+kUarWd23aHRcSXQTK+zc6kOr0QX4YaFFRpUgz7NjnjKeBstKiH9m4WkEnMPobXiIF5CLaJ1BlKF5DaWDkUSW8KZG' +
  'U8d3d+/bCC+AhNA+Sf4gfWBVknqrZIZTtGT4xFn4ogUCgYEA8u2MdKlCNewh9PYduDbJnMqFctyCzZ7qiS1/eIgh6wKx/qKkMdJV' +
  'xVmBfibszP38rd9zyJiGaLEj4zBQoRW8sVVs8KsKclpRT+27d4xoSDkIOQbqQpgb156t3BKM4PNy4TtAEk+VUuL7Vzov0Vi6tYVS' +
  'afbmfJKfjHGi1J+xfRMCgYEAuC66tIDUNEPXiJ4Ba1eHJWW/Wz0tYbvWEKyI8mGJEb9+934efirQCQABdZrJIPeEKpZjik2jEF8f' +
  '2UdHuIxaPiA6OWpweUY2H5ijyfTvUrcdGb9VOE8hgjwQEvmaABADfTJPmU3H1ijfsiUHJl0VBeZE58TSLEDsiCJMLn2v9UsCgYA3' +
  'eobEMc98LxRGNFrvMhvzIdE+PRvmR6+6alidN0G/wRrTU2N6OVX7PwiyvcMAwdSOBOUVX7f6etH+VY9kamlweljp0bYODZBaV6mj' +
  'kL5UGCpHk8u2L7TUFloQU3A3A4It6/Ei/WfVyR6reg9nmQLy56K9rnRO6NFlKqKMOng3XwKBgBPlAEfVDpbiqRpZrt+QYcm5VtUd' +
  'I5TF/FZqvJQp0ut22tkS52pLZ5NBS+cPJCCKe905x2C+CBoRnFgU6ftWNb02L/PZunJvEhORokeDTIKLwvnv/92INp9hq37RNUBC' +
  'eo4AbDar/yTz303X0BDlxwqPF+xNB0K+dI4z3jS7YNFHAoGABpFdNOaVvxwr5nHN8OAbdleSn1sbhYIrfKGj0mL9+7a8aTbDIf73' +
  '9dOlXoTlXqNLDS38FSbeWaCUppide1VxwqprS0F7RuzXZTSre0P1FfTmi8hiX7tJkaoqVV4SbWMvlgR3eHInrJoK8nDWB/wh0hQ4' +
  'msZXJ9BIY6jHarJqj9E=';
const certificate =
  'MIIDNTCCAh2gAwIBAgIUJ2iiZC/B70Szz+JiHeG8cK/2fk4wDQYJKoZIhvcNAQELBQAwKTEnMCUGA1UEAwweaWRlbnRpdHkgcHJv' +
  'dmlkZXIgb2YgdGhlIHRlc3RzMCAXDTI2MTEyODA0MTEzMloYDzIxMjYxMTA0MDQxMTMyWjApMScwJQYDVQQDDB5pZGVudGl0eSBw' +
  'cm92aWRlciBvZiB0aGUgdGVzdHMwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCuxxTO9/GqM80JhWp2NjkrT2lrZe2I' +
  'llcX1i/yBy028KNGaNVtjCD5eWWFZHh7jWy1gYkSIvFlDIBVK98tPzayBrePhxJMO6goOJeJxih+S3ZVSVTafctmoglmNVTGGfJ0' +
  'V88ekEAeNKBtbzM8RMn0ceI74y1SJNeJ+FcpY50+sPxbr129f50GI1IB+7K4tNCIVKs66wQ4XD6iqU5zWvx8LM+WrIAZsvniXhx5' +
  'dv+t8GSb1E0whaHiJfeagXPOLdQFOPyOhblF6B7QmfPtrskkBpmeLifs9POM8UV0pxWT7YwhvxoczbCzKlYotyoCwCeOZas3G3QT' +
  'fR7/IvBsr9ORAgMBAAGjUzBRMB0GA1UdDgQWBBRkBhcDP+qkHNLPMULktU3bNJrzSTAfBgNVHSMEGDAWgBRkBhcDP+qkHNLPMULk' +
  'tU3bNJrzSTAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQCdCtS2E6h/nITZ6y//lVAQhyErT9nUgw/jEoYb54+T' +
  'FPoHqdhJ/1bifRQkITCp7Y3LMo1CtwBxOQEYFc5c/JUQXAeLdRt581nYehZQtk9b/58pwAk05j3rbNTwcd4mawLrVCxLnJ2K8SWy' +
  'ivTwXSJ1U8ODrk1bS/oXRQ/8V/HpoZbgxCk8cy9aGW3Wi0pZrIvoAO8rUnHKiZdu+cfpZGS1KMtGjNdZ1u3fX9qCxWBR9gufYyMC' +
  'suSEtYPz7W/WqKGurxpnBR5VZgr+//1k+Z0wxVTZDgJLoE74he5wDF00mNXfTzLU/D/Rh/na4adF+nvqgSachf6hKofaVUD2Mkyr';
const privateKey = createPrivateKey({ key: Buffer.from(keyText, 'base64'), format: 'der', type: 'pkcs8' });
const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

const samlIssuer = 'https://idp.example/metadata';

export const samlMetadata = `<?xml version="1.0"?><EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${samlIssuer}">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing">
<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/>
</IDPSSODescriptor></EntityDescriptor>`;

/** The id of the request that an address carries. */
export function requestIn(url: string): string {
  const request = inflateRawSync(Buffer.from(new URL(url).searchParams.get('SAMLRequest')!, 'base64')).toString();
  return /\bID="([^"]+)"/.exec(request)![1]!;
}

export interface Assertion {
  request: string;
  /** The entity id of whom it is for, which is also where it is sent. */
  entity: string;
  audience?: string;
  recipient?: string;
  issuer?: string;
  email: string;
  /** Minutes from now. */
  until?: number;
  /** Signed by another key than the published one. */
  stranger?: boolean;
}

/** A signed answer of the identity provider, as XML. */
export function samlAnswer({ request, entity, email, until = 5, ...others }: Assertion): string {
  const { audience = entity, recipient = entity, issuer = samlIssuer, stranger = false } = others;
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  const begun = at(Math.min(0, until - 5));
  const id = `_${randomBytes(16).toString('hex')}`;
  const assertion = `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0" IssueInstant="${begun}"><saml:Issuer>${issuer}</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">id of ${email}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData Recipient="${recipient}" InResponseTo="${request}" NotOnOrAfter="${at(until)}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${begun}" NotOnOrAfter="${at(until)}"><saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${begun}"/><saml:AttributeStatement><saml:Attribute Name="email"><saml:AttributeValue>${email}</saml:AttributeValue></saml:Attribute><saml:Attribute Name="displayName"><saml:AttributeValue>Grace Hopper</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>`;
  const signed = new SignedXml({
    privateKey: stranger ? otherKey : privateKey,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  });
  signed.addReference({
    xpath: `//*[@ID='${id}']`,
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'],
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
  });
  signed.computeSignature(assertion, { location: { reference: "//*[local-name(.)='Issuer']", action: 'after' } });
  return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r${id}" Version="2.0" IssueInstant="${begun}" InResponseTo="${request}"><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>${signed.getSignedXml()}</samlp:Response>`;
}
