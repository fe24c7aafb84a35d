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

/** Where something stands, in octets of UTF-8, and what it leads to (lexicon app.bsky.richtext.facet). */
const facet = z.object({
  index: z.object({ byteStart: z.int().min(0), byteEnd: z.int().min(0) }),
  features: z.array(z.object({ $type: z.string(), uri: z.string().max(5000).optional() })),
});

/** A post as it was written (lexicon app.bsky.feed.post), as far as it is read here. */
const record = z.object({
  $type: z.literal('app.bsky.feed.post'),
  text: z.string(),
  reply: z.object({ root: strong, parent: strong }).optional(),
  facets: z.array(facet).optional().catch(undefined),
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
  const { text, reply, embed, facets = [] } = data;
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
    text: wholeLinks(text, facets),
    ...(key && { url: `https://bsky.app/profile/${by.did}/post/${key}` }),
    ...(files.length > 0 && { files }),
  });
}

/** Links that were cut for the eye stand whole. */
function wholeLinks(text: string, facets: readonly z.output<typeof facet>[]): string {
  const octets = Buffer.from(text);
  const cut = facets.flatMap(({ index: { byteStart, byteEnd }, features }) => {
    const uri = features.find(({ $type }) => $type.endsWith('#link'))?.uri;
    const shown = octets.subarray(byteStart, byteEnd).toString();
    return uri && byteEnd <= octets.length && /(?:…|\.\.\.)$/.test(shown) ? [{ byteStart, byteEnd, uri }] : [];
  });
  let whole = '';
  let at = 0;
  for (const { byteStart, byteEnd, uri } of cut.sort((a, b) => a.byteStart - b.byteStart)) {
    if (byteStart < at) continue;
    whole += octets.subarray(at, byteStart).toString() + uri;
    at = byteEnd;
  }
  return whole + octets.subarray(at).toString();
}

/** Links in a text of ours: nobody could follow them otherwise. */
export const linksIn = (text: string) =>
  [...text.matchAll(/https?:\/\/[^\s<>"]+/g)].map(({ 0: found, index }) => {
    const uri = found.replace(/[.,;:!?)\]}»”']+$/, '');
    const byteStart = Buffer.byteLength(text.slice(0, index));
    return {
      index: { byteStart, byteEnd: byteStart + Buffer.byteLength(uri) },
      features: [{ $type: 'app.bsky.richtext.facet#link', uri }],
    };
  });

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
