import type { OwnMail } from '../outreach/own-mail-port.ts';
import { sendLetter } from './channels/mail/sending.ts';
import type { MailAccess, MailSettings } from './channels/mail/settings.ts';
import { findOwnMailbox, findOwnSecret } from './channels.ts';
import { accessTo } from './sending.ts';

/** Members' own mailboxes, where they are to send what their owner writes. */
export const ownMail: OwnMail = {
  async addressOf(tx, { workspaceId, memberId }) {
    const mailbox = await findOwnMailbox(tx, workspaceId, memberId);
    return mailbox ? (mailbox.settings as MailSettings).address : null;
  },
  async open(app, workspaceId, memberId, signal) {
    const mailbox = await app.db.asSystem('keeper', async (tx) => {
      const found = await findOwnMailbox(tx, workspaceId, memberId);
      return found && { ...found, secret: await findOwnSecret(tx, workspaceId, found.channel_id) };
    });
    if (!mailbox) return undefined;
    const access = accessTo(app, { ...mailbox, owner_id: memberId }, signal) as MailAccess;
    return { deliver: (mail) => sendLetter(access, mail), close: () => {} };
  },
};
