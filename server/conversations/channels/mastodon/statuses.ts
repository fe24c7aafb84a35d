import { z } from 'zod';
import type { Correspondent, Incoming, IncomingFile, IncomingMessage } from '../channel.ts';
import { clean, handleOf, idOf, isoTime, namelessFile, nameOf, toMessage } from '../reading.ts';
import { textOfHtml } from '../safe-html.ts';

const account = z.object({
  id: z.string().min(1),
  /** `zoe` at home, `zoe@elsewhere.example` otherwise. */
  acct: z.string().regex(/^[^\s@]{1,200}(?:@[^\s@]{1,255})?$/),
  display_name: z.string().default(''),
  bot: z.boolean().default(false),
});

const attachment = z.object({
  type: z.string(),
  url: z.string().nullish(),
  description: z.string().nullish(),
});

/** A post (Mastodon API, entity Status), as far as it is read here. */
export const status = z.object({
  id: z.string().min(1).max(500),
  url: z.string().nullish(),
  created_at: isoTime,
  edited_at: isoTime.nullish(),
  account,
  content: z.string().max(1_000_000),
  spoiler_text: z.string().default(''),
  visibility: z.string(),
  in_reply_to_id: z.string().min(1).nullish(),
  media_attachments: z.array(attachment).default([]),
});
export type Status = z.output<typeof status>;

export const notification = z.object({
  id: z.string().min(1).max(100),
  type: z.string(),
  status: status.nullish(),
});

const mediaTypes: Record<string, string> = {
  image: 'image/jpeg',
  gifv: 'video/mp4',
  video: 'video/mp4',
  audio: 'audio/mpeg',
};

/** Whoever wrote it: a name at a server, which Mastodon lets nobody change. @param host of the account's own server */
const correspondentOf = ({ acct, display_name }: Status['account'], host: string): Correspondent => ({
  point: handleOf('mastodon', (acct.includes('@') ? acct : `${acct}@${host}`).toLowerCase()),
  name: nameOf(display_name || acct),
});

const textOf = ({ spoiler_text, content }: Status): string =>
  [spoiler_text, textOfHtml(content)].filter(Boolean).join('\n\n');

function fileOf({ type, url, description }: z.output<typeof attachment>): IncomingFile[] {
  if (!url || !/^https?:\/\//.test(url)) return [];
  const mediaType = Object.hasOwn(mediaTypes, type) ? mediaTypes[type]! : 'application/octet-stream';
  return [{ name: nameOf(description).slice(0, 100) || namelessFile(type, mediaType), mediaType, content: { url } }];
}

/** Everybody may read what was said to everybody. */
const isPublic = ({ visibility }: Status): boolean => visibility === 'public' || visibility === 'unlisted';

/** Posts that one answers: the nearest first, and the first of all. */
export interface Before {
  answers: readonly string[];
  first: string;
}

export function toMastodonMessage(one: Status, before: Before | null, host: string): Incoming {
  const files = one.media_attachments.flatMap(fileOf);
  const message: IncomingMessage = {
    externalId: one.id,
    thread: before?.first ?? one.id,
    ...(before && { answers: before.answers }),
    correspondent: correspondentOf(one.account, host),
    direction: 'in',
    at: one.created_at,
    text: textOf(one),
    html: one.content,
    ...(files.length > 0 && { files }),
    ...(one.account.bot && { automatic: true }),
    ...(isPublic(one) && one.url && /^https?:\/\//.test(one.url) && { url: one.url.slice(0, 2000) }),
  };
  return toMessage(message);
}

export const toEdit = (one: Status): Incoming => ({
  kind: 'edited',
  externalId: idOf(one.id),
  text: clean(textOf(one)),
  html: clean(one.content),
  at: one.edited_at ?? one.created_at,
});
