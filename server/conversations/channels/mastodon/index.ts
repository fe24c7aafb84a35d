import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Trouble } from '../../../connectors/connector.ts';
import {
  type Answered,
  ask,
  fetchFile,
  fileOf,
  form,
  get,
  json,
  post,
  read,
  refused,
  sendingLater,
  settle,
  troubleOf,
} from '../asking.ts';
import type { Access, Channel, Incoming, Outgoing, Sent } from '../channel.ts';
import { notification, type Status, status, toEdit, toMastodonMessage } from './statuses.ts';

const settings = z.object({
  /** Where the account is: `https://mastodon.example`. */
  server: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .transform((url) => new URL(url).origin),
});
type Settings = z.output<typeof settings>;
/** Of an application with read:notifications, read:statuses, read:accounts, write:statuses and write:media. */
const secret = z.object({ token: z.string().trim().min(10).max(500) });
type Secret = z.output<typeof secret>;
type MastodonAccess = Access<Settings, Secret>;

const bearer = ({ secret: { token } }: MastodonAccess) => ({ authorization: `Bearer ${token}` });
const api = ({ settings: { server } }: MastodonAccess, path: string) => `${server}/api/${path}`;
const hostOf = ({ settings: { server } }: MastodonAccess) => new URL(server).host;
const ask200 = <T>(access: MastodonAccess, path: string, schema: z.ZodType<T>) =>
  get(access, api(access, path), { headers: bearer(access) }, schema);

/** Posts whose edits and deletions are still looked for: the last ones, which are asked for together. */
const mostWatched = 40;
const cursorOf = z
  .object({
    since: z.string().nullable(),
    watched: z.array(z.tuple([z.string(), z.number().nullable()])).max(mostWatched),
  })
  .catch({ since: null, watched: [] });
type Cursor = z.output<typeof cursorOf>;
const editOf = (one: Status) => one.edited_at?.getTime() ?? null;

/** Notifications of one page, and pages of one reading: what is more comes with the next one. */
const together = 40;
const mostPages = 25;

/** Mentions, direct messages among them, since the last one that was read; then what became of the latest ones. */
async function* pull(access: MastodonAccess, given: unknown) {
  let cursor = cursorOf.parse(given);
  const edits = await lookAgain(access, cursor);
  if (edits.incoming.length > 0) {
    cursor = edits.cursor;
    yield edits;
  }
  for (let pages = 0; pages < mostPages; pages++) {
    const query = new URLSearchParams([
      ['types[]', 'mention'],
      ['limit', String(together)],
    ]);
    // `min_id`: the ones right behind it, so that an outage is caught up with in order; at first the latest ones.
    if (cursor.since !== null) query.set('min_id', cursor.since);
    const found = await ask200(access, `v1/notifications?${query}`, z.array(notification));
    if (found.length === 0) return;
    const isFirst = cursor.since === null;
    const fresh = found.sort((a, b) => compareIds(a.id, b.id));
    const incoming: Incoming[] = [];
    for (const { type, status: one } of fresh)
      if (type === 'mention' && one) incoming.push(await toIncoming(access, one));
    const watched = fresh.flatMap(({ status: one }) => (one ? [[one.id, editOf(one)] as [string, number | null]] : []));
    cursor = { since: fresh.at(-1)!.id, watched: [...cursor.watched, ...watched].slice(-mostWatched) };
    yield { incoming, cursor };
    if (isFirst || found.length < together) return;
  }
}

/** Ids are numbers that grow, longer than JavaScript counts exactly. */
const compareIds = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1);

/** Posts that one answers, which are told; the first of a long thread is told beside them. */
const mostAnswers = 100;

/** Answers belong to where their first post stands, which only its context says. */
async function toIncoming(access: MastodonAccess, one: Status): Promise<Incoming> {
  const host = hostOf(access);
  const nearest = one.in_reply_to_id;
  if (!nearest) return toMastodonMessage(one, null, host);
  const answer = await askOf(access, one.id, '/context');
  // Gone since, or not for our eyes: then what it answers is all that is known.
  if (answer.status === 404) return toMastodonMessage(one, { answers: [nearest], first: nearest }, host);
  if (answer.status !== 200) throw troubleOf(answer);
  const { ancestors } = read(answer.said, z.object({ ancestors: z.array(z.object({ id: z.string().min(1) })) }));
  const before = ancestors.map(({ id }) => id).reverse();
  if (before[0] !== nearest) before.unshift(nearest);
  return toMastodonMessage(one, { answers: before.slice(0, mostAnswers), first: before.at(-1)! }, host);
}

const askOf = (access: MastodonAccess, id: string, more = '') =>
  ask(access, api(access, `v1/statuses/${encodeURIComponent(id)}${more}`), { headers: bearer(access) });

/** Which of the latest posts were edited, or are there no more (`GET /api/v1/statuses?id[]=`, Mastodon 4.3). */
async function lookAgain(access: MastodonAccess, cursor: Cursor): Promise<{ incoming: Incoming[]; cursor: Cursor }> {
  if (cursor.watched.length === 0) return { incoming: [], cursor };
  const query = new URLSearchParams(cursor.watched.map(([id]) => ['id[]', id]));
  const answer = await ask(access, api(access, `v1/statuses?${query}`), { headers: bearer(access) });
  // An older server has no such question.
  if (answer.status === 404 || answer.status === 405) return { incoming: [], cursor };
  if (answer.status !== 200) throw troubleOf(answer);
  const there = new Map(read(answer.said, z.array(status)).map((one) => [one.id, one]));
  const incoming: Incoming[] = [];
  const watched: Cursor['watched'] = [];
  for (const [id, edit] of cursor.watched) {
    const one = there.get(id);
    if (one) {
      if (editOf(one) !== edit) incoming.push(toEdit(one));
      watched.push([id, editOf(one)]);
    } else if (await isGone(access, id)) incoming.push({ kind: 'deleted', externalId: id, at: new Date() });
    else watched.push([id, edit]);
  }
  return { incoming, cursor: { ...cursor, watched } };
}

async function isGone(access: MastodonAccess, id: string): Promise<boolean> {
  const { status: code } = await askOf(access, id);
  return code === 404 || code === 410;
}

/** Seconds that a picture is waited for until it can be shown. */
const mostWaits = 30;

/** @returns its id; undefined where the server does not take it */
async function upload(access: MastodonAccess, file: Outgoing['files'][number]): Promise<string | undefined> {
  const data = new FormData();
  data.set('file', fileOf(file));
  const answer = await ask(access, api(access, 'v2/media'), await form(bearer(access), data));
  if (answer.status === 422 || answer.status === 413) return undefined;
  if (answer.status !== 200 && answer.status !== 202) throw troubleOf(answer);
  const { id } = read(answer.said, z.object({ id: z.string() }));
  for (let state: number = answer.status, waits = 0; state === 202 || state === 206; waits++) {
    if (waits === mostWaits) throw new Trouble('busy');
    await sleep(1000, undefined, { signal: access.signal });
    state = (await ask(access, api(access, `v1/media/${encodeURIComponent(id)}`), { headers: bearer(access) })).status;
  }
  return id;
}

function judge({ status: code, said }: Answered): Sent | undefined {
  if (code === 404) return refused('gone');
  if (code !== 422) return undefined;
  const { error = '' } = z.object({ error: z.string() }).partial().safeParse(said).data ?? {};
  return refused(/character limit|too long|caractères/i.test(error) ? 'too_long' : 'rejected');
}

/** An answer is seen by whoever sees what it answers, and names whom it answers; else they would not hear of it. */
async function send(access: MastodonAccess, outgoing: Outgoing): Promise<Sent> {
  const last = outgoing.earlier.at(-1);
  if (last === undefined) return refused('gone');
  const found = await askOf(access, last);
  if (found.status === 404) return refused('gone');
  if (found.status !== 200) throw troubleOf(found);
  const { visibility } = read(found.said, status);
  const name = `@${outgoing.to.point.address.replace(/^mastodon:/, '')}`;
  const media: string[] = [];
  for (const file of outgoing.files) {
    const id = await upload(access, file);
    if (id === undefined) return refused('file_refused');
    media.push(id);
  }
  const text = outgoing.text.toLowerCase().includes(name) ? outgoing.text : `${name} ${outgoing.text}`;
  const body = { status: text, in_reply_to_id: last, visibility, ...(media.length > 0 && { media_ids: media }) };
  const headers = { ...bearer(access), 'idempotency-key': outgoing.messageId };
  const posted = await post(access, api(access, 'v1/statuses'), json(headers, body));
  return settle(posted, (said) => z.object({ id: z.string().min(1) }).safeParse(said).data?.id, judge);
}

/** An account at a Mastodon server: mentions and direct messages. */
export const mastodon: Channel<Settings, Secret> = {
  kind: 'mastodon',
  settings,
  secret,
  capabilities: {
    public: true,
    mostCharacters: 500,
    files: {
      mostOctets: 16 * 2 ** 20,
      types: ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'video/mp4', 'audio/*'],
    },
    windowHours: null,
    templates: false,
    subject: false,
  },
  every: 60,
  pull,
  send: (access, outgoing) => sendingLater(() => send(access, outgoing)),
  async fetchFile(access, { content }) {
    if (!('url' in content)) throw new Trouble('malformed');
    return fetchFile(access, content.url);
  },
  async check(access) {
    const { acct } = await ask200(access, 'v1/accounts/verify_credentials', z.object({ acct: z.string() }));
    return { name: `@${acct}@${hostOf(access)}` };
  },
};
