import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keys derived from the installation's master key, one for each use (HKDF, RFC 5869). */
export interface Secrets {
  /** For ids of contact points; see `derivedId`. A prepared key: a bare buffer makes each HMAC cost 14 µs instead of 4. */
  contactPoints: KeyObject;
  /** For sealing the audit. */
  audit: KeyObject;
  /** For links that act without signing in (unsubscribing). */
  links: KeyObject;
  /** For signing sessions. */
  sessions: string;
  /** Tells whether a backup was made with this master key, without telling the key. */
  keyCheck: string;
  /** AES-256-GCM with a random nonce in front: nonce (12) ‖ ciphertext ‖ tag (16). */
  encrypt(plain: string): Buffer;
  /** @throws Error when the value was made with another master key or changed since */
  decrypt(sealed: Uint8Array): string;
}

/**
 * Reads the master key from ENTREGENT_MASTER_KEY (64 hex digits) or `<dataDir>/master.key`, making the file at the first
 * start. It is no part of any backup: a stolen backup alone opens no secret.
 */
export function openSecrets(dataDir: string, env: NodeJS.ProcessEnv): Secrets {
  const master = Buffer.from(env.ENTREGENT_MASTER_KEY ?? readKeyFile(dataDir), 'hex');
  if (master.length !== 32) throw new Error('The master key must be 64 hexadecimal digits (32 bytes).');
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', master, '', `entregent ${use}`, 32));
  const sealing = derive('secrets');
  return {
    contactPoints: createSecretKey(derive('contact points')),
    audit: createSecretKey(derive('audit')),
    links: createSecretKey(derive('links')),
    sessions: derive('sessions').toString('hex'),
    keyCheck: derive('key check').toString('hex').slice(0, 16),
    encrypt(plain) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce);
      return Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    decrypt(sealed) {
      const decipher = createDecipheriv('aes-256-gcm', sealing, sealed.subarray(0, 12));
      decipher.setAuthTag(sealed.subarray(-16));
      return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8');
    },
  };
}

const keyFile = (dataDir: string): string => join(dataDir, 'master.key');

/** Whether there is a master key; otherwise `openSecrets` makes one. */
export const hasKey = (dataDir: string, env: NodeJS.ProcessEnv): boolean =>
  env.ENTREGENT_MASTER_KEY !== undefined || existsSync(keyFile(dataDir));

function readKeyFile(dataDir: string): string {
  const file = keyFile(dataDir);
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(file, 0o600);
  }
  return readFileSync(file, 'utf8').trim();
}
