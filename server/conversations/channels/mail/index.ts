import { openImap } from '../../../connectors/imap-session.ts';
import type { Channel } from '../channel.ts';
import { ourId } from './ids.ts';
import { fetchFile, findFolders, imapOf, pull } from './pulling.ts';
import { checkRelay, send } from './sending.ts';
import { type MailSecret, type MailSettings, mailSecret, mailSettings } from './settings.ts';

/** A mailbox: one that several tend, or a member's own. Read over IMAP and never changed, but for copies of what we sent; sent over SMTP. */
export const mail: Channel<MailSettings, MailSecret> = {
  kind: 'mail',
  settings: mailSettings,
  secret: mailSecret,
  capabilities: {
    public: false,
    mostCharacters: null,
    files: { mostOctets: 25 * 2 ** 20, types: ['*/*'] },
    windowHours: null,
    templates: false,
    subject: true,
  },
  every: 60,
  pull,
  fetchFile,
  send,
  idOf: (messageId, { address }) => ourId(messageId, address),
  async check(access) {
    const client = await openImap(imapOf(access));
    try {
      await findFolders(client, access.settings);
    } finally {
      await client.logout().catch(() => client.close());
    }
    await checkRelay(access);
    return { name: access.settings.address };
  },
};
