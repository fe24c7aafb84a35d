import { findOctetsOf, Paper, readLetterhead, toLetter, UnwritableSign } from '../content/index.ts';
import { postalOrder } from '../formats/normalise/postal.ts';
import { getMember } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import type { WriteContents } from '../outreach/content-port.ts';
import type { Reason } from '../outreach/contract.ts';
import { findPostalPlaces } from '../outreach/people.ts';
import { type AskedLetters, askToMake, callBackLetters, type ReadyLetter, settleMade } from '../outreach/posting.ts';
import { findLetters } from '../outreach/queries.ts';
import * as batches from './batches.ts';

// A campaign by letter: its letters are cut into batches in the order of the post, and each batch is made as one file, which its sender prints and posts.

/** Letters of one file at most: what two hands fold in a day, and what fits in memory with room to spare. */
const mostLetters = 500;
/** Octets of one piece of a file, before it is sealed. */
const pieceSize = 2 ** 20;

/** Contact points whose addresses are read together. */
const atOnce = 1000;

/** Letters that wait and are in no batch, in the order of the post: by country, postcode, town. In transactions of their sender. */
export async function sortUncut(app: App, sender: Actor, campaignId: string): Promise<string[]> {
  return app.db.asActor(sender, async (tx) => {
    const waiting = await batches.listUncut(tx, sender.workspaceId, campaignId);
    const home = (await getMember(tx, sender))?.country ?? 'FR';
    const orders = new Map<string, string>();
    for (let from = 0; from < waiting.length; from += atOnce) {
      const ids = waiting.slice(from, from + atOnce).map(({ pointId }) => pointId);
      for (const [id, { address }] of await findPostalPlaces(tx, sender, ids))
        orders.set(id, postalOrder(address, home));
    }
    // Whose address is gone comes last: the gate says so when it is made.
    const orderOf = (pointId: string) => orders.get(pointId) ?? '9';
    return waiting
      .sort((a, b) => (orderOf(a.pointId) < orderOf(b.pointId) ? -1 : orderOf(a.pointId) > orderOf(b.pointId) ? 1 : 0))
      .map(({ messageId }) => messageId);
  });
}

/** Cuts batches of letters and has them made. As the keeper, in the turn of the campaign: of two at once, one finds them cut. */
export async function cut(
  app: Pick<App, 'enqueue'>,
  tx: Tx,
  of: { workspaceId: string; campaignId: string; senderId: string },
  messageIds: readonly string[],
): Promise<void> {
  for (let from = 0; from < messageIds.length; from += mostLetters) {
    const batchId = await batches.addBatch(tx, of.workspaceId, of, messageIds.slice(from, from + mostLetters));
    await app.enqueue(tx, {
      ...{ workspaceId: of.workspaceId, task: 'campaigns.makeBatch', payload: { batchId } },
      queue: `letters ${of.workspaceId}`,
    });
  }
}

interface Making {
  app: App;
  writeContents: WriteContents;
  workspaceId: string;
  batch: batches.BatchRow;
}

/**
 * Makes the file of a batch: the gate is asked as its sender, what it lets through is written on pages, and all that changes is committed at once with the
 * file. Whatever breaks off before has changed nothing, and the next one begins again; what is made is not made again.
 */
export async function makeBatch(
  app: App,
  writeContents: WriteContents,
  workspaceId: string,
  batchId: string,
): Promise<void> {
  const batch = await app.db.asSystem('keeper', (tx) => batches.findBatch(tx, workspaceId, batchId));
  if (batch?.state !== 'making') return;
  const making = { app, writeContents, workspaceId, batch };
  const asked = await ask(making);
  const { file, letters, pages, refused } = await print(making, asked);
  const ready = asked.ready.filter(({ messageId }) => letters.some((one) => one.messageId === messageId));
  await app.db.asSystem('keeper', async (tx) => {
    const now = await batches.findBatch(tx, workspaceId, batchId, true);
    if (now?.state !== 'making') return;
    const sender = { workspaceId, memberId: batch.sender_id };
    const settled = await settleMade({ app, tx, actor: sender }, { ready, refused: [...asked.refused, ...refused] });
    // Somebody took one back meanwhile: it is made anew, without it.
    if (!settled) throw new Error('A letter of the batch waits no more.');
    const pieces = letters.length === 0 ? [] : sealed(app, file);
    await batches.setMade(tx, workspaceId, now, { letters, pages, pieces });
  });
}

const isGone = (error: unknown): boolean => error instanceof AppError && error.code === 'unauthenticated';

/** What the gate says, as the sender: of one who is gone, no. */
async function ask({ app, writeContents, workspaceId, batch }: Making) {
  const actor = { workspaceId, memberId: batch.sender_id };
  const rows = await app.db.asSystem('keeper', (tx) => batches.listLetters(tx, workspaceId, batch.batch_id));
  const ids = rows.map(({ message_id }) => message_id);
  try {
    return await app.db.asActor(actor, async (tx) => ({
      ...(await askToMake({ app, writeContents, tx, actor }, ids)),
      head: await readLetterhead(tx, workspaceId),
      member: (await getMember(tx, actor))!,
    }));
  } catch (error) {
    if (!isGone(error)) throw error;
    const waiting = await app.db.asSystem('keeper', (tx) => findLetters(tx, workspaceId, ids, 'queued'));
    const reasons: Reason[] = ['author_gone'];
    const head = { lines: [], place: '' };
    return { ready: [], refused: waiting.map((message) => ({ message, reasons })), head, member: null };
  }
}

type Answered = Awaited<ReturnType<typeof ask>>;

const imagesOf = (ready: readonly ReadyLetter[]): string[] => [
  ...new Set(
    ready.flatMap(({ words }) => (words.sheet ?? []).flatMap((one) => (one.kind === 'image' ? [one.imageId] : []))),
  ),
];

/** The pages of all letters that have them; the others are refused, with the reason. */
async function print({ app, workspaceId, batch }: Making, { ready, head, member }: Answered) {
  const letters: { messageId: string; firstPage: number; pages: number }[] = [];
  const refused: AskedLetters['refused'] = [];
  const company = member?.workspace ?? '';
  const images = await app.db.asSystem('keeper', (tx) => findOctetsOf(tx, workspaceId, imagesOf(ready)));
  const language = ready[0]?.words.locale ?? 'fr';
  const paper = new Paper(`${company} ${batch.no}`, language, { company, ...head }, images);
  const from = { workspace: company, country: member?.country ?? 'FR', date: new Date() };
  for (const { messageId, words, to, purpose, url, free } of ready) {
    const said = { subject: words.subject, sheet: words.sheet ?? [], locale: words.locale, purpose, url };
    const letter = toLetter(to, said, from);
    const made = letter ? await paper.add(letter).catch(orUnwritable) : null;
    if (made) letters.push({ messageId, ...made });
    else refused.push({ message: free.message, reasons: [letter ? 'unwritable' : 'bad_address'] });
  }
  const { pages } = paper;
  return { file: letters.length === 0 ? Buffer.alloc(0) : await paper.end(), letters, pages, refused };
}

function orUnwritable(error: unknown): null {
  if (error instanceof UnwritableSign) return null;
  throw error;
}

/** A file in pieces, each sealed with the master key: a backup alone opens none. */
function sealed({ secrets }: Pick<App, 'secrets'>, file: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0; from < file.length; from += pieceSize)
    pieces.push(secrets.encrypt(file.subarray(from, from + pieceSize).toString('base64')));
  return pieces;
}

/** A piece of a file, as it was before it was sealed. */
export const opened = ({ secrets }: Pick<App, 'secrets'>, piece: Buffer): Buffer =>
  Buffer.from(secrets.decrypt(piece), 'base64');

/**
 * The letters of a batch that waits to be posted will not be: they give back what they took, their file goes, and who they were to is written to no more by
 * this campaign. As the keeper. @returns how many
 */
export async function callBackBatch(tx: Tx, workspaceId: string, batchId: string): Promise<number | null> {
  const batch = await batches.findBatch(tx, workspaceId, batchId, true);
  if (batch?.state !== 'ready') return null;
  const letters = await batches.listLetters(tx, workspaceId, batchId);
  const ids = await callBackLetters(
    tx,
    workspaceId,
    letters.map(({ message_id }) => message_id),
  );
  await batches.stopRecipients(tx, workspaceId, batch.campaign_id, ids);
  await batches.endBatch(tx, workspaceId, batchId, 'called_back', batch.letters);
  return ids.length;
}

/** All of a campaign that is stopped. As the keeper. */
export async function callBackAll(tx: Tx, workspaceId: string, campaignId: string): Promise<void> {
  for (const { batch_id, state } of await batches.listBatches(tx, workspaceId, campaignId))
    if (state === 'ready') await callBackBatch(tx, workspaceId, batch_id);
}

/** Batches that nobody has posted for a month are called back. */
export async function callBackOverdue(app: App): Promise<void> {
  for (const { workspace_id, batch_id } of await app.db.asSystem('keeper', batches.listOverdue))
    await app.db.asSystem('keeper', (tx) => callBackBatch(tx, workspace_id, batch_id));
}
