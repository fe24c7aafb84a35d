import { z } from 'zod';
import { Trouble } from '../../../connectors/connector.ts';
import { type Answered, fileOf, form, json, later, post, refused, settle } from '../asking.ts';
import type { Access, Outgoing, Sent } from '../channel.ts';
import { judgeBy, type MetaSecret } from '../meta/index.ts';
import { services } from '../services.ts';

interface WhatsappSettings {
  phoneNumberId: string;
}
type WhatsappAccess = Access<WhatsappSettings, MetaSecret>;

const busy = () => later('busy');
const barred = () => new Trouble('forbidden');
/** "Cloud API error codes". */
const judge = judgeBy({
  130429: busy,
  130472: 'rejected',
  131000: () => later('server_error'),
  131005: barred,
  131016: () => later('server_error'),
  131021: 'no_recipient',
  131026: 'no_recipient',
  131030: 'no_recipient',
  131031: barred,
  131037: barred,
  131042: barred,
  131045: barred,
  131047: 'window_shut',
  131048: busy,
  131049: 'rejected',
  131050: 'blocked',
  131051: 'rejected',
  131052: 'file_refused',
  131053: 'file_refused',
  131056: busy,
  131057: () => later('busy'),
  132000: 'template_refused',
  132001: 'template_refused',
  132005: 'template_refused',
  132007: 'template_refused',
  132012: 'template_refused',
  132015: 'template_refused',
  132016: 'template_refused',
  133010: barred,
});
/** A refusal that comes after the answer, by webhook ("statuses"): in the same words. */
export function reasonOf(code: number): string {
  const meant = judge({ status: 400, headers: new Headers(), said: { error: { code } } } as Answered);
  return meant && 'kind' in meant && meant.kind === 'refused' ? meant.code : 'rejected';
}

const sentAs = z.object({ messages: z.array(z.object({ id: z.string().min(1).max(500) })).min(1) });
const idOfSent = (said: unknown) => sentAs.safeParse(said).data?.messages[0]?.id;

export async function send(access: WhatsappAccess, outgoing: Outgoing): Promise<Sent> {
  const { template, text, files } = outgoing;
  if (template) return sendOne(access, outgoing, { type: 'template', template: templateOf(template) });
  // What is uploaded nobody sees yet: a file that is refused is refused before anything was said.
  const messages: object[] = [];
  for (const file of files) {
    const uploaded = await upload(access, file);
    if (uploaded.kind !== 'sent') return uploaded.kind === 'unsure' ? later('unreachable') : uploaded;
    messages.push(mediaOf(file, uploaded.externalId));
  }
  const [first] = messages as { type: string; [kind: string]: unknown }[];
  if (text !== '' && first && first.type !== 'audio') Object.assign(first[first.type] as object, { caption: text });
  else if (text !== '') messages.unshift({ type: 'text', text: { body: text, preview_url: false } });
  return sendAll(access, outgoing, messages);
}

/** One after the other; where a later one fails, part of it has arrived. */
async function sendAll(access: WhatsappAccess, outgoing: Outgoing, messages: readonly object[]): Promise<Sent> {
  let first: Sent | undefined;
  for (const message of messages) {
    const sent = await sendOne(access, outgoing, message).catch((error) => {
      if (first) return { kind: 'unsure' } as const;
      throw error;
    });
    if (sent.kind !== 'sent') return first ? { kind: 'unsure' } : sent;
    first ??= sent;
  }
  return first ?? refused('rejected');
}

async function sendOne(access: WhatsappAccess, { to, thread }: Outgoing, message: object): Promise<Sent> {
  const address = to.replyTo ?? to.point.address.replace(/^whatsapp:|^\+/, '');
  const inGroup = thread.startsWith('group:');
  // Whoever shows no number is reached by the id that this company knows them by.
  const recipient = inGroup || /^\d+$/.test(address) ? { to: address } : { recipient: address };
  const body = {
    messaging_product: 'whatsapp',
    recipient_type: inGroup ? 'group' : 'individual',
    ...recipient,
    ...message,
  };
  const { phoneNumberId } = access.settings;
  const posted = await post(access, `${services.graph()}/${phoneNumberId}/messages`, json(bearer(access), body));
  return settle(posted, idOfSent, judge);
}

const bearer = ({ secret }: WhatsappAccess) => ({ authorization: `Bearer ${secret.accessToken}` });

const templateOf = ({ name, language, values }: NonNullable<Outgoing['template']>) => ({
  name,
  language: { code: language },
  ...(values.length > 0 && {
    components: [{ type: 'body', parameters: values.map((text) => ({ type: 'text', text })) }],
  }),
});

type OutgoingFile = Outgoing['files'][number];

async function upload(access: WhatsappAccess, file: OutgoingFile): Promise<Sent> {
  const data = new FormData();
  data.set('messaging_product', 'whatsapp');
  data.set('type', file.mediaType);
  data.set('file', fileOf(file));
  const request = await form(bearer(access), data);
  const posted = await post(access, `${services.graph()}/${access.settings.phoneNumberId}/media`, request);
  return settle(posted, (said) => z.object({ id: z.string() }).safeParse(said).data?.id, judge);
}

/** "Supported media types": what is larger than its kind may be, or of another one, goes as a document. */
const kinds: [string, RegExp, number][] = [
  ['image', /^image\/(?:jpeg|png)$/, 5],
  ['video', /^video\/(?:mp4|3gpp)$/, 16],
  ['audio', /^audio\/(?:aac|amr|mpeg|mp4|ogg)$/, 16],
];

function mediaOf({ name, mediaType, content }: OutgoingFile, id: string): object {
  const kind = kinds.find(([, types, most]) => types.test(mediaType) && content.length <= most * 2 ** 20)?.[0];
  return kind ? { type: kind, [kind]: { id } } : { type: 'document', document: { id, filename: name } };
}
