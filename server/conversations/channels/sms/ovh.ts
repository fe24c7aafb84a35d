import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ask, get, post, read, refused, settle, troubleOf } from '../asking.ts';
import type { Access, Channel, Incoming, Outgoing, Sent } from '../channel.ts';
import { handleOf, isoTime, phoneOf, toMessage } from '../reading.ts';
import { services } from '../services.ts';

const settings = z.object({
  /** Of the SMS account: `sms-ab12345-1`. */
  serviceName: z
    .string()
    .trim()
    .regex(/^sms-[a-z0-9-]{1,40}$/),
});
type Settings = z.output<typeof settings>;
const key = z.string().trim().min(8).max(100);
const secret = z.object({ applicationKey: key, applicationSecret: key, consumerKey: key });
type Secret = z.output<typeof secret>;
type OvhAccess = Access<Settings, Secret>;

const base = ({ settings: { serviceName } }: OvhAccess) => `${services.ovh()}/sms/${serviceName}`;

/** "First steps with the OVHcloud APIs": each request is signed, with its time. */
function signed({ secret: keys }: OvhAccess, method: 'GET' | 'POST', url: string, body = '') {
  const seconds = String(Math.floor(Date.now() / 1000));
  const said = [keys.applicationSecret, keys.consumerKey, method, url, body, seconds].join('+');
  const headers = {
    'content-type': 'application/json',
    'x-ovh-application': keys.applicationKey,
    'x-ovh-consumer': keys.consumerKey,
    'x-ovh-timestamp': seconds,
    'x-ovh-signature': `$1$${createHash('sha1').update(said).digest('hex')}`,
  };
  return { method, headers, ...(body && { body }) };
}

const incoming = z.object({ id: z.int(), creationDatetime: isoTime, sender: z.string().min(1), message: z.string() });
const cursorOf = z.object({ last: z.int() }).nullable().catch(null);
/** Messages of one piece. */
const together = 50;

async function* pull(access: OvhAccess, cursor: unknown) {
  let last = cursorOf.parse(cursor)?.last ?? 0;
  const list = `${base(access)}/incoming`;
  const ids = await get(access, list, signed(access, 'GET', list), z.array(z.int()));
  const fresh = ids.filter((id) => id > last).sort((a, b) => a - b);
  for (let at = 0; at < fresh.length; at += together) {
    const pieces: Incoming[] = [];
    for (const id of fresh.slice(at, at + together)) {
      const url = `${list}/${id}`;
      const answer = await ask(access, url, signed(access, 'GET', url));
      // Taken away there since.
      if (answer.status === 404) continue;
      if (answer.status !== 200) throw troubleOf(answer);
      pieces.push(toIncoming(read(answer.said, incoming)));
    }
    last = fresh[Math.min(at + together, fresh.length) - 1]!;
    yield { incoming: pieces, cursor: { last } };
  }
}

function toIncoming({ id, creationDatetime: at, sender, message: text }: z.output<typeof incoming>): Incoming {
  const number = sender.replace(/^00/, '+');
  const point = /^\+[1-9]\d{4,14}$/.test(number) ? phoneOf(number) : handleOf('sms', sender.toLowerCase());
  const correspondent = { point, name: '' };
  return toMessage({ externalId: String(id), thread: point.address, correspondent, direction: 'in', at, text });
}

const job = z.object({
  ids: z.array(z.int()).default([]),
  invalidReceivers: z.array(z.string()).default([]),
});

async function send(access: OvhAccess, { to, text, advertises }: Outgoing): Promise<Sent> {
  const url = `${base(access)}/jobs`;
  // From the short number, so that it can be answered; a personal answer needs no STOP, and what advertises gets the service's own words of it.
  const body = JSON.stringify({
    message: text,
    receivers: [to.replyTo ?? to.point.address],
    senderForResponse: true,
    noStopClause: !advertises,
    priority: advertises ? 'medium' : 'high',
    charset: 'UTF-8',
  });
  const posted = await post(access, url, signed(access, 'POST', url, body));
  const said =
    posted.kind === 'answered' && posted.answer.status === 200 ? job.safeParse(posted.answer.said).data : undefined;
  if (said && said.ids.length === 0 && said.invalidReceivers.length > 0) return refused('no_recipient');
  return settle(
    posted,
    () => (said?.ids[0] === undefined ? undefined : String(said.ids[0])),
    ({ status }) => (status === 400 ? refused('rejected') : undefined),
  );
}

/** SMS by OVHcloud, which is asked for answers. */
export const ovh: Channel<Settings, Secret> = {
  kind: 'sms_ovh',
  settings,
  secret,
  capabilities: {
    public: false,
    mostCharacters: 1377,
    files: null,
    windowHours: null,
    templates: false,
    subject: false,
  },
  every: 60,
  pull,
  send,
  async check(access) {
    const { name } = await get(
      access,
      base(access),
      signed(access, 'GET', base(access)),
      z.object({ name: z.string() }),
    );
    return { name };
  },
};
