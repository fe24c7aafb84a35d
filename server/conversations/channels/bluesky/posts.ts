import { z } from 'zod';
import type { Incoming, IncomingFile } from '../channel.ts';
import { handleOf, isoTime, nameOf, toMessage } from '../reading.ts';

const strong = z.object({ uri: z.string().min(1), cid: z.string().min(1) });
type StrongRef = z.output<typeof strong>;

const image = z.object({
  alt: z.string().default(''),
  image: z.object({
    ref: z.object({ $link: z.string().regex(/^[a-z0-9]{10,200}$/i) }),
    mimeType: z.string().default(''),
  }),
});

/** A post as it was written (lexicon app.bsky.feed.post), as far as it is read here. */
const record = z.object({
  $type: z.literal('app.bsky.feed.post'),
  text: z.string(),
  reply: z.object({ root: strong, parent: strong }).optional(),
  embed: z
    .object({ images: z.array(image).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

const author = z.object({
  did: z.string().regex(/^did:[a-z]+:\S{1,300}$/),
  handle: z.string(),
  displayName: z.string().optional(),
});

/** lexicon app.bsky.notification.listNotifications#notification */
export const notification = z.object({
  uri: z.string().min(1),
  reason: z.string(),
  author,
  record: z.unknown(),
  indexedAt: isoTime,
});
type Notification = z.output<typeof notification>;

/** lexicon app.bsky.feed.defs#postView */
export const postView = z.object({
  uri: z.string().min(1),
  cid: z.string().min(1),
  author,
  record: z.unknown(),
  indexedAt: isoTime,
});

/** What somebody has said; null: no post. */
export function readPost({
  uri,
  author: by,
  record: said,
  indexedAt: at,
}: Omit<Notification, 'reason'>): Incoming | null {
  const { data } = record.safeParse(said);
  if (!data) return null;
  const { text, reply, embed } = data;
  const key = /\/app\.bsky\.feed\.post\/([\w.~:-]{1,512})$/.exec(uri)?.[1];
  const files = (embed?.images ?? []).map((one) => pictureOf(by.did, one));
  return toMessage({
    externalId: uri,
    thread: reply?.root.uri ?? uri,
    ...(reply && { answers: [...new Set([reply.parent.uri, reply.root.uri])] }),
    correspondent: { point: handleOf('bluesky', by.did), name: nameOf(by.displayName || by.handle) },
    direction: 'in',
    // When the network saw it: what an author's clock says may be anything.
    at,
    text,
    ...(key && { url: `https://bsky.app/profile/${by.did}/post/${key}` }),
    ...(files.length > 0 && { files }),
  });
}

const pictureOf = (did: string, { alt, image: { ref, mimeType } }: z.output<typeof image>): IncomingFile => ({
  name: nameOf(alt).slice(0, 100) || 'image.jpeg',
  mediaType: mimeType || 'image/jpeg',
  content: { url: `https://cdn.bsky.app/img/feed_fullsize/plain/${did}/${ref.$link}@jpeg` },
});

/** Where an answer to this post hangs. @returns undefined: it is no post */
export function replyTo({
  uri,
  cid,
  record: said,
}: z.output<typeof postView>): { root: StrongRef; parent: StrongRef } | undefined {
  const { data } = record.safeParse(said);
  const parent = { uri, cid };
  return data && { root: data.reply?.root ?? parent, parent };
}
