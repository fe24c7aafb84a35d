import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type pg from 'pg';
import type { Config } from '../kernel/config.ts';
import { AppError } from '../kernel/errors.ts';
import type { Auth, OpenedSession } from './accounts.ts';
import type { WebAuthnAnswer } from './contract.ts';

/** Keys of a device or password manager that open an account by themselves (WebAuthn). */
export interface Passkeys {
  list(accountId: string): Promise<PasskeyRecord[]>;
  /** What the browser is to be asked, and the cookies by which `add` knows it again; valid for five minutes. */
  startAdding(headers: Headers): Promise<Started>;
  /** @throws AppError passkey_refused when the answer does not fit what `startAdding` asked */
  add(headers: Headers, name: string, answer: WebAuthnAnswer): Promise<PasskeyRecord>;
  /** @returns false when the account has no such passkey */
  remove(accountId: string, passkeyId: string): Promise<boolean>;
  removeAll(accountId: string): Promise<void>;
  startSignIn(headers: Headers): Promise<Started>;
  /** Opens a session. @throws AppError passkey_refused */
  signIn(headers: Headers, answer: WebAuthnAnswer): Promise<OpenedSession>;
}

type Json = Record<string, unknown>;
interface Started {
  options: Json;
  cookies: string[];
}
export interface PasskeyRecord {
  id: string;
  name: string;
  createdAt: Date;
}

/** The host that passkeys are bound to; null where browsers offer none: no HTTPS, or an address without a name. */
export function passkeyHost({ publicUrl }: Pick<Config, 'publicUrl'>): string | null {
  const { protocol, hostname } = new URL(publicUrl);
  if (hostname === 'localhost') return hostname;
  return protocol === 'https:' && !/^[\d.]+$|^\[/.test(hostname) ? hostname : null;
}

interface Verified {
  userVerified: boolean;
}

/**
 * A passkey stands for password and second factor both, so that the device must have made sure of its user by a finger, a
 * face or a PIN. The library asks for that only where it can be had.
 */
export const passkeyRules = {
  rpName: 'Entregent',
  authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  registration: {
    afterVerification: ({ verification }: { verification: { registrationInfo?: Verified } }) =>
      demandUser(verification.registrationInfo),
  },
  authentication: {
    afterVerification: ({ verification }: { verification: { authenticationInfo: Verified } }) =>
      demandUser(verification.authenticationInfo),
  },
} as const;

function demandUser(verified: Verified | undefined): void {
  if (!verified?.userVerified) throw new AppError('passkey_refused');
}

function refuse(): never {
  throw new AppError('passkey_refused');
}

export function openPasskeys(auth: Auth, pool: pg.Pool, config: Config): Passkeys {
  /** The library believes this header about where the browser must have been; a caller could write anything there. */
  function ours(headers: Headers): Headers {
    const own = new Headers(headers);
    own.set('origin', new URL(config.publicUrl).origin);
    return own;
  }
  const records = (rows: PasskeyRecord[]) => rows.map(({ id, name, createdAt }) => ({ id, name, createdAt }));

  return {
    async list(accountId) {
      const { rows } = await pool.query<PasskeyRecord>(
        `select id, coalesce(name, '') as name, "createdAt" from passkey where "userId" = $1 order by "createdAt"`,
        [accountId],
      );
      return records(rows);
    },
    async startAdding(headers) {
      const made = await auth.api.generatePasskeyRegistrationOptions({ headers, returnHeaders: true });
      return { options: { ...made.response }, cookies: made.headers.getSetCookie() };
    },
    async add(headers, name, answer) {
      const body = { response: answer, name };
      const made = await auth.api.verifyPasskeyRegistration({ body, headers: ours(headers) }).catch(refuse);
      return { id: made.id, name, createdAt: made.createdAt };
    },
    async remove(accountId, passkeyId) {
      const done = await pool.query(`delete from passkey where id = $2 and "userId" = $1`, [accountId, passkeyId]);
      return (done.rowCount ?? 0) > 0;
    },
    async removeAll(accountId) {
      await pool.query(`delete from passkey where "userId" = $1`, [accountId]);
    },
    async startSignIn(headers) {
      const made = await auth.api.generatePasskeyAuthenticationOptions({ headers, returnHeaders: true });
      return { options: { ...made.response, userVerification: 'required' }, cookies: made.headers.getSetCookie() };
    },
    async signIn(headers, answer) {
      // What it holds is checked by the library.
      const body = { response: answer as unknown as AuthenticationResponseJSON };
      const opened = await auth.api
        .verifyPasskeyAuthentication({ body, headers: ours(headers), returnHeaders: true })
        .catch(refuse);
      const { session } = opened.response;
      return { accountId: session.userId, sessionToken: session.token, cookies: opened.headers.getSetCookie() };
    },
  };
}
