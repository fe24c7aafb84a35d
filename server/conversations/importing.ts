import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { arrived } from './arriving.ts';
import { type Incoming, type IncomingMessage, Unreadable } from './channels/channel.ts';
import { readReviews } from './channels/reviews/index.ts';
import { readZendesk } from './channels/tickets/zendesk.ts';
import { readWhatsappExport } from './channels/whatsapp/export.ts';
import { findWorking, noteHeard, type WorkingChannel } from './channels.ts';
import * as imports from './imports.ts';
import type { ImportedFile, ImportPreview } from './imports-contract.ts';
import { excerptOf, inOrder } from './rules.ts';

/** What is read out of files. */
interface Read {
  incoming: Incoming[];
  ignored: number;
  problems: ImportPreview['problems'];
}

/** Problems that are told with their rows; of more their number. */
const mostTold = 50;
/** Messages of one transaction. */
const together = 200;

/** A chat is the same however its file is called when it is downloaded again: "WhatsApp Chat with Léa (1).txt". */
const chatOf = (fileName: string): string =>
  fileName
    .replace(/\.[^.]*$/, '')
    .replace(/\s*\(\d+\)$/, '')
    .trim();

/** Reads files as what they are said to be. @throws AppError unreadable_file */
export async function readFiles(
  row: Pick<imports.ImportRow, 'kind' | 'file_name'>,
  files: ReadonlyMap<string, Buffer>,
  { source = 'review', own = '' }: { source?: string; own?: string },
): Promise<Read> {
  const main = files.get('main') ?? Buffer.alloc(0);
  try {
    switch (row.kind) {
      case 'reviews':
        return { ignored: 0, ...(await readReviews(main, { source, fileName: row.file_name, now: new Date() })) };
      case 'whatsapp':
        return { problems: [], ...readWhatsappExport(main, { own, chat: chatOf(row.file_name) }) };
      case 'zendesk': {
        const beside = { comments: files.get('comments'), users: files.get('users') };
        const given = Object.fromEntries(Object.entries(beside).filter(([, octets]) => octets));
        return { problems: [], ...(await readZendesk({ tickets: main, ...given })) };
      }
    }
  } catch (error) {
    if (error instanceof Unreadable) throw new AppError('unreadable_file');
    throw error;
  }
}

const messagesOf = ({ incoming }: Read): IncomingMessage[] =>
  incoming.flatMap((one) => (one.kind === 'message' ? [one.message] : []));

/** What is understood of files, in figures and a few samples. */
export function previewOf(row: Pick<imports.ImportRow, 'kind'>, read: Read): ImportPreview {
  const messages = messagesOf(read);
  const times = messages.map(({ at }) => at.getTime());
  const theirs = messages.filter(({ direction }) => direction === 'in');
  const nameOf = ({ correspondent }: IncomingMessage) => correspondent.name;
  const bound = (pick: (a: number, b: number) => number) =>
    times.length === 0 ? null : new Date(times.reduce((a, b) => pick(a, b))).toISOString();
  return {
    messages: messages.length,
    theirs: theirs.length,
    ours: messages.length - theirs.length,
    people: new Set(messages.map(({ correspondent: { point } }) => `${point.channel} ${point.address}`)).size,
    from: bound(Math.min),
    to: bound(Math.max),
    ignored: read.ignored,
    problems: read.problems.slice(0, mostTold),
    problemCount: read.problems.length,
    speakers: row.kind === 'whatsapp' ? [...new Set(theirs.map(nameOf))].slice(0, 50) : [],
    samples: messages.slice(0, 5).map((message) => ({
      name: nameOf(message),
      direction: message.direction,
      at: message.at.toISOString(),
      text: excerptOf(message.text || message.subject || ''),
      rating: message.rating ?? null,
    })),
  };
}

/** What is brought in now, and whereto. */
interface InHand {
  row: imports.ImportRow;
  channel: WorkingChannel;
  files: ReadonlyMap<string, Buffer>;
  tried: number;
}

/** As often as the worker tries a job. */
const mostTries = 5;

/**
 * Brings in what files say, piece by piece, the earliest first. Interrupted, it begins anew, and what stands there stays: messages are known by
 * their ids. What cannot be read, or comes to no end however often it is tried, has failed; what came until then can be taken out.
 */
export async function runImport(app: App, workspaceId: string, importId: string, signal: AbortSignal): Promise<void> {
  const inHand = await app.db.asSystem('keeper', (tx) => take(tx, workspaceId, importId));
  if (!inHand) return;
  try {
    await bringIn(app, workspaceId, inHand, signal);
  } catch (error) {
    const unreadable = error instanceof AppError && error.code === 'unreadable_file';
    if (!unreadable && (signal.aborted || inHand.tried < mostTries)) throw error;
    if (!unreadable) app.log.error('import given up', { error });
    await app.db.asSystem('keeper', (tx) => giveUp(tx, workspaceId, importId));
  }
}

/** @returns null for one that does not wait, has no channel any more, or ended the process each time */
async function take(tx: Tx, workspaceId: string, importId: string): Promise<InHand | null> {
  const tried = await imports.noteTry(tx, workspaceId, importId);
  if (tried === undefined) return null;
  const row = (await imports.findImport(tx, workspaceId, importId))!;
  const channel = row.channel_id && (await findWorking(tx, workspaceId, row.channel_id));
  if (channel && tried <= mostTries)
    return { row, channel, files: await imports.readParts(tx, workspaceId, importId), tried };
  await giveUp(tx, workspaceId, importId);
  return null;
}

/** What came stands there, to be taken out. */
async function giveUp(tx: Tx, workspaceId: string, importId: string): Promise<void> {
  const kept = await imports.countTagged(tx, workspaceId, importId);
  const report: NonNullable<ImportedFile['report']> = { kept, known: 0, ignored: 0, problems: [], problemCount: 0 };
  await imports.settleImport(tx, workspaceId, importId, 'failed', kept > 0 ? report : null);
}

async function bringIn(
  app: App,
  workspaceId: string,
  { row, channel, files }: InHand,
  signal: AbortSignal,
): Promise<void> {
  const importId = row.import_id;
  const read = await readFiles(row, files, row.options);
  const ordered = inOrder(read.incoming);
  for (let at = 0; at < ordered.length; at += together) {
    signal.throwIfAborted();
    await app.db.asSystem('keeper', async (tx) => {
      const { messages } = await arrived(app, tx, channel, ordered.slice(at, at + together), { told: false });
      await imports.tagMessages(tx, workspaceId, importId, messages);
    });
  }
  await app.db.asSystem('keeper', async (tx) => {
    await imports.closeOld(tx, workspaceId, importId);
    const kept = await imports.countTagged(tx, workspaceId, importId);
    const { ignored, problems } = read;
    const report: NonNullable<ImportedFile['report']> = {
      ...{ kept, known: messagesOf(read).length - kept, ignored },
      ...{ problems: problems.slice(0, mostTold), problemCount: problems.length },
    };
    await imports.settleImport(tx, workspaceId, importId, 'done', report);
    await noteHeard(tx, workspaceId, channel.channel_id);
  });
}
