import { z } from 'zod';
import { Trouble } from '../../../connectors/connector.ts';
import { Unreached } from '../../../kernel/guarded.ts';
import { troubleOf } from '../asking.ts';
import type { Access, Channel, Incoming } from '../channel.ts';
import { clean, idOf, toMessage } from '../reading.ts';
import { type Entry, keyOf, readFeed, wordOf } from './entries.ts';

const settings = z.object({ url: z.url({ protocol: /^https?$/ }).max(2000) });
type Settings = z.output<typeof settings>;
const secret = z.object({});
type FeedAccess = Access<Settings, z.output<typeof secret>>;

/** What stood there the last time: by entry, what it said. */
const cursorOf = z
  .object({
    etag: z.string().max(500).nullable(),
    modified: z.string().max(200).nullable(),
    seen: z.record(z.string(), z.string()),
  })
  .catch({ etag: null, modified: null, seen: {} });

/** Octets of a feed. */
const largestFeed = 5 * 2 ** 20;
const mostRedirects = 3;

/** @returns null where nothing has changed */
async function fetchFeed(
  { guarded, signal, settings: { url } }: FeedAccess,
  headers: Record<string, string>,
): Promise<{ answer: Response; url: string } | null> {
  const accept =
    'application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5';
  for (let address = url, led = 0; led <= mostRedirects; led++) {
    const all = { accept, 'user-agent': 'Entregent', ...headers };
    const answer = await guarded.fetch(address, { headers: all, signal, limit: largestFeed, seconds: 60 });
    if (answer.status === 200) return { answer, url: address };
    if (answer.status === 304) return null;
    const location = answer.headers.get('location');
    await answer.body?.cancel();
    if (answer.status < 300 || answer.status >= 400 || !location || !URL.canParse(location, address))
      throw troubleOf(answer);
    address = new URL(location, address).href;
  }
  throw new Trouble('elsewhere');
}

async function* pull(access: FeedAccess, given: unknown) {
  const cursor = cursorOf.parse(given);
  const found = await fetchFeed(access, {
    ...(cursor.etag && { 'if-none-match': cursor.etag }),
    ...(cursor.modified && { 'if-modified-since': cursor.modified }),
  });
  if (!found) return;
  const { answer, url } = found;
  const now = new Date();
  const charset = /charset="?([\w.:-]{1,40})/i.exec(answer.headers.get('content-type') ?? '')?.[1];
  const entries = readFeed(await octetsOf(answer), charset, url, now);
  const known = new Map(Object.entries(cursor.seen));
  const seen: Record<string, string> = {};
  const incoming: Incoming[] = [];
  for (const entry of entries.sort((a, b) => a.at.getTime() - b.at.getTime())) {
    const key = keyOf(entry);
    // Said twice in one feed: the first one counts.
    if (Object.hasOwn(seen, key)) continue;
    seen[key] = wordOf(entry);
    const before = known.get(key);
    if (before === undefined) incoming.push(toFeedMessage(entry));
    else if (before !== seen[key]) incoming.push(toFeedEdit(entry, now));
  }
  const { headers } = answer;
  yield {
    incoming,
    cursor: {
      etag: headers.get('etag')?.slice(0, 500) ?? null,
      modified: headers.get('last-modified')?.slice(0, 200) ?? null,
      seen,
    },
  };
}

async function octetsOf(answer: Response): Promise<Uint8Array> {
  try {
    return new Uint8Array(await answer.arrayBuffer());
  } catch (error) {
    throw error instanceof Unreached && error.code === 'too_large' ? new Trouble('too_large') : error;
  }
}

const toFeedMessage = ({ id, title, text, html, url, author, at }: Entry): Incoming =>
  toMessage({
    externalId: id,
    thread: id,
    correspondent: author,
    direction: 'in',
    at,
    text,
    ...(title && { subject: title }),
    ...(html && { html }),
    ...(url && { url }),
  });

const toFeedEdit = ({ id, text, html, updated }: Entry, now: Date): Incoming => ({
  kind: 'edited',
  externalId: idOf(id),
  text: clean(text),
  ...(html && { html: clean(html) }),
  at: updated ?? now,
});

/** What appears at an address: blogs, forums, search results (RSS 0.9 to 2.0, RDF, Atom, JSON Feed). One only listens. */
export const feed: Channel<Settings, z.output<typeof secret>> = {
  kind: 'feed',
  settings,
  secret,
  capabilities: { public: true, mostCharacters: null, files: null, windowHours: null, templates: false, subject: true },
  every: 900,
  pull,
  async check(access) {
    const found = await fetchFeed(access, {});
    if (found) readFeed(await octetsOf(found.answer), undefined, found.url, new Date());
    return { name: new URL(access.settings.url).host };
  },
};
