import { z } from 'zod';
import { Trouble } from '../../../connectors/connector.ts';
import { type Answered, fetchFile, get, later, post, refused, settle } from '../asking.ts';
import {
  type Access,
  type Channel,
  Forged,
  type Heard,
  type HookRequest,
  type Incoming,
  type Outgoing,
  type Sent,
  Unreadable,
} from '../channel.ts';
import { handleOf, heard, idOf, namelessFile, phoneOf, readAs, toMessage } from '../reading.ts';
import { services } from '../services.ts';
import { isSame, sign } from '../verifying.ts';

const settings = z.object({
  accountSid: z
    .string()
    .trim()
    .regex(/^AC[0-9a-f]{32}$/),
  /** A number in E.164, a word of at most eleven characters, or a messaging service. */
  from: z
    .string()
    .trim()
    .regex(/^(?:\+[1-9]\d{4,14}|MG[0-9a-f]{32}|[A-Za-z0-9 ]{1,11})$/),
});
type Settings = z.output<typeof settings>;
const secret = z.object({ authToken: z.string().trim().min(16).max(200) });
type Secret = z.output<typeof secret>;
type TwilioAccess = Access<Settings, Secret>;

/**
 * X-Twilio-Signature: HMAC-SHA1 over the address and all parameters, sorted by name ("Webhooks security"). Twilio says the port of an address or
 * leaves it out, whatever it was given.
 * @throws Forged
 */
function checkSignature({ url, headers }: HookRequest, form: URLSearchParams, authToken: string): void {
  const names = [...new Set(form.keys())].sort();
  const said = names.map((name) => name + [...new Set(form.getAll(name))].sort().join('')).join('');
  const header = headers['x-twilio-signature'];
  const signed = addresses(url).map((address) =>
    isSame(header, sign('sha1', authToken, address + said).toString('base64')),
  );
  if (!signed.includes(true)) throw new Forged();
}

function addresses(url: string): string[] {
  const { protocol, port } = new URL(url);
  if (port) return [url, url.replace(`:${port}`, '')];
  const standard = protocol === 'https:' ? 443 : 80;
  return [url, url.replace(/^(https?:\/\/[^/?#]+)/, `$1:${standard}`)];
}

const optional = z.string().optional();
const told = z.object({
  MessageSid: z.string().min(1),
  From: optional,
  To: optional,
  Body: optional,
  NumMedia: z
    .string()
    .regex(/^\d{1,2}$/)
    .optional(),
  MessageStatus: optional,
  SmsStatus: optional,
  ErrorCode: optional,
});

const states: Record<string, 'delivered' | 'read' | 'failed'> = {
  delivered: 'delivered',
  read: 'read',
  failed: 'failed',
  undelivered: 'failed',
};

/** Error codes of Twilio's ("Error and warning dictionary") that are about the one who is written to. */
const codes: Record<string, Parameters<typeof refused>[0]> = {
  21211: 'no_recipient',
  21214: 'no_recipient',
  21217: 'no_recipient',
  21408: 'no_recipient',
  21421: 'no_recipient',
  21610: 'blocked',
  21612: 'no_recipient',
  21614: 'no_recipient',
  21617: 'too_long',
  21658: 'too_long',
  30003: 'no_recipient',
  30004: 'blocked',
  30005: 'no_recipient',
  30006: 'no_recipient',
  63016: 'window_shut',
};
const wordOf = (code: string) => (Object.hasOwn(codes, code) ? codes[code]! : 'rejected');

/** @param now Twilio does not say when it was: it calls at once */
function read(form: URLSearchParams, now: Date): Incoming | null {
  const {
    MessageSid: sid,
    From: from,
    Body: text,
    MessageStatus: status,
    SmsStatus,
    ErrorCode,
  } = readAs(Object.fromEntries(form), told);
  if (status !== undefined && SmsStatus !== 'received') {
    const state = Object.hasOwn(states, status) ? states[status]! : undefined;
    if (!state) return null;
    return {
      kind: 'settled',
      externalId: idOf(sid),
      state,
      at: now,
      ...(state === 'failed' && { reason: wordOf(ErrorCode ?? '') }),
    };
  }
  if (from === undefined || text === undefined) throw new Unreadable('From, Body');
  const files = filesIn(form);
  const point = pointOf(from);
  return toMessage({
    externalId: sid,
    thread: from,
    correspondent: { point, ...(from !== point.address && { replyTo: from }), name: form.get('ProfileName') ?? '' },
    direction: 'in',
    at: now,
    text,
    ...(files.length > 0 && { files }),
  });
}

/** Short codes and names that nobody can call are handles; `whatsapp:+33…` is a number at WhatsApp. */
function pointOf(from: string) {
  const number = from.replace(/^whatsapp:/, '');
  return /^\+[1-9]\d{4,14}$/.test(number) ? phoneOf(number) : handleOf('sms', from.toLowerCase());
}

function filesIn(form: URLSearchParams) {
  const count = Number(form.get('NumMedia') ?? 0);
  return Array.from({ length: count }, (_, index) => {
    const url = form.get(`MediaUrl${index}`);
    const mediaType = form.get(`MediaContentType${index}`) ?? '';
    return url ? [{ name: namelessFile('media', mediaType), mediaType, content: { url } }] : [];
  }).flat();
}

const basic = ({ settings: { accountSid }, secret: { authToken } }: TwilioAccess) => ({
  authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
});
const account = ({ settings: { accountSid } }: TwilioAccess) =>
  `${services.twilio()}/2010-04-01/Accounts/${accountSid}`;

function judge({ said, status }: Answered): Sent | Trouble | undefined {
  const { data } = z.object({ code: z.int() }).safeParse(said);
  if (status === 429 || !data) return undefined;
  if (data.code === 20429 || data.code === 14107) return later('busy');
  if (data.code === 20003) return new Trouble('refused');
  if (status === 404 || status === 403 || status >= 500) return undefined;
  return refused(wordOf(String(data.code)));
}

async function send(access: TwilioAccess, { to, text, advertises }: Outgoing): Promise<Sent> {
  const { from } = access.settings;
  const address = to.replyTo ?? to.point.address;
  const said = advertises?.mention ? `${text}\n${advertises.mention}` : text;
  const sender = from.startsWith('MG') ? 'MessagingServiceSid' : 'From';
  const body = new URLSearchParams({ To: address, [sender]: from, Body: said }).toString();
  const headers = { ...basic(access), 'content-type': 'application/x-www-form-urlencoded' };
  const posted = await post(access, `${account(access)}/Messages.json`, { method: 'POST', headers, body });
  return settle(posted, (said) => z.object({ sid: z.string().min(1).max(100) }).safeParse(said).data?.sid, judge);
}

/** SMS and MMS by Twilio. */
export const twilio: Channel<Settings, Secret> = {
  kind: 'sms_twilio',
  settings,
  secret,
  capabilities: {
    public: false,
    mostCharacters: 1600,
    files: null,
    windowHours: null,
    templates: false,
    subject: false,
  },
  hear(request, setup): Heard {
    const form = new URLSearchParams(request.body.toString('utf8'));
    checkSignature(request, form, setup.secret.authToken);
    return heard([read(form, setup.now)]);
  },
  send,
  async fetchFile(access, { content }) {
    if (!('url' in content)) throw new Trouble('malformed');
    const own = new URL(services.twilio()).origin;
    return fetchFile(access, content.url, basic(access), (url) => url.origin === own);
  },
  async check(access) {
    const { friendly_name: name } = await get(
      access,
      `${account(access)}.json`,
      { headers: basic(access) },
      z.object({ friendly_name: z.string() }),
    );
    return { name: name.slice(0, 200) };
  },
};
