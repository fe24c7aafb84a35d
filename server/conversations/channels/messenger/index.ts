import { z } from 'zod';
import { Trouble } from '../../../connectors/connector.ts';
import { fetchFile, fileOf, form, get, json, largestFile, post, refused, settle } from '../asking.ts';
import type { Access, Capabilities, Channel, Incoming, Outgoing, Sent } from '../channel.ts';
import { checkRequest, judgeBy, type MetaSecret, metaId, secret } from '../meta/index.ts';
import { heard, readJson } from '../reading.ts';
import { services } from '../services.ts';
import { hook } from './hook.ts';
import { readEvent } from './reading.ts';

const settings = z.object({
  /** Of the page that people write to (Messenger), or of the professional account (Instagram). */
  accountId: metaId,
});
type Settings = z.output<typeof settings>;
type MetaAccess = Access<Settings, MetaSecret>;

/** "Common error codes" of the Messenger Platform. */
const judge = judgeBy({
  '10/2018278': 'window_shut',
  '10/2534022': 'window_shut',
  '10/2018065': 'window_shut',
  '100/2018001': 'no_recipient',
  '100/2534014': 'no_recipient',
  '100/2018109': 'too_long',
  '100/2018047': 'file_refused',
  '100/2018074': 'file_refused',
  '200/1545041': 'no_recipient',
  551: 'no_recipient',
  2018108: 'blocked',
});

const sentAs = z.object({ message_id: z.string().min(1).max(500) });
const bearer = ({ secret: { accessToken } }: MetaAccess) => ({ authorization: `Bearer ${accessToken}` });

/** Files one by one, then the text; where a later one fails, part of it has arrived. */
async function send(access: MetaAccess, sender: string, { to, text, files }: Outgoing): Promise<Sent> {
  const recipient = { id: to.replyTo ?? to.point.address.replace(/^\w+:/, '') };
  const base = { recipient, messaging_type: 'RESPONSE' };
  const url = `${services.graph()}/${sender}/messages`;
  const requests = [
    ...(await Promise.all(files.map((file) => form(bearer(access), attaching(base, file))))),
    ...(text === '' ? [] : [json(bearer(access), { ...base, message: { text } })]),
  ];
  let sent: Sent = refused('rejected');
  for (const [index, request] of requests.entries()) {
    try {
      sent = settle(await post(access, url, request), (said) => sentAs.safeParse(said).data?.message_id, judge);
    } catch (error) {
      if (index === 0) throw error;
      return { kind: 'unsure' };
    }
    if (sent.kind !== 'sent') return index === 0 ? sent : { kind: 'unsure' };
  }
  return sent;
}

function attaching(base: object, file: Outgoing['files'][number]): FormData {
  const type = /^(image|video|audio)\//.exec(file.mediaType)?.[1] ?? 'file';
  const data = new FormData();
  for (const [name, value] of Object.entries(base))
    data.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  data.set('message', JSON.stringify({ attachment: { type, payload: { is_reusable: false } } }));
  data.set('filedata', fileOf(file));
  return data;
}

const channel = (
  kind: 'messenger' | 'instagram',
  object: 'page' | 'instagram',
  limits: Pick<Capabilities, 'mostCharacters' | 'files'>,
): Channel<Settings, MetaSecret> => ({
  kind,
  settings,
  secret,
  capabilities: { public: false, ...limits, windowHours: 24, templates: false, subject: false },
  hear(request, setup) {
    const answered = checkRequest(request, setup.secret);
    if (answered) return answered;
    const said = readJson(request.body, hook);
    const pieces: (Incoming | null)[] = said.entry.flatMap(({ id, messaging, standby, changes }) => [
      ...[...messaging, ...standby].flatMap((event) =>
        said.object === object && id === setup.settings.accountId ? readEvent(kind, event) : [null],
      ),
      ...changes.map(() => null),
    ]);
    return heard(pieces);
  },
  // An Instagram account is answered for by the page that it belongs to, whose token this is.
  send: (access, outgoing) => send(access, kind === 'instagram' ? 'me' : access.settings.accountId, outgoing),
  async fetchFile(access, { content }) {
    if (!('url' in content)) throw new Trouble('malformed');
    return fetchFile(access, content.url);
  },
  async check(access) {
    const url = `${services.graph()}/${access.settings.accountId}?fields=name`;
    return {
      name: (await get(access, url, { headers: bearer(access) }, z.object({ name: z.string() }))).name.slice(0, 200),
    };
  },
});

/** Messages to a Facebook page (Messenger Platform, Graph API 25). */
export const messenger = channel('messenger', 'page', {
  mostCharacters: 2000,
  files: { mostOctets: largestFile, types: ['image/*', 'video/*', 'audio/*', 'application/pdf'] },
});

/** Messages to a professional Instagram account; files would have to stand at an address that everybody can read. */
export const instagram = channel('instagram', 'instagram', { mostCharacters: 1000, files: null });
