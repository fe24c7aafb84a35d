import { z } from 'zod';
import { Trouble } from '../../../connectors/connector.ts';
import { fetchFile, get, largestFile } from '../asking.ts';
import type { Access, Channel, Incoming } from '../channel.ts';
import { checkRequest, type MetaSecret, metaId, secret } from '../meta/index.ts';
import { readAs, readJson } from '../reading.ts';
import { services } from '../services.ts';
import { hook, value } from './hook.ts';
import { readValue } from './reading.ts';
import { send } from './sending.ts';

const settings = z.object({
  /** Of the number that people write to; one address of ours may get what several numbers bring. */
  phoneNumberId: metaId,
});
type Settings = z.output<typeof settings>;

const fields = new Set(['messages', 'smb_message_echoes']);
const bearer = ({ secret: { accessToken } }: Access<Settings, MetaSecret>) => ({
  authorization: `Bearer ${accessToken}`,
});

/** Hosts of Meta that files are fetched from with the account's token. */
const isMetas = (url: URL): boolean =>
  url.origin === new URL(services.graph()).origin ||
  /(?:^|\.)(?:fbsbx\.com|facebook\.com|fbcdn\.net|whatsapp\.net)$/.test(url.hostname);

/** WhatsApp Cloud API (Graph API 25): a number of the company's. */
export const whatsapp: Channel<Settings, MetaSecret> = {
  kind: 'whatsapp',
  settings,
  secret,
  capabilities: {
    public: false,
    mostCharacters: 4096,
    files: { mostOctets: largestFile, types: ['image/*', 'video/*', 'audio/*', 'application/*', 'text/plain'] },
    windowHours: 24,
    templates: true,
    subject: false,
  },
  hear(request, setup) {
    const answered = checkRequest(request, setup.secret);
    if (answered) return answered;
    const incoming: Incoming[] = [];
    let ignored = 0;
    for (const { field, value: said } of readJson(request.body, hook).entry.flatMap(({ changes }) => changes)) {
      const read = fields.has(field) ? readAs(said, value) : undefined;
      if (read?.metadata?.phone_number_id === setup.settings.phoneNumberId) {
        const heard = readValue(read);
        incoming.push(...heard.incoming);
        ignored += heard.ignored;
      } else ignored++;
    }
    return { incoming, ignored };
  },
  send,
  async fetchFile(access, { content }) {
    if (!('id' in content)) throw new Trouble('malformed');
    const media = z.object({ url: z.url() });
    const url = `${services.graph()}/${encodeURIComponent(content.id)}?phone_number_id=${access.settings.phoneNumberId}`;
    const { url: address } = await get(access, url, { headers: bearer(access) }, media);
    return fetchFile(access, address, bearer(access), isMetas);
  },
  async check(access) {
    const url = `${services.graph()}/${access.settings.phoneNumberId}?fields=display_phone_number,verified_name`;
    const number = z.object({ display_phone_number: z.string(), verified_name: z.string().default('') });
    const found = await get(access, url, { headers: bearer(access) }, number);
    return { name: [found.verified_name, found.display_phone_number].filter(Boolean).join(', ').slice(0, 200) };
  },
};
