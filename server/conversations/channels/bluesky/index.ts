import { z } from 'zod';
import { Trouble } from '../../../connectors/connector.ts';
import { type Answered, fetchFile, json, read, refused, sendingLater, settle } from '../asking.ts';
import type { Channel, Incoming, Outgoing, Sent } from '../channel.ts';
import { linksIn, notification, postView, readPost, replyTo } from './posts.ts';
import { type BlueskyAccess, blueskyTrouble, procedure, query, secret, sessionOf, settings } from './session.ts';

const reasons = ['mention', 'reply', 'quote'];
const page = z.object({ cursor: z.string().optional(), notifications: z.array(notification) });
/** Up to when it was read, and what of that very moment. */
const cursorOf = z
  .object({ at: z.iso.datetime(), uris: z.array(z.string()).max(1000) })
  .nullable()
  .catch(null);

const together = 100;
const mostPages = 50;

/** Mentions, answers and quotations since the last reading. The service lists the latest first; they are told the earliest first. */
async function* pull(access: BlueskyAccess, given: unknown) {
  const cursor = cursorOf.parse(given);
  const since = cursor ? Date.parse(cursor.at) : Number.NEGATIVE_INFINITY;
  const fresh: z.output<typeof notification>[] = [];
  let before: string | undefined;
  for (let pages = 0; pages < mostPages; pages++) {
    const parameters = new URLSearchParams([
      ['limit', String(together)],
      ...reasons.map((reason) => ['reasons', reason]),
    ]);
    if (before) parameters.set('cursor', before);
    const answer = await query(access, 'app.bsky.notification.listNotifications', parameters);
    if (answer.status !== 200) throw blueskyTrouble(answer);
    const found = read(answer.said, page);
    fresh.push(...found.notifications.filter(({ indexedAt }) => indexedAt.getTime() >= since));
    before = found.cursor;
    const isBehind = found.notifications.some(({ indexedAt }) => indexedAt.getTime() < since);
    // At first the latest ones are enough.
    if (!before || found.notifications.length === 0 || isBehind || !cursor) break;
  }
  const known = new Set(cursor?.uris);
  const told = fresh.filter(({ uri, reason }) => reasons.includes(reason) && !known.has(uri));
  const last = fresh.reduce((latest, { indexedAt }) => Math.max(latest, indexedAt.getTime()), since);
  if (told.length === 0) return;
  const at = new Date(last).toISOString();
  const sameMoment = fresh.filter(({ indexedAt }) => indexedAt.getTime() === last).map(({ uri }) => uri);
  const uris = [...new Set([...(last === since ? known : []), ...sameMoment])].slice(-1000);
  const incoming = told
    .reverse()
    .sort((a, b) => a.indexedAt.getTime() - b.indexedAt.getTime())
    .map(readPost)
    .filter((one): one is Incoming => one !== null);
  yield { incoming, cursor: { at, uris } };
}

/** Signs that a person sees as one, of which a post has 300 (lexicon app.bsky.feed.post, maxGraphemes). */
const mostGraphemes = 300;
const graphemes = new Intl.Segmenter();
const countGraphemes = (text: string): number => [...graphemes.segment(text)].length;

function judge(answer: Answered): Sent | Trouble | undefined {
  if (answer.status === 400) return refused('rejected');
  return answer.status === 429 ? blueskyTrouble(answer) : undefined;
}

async function send(access: BlueskyAccess, { text, earlier }: Outgoing): Promise<Sent> {
  const last = earlier.at(-1);
  if (last === undefined) return refused('gone');
  if (countGraphemes(text) > mostGraphemes) return refused('too_long');
  const found = await query(access, 'app.bsky.feed.getPosts', new URLSearchParams({ uris: last }));
  if (found.status === 400) return refused('gone');
  if (found.status !== 200) throw blueskyTrouble(found);
  const [post] = read(found.said, z.object({ posts: z.array(postView) })).posts;
  const reply = post && replyTo(post);
  if (!reply) return refused('gone');
  const { did } = await sessionOf(access);
  const facets = linksIn(text);
  const createdAt = new Date().toISOString();
  const record = { $type: 'app.bsky.feed.post', text, reply, ...(facets.length > 0 && { facets }), createdAt };
  const body = json({}, { repo: did, collection: 'app.bsky.feed.post', record });
  const posted = await procedure(access, 'com.atproto.repo.createRecord', body);
  return settle(posted, (said) => z.object({ uri: z.string().min(1).max(500) }).safeParse(said).data?.uri, judge);
}

/** An account at Bluesky (AT Protocol): mentions, answers, quotations. */
export const bluesky: Channel<z.output<typeof settings>, z.output<typeof secret>> = {
  kind: 'bluesky',
  settings,
  secret,
  capabilities: { public: true, mostCharacters: 300, files: null, windowHours: null, templates: false, subject: false },
  every: 60,
  pull,
  send: (access, outgoing) => sendingLater(() => send(access, outgoing)),
  async fetchFile(access, { content }) {
    if (!('url' in content)) throw new Trouble('malformed');
    return fetchFile(access, content.url);
  },
  async check(access) {
    // A password that was right once may be no more.
    const answer = await query(access, 'com.atproto.server.getSession', new URLSearchParams());
    if (answer.status !== 200) throw blueskyTrouble(answer);
    return { name: `@${read(answer.said, z.object({ handle: z.string() })).handle}` };
  },
};
