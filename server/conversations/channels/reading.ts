import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Correspondent, Incoming, IncomingFile, IncomingMessage } from './channel.ts';
import { type Heard, Unreadable } from './channel.ts';

const longestId = 500;

/** An id as it is, or by its hash where it cannot be kept as it is: too long, empty, no text. */
export const idOf = (id: string): string =>
  id !== '' && id.length <= longestId && clean(id) === id
    ? id
    : `sha256:${createHash('sha256').update(id).digest('hex')}`;

/** Text that a database and JSON can hold: without NUL and halves of characters. */
export const clean = (text: string): string => text.toWellFormed().replaceAll('\0', '');

/** Before this no platform had messages; behind the other, no clock is right. */
const earliest = Date.UTC(1990, 0, 1);
const latest = Date.UTC(2100, 0, 1);
const isPlausible = (date: Date) => date.getTime() >= earliest && date.getTime() < latest;

/** Seconds since 1970, as a number or written out. */
export const unixSeconds = z
  .union([z.number(), z.string().regex(/^\d{1,12}$/)])
  .transform((seconds) => new Date(Number(seconds) * 1000))
  .refine(isPlausible);

export const unixMilliseconds = z
  .number()
  .transform((milliseconds) => new Date(milliseconds))
  .refine(isPlausible);

/** A time in ISO 8601; without zone it is UTC. */
export const isoTime = z
  .string()
  .max(50)
  .transform((text) => new Date(/(?:Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes('T') ? text : `${text}Z`))
  .refine(isPlausible);

/** An id, which some platforms write as a number. */
export const anyId = z.union([z.string().min(1), z.int()]).transform(String);

/** Reads JSON by its schema. @throws Unreadable */
export function readJson<T>(body: Uint8Array, schema: z.ZodType<T>): T {
  let said: unknown;
  try {
    said = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Unreadable('no JSON');
  }
  return readAs(said, schema);
}

/** @throws Unreadable */
export function readAs<T>(said: unknown, schema: z.ZodType<T>): T {
  const { data, error } = schema.safeParse(said);
  // Where it is wrong, and never what it says.
  if (error) throw new Unreadable(error.issues[0]?.path.join('.').slice(0, 200) ?? 'shape');
  return data as T;
}

/** A number as platforms write it (digits of E.164, with or without plus). @throws Unreadable */
export function phoneOf(number: string): Correspondent['point'] {
  const digits = number.replace(/^\+/, '');
  if (!/^[1-9]\d{4,14}$/.test(digits)) throw new Unreadable('number');
  return { channel: 'phone', address: `+${digits}` };
}

/** A handle at a network, by what never changes there. */
export const handleOf = (network: string, id: string): Correspondent['point'] => ({
  channel: 'handle',
  address: `${network}:${idOf(id).slice(0, 480)}`,
});

const cut = (text: string, most: number) =>
  [
    ...clean(text)
      .trim()
      .slice(0, 2 * most),
  ]
    .slice(0, most)
    .join('');
/** A name on one line. */
export const nameOf = (...parts: (string | null | undefined)[]): string =>
  cut(parts.filter(Boolean).join(' ').replace(/\s+/g, ' '), 200);

/** A message within the bounds that all channels share. */
export function toMessage(message: IncomingMessage): Extract<Incoming, { kind: 'message' }> {
  const { subject, html, quoted, files, answers, correspondent } = message;
  return {
    kind: 'message',
    message: {
      ...message,
      externalId: idOf(message.externalId),
      thread: idOf(message.thread),
      correspondent: { ...correspondent, name: nameOf(correspondent.name) },
      text: clean(message.text),
      ...(answers && { answers: answers.map(idOf) }),
      ...(subject !== undefined && { subject: cut(subject.replace(/\s+/g, ' '), 500) }),
      ...(html !== undefined && { html: clean(html) }),
      ...(quoted !== undefined && { quoted: clean(quoted) }),
      ...(files && { files: files.map(boundFile) }),
    },
  };
}

const boundFile = (file: IncomingFile): IncomingFile => ({
  ...file,
  name: cut(file.name.replace(/[\p{Cc}/\\]/gu, ' '), 200) || 'file',
  mediaType: cut(file.mediaType, 200).toLowerCase() || 'application/octet-stream',
});

/** What a file is called that came without a name: `image.jpeg`, `audio.ogg`. */
export const namelessFile = (what: string, mediaType: string): string =>
  `${what}.${/^[\w.+-]+\/(?:x-)?([a-z0-9]{1,10})\b/i.exec(mediaType)?.[1] ?? 'bin'}`;

/** All that pieces of a request bring; null: no message and no news of one. */
export function heard(pieces: readonly (Incoming | null)[], ignored = 0): Heard {
  const incoming = pieces.filter((piece) => piece !== null);
  return { incoming, ignored: ignored + pieces.length - incoming.length };
}
