import { z } from 'zod';
import { Trouble } from '../../../connectors/connector.ts';
import {
  type Answered,
  fetchFile,
  fileOf,
  form,
  get,
  json,
  largestFile,
  later,
  post,
  refused,
  settle,
} from '../asking.ts';
import { type Access, type Channel, Forged, type Outgoing, type Sent } from '../channel.ts';
import { heard, readJson } from '../reading.ts';
import { services } from '../services.ts';
import { isSame } from '../verifying.ts';
import { update } from './hook.ts';
import { idIn, readUpdate } from './reading.ts';

const settings = z.object({});
const secret = z.object({
  token: z
    .string()
    .trim()
    .regex(/^\d{1,20}:[\w-]{20,100}$/),
  /** What is given to `setWebhook`, and said by every request of Telegram's. */
  secretToken: z
    .string()
    .trim()
    .regex(/^[\w-]{16,256}$/),
});
type Secret = z.output<typeof secret>;
type TelegramAccess = Access<z.output<typeof settings>, Secret>;

const method = ({ secret: { token } }: TelegramAccess, name: string) => `${services.telegram()}/bot${token}/${name}`;

const failure = z.object({
  description: z.string().default(''),
  parameters: z.object({ retry_after: z.number().optional() }).optional(),
});

/** Telegram says what it means in a sentence, which may change: what is not known is refused. */
function judge({ status, said }: Answered): Sent | Trouble | undefined {
  const { description, parameters } = failure.safeParse(said).data ?? { description: '' };
  if (status === 429) return later('busy', parameters?.retry_after);
  // A wrong token is a wrong address.
  if (status === 404) return new Trouble('refused');
  if (status === 403) return refused(/blocked by the user/i.test(description) ? 'blocked' : 'no_recipient');
  if (status !== 400) return undefined;
  if (/chat not found|user not found|PEER_ID_INVALID|deactivated/i.test(description)) return refused('no_recipient');
  if (/too long/i.test(description)) return refused('too_long');
  if (/file|photo|PHOTO_|wrong type of the web page/i.test(description)) return refused('file_refused');
  return refused('rejected');
}

const sentAs = z.object({ result: z.object({ message_id: z.int(), chat: z.object({ id: z.int() }) }) });
function idOfSent(said: unknown): string | undefined {
  const { data } = sentAs.safeParse(said);
  return data && idIn(data.result.chat.id, data.result.message_id);
}

/** Characters of what stands below a file. */
const longestCaption = 1024;

async function send(access: TelegramAccess, outgoing: Outgoing): Promise<Sent> {
  const { to, thread, text, files } = outgoing;
  const topic = /#(\d+)$/.exec(thread)?.[1];
  const base = {
    chat_id: to.replyTo ?? to.point.address.replace(/^telegram:/, ''),
    ...(topic && { message_thread_id: topic }),
  };
  const captioned = files.length > 0 && text.length <= longestCaption;
  const requests = files.map(
    (file, index) => () => form({}, attaching(base, file, captioned && index === 0 ? text : '')),
  );
  const names: string[] = files.map(({ mediaType }) => (isPhoto(mediaType) ? 'sendPhoto' : 'sendDocument'));
  if (text !== '' && !captioned) {
    requests.unshift(async () => json({}, { ...base, text, link_preview_options: { is_disabled: true } }));
    names.unshift('sendMessage');
  }
  let first: Sent | undefined;
  for (const [index, request] of requests.entries()) {
    let sent: Sent;
    try {
      sent = settle(await post(access, method(access, names[index]!), await request()), idOfSent, judge);
    } catch (error) {
      if (!first) throw error;
      return { kind: 'unsure' };
    }
    // Where a later one fails, part of it has arrived.
    if (sent.kind !== 'sent') return first ? { kind: 'unsure' } : sent;
    first ??= sent;
  }
  return first ?? refused('rejected');
}

const isPhoto = (mediaType: string): boolean => /^image\/(?:jpeg|png|webp)$/.test(mediaType);

function attaching(base: Record<string, string>, file: Outgoing['files'][number], caption: string): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(base)) data.set(name, value);
  if (caption) data.set('caption', caption);
  data.set(isPhoto(file.mediaType) ? 'photo' : 'document', fileOf(file));
  return data;
}

/** A bot that people write to (Telegram Bot API, by webhook). */
export const telegram: Channel<z.output<typeof settings>, Secret> = {
  kind: 'telegram',
  settings,
  secret,
  capabilities: {
    public: false,
    mostCharacters: 4096,
    files: { mostOctets: largestFile, types: ['*/*'] },
    windowHours: null,
    templates: false,
    subject: false,
  },
  hear({ headers, body }, setup) {
    if (!isSame(headers['x-telegram-bot-api-secret-token'], setup.secret.secretToken)) throw new Forged();
    return heard([readUpdate(readJson(body, update))]);
  },
  send,
  async fetchFile(access, { content }) {
    if (!('id' in content)) throw new Trouble('malformed');
    const file = z.object({ result: z.object({ file_path: z.string().regex(/^[\w./-]{1,500}$/) }) });
    const url = method(access, `getFile?${new URLSearchParams({ file_id: content.id })}`);
    const { result } = await get(access, url, {}, file);
    return fetchFile(access, `${services.telegram()}/file/bot${access.secret.token}/${result.file_path}`);
  },
  async check(access) {
    const bot = z.object({ result: z.object({ first_name: z.string(), username: z.string().default('') }) });
    const { result } = await get(access, method(access, 'getMe'), {}, bot);
    return { name: result.username ? `@${result.username}` : result.first_name };
  },
};
