import { z } from 'zod';
import { Trouble } from '../../../connectors/connector.ts';
import {
  type Answered,
  fetchFile,
  largestFile,
  later,
  type Posted,
  post,
  refusals,
  refused,
  settle,
} from '../asking.ts';
import type { Access, Channel, Correspondent, Incoming, IncomingMessage, Outgoing, Sent } from '../channel.ts';
import { clean, heard, idOf, nameOf, readJson, toMessage } from '../reading.ts';
import { delivery, type WebhookEvent, type WebhookMessage } from './schema.ts';
import { checkHeaders, isSecret, signHeaders } from './signing.ts';

const settings = z.object({
  /** Where our messages go; null: one only listens. */
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable()
    .default(null),
});
type Settings = z.output<typeof settings>;
/** One for both directions. */
const secret = z.object({ signing: z.string().trim().max(200).refine(isSecret) });
type Secret = z.output<typeof secret>;
type WebhookAccess = Access<Settings, Secret>;

const toCorrespondent = ({ point, replyTo, name }: Correspondent): Correspondent => ({
  point: { channel: point.channel, address: clean(point.address) },
  ...(replyTo && { replyTo: clean(replyTo) }),
  name: nameOf(name),
});

function toFiles(files: NonNullable<WebhookMessage['files']>): NonNullable<IncomingMessage['files']> {
  return files.map(({ name, mediaType, base64, url, contentId }) => ({
    name,
    mediaType,
    content: base64 === undefined ? { url: url! } : Buffer.from(base64, 'base64'),
    ...(contentId && { contentId: clean(contentId) }),
  }));
}

function toIncoming(event: WebhookEvent): Incoming {
  switch (event.kind) {
    case 'message': {
      const { files, correspondent, ...message } = event.message;
      return toMessage({
        ...message,
        correspondent: toCorrespondent(correspondent),
        ...(files && { files: toFiles(files) }),
      });
    }
    case 'edited':
      return {
        ...event,
        externalId: idOf(event.externalId),
        text: clean(event.text),
        ...(event.html && { html: clean(event.html) }),
      };
    case 'deleted':
    case 'settled':
      return { ...event, externalId: idOf(event.externalId) };
    case 'reacted': {
      const { correspondent, emoji } = event;
      return {
        ...event,
        externalId: idOf(event.externalId),
        correspondent: toCorrespondent(correspondent),
        emoji: emoji && clean(emoji),
      };
    }
    case 'moved':
      return {
        ...event,
        from: { ...event.from, address: clean(event.from.address) },
        to: { ...event.to, address: clean(event.to.address) },
      };
  }
}

/** What we send; their answer names the message: `{"externalId": "…"}`. */
function bodyOf({ files, ...outgoing }: Outgoing, now: number): string {
  const packed = files.map(({ name, mediaType, content }) => ({
    name,
    mediaType,
    base64: Buffer.from(content).toString('base64'),
  }));
  return JSON.stringify({
    type: 'message.send',
    timestamp: new Date(now).toISOString(),
    data: { ...outgoing, files: packed },
  });
}

const answerOf = z.object({ externalId: z.string().min(1).max(500) });

/** They may say why in a word of ours: `{"code": "no_recipient"}`. */
function judge({ status, said }: Answered): Sent | Trouble | undefined {
  if (status === 408) return later('timeout');
  if (status < 400 || status >= 500 || [401, 403, 404, 410, 429].includes(status)) return undefined;
  return refused(z.object({ code: z.enum(refusals) }).safeParse(said).data?.code ?? 'rejected');
}

/** The id is the same however often it is tried, and receivers know it again (Standard Webhooks, "Idempotency"). */
function postSigned(access: WebhookAccess, url: string, id: string, now: number, body: string): Promise<Posted> {
  const signed = signHeaders(access.secret.signing, id, now, body);
  return post(access, url, { method: 'POST', headers: { ...signed, 'content-type': 'application/json' }, body }, true);
}

async function send(access: WebhookAccess, outgoing: Outgoing): Promise<Sent> {
  const { url } = access.settings;
  if (url === null) return refused('no_recipient');
  const { messageId } = outgoing;
  const now = Date.now();
  const posted = await postSigned(access, url, messageId, now, bodyOf(outgoing, now));
  return settle(posted, (said) => answerOf.safeParse(said).data?.externalId ?? messageId, judge);
}

/** Any program that signs what it brings (Standard Webhooks 1.0), and takes what we send: docs/subsystems/channels.md. */
export const webhook: Channel<Settings, Secret> = {
  kind: 'webhook',
  settings,
  secret,
  capabilities: {
    public: false,
    mostCharacters: null,
    files: { mostOctets: largestFile, types: ['*/*'] },
    windowHours: null,
    templates: true,
    subject: true,
  },
  hear(request, setup) {
    checkHeaders(request, setup.secret.signing, setup.now);
    return heard(readJson(request.body, delivery).events.map(toIncoming));
  },
  send,
  async fetchFile(access, { content }) {
    if (!('url' in content)) throw new Trouble('malformed');
    return fetchFile(access, content.url);
  },
  async check(access) {
    const { url } = access.settings;
    if (url === null) return { name: 'webhook' };
    const now = Date.now();
    const body = JSON.stringify({ type: 'ping', timestamp: new Date(now).toISOString(), data: {} });
    const posted = await postSigned(access, url, `ping_${now}`, now, body);
    const sent = settle(
      posted,
      () => 'ping',
      () => undefined,
    );
    if (sent.kind !== 'sent')
      throw new Trouble(sent.kind === 'later' && sent.code === 'busy' ? 'busy' : 'server_error');
    return { name: new URL(url).host };
  },
};
