import { z } from 'zod';
import {
  type Answered,
  ask,
  get,
  json,
  later,
  post,
  read,
  refused,
  sendingLater,
  settle,
  troubleOf,
} from '../asking.ts';
import {
  type Access,
  type Channel,
  type Heard,
  type Incoming,
  type Outgoing,
  type Sent,
  Unreadable,
} from '../channel.ts';
import { clean, handleOf, heard, idOf, isoTime, nameOf, readJson, toMessage } from '../reading.ts';
import { textOfHtml } from '../safe-html.ts';
import { checkBodySignature } from '../verifying.ts';

const settings = z.object({
  /** Where the forum is, with the folder that it may stand in. */
  server: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .transform((url) => url.replace(/[?#].*$/, '').replace(/\/+$/, '')),
  /** As whom we answer. */
  username: z
    .string()
    .trim()
    .regex(/^[\p{L}\p{N}_.-]{1,60}$/u),
});
type Settings = z.output<typeof settings>;
const secret = z.object({
  apiKey: z.string().trim().min(16).max(200),
  webhookSecret: z.string().trim().min(12).max(200),
});
type Secret = z.output<typeof secret>;
type DiscourseAccess = Access<Settings, Secret>;

/** A post as webhooks and `/posts.json` say it, as far as it is read here. */
const discoursePost = z.object({
  id: z.int().positive(),
  user_id: z.int().nullish(),
  username: z.string().min(1),
  name: z.string().nullish(),
  created_at: isoTime,
  updated_at: isoTime.optional(),
  cooked: z.string().default(''),
  raw: z.string().optional(),
  post_number: z.int().positive(),
  /** 1: somebody's words; else what moderators and the forum do, and whispers of the team. */
  post_type: z.int().default(1),
  topic_id: z.int().positive(),
  topic_slug: z.string().nullish(),
  topic_title: z.string().nullish(),
  topic_archetype: z.string().nullish(),
  reply_to_user: z.object({ id: z.int().optional(), username: z.string(), name: z.string().nullish() }).nullish(),
});
type DiscoursePost = z.output<typeof discoursePost>;

const hostOf = ({ server }: Settings) => new URL(server).host;

/** What everybody reads there; null: nobody's words, or ours to nobody in particular. */
function toIncoming(one: DiscoursePost, own: Settings): Incoming | null {
  if (one.post_type !== 1) return null;
  const isOurs = one.username.toLowerCase() === own.username.toLowerCase();
  const other = isOurs ? one.reply_to_user : { id: one.user_id, username: one.username, name: one.name };
  if (!other?.id || (isOurs && other.username.toLowerCase() === own.username.toLowerCase())) return null;
  const isPrivate = one.topic_archetype === 'private_message';
  return toMessage({
    externalId: String(one.id),
    thread: String(one.topic_id),
    correspondent: {
      // Names there can be changed, numbers cannot.
      point: handleOf('discourse', `${hostOf(own)}/${other.id}`),
      name: nameOf(other.name || other.username),
    },
    direction: isOurs ? 'out' : 'in',
    at: one.created_at,
    text: textOf(one),
    ...(one.cooked && { html: one.cooked }),
    ...(one.topic_title && { subject: one.topic_title }),
    ...(!isPrivate && { url: urlOf(one, own) }),
  });
}

const textOf = ({ raw, cooked }: DiscoursePost): string => raw ?? textOfHtml(cooked);
const urlOf = ({ topic_slug, topic_id, post_number }: DiscoursePost, { server }: Settings): string =>
  `${server}/t/${/^[\w-]{1,300}$/.test(topic_slug ?? '') ? topic_slug : '-'}/${topic_id}/${post_number}`;

function readEvent(name: string, one: DiscoursePost, own: Settings, now: Date): Incoming | null {
  const externalId = idOf(String(one.id));
  if (name === 'post_created') return toIncoming(one, own);
  if (name === 'post_destroyed') return { kind: 'deleted', externalId, at: now };
  // Recovered, it says again what it said.
  if (name !== 'post_edited' && name !== 'post_recovered') return null;
  if (one.post_type !== 1) return null;
  const said = { text: clean(textOf(one)), ...(one.cooked && { html: clean(one.cooked) }) };
  return { kind: 'edited', externalId, ...said, at: one.updated_at ?? one.created_at };
}

const headersOf = ({ settings: { username }, secret: { apiKey } }: DiscourseAccess) => ({
  'api-key': apiKey,
  'api-username': username,
});

const cursorOf = z.object({ last: z.int() }).nullable().catch(null);
const latest = z.object({ latest_posts: z.array(discoursePost) });
const mostPages = 40;

/** What webhooks did not bring: posts behind the last one that was read (`/posts.json`, the latest first). */
async function* pull(access: DiscourseAccess, given: unknown) {
  const last = cursorOf.parse(given)?.last;
  const fresh: DiscoursePost[] = [];
  for (let pages = 0, before: number | undefined; pages < mostPages; pages++) {
    const url = `${access.settings.server}/posts.json${before === undefined ? '' : `?before=${before}`}`;
    const { latest_posts: found } = await get(access, url, { headers: headersOf(access) }, latest);
    fresh.push(...found.filter(({ id }) => id > (last ?? 0)));
    const lowest = found.reduce((least, { id }) => Math.min(least, id), before ?? Number.POSITIVE_INFINITY);
    // At first the latest ones are enough.
    if (last === undefined || found.length === 0 || lowest <= last + 1 || lowest === before) break;
    before = lowest;
  }
  if (fresh.length === 0) return;
  const ordered = [...new Map(fresh.map((one) => [one.id, one])).values()].sort((a, b) => a.id - b.id);
  const incoming = ordered
    .map((one) => toIncoming(one, access.settings))
    .filter((one): one is Incoming => one !== null);
  yield { incoming, cursor: { last: ordered.at(-1)!.id } };
}

function judge({ status, said }: Answered): Sent | undefined {
  const { errors = [], extras } =
    z
      .object({ errors: z.array(z.string()), extras: z.object({ wait_seconds: z.number() }).partial() })
      .partial()
      .safeParse(said).data ?? {};
  if (status === 429)
    return extras?.wait_seconds === undefined ? undefined : later('busy', Math.ceil(extras.wait_seconds));
  if (status === 404 || status === 410) return refused('gone');
  if (status !== 422) return undefined;
  return refused(
    errors.some((error) => /too long|limited to|trop long|maximum/i.test(error)) ? 'too_long' : 'rejected',
  );
}

const created = z.union([
  z.object({ id: z.int() }),
  // Moderators look at it first.
  z.object({ action: z.literal('enqueued'), pending_post: z.object({ id: z.int() }) }),
]);

/** Answers the last post that stands there still, else the topic. */
async function send(access: DiscourseAccess, { thread, text, earlier }: Outgoing): Promise<Sent> {
  const { server } = access.settings;
  const last = earlier.at(-1);
  const answered = last === undefined ? undefined : await numberOf(access, last);
  const body = {
    topic_id: Number(thread),
    raw: text,
    ...(answered !== undefined && { reply_to_post_number: answered }),
  };
  const posted = await post(access, `${server}/posts.json`, json(headersOf(access), body));
  return settle(
    posted,
    (said) => {
      const { data } = created.safeParse(said);
      if (!data) return undefined;
      return 'id' in data ? String(data.id) : `pending:${data.pending_post.id}`;
    },
    judge,
  );
}

async function numberOf(access: DiscourseAccess, id: string): Promise<number | undefined> {
  if (!/^\d+$/.test(id)) return undefined;
  const answer = await ask(access, `${access.settings.server}/posts/${id}.json`, { headers: headersOf(access) });
  if (answer.status === 404 || answer.status === 410) return undefined;
  if (answer.status !== 200) throw troubleOf(answer);
  return read(answer.said, z.object({ post_number: z.int() })).post_number;
}

/** A forum (Discourse): its webhooks, and its API for what they did not bring. */
export const discourse: Channel<Settings, Secret> = {
  kind: 'discourse',
  settings,
  secret,
  capabilities: {
    public: true,
    mostCharacters: 32_000,
    files: null,
    windowHours: null,
    templates: false,
    subject: false,
  },
  hear({ headers, body }, setup): Heard {
    checkBodySignature(headers['x-discourse-event-signature'], setup.secret.webhookSecret, body);
    const name = headers['x-discourse-event'];
    if (!name) throw new Unreadable('event');
    if (!/^post_(?:created|edited|destroyed|recovered)$/.test(name)) return heard([null]);
    const said = readJson(body, z.object({ post: discoursePost }));
    return heard([readEvent(name, said.post, setup.settings, setup.now)]);
  },
  every: 300,
  pull,
  send: (access, outgoing) => sendingLater(() => send(access, outgoing)),
  async check(access) {
    const url = `${access.settings.server}/session/current.json`;
    const { current_user: user } = await get(
      access,
      url,
      { headers: headersOf(access) },
      z.object({ current_user: z.object({ username: z.string() }) }),
    );
    return { name: `${user.username}, ${hostOf(access.settings)}` };
  },
};
