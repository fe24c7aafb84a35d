import type { z } from 'zod';
import { contactPointId, type PreparedCard } from '../cards/writing.ts';
import { type Recognised, UnreadableFile } from '../formats/contact.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import type { previewRow } from './contract.ts';
import { dropPieces } from './files.ts';
import { findKnown, findNaming, findOwnPoints } from './known.ts';
import { findImport, type ImportRow, listFilledBooks, listSources, setImport } from './queries.ts';
import { inBatches, kindOf, openContacts, prepareAll, readAhead } from './reading.ts';
import { distinct, sharesIdentity, summarise } from './rules.ts';
import { findWritable } from './values.ts';

type PreviewRow = z.output<typeof previewRow>;

const previewed = 20;
const batchSize = 1000;

/**
 * A source of mine that this file looks like a newer state of: of the same layout, with at least a third of the keys known, most
 * of which still name whom they named. Two files that number their rows from 1 have all keys in common, and nobody.
 */
async function suggestSource(
  tx: Tx,
  row: ImportRow,
  kind: string,
  cards: readonly PreparedCard[],
): Promise<string | null> {
  const sources = await listSources(tx, { workspaceId: row.workspace_id, memberId: row.member_id });
  const keys = cards.map((card) => card.sourceKey);
  for (const source of sources) {
    if (source.kind !== kind) continue;
    const known = await findKnown(tx, row.workspace_id, source.source_id, keys);
    if (known.size * 3 >= keys.length && (await nameTheSame(tx, row.workspace_id, known, cards)))
      return source.source_id;
  }
  return null;
}

const compared = 200;

/** Whether at least half of the cards that are known by their key have the name, or an address, that they had. */
async function nameTheSame(
  tx: Tx,
  workspaceId: string,
  known: Awaited<ReturnType<typeof findKnown>>,
  cards: readonly PreparedCard[],
): Promise<boolean> {
  const met = cards.filter((card) => known.has(card.sourceKey)).slice(0, compared);
  const idOf = (card: PreparedCard) => known.get(card.sourceKey)!.card_id;
  const fields = await findNaming(tx, workspaceId, met.map(idOf));
  const same = met.filter((card) => sharesIdentity(fields.get(idOf(card)) ?? [], card.fields));
  return same.length * 2 >= met.length;
}

interface Counts {
  contacts: number;
  new: number;
  known: number;
  changed: number;
  doubtful: number;
  identical: number;
}

async function judge(
  app: App,
  tx: Tx,
  row: ImportRow,
  sourceId: string | null,
  bookNos: number[],
  cards: PreparedCard[],
): Promise<PreviewRow['status'][]> {
  const known = sourceId
    ? await findKnown(
        tx,
        row.workspace_id,
        sourceId,
        cards.map((card) => card.sourceKey),
      )
    : new Map();
  // A first import meets nothing: no look-up, and no address made to an id.
  const points = (bookNos.length > 0 ? cards : []).map((card) =>
    card.fields.flatMap((field) =>
      field.contactPoint ? [contactPointId(app.secrets, row.workspace_id, field.contactPoint)] : [],
    ),
  );
  const own = points.length > 0 ? await findOwnPoints(tx, row.workspace_id, bookNos, points.flat()) : new Set();
  return cards.map((card, index) => {
    const here = known.get(card.sourceKey);
    if (here) return here.content_hash.equals(card.contentHash) ? 'known' : 'changed';
    return points[index]?.some((id) => own.has(id)) ? 'doubtful' : 'new';
  });
}

/** Reads the whole file once, without writing a card: what it is, what is new, known, changed or doubtful. */
export async function analyseImport(
  app: App,
  workspaceId: string,
  importId: string,
  signal: AbortSignal,
): Promise<void> {
  const inTx = <T>(work: (tx: Tx) => Promise<T>) => app.db.asSystem('keeper', work);
  const row = await inTx((tx) => findImport(tx, workspaceId, importId));
  if (row?.state !== 'analysing') return;
  let recognised: Recognised | undefined;
  const counts: Counts = { contacts: 0, new: 0, known: 0, changed: 0, doubtful: 0, identical: 0 };
  const rows: PreviewRow[] = [];
  const met = new Map<string, string>();
  let read = 0;
  let sourceId = row.source_id;
  const settle = (tx: Tx, changes: Record<string, unknown>) =>
    setImport(tx, workspaceId, importId, changes, 'analysing');
  try {
    const bookNos = await inTx((tx) => listFilledBooks(tx, { workspaceId, memberId: row.member_id }));
    const writable = await findWritable(app, { workspaceId, memberId: row.member_id });
    const contacts = openContacts(app, row, (found) => {
      recognised = found;
    });
    for await (const batch of readAhead(inBatches(prepareAll(contacts, writable), batchSize))) {
      if (signal.aborted) throw new Error('aborted');
      const cards = distinct(
        met,
        batch.map(({ card, contact }) => ({ ...card, warnings: contact.warnings })),
      );
      const proceed = await inTx(async (tx) => {
        if (read === 0 && !sourceId && !row.source_name)
          sourceId = await suggestSource(tx, row, kindOf(recognised!), cards);
        const statuses = await judge(app, tx, row, sourceId, bookNos, cards);
        for (const status of statuses) counts[status]++;
        cards.slice(0, previewed - rows.length).forEach((card, index) => {
          rows.push({
            ...summarise(card.kind, card.fields),
            status: statuses[index]!,
            warnings: card.warnings.map((warning) => warning.code),
          });
        });
        counts.contacts += cards.length;
        counts.identical += batch.length - cards.length;
        read += batch.length;
        return settle(tx, { progress_read: read });
      });
      // Cancelled meanwhile.
      if (!proceed) return;
    }
    await inTx((tx) =>
      settle(tx, {
        state: 'ready',
        recognised: recognised!,
        preview: { rows, ...counts },
        source_id: sourceId,
        progress_read: 0,
        progress_total: read,
      }),
    );
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    await inTx((tx) =>
      settle(tx, {
        state: 'unreadable',
        recognised: recognised ?? null,
        problem: { code: error.code, details: error.details },
        finished_at: new Date(),
      }),
    );
    await inTx((tx) => dropPieces(tx, workspaceId, importId));
  }
}
