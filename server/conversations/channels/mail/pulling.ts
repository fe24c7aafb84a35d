import type { FetchMessageObject, ImapFlow, MessageStructureObject } from 'imapflow';
import { z } from 'zod';
import { Trouble } from '../../../connectors/connector.ts';
import { mustStand, openImap, toTrouble } from '../../../connectors/imap-session.ts';
import { personalFolder } from '../../../formats/mail-facts/personal.ts';
import { sha256 } from '../../../kernel/ids.ts';
import { largestFile } from '../asking.ts';
import type { Incoming, IncomingFile } from '../channel.ts';
import { namelessFile } from '../reading.ts';
import { plainContentId, type Received, readMail } from './reading.ts';
import { type MailAccess, type MailSettings, ownAddresses } from './settings.ts';

/** Messages of a piece, and octets of each that are fetched at once: of a longer one the files are fetched by themselves. */
const batch = 50;
const wholeMost = 256 << 10;
/** Octets of a text that stands in a longer one. */
const textMost = 1 << 20;
/** Milliseconds after which a long reading lets other work go first; it goes on a minute later, from where it stopped. */
const slice = 120_000;

const cursorShape = z.object({
  /** What arrived before is not read, ever. */
  from: z.iso.datetime(),
  /** Which account it is of: in another one the same numbers are other mails. */
  of: z.string().optional(),
  /** How far each folder is read, by its path. */
  folders: z.record(z.string(), z.object({ uidValidity: z.number(), uid: z.number() })),
});
type Cursor = z.output<typeof cursorShape>;

/** Where a file of a long message lies. */
const placeOfFile = z.object({ path: z.string(), uidValidity: z.number(), uid: z.number(), part: z.string() });

export const imapOf = ({ settings, secret: { user, password }, guarded, signal }: MailAccess) => ({
  ...{ settings: { ...settings.imap, user }, secret: { password } },
  ...{ guarded, signal },
});

interface Folder {
  path: string;
  sent: boolean;
}

/** The folders that are read: what comes in, then what was sent. @throws Trouble place_gone */
export async function findFolders(client: ImapFlow, { folders }: Pick<MailSettings, 'folders'>): Promise<Folder[]> {
  const listed = await client.list();
  mustStand(client);
  const inbox = listed.find(({ path }) => path === folders.inbox || path.toUpperCase() === folders.inbox.toUpperCase());
  const sent = listed.find(({ path, specialUse }) =>
    folders.sent === '' ? specialUse === '\\Sent' : path === folders.sent,
  );
  if (!inbox || (folders.sent !== '' && !sent)) throw new Trouble('place_gone');
  return [{ path: inbox.path, sent: false }, ...(sent ? [{ path: sent.path, sent: true }] : [])];
}

/** Where reading goes on; from the beginning where the channel is of another account now. @param first what arrived before is not read */
export function goOnFrom(before: unknown, { host, user }: { host: string; user: string }, first: string): Cursor {
  const of = sha256(`${host.toLowerCase()} ${user}`).toString('base64url').slice(0, 16);
  const known = cursorShape.safeParse(before).data ?? { from: first, folders: {} };
  return known.of === undefined || known.of === of ? { ...known, of } : { from: known.from, of, folders: {} };
}

/** What lies in the mailbox and was not read yet, in pieces, each with how far it is read then. */
export async function* pull(
  access: MailAccess,
  before: unknown,
): AsyncGenerator<{ incoming: readonly Incoming[]; cursor: Cursor }> {
  const first = new Date(Date.now() - access.settings.days * 86_400_000).toISOString();
  const cursor = goOnFrom(before, { host: access.settings.imap.host, user: access.secret.user }, first);
  const until = Date.now() + slice;
  const client = await openImap(imapOf(access));
  try {
    for (const folder of await findFolders(client, access.settings)) {
      if (access.personal && personalFolder(folder.path)) continue;
      for await (const piece of readFolder(client, folder, cursor, access)) {
        cursor.folders[folder.path] = piece.place;
        yield { incoming: piece.incoming, cursor: structuredClone(cursor) };
        if (Date.now() > until) return;
      }
    }
  } catch (error) {
    throw toTrouble(error, access.signal);
  } finally {
    await client.logout().catch(() => client.close());
  }
}

type Place = Cursor['folders'][string];

async function* readFolder(
  client: ImapFlow,
  { path, sent }: Folder,
  { from, folders }: Cursor,
  { settings, personal = false }: MailAccess,
): AsyncGenerator<{ incoming: Incoming[]; place: Place }> {
  const opened = await client.mailboxOpen(path, { readOnly: true });
  const uidValidity = Number(opened.uidValidity);
  const known = folders[path];
  // Where the UIDs are others by now (RFC 3501, 2.3.1.1) all is read again; what stands here already is known by its Message-ID.
  const read = known?.uidValidity === uidValidity ? known.uid : 0;
  const query = read > 0 ? { uid: `${read + 1}:*` } : { since: new Date(from) };
  const found = (await client.search(query, { uid: true })) || [];
  mustStand(client);
  const uids = found.filter((uid) => uid > read).sort((a, b) => a - b);
  const options = { own: ownAddresses(settings), personal };
  for (let at = 0; at < uids.length; at += batch) {
    const wanted = uids.slice(at, at + batch);
    const incoming: Incoming[] = [];
    for (const received of await fetchAll(client, path, uidValidity, wanted, sent))
      incoming.push(...(await readMail(received, options)));
    yield { incoming, place: { uidValidity, uid: wanted.at(-1)! } };
  }
  yield { incoming: [], place: { uidValidity, uid: Math.max(read, uids.at(-1) ?? 0, opened.uidNext - 1) } };
}

async function fetchAll(
  client: ImapFlow,
  path: string,
  uidValidity: number,
  uids: readonly number[],
  sent: boolean,
): Promise<Received[]> {
  const fields = { uid: true, internalDate: true, size: true, bodyStructure: true };
  const wanted = { ...fields, source: { start: 0, maxLength: wholeMost } };
  const fetched = await client.fetchAll(uids.join(','), wanted, { uid: true });
  mustStand(client);
  const all: Received[] = [];
  for (const message of fetched) {
    const { source, internalDate, size = 0 } = message;
    if (!source) continue;
    const receivedAt = new Date(internalDate ?? Date.now());
    const beyond = size > source.length ? { beyond: await fetchBeyond(client, path, uidValidity, message) } : {};
    all.push({ raw: source, sent, receivedAt, ...beyond });
  }
  return all;
}

/** Every part that holds something itself. */
const leavesOf = (part: MessageStructureObject): MessageStructureObject[] =>
  part.childNodes && !part.type.startsWith('message/') ? part.childNodes.flatMap(leavesOf) : [part];

const isText = ({ type, disposition, dispositionParameters }: MessageStructureObject): boolean =>
  /^text\/(?:plain|html)$/i.test(type) && disposition !== 'attachment' && !dispositionParameters?.filename;

/** The texts of a long message, wherever they stand in it, and where its files are. */
async function fetchBeyond(
  client: ImapFlow,
  path: string,
  uidValidity: number,
  { uid, bodyStructure }: FetchMessageObject,
): Promise<NonNullable<Received['beyond']>> {
  const leaves = bodyStructure ? leavesOf(bodyStructure) : [];
  const texts = { plain: '', html: '' };
  for (const leaf of leaves.filter(isText).slice(0, 20)) {
    const octets = await download(client, uid, leaf.part ?? '1', textMost);
    texts[/html$/i.test(leaf.type) ? 'html' : 'plain'] += `${octets?.toString('utf8') ?? ''}\n`;
  }
  const files = leaves
    .filter((leaf) => !isText(leaf))
    .map((leaf): IncomingFile => {
      const name = leaf.dispositionParameters?.filename ?? leaf.parameters?.name;
      return {
        name: name || namelessFile('file', leaf.type),
        mediaType: leaf.type,
        content: { id: JSON.stringify({ path, uidValidity, uid, part: leaf.part ?? '1' }) },
        size: Math.floor((leaf.size ?? 0) * (/^base64$/i.test(leaf.encoding ?? '') ? 57 / 78 : 1)),
        ...(leaf.id && { contentId: plainContentId(leaf.id) }),
      };
    });
  return { text: texts.plain.trim(), html: texts.html.trim(), files };
}

/** A part of a message, decoded; text in UTF-8. Undefined where it is there no more. */
async function download(client: ImapFlow, uid: number, part: string, most: number): Promise<Buffer | undefined> {
  const { content } = await client.download(String(uid), part, { uid: true, maxBytes: most });
  if (!content) return undefined;
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(piece as Buffer);
  mustStand(client);
  return Buffer.concat(pieces);
}

/** Fetches a file of a long message. What the server cannot do now, it can later: then it is busy. @throws Trouble */
export async function fetchFile(access: MailAccess, { content }: IncomingFile): Promise<Uint8Array> {
  const { path, uidValidity, uid, part } = placeOfFile.parse(JSON.parse((content as { id: string }).id));
  try {
    const client = await openImap(imapOf(access));
    try {
      const opened = await client.mailboxOpen(path, { readOnly: true });
      if (Number(opened.uidValidity) !== uidValidity) throw new Trouble('place_gone');
      const octets = await download(client, uid, part, 2 * largestFile);
      if (!octets) throw new Trouble('place_gone');
      return octets;
    } finally {
      await client.logout().catch(() => client.close());
    }
  } catch (error) {
    const trouble = toTrouble(error, access.signal);
    throw trouble instanceof Trouble && /^(?:unreachable|timeout)$/.test(trouble.code) ? new Trouble('busy') : trouble;
  }
}
