import { createReadStream, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import { BadBackup } from './archive.ts';
import { Explained } from './messages.ts';

// Backups that only who has their key can read, in the format of age (https://age-encryption.org/v1): any program of that format opens them, too.

/** What seals backups, and what opens them where that is the same. */
export interface BackupKey {
  passphrase?: string;
  /** `age1…` */
  recipient?: string;
  /** `AGE-SECRET-KEY-1…` */
  identity?: string;
}

/** Keys of other kinds, and words around one of ours: taken for a passphrase, what everybody may know would seal. */
const keyLike = /^(sk-)?(ssh|ecdsa)-|(^|[^a-z0-9])age1[a-z0-9]{20}|age-(plugin|secret-key)-|^-{4,} ?BEGIN|public key:/i;

/** Fewer characters are soon guessed by who has the file. */
const shortest = 12;

/**
 * Reads the key of backups from a file: a secret key of age (as `age-keygen` writes it), a recipient of age (`age1…`, which seals and does not open), or else
 * a passphrase, the first line.
 * @throws Explained when it holds none of these, or a key of another kind
 */
export async function readBackupKey(file: string): Promise<BackupKey> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Explained('start.no_backup_key', { file });
  }
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith('#'));
  const identity = lines.find((line) => /^AGE-SECRET-KEY-/.test(line));
  try {
    if (identity) return { identity, recipient: await identityToRecipient(identity) };
    const recipient = lines.find((line) => /^age1[a-z0-9]+$/.test(line));
    if (recipient) {
      new Encrypter().addRecipient(recipient);
      return { recipient };
    }
  } catch {
    throw new Explained('start.bad_backup_key', { file });
  }
  const [passphrase = ''] = lines;
  if (passphrase.length < shortest || lines.some((line) => keyLike.test(line)))
    throw new Explained('start.bad_backup_key', { file });
  return { passphrase };
}

/** Whether what it seals can be opened by it: of a recipient alone it cannot. */
export const canOpen = ({ passphrase, identity }: BackupKey): boolean => (passphrase ?? identity) !== undefined;

/** The octets of a file, sealed as they come. */
export async function seal(octets: Readable, { passphrase, recipient }: BackupKey): Promise<Readable> {
  const encrypter = new Encrypter();
  if (recipient) encrypter.addRecipient(recipient);
  else encrypter.setPassphrase(passphrase!);
  const sealed = await encrypter.encrypt(Readable.toWeb(octets) as globalThis.ReadableStream<Uint8Array>);
  return Readable.fromWeb(sealed as ReadableStream<Uint8Array>);
}

const beginning = Buffer.from('age-encryption.org/v1\n');

async function isSealed(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(beginning.length), 0, beginning.length, 0);
    return bytesRead === beginning.length && buffer.equals(beginning);
  } finally {
    await handle.close();
  }
}

/**
 * Reads a file, opened where it is sealed.
 * @throws BadBackup `sealed` without a key that opens, `other_backup_key` with another one, `damaged` (from the stream, too) when an octet has changed or the end is missing
 */
export async function readSealed(file: string, key: BackupKey | undefined): Promise<Readable> {
  if (!(await isSealed(file))) return createReadStream(file);
  if (!key || !canOpen(key)) throw new BadBackup('sealed');
  const decrypter = new Decrypter();
  if (key.identity) decrypter.addIdentity(key.identity);
  else decrypter.addPassphrase(key.passphrase!);
  const input = createReadStream(file);
  try {
    const plain = await decrypter.decrypt(Readable.toWeb(input) as globalThis.ReadableStream<Uint8Array>);
    return Readable.from(checked(Readable.fromWeb(plain as ReadableStream<Uint8Array>)), { objectMode: false });
  } catch (error) {
    input.destroy();
    throw new BadBackup(/no identity matched/.test((error as Error).message) ? 'other_backup_key' : 'damaged');
  }
}

async function* checked(octets: Readable): AsyncGenerator<Buffer> {
  try {
    yield* octets;
  } catch (error) {
    // What the disk refuses has a code of its own; all else is what the format says of damage.
    if (typeof (error as NodeJS.ErrnoException).code === 'string') throw error;
    throw new BadBackup('damaged');
  }
}
