import { findOctetsOf, Paper, readLetterhead, toLetter, UnwritableSign } from '../content/index.ts';
import { postalOrder } from '../formats/normalise/postal.ts';
import { getMember } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import type { WriteContents } from '../outreach/content-port.ts';
import type { Reason } from '../outreach/contract.ts';
import { findPostalPlaces } from '../outreach/people.ts';
import { takeBackOf } from '../outreach/planning.ts';
import { type AskedLetters, askToMake, callBackLetters, type ReadyLetter, settleMade } from '../outreach/posting.ts';
import { findLetters, putBack } from '../outreach/queries.ts';
import { lockPlanned } from '../plan/index.ts';
import { withdrawTask } from '../tasks/giving.ts';
import * as queries from './queries.ts';

// Letters are cut into batches in the order of the post, and each batch is made as one file, which whoever they go in the name of prints and posts.

/** Letters of one file at most: what two hands fold in a day, and what fits in memory with room to spare. */
const mostLetters = 500;
/** Octets of one piece of a file, before it is sealed. */
const pieceSize = 2 ** 20;

/** Contact points whose addresses are read together. */
const atOnce = 1000;

/** Letters that wait and are in no batch, in the order of the post: by country, postcode, town. As their sender. */
export async function sortUncut(tx: Tx, pile: queries.Pile): Promise<string[]> {
  const sender = { workspaceId: pile.workspaceId, memberId: pile.senderId };
  const waiting = await queries.listUncut(tx, pile);
  const home = (await getMember(tx, sender))?.country ?? 'FR';
  const orders = new Map<string, string>();
  for (let from = 0; from < waiting.length; from += atOnce) {
    const ids = waiting.slice(from, from + atOnce).map(({ pointId }) => pointId);
    for (const [id, { address }] of await findPostalPlaces(tx, sender, ids)) orders.set(id, postalOrder(address, home));
  }
  // Whose address is gone comes last: the gate says so when it is made.
  const orderOf = (pointId: string) => orders.get(pointId) ?? '9';
  return waiting
    .sort((a, b) => (orderOf(a.pointId) < orderOf(b.pointId) ? -1 : orderOf(a.pointId) > orderOf(b.pointId) ? 1 : 0))
    .map(({ messageId }) => messageId);
}

/**
 * Cuts batches of letters and has them made. As their sender, or the keeper; whoever calls has locked what they are cut from (the pile, or the campaign), so
 * that of two at once one finds them cut.
 */
export async function cut(
  app: Pick<App, 'enqueue'>,
  tx: Tx,
  pile: queries.Pile,
  messageIds: readonly string[],
): Promise<void> {
  for (let from = 0; from < messageIds.length; from += mostLetters) {
    const batchId = await queries.addBatch(tx, pile, messageIds.slice(from, from + mostLetters));
    await queueMaking(app, tx, pile.workspaceId, batchId);
  }
}

const queueMaking = (app: Pick<App, 'enqueue'>, tx: Tx, workspaceId: string, batchId: string): Promise<string> =>
  app.enqueue(tx, {
    ...{ workspaceId, task: 'letters.makeBatch', payload: { batchId } },
    queue: `letters ${workspaceId}`,
  });

interface Making {
  app: App;
  writeContents: WriteContents;
  workspaceId: string;
  batch: queries.BatchRow;
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
  const batch = await app.db.asSystem('keeper', (tx) => queries.findBatch(tx, workspaceId, batchId));
  if (batch?.state !== 'making') return;
  const making = { app, writeContents, workspaceId, batch };
  const asked = await ask(making);
  const { file, letters, pages, refused } = await print(making, asked);
  const ready = asked.ready.filter(({ messageId }) => letters.some((one) => one.messageId === messageId));
  await app.db.asSystem('keeper', async (tx) => {
    const now = await queries.findBatch(tx, workspaceId, batchId, true);
    if (now?.state !== 'making') return;
    const sender = { workspaceId, memberId: batch.sender_id };
    const settled = await settleMade({ app, tx, actor: sender }, { ready, refused: [...asked.refused, ...refused] });
    // Somebody took one back meanwhile: it is made anew, without it.
    if (!settled) throw new Error('A letter of the batch waits no more.');
    const pieces = letters.length === 0 ? [] : sealed(app, file);
    await queries.setMade(tx, workspaceId, now, { letters, pages, pieces });
  });
}

const isGone = (error: unknown): boolean => error instanceof AppError && error.code === 'unauthenticated';

/** What the gate says, as the sender: of one who is gone, no. */
async function ask({ app, writeContents, workspaceId, batch }: Making) {
  const actor = { workspaceId, memberId: batch.sender_id };
  const rows = await app.db.asSystem('keeper', (tx) => queries.listLetters(tx, workspaceId, batch.batch_id));
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
 * A batch that was not posted is made anew: its letters wait again, and the gate is asked again. As the keeper.
 * @returns whether it was there to be made anew
 */
export async function unmakeBatch(
  app: Pick<App, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  batchId: string,
): Promise<boolean> {
  const batch = await queries.findBatch(tx, workspaceId, batchId, true);
  if (batch?.state !== 'ready') return false;
  const letters = await queries.listLetters(tx, workspaceId, batchId);
  await putBack(
    tx,
    workspaceId,
    letters.map(({ message_id }) => message_id),
  );
  await queries.unmake(tx, workspaceId, batchId);
  await queueMaking(app, tx, workspaceId, batchId);
  return true;
}

/** The letters of a batch that waits to be posted will not be: they give back what they took, and its file goes. As the keeper. @returns how many; null: it waits no more */
export async function callBackBatch(tx: Tx, workspaceId: string, batchId: string): Promise<number | null> {
  const batch = await queries.findBatch(tx, workspaceId, batchId, true);
  if (batch?.state !== 'ready') return null;
  const letters = await queries.listLetters(tx, workspaceId, batchId);
  const ids = await callBackLetters(
    tx,
    workspaceId,
    letters.map(({ message_id }) => message_id),
  );
  await queries.endBatch(tx, workspaceId, batchId, 'called_back', batch.letters);
  return ids.length;
}

/** All letters of a campaign or scenario that are made and not posted. As the keeper. */
export async function callBackAll(tx: Tx, workspaceId: string, campaignId: string): Promise<void> {
  // One that is being made is waited for.
  for (const { batch_id, state } of await queries.listBatches(tx, workspaceId, campaignId))
    if (state === 'making' || state === 'ready') await callBackBatch(tx, workspaceId, batch_id);
  await tidyPiles(tx, workspaceId, campaignId);
}

/**
 * Single letters that are made and not posted: whoever posts their batch is told to take them out; a batch of which nothing is left is called back. As the
 * keeper.
 */
export async function callBackSome(
  tx: Tx,
  { workspaceId, campaignId }: Omit<queries.Pile, 'senderId'>,
  messageIds: readonly string[],
): Promise<void> {
  // Whoever makes or posts a batch holds it: they are waited for, and what is posted is not called back any more.
  const batchIds = await queries.listBatchesOf(tx, workspaceId, messageIds);
  for (const batchId of batchIds) await queries.findBatch(tx, workspaceId, batchId, true);
  await callBackLetters(tx, workspaceId, messageIds);
  for (const batchId of batchIds)
    if (!(await queries.hasMade(tx, workspaceId, batchId))) await callBackBatch(tx, workspaceId, batchId);
  await tidyPiles(tx, workspaceId, campaignId);
}

/** Nobody is asked any more to have made what is gone. */
async function tidyPiles(tx: Tx, workspaceId: string, campaignId: string): Promise<void> {
  for (const pile of await queries.listPiles(tx, workspaceId, campaignId))
    if ((await queries.listUncut(tx, pile)).length === 0) await endPile(tx, pile, 'gone');
}

async function endPile(tx: Tx, pile: queries.Pile, why: 'done' | 'gone'): Promise<boolean> {
  const taskId = await queries.takePile(tx, pile);
  if (taskId === undefined) return false;
  await withdrawTask({ tx, actor: { workspaceId: pile.workspaceId, memberId: pile.senderId } }, taskId, why);
  return true;
}

/** The letters that were laid on a pile are cut and made. As their sender. @returns how many; null: there is no pile */
export async function makePile(app: Pick<App, 'enqueue'>, tx: Tx, pile: queries.Pile): Promise<number | null> {
  // First: whoever lays a letter on it meanwhile is waited for.
  if (!(await endPile(tx, pile, 'done'))) return null;
  // Batches are numbered: two who write in the name of one scenario number one after the other.
  await lockPlanned(tx, { workspaceId: pile.workspaceId, memberId: pile.senderId }, pile.campaignId);
  const ids = await sortUncut(tx, pile);
  await cut(app, tx, pile, ids);
  return ids.length;
}

/** Batches that nobody has posted for a month, and piles that nobody has had made, are called back: files with addresses are not kept for good. */
export async function callBackOverdue(app: App): Promise<void> {
  const { batches, piles } = await app.db.asSystem('keeper', async (tx) => ({
    batches: await queries.listOverdue(tx),
    piles: await queries.listOldPiles(tx),
  }));
  // One that fails is looked at again tomorrow, and does not keep the others' addresses here.
  const each = (work: (tx: Tx) => Promise<void>) =>
    app.db.asSystem('keeper', work).catch((error: unknown) => {
      app.log.error('letters were not called back', { error });
    });
  for (const { workspace_id: workspaceId, batch_id } of batches)
    await each(async (tx) => {
      if ((await callBackBatch(tx, workspaceId, batch_id)) === null) return;
      const batch = (await queries.findBatch(tx, workspaceId, batch_id))!;
      await queueFollowing(app, tx, workspaceId, batch.campaign_id);
    });
  for (const pile of piles)
    await each(async (tx) => {
      // First: whoever lays a letter on it meanwhile is waited for, and lays the next one on another.
      if (!(await endPile(tx, pile, 'gone'))) return;
      const ids = (await queries.listUncut(tx, pile)).map(({ messageId }) => messageId);
      await takeBackOf(tx, pile.workspaceId, pile.campaignId, ids.length, ids);
    });
}

/** A campaign whose batch is posted or called back goes on; a scenario waits for none. @returns the cause, which one may run at once */
export const queueFollowing = (
  app: Pick<App, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  delaySeconds = 0,
): Promise<string> =>
  app.enqueue(tx, { workspaceId, task: 'campaigns.followLetters', payload: { campaignId }, delaySeconds });
