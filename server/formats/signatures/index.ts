import type { Email } from 'postal-mime';
import { linesOfHtml } from '../mail/html.ts';
import { originOf } from '../mail-facts/origin.ts';
import { parseAddress } from '../normalise/address.ts';
import { findBlock, ownLines } from './block.ts';
import { type Field, readBlock } from './read.ts';
import { senderOf } from './sender.ts';
import type { Sender } from './words.ts';

export type { Field, FieldKind } from './read.ts';
export { replyText } from './reply.ts';

/** What a message says of its writer. */
export interface Proposal {
  /** The body that was read. */
  part: 'text' | 'html';
  fields: Field[];
}

/**
 * Reads the signature of a message into a proposed contact. Undefined where a machine wrote, or where no signature says anything.
 *
 * @param country ISO 3166-1 alpha-2, for numbers without prefix
 */
export function proposeContact(mail: Email, country: string): Proposal | undefined {
  if (originOf(mail) !== 'person') return undefined;
  const sender = senderOf(mail);
  let best: Proposal | undefined;
  for (const part of ['text', 'html'] as const) {
    const fields = readPart(bodyLines(mail, part), sender, mail, country);
    if (fields.length > 0 && weight(fields) > weight(best?.fields ?? [])) best = { part, fields };
  }
  return best;
}

/** The lines of a body as they are read; each field's line is one of them. */
export function bodyLines(mail: Email, part: 'text' | 'html'): string[] {
  if (part === 'text') return mail.text ? ownLines(mail.text) : [];
  return mail.html ? ownLines(linesOfHtml(mail.html).join('\n')) : [];
}

const weight = (fields: readonly Field[]): number => fields.reduce((sum, { confidence }) => sum + confidence, 0);

function readPart(lines: string[], sender: Sender, mail: Email, country: string): Field[] {
  const block = findBlock(lines, sender);
  if (!block) return [];
  return readBlock(block, sender, countriesOf(mail, block.lines, country));
}

/** Numbers without prefix are of the address's country, of the sender's domain's, or of the reader's. */
function countriesOf(mail: Email, lines: readonly string[], country: string): string[] {
  const suffix = /\.([a-z]{2})$/i.exec(mail.from?.address ?? '')?.[1]?.toUpperCase();
  const written = parseAddress(lines.slice(0, 12).join('\n').slice(0, 1000), country).countryCode;
  return [...new Set([written, suffix === 'UK' ? 'GB' : suffix, country])].filter(
    (one): one is string => one !== undefined,
  );
}
