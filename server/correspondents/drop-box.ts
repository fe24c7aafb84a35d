import { z } from 'zod';
import type { Connector } from '../connectors/connector.ts';
import { openImap } from '../connectors/imap-session.ts';
import { normaliseEmail } from '../formats/normalise/email.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { translator } from '../kernel/messages.ts';
import { readDropped, type Sender, tagOf } from './dropping.ts';
import { type ReadOne, readAll } from './imap.ts';
import * as queries from './queries.ts';
import { mailSecret, mailSettings } from './settings.ts';
import { type Outcome, takeReadings } from './taking.ts';

const settings = mailSettings.extend({
  /** Where members send copies to; what follows a `+` in it must arrive too (RFC 5233). */
  address: z
    .email()
    .max(200)
    .transform((address) => normaliseEmail(address) ?? address),
});
type Settings = z.output<typeof settings>;

/** Members who may send copies, with the tags of their addresses. */
async function findSenders(app: App, tx: Tx, workspaceId: string) {
  const members = await queries.listDroppers(tx, workspaceId);
  return members.map((member) => ({
    memberId: member.member_id,
    email: normaliseEmail(member.email) ?? '',
    tag: tagOf(app.secrets, workspaceId, member.member_id, member.version),
    locale: member.locale,
  }));
}

/** A mailbox of the company's to which its members send copies; each copy is read for the member who sent it. */
export const dropBox: Connector<Settings, z.output<typeof mailSecret>, ReadOne> = {
  kind: 'drop_box',
  settings,
  secret: mailSecret,
  ofCompany: true,
  bookless: true,
  every: 900,
  async connect(access) {
    const client = await openImap(access);
    await client.logout().catch(() => client.close());
    return [{ id: 'mailbox', name: access.settings.address, writable: false }];
  },
  // Whose a message is, only the database knows: it is read where it is taken.
  pull: (access, { cursor }) => readAll(access, cursor, async (message) => message),
  async take({ app, tx, workspaceId, connectionId }, { items }) {
    const box = await queries.openDropBox(tx, workspaceId, connectionId);
    const senders = await findSenders(app, tx, workspaceId);
    const dropped = new Map<string, Outcome[]>();
    let notTaken = 0;
    for (const item of items) {
      const found = await readDropped(item, box.address, senders, box.country);
      if (!found) notTaken++;
      else dropped.set(found.memberId, [...(dropped.get(found.memberId) ?? []), found.outcome]);
    }
    let read = 0;
    for (const [memberId, outcomes] of [...dropped].sort()) {
      const sourceId = await sourceOf(tx, workspaceId, senders.find((one) => one.memberId === memberId)!);
      const counts = await takeReadings(app, tx, { workspaceId, memberId, sourceId, connectionId }, outcomes);
      read += counts.read;
    }
    return { read, not_taken: notTaken };
  },
};

/** The source of what a member drops; made with the first copy. */
function sourceOf(tx: Tx, workspaceId: string, { memberId, locale }: Sender & { locale: string }): Promise<string> {
  const name = translator(locale === 'fr' ? 'fr' : 'en')('mailboxes.dropBox');
  return queries.openDropSource(tx, { workspaceId, memberId }, name, 'drop_box');
}
