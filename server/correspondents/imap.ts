import type { ImapFlow } from 'imapflow';
import { z } from 'zod';
import type { Access, Connector } from '../connectors/connector.ts';
import { mustStand, openImap, toTrouble } from '../connectors/imap-session.ts';
import { personalFolder } from '../formats/mail-facts/personal.ts';
import { normaliseEmail } from '../formats/normalise/email.ts';
import { sha256 } from '../kernel/ids.ts';
import { setCaughtUp } from './queries.ts';
import { readMessage } from './reading.ts';
import { foldersToRead, horizon, nextBatch, type Place, unread } from './rules.ts';
import { mailSecret, mailSettings } from './settings.ts';
import { type Outcome, takeReadings } from './taking.ts';
import { weighSoon } from './weighing.ts';

type Settings = z.output<typeof mailSettings>;
type Secret = z.output<typeof mailSecret>;
export type MailAccess = Pick<Access<Settings, Secret>, 'settings' | 'secret' | 'guarded' | 'signal'>;

/** Octets of a message that are fetched: bodies stand before attachments. */
const MOST = 128 << 10;
/** Milliseconds after which a long reading lets other work go first; it goes on at once, from where it stopped. */
const SLICE = 40_000;

const cursorShape = z.object({
  /** How far each folder is read, by the SHA-256 of its path. */
  folders: z.record(z.string(), z.object({ uidValidity: z.number(), low: z.number(), high: z.number() })),
  /** All that was there is read. */
  done: z.boolean(),
});
export type MailCursor = z.output<typeof cursorShape>;

/** How one message is read. */
export type ReadOne = Parameters<typeof readMessage>[0];

/** The messages that were not read yet, a batch at a time, each read as it arrives and kept nowhere. */
export async function* readAll<I>(
  access: MailAccess,
  before: unknown,
  read: (message: ReadOne) => Promise<I>,
): AsyncGenerator<{ items: I[]; gone: string[]; cursor: MailCursor }> {
  const folders: Record<string, Place> = cursorShape.safeParse(before).data?.folders ?? {};
  const until = Date.now() + SLICE;
  const client = await openImap(access);
  try {
    const gmail = client.capabilities.has('X-GM-EXT-1');
    const listed = (await client.list()).map(({ path, specialUse, flags }) => ({
      path,
      specialUse,
      closed: flags.has('\\Noselect') || flags.has('\\NonExistent'),
    }));
    mustStand(client);
    for (const folder of foldersToRead(listed, gmail, personalFolder)) {
      const { uidValidity, uidNext } = await client.mailboxOpen(folder.path, { readOnly: true });
      const key = sha256(folder.path).toString('hex');
      let place = folders[key];
      if (place?.uidValidity !== Number(uidValidity)) place = unread(Number(uidValidity));
      const uids = await uidsToRead(client, place, uidNext);
      for (let next = nextBatch(place, uids); next; next = nextBatch(place, uids)) {
        const items: I[] = [];
        const wanted = { uid: true, internalDate: true, labels: gmail, source: { start: 0, maxLength: MOST } };
        for await (const { source, internalDate, labels } of client.fetch(next.uids.join(','), wanted, { uid: true })) {
          if (!source) continue;
          const filedUnder = [folder.path, ...(labels ?? [])];
          const sent = folder.sent || (labels?.has('\\Sent') ?? false);
          items.push(await read({ raw: source, filedUnder, sent, receivedAt: new Date(internalDate ?? Date.now()) }));
        }
        mustStand(client);
        place = next.place;
        folders[key] = place;
        yield { items, gone: [], cursor: { folders: { ...folders }, done: false } };
        if (Date.now() > until) return;
      }
      folders[key] = { ...place, low: 1, high: Math.max(place.high, uidNext - 1) };
    }
    yield { items: [], gone: [], cursor: { folders, done: true } };
  } catch (error) {
    throw toTrouble(error, access.signal);
  } finally {
    await client.logout().catch(() => client.close());
  }
}

/** What a folder holds that was not read, in rising order; of a folder that was read to its end, only what came since. */
async function uidsToRead(client: ImapFlow, place: Place, uidNext: number): Promise<number[]> {
  const wasRead = place.low === 1 && place.high > 0;
  if (wasRead && uidNext - 1 <= place.high) return [];
  const query = wasRead ? { uid: `${place.high + 1}:*` } : { since: horizon(new Date()) };
  const found = await client.search(query, { uid: true });
  mustStand(client);
  return (found || []).toSorted((a, b) => a - b);
}

/** The addresses of a mailbox's owner, normalised. */
const ownAddresses = ({ user, addresses }: Settings): string[] =>
  [user, ...addresses].flatMap((address) => normaliseEmail(address) ?? []);

/** A mailbox of a member's, with any provider: read, never written to. */
export const imap: Connector<Settings, Secret, Outcome> = {
  kind: 'imap',
  settings: mailSettings,
  secret: mailSecret,
  // The inbox is watched; what was sent, or filed by another program, is looked for now and then.
  every: 900,
  async connect(access) {
    const client = await openImap(access);
    await client.logout().catch(() => client.close());
    return [{ id: 'mailbox', name: access.settings.user, writable: false }];
  },
  pull(access, { cursor }) {
    const options = { own: ownAddresses(access.settings), country: access.country };
    return readAll(access, cursor, (message) => readMessage(message, options));
  },
  async take({ app, tx, ...mailbox }, { items, cursor }) {
    const counts = await takeReadings(app, tx, mailbox, items);
    if ((cursor as MailCursor).done) {
      await setCaughtUp(tx, mailbox);
      if (items.length > 0) await weighSoon(app, tx, mailbox);
    }
    return counts;
  },
};
