import type pg from 'pg';
import { markDead } from '../cards/consent.ts';
import { exposures } from '../cards/rows.ts';
import { findSuppressed } from '../cards/suppression.ts';
import { restoreRemoved } from '../cards/taking-in.ts';
import { loadReach } from '../cards/upkeep.ts';
import { addCards, contactPointId, type PreparedCard, prepareCard } from '../cards/writing.ts';
import type { Tx } from '../kernel/database.ts';
import { findKnown, type KnownCard } from '../sources/known.ts';
import { writeParts } from '../sources/parts.ts';
import { sourceKeyOf } from '../sources/rules.ts';
import type { Bringing } from '../sources/state.ts';
import { announceChanged, endCards, updateCards } from '../sources/updating.ts';
import type { Batch, Item } from './connector.ts';
import { adopt, deleteItems, findItems, type ItemRow, putItems, setStates } from './queries.ts';

/** In which a batch of contacts is written. */
export interface Writing {
  bringing: Bringing;
  client: pg.PoolClient;
  tx: Tx;
  connectionId: string;
}

/** A contact that was read, ready to be written; `known` where it has a card. */
interface Read {
  item: Item;
  now: PreparedCard;
  known: KnownCard | undefined;
  /** The card was changed here since both sides last said the same. */
  touched: boolean;
  /** The card was made here, and has another source so far. */
  madeHere: boolean;
}

/**
 * Writes a batch: new contacts become cards, what changed at the source is brought onto its card (`mergeFields`), what is gone there is said
 * to have ended. What a member took out of sight stays there.
 */
export async function takeContacts(writing: Writing, batch: Batch): Promise<void> {
  const { bringing, tx, connectionId } = writing;
  const { workspaceId } = bringing.to;
  // The last word on a contact counts.
  const items = [...new Map(batch.items.map((item) => [item.key, item])).values()];
  const here = await findItems(tx, workspaceId, connectionId, {
    keys: [...items.map(({ key }) => key), ...batch.gone],
  });
  const byKey = new Map(here.map((row) => [row.item_key, row]));
  await bringBack(writing, items, byKey);
  const leftAlone = items.filter(({ key }) => byKey.has(key) && !isThere(byKey.get(key)!));
  await setStates(tx, workspaceId, connectionId, leftAlone);
  const rest = items.filter((item) => !leftAlone.includes(item));
  const met = await recognise(writing, rest, byKey, new Set(batch.gone));
  const strangers = met.filter(({ known }) => !known);
  const suppressed = await findSuppressed(
    tx,
    bringing.app.secrets,
    bringing.to,
    strangers.map(({ now }) => now),
  );
  bringing.report.suppressed += suppressed.size;
  const read = met.filter(({ now }) => !suppressed.has(now));
  const refuse = async () => {
    bringing.report.failed++;
  };
  await writeParts(tx, read, (part) => writeRead(writing, part), refuse);
  const taken = new Set(read.map(({ known, now }) => known?.card_id ?? now.cardId));
  const gone = batch.gone.flatMap((key) => byKey.get(key) ?? []);
  await deleteItems(tx, workspaceId, connectionId, batch.gone);
  const ended = gone.filter((row) => isThere(row) && row.ended_at === null && !taken.has(row.card_id));
  bringing.report.ended += ended.length;
  await endCards(
    bringing,
    tx,
    ended.map(({ card_id, book_no, exposure }) => ({ card_id, book_no: book_no!, exposure: exposure! })),
  );
}

/**
 * Of a two-way connection, what was removed here and changed there since is back: a change outlasts a removal. Elsewhere what was removed stays
 * so.
 */
async function bringBack(
  { bringing, tx }: Writing,
  items: readonly Item[],
  byKey: Map<string, ItemRow>,
): Promise<void> {
  if (!bringing.merge) return;
  for (const { key, state } of items) {
    const row = byKey.get(key);
    if (row?.exposure !== exposures.removed || row.state === null || row.state === state) continue;
    const card = await restoreRemoved(bringing.app, tx, bringing.to, row.card_id);
    byKey.set(key, { ...row, ...card });
  }
}

const isThere = ({ exposure }: ItemRow): boolean => exposure !== null && exposure !== exposures.removed;

const asKnown = ({ card_id, source_key, content_hash, ended_at }: ItemRow): KnownCard => ({
  card_id,
  source_key: source_key!,
  content_hash: content_hash!,
  ended_at,
});

/**
 * Finds the cards of contacts. One under a new key whose own id (a UID) is that of a card which stands under no key any more has moved, or
 * is back. An id that several contacts bear at once names none of them.
 */
async function recognise(
  { bringing, tx, connectionId }: Writing,
  items: readonly Item[],
  byKey: ReadonlyMap<string, ItemRow>,
  gone: ReadonlySet<string>,
): Promise<Read[]> {
  const { workspaceId, sourceId } = bringing.to;
  const read: Read[] = items.map((item) => {
    const now = prepareCard(item.contact, sourceKeyOf);
    const row = byKey.get(item.key);
    if (!row) return { item, now, known: undefined, touched: false, madeHere: false };
    const touched = row.change_no! > row.item_change_no;
    const madeHere = row.source_id !== sourceId;
    return { item, now: { ...now, sourceKey: row.source_key! }, known: asKnown(row), touched, madeHere };
  });
  const strangers = read.filter(({ known }) => !known);
  const cards = await findKnown(tx, workspaceId, sourceId, strangers.flatMap(keysOf));
  const cardIds = [...cards.values()].map((card) => card.card_id);
  const standing = new Set(
    (await findItems(tx, workspaceId, connectionId, { cardIds }))
      .filter((row) => !gone.has(row.item_key))
      .map((row) => row.card_id),
  );
  const met = new Set<string>();
  for (const one of strangers) {
    const isFree = (key: string) => !met.has(key) && !standing.has(cards.get(key)?.card_id ?? '');
    const sourceKey = keysOf(one).find(isFree)!;
    met.add(sourceKey);
    one.now = { ...one.now, sourceKey };
    one.known = cards.get(sourceKey);
  }
  return read;
}

/** What identifies a contact at its source: its own id, else its key there, which is nobody else's. */
const keysOf = ({ item, now }: Read): string[] => [...(now.uid ? [now.sourceKey] : []), `item ${item.key}`];

async function writeRead({ bringing, client, tx, connectionId }: Writing, read: readonly Read[]): Promise<string[]> {
  const { app, to, report } = bringing;
  const before = { ...report };
  const fresh = read.flatMap(({ known, now }) => (known ? [] : [now]));
  const changed = read.flatMap(({ known, now }) =>
    known && (!known.content_hash.equals(now.contentHash) || known.ended_at !== null) ? [{ card: known, now }] : [],
  );
  try {
    await addCards(client, tx, app.secrets, to, fresh, await loadReach(tx, to.workspaceId, [to.bookNo]));
    await updateCards(bringing, client, tx, changed);
    const items = read.map(({ item: { key, state }, known, now, touched }) => {
      return { key, state, touched, cardId: known?.card_id ?? now.cardId };
    });
    await putItems(tx, to.workspaceId, connectionId, items);
    // Sent once without an answer: now it is known that it arrived.
    const arrived = read
      .filter(({ madeHere }) => madeHere)
      .map(({ item: { key }, known }) => ({ key, cardId: known!.card_id }));
    await adopt(tx, to.workspaceId, to.sourceId, arrived);
    for (const { item, now } of read) if (item.dead) await giveUp(bringing, tx, now);
    const freshIds = fresh.map((card) => card.cardId);
    if (freshIds.length > 0) await announceChanged(app, tx, to.workspaceId, freshIds);
    report.created += fresh.length;
    report.updated += changed.length;
    report.unchanged += read.length - fresh.length - changed.length;
    return freshIds;
  } catch (error) {
    Object.assign(report, before);
    throw error;
  }
}

async function giveUp({ app, to: { workspaceId } }: Bringing, tx: Tx, { fields }: PreparedCard): Promise<void> {
  for (const { contactPoint } of fields)
    if (contactPoint?.channel === 'email')
      await markDead(tx, workspaceId, contactPointId(app.secrets, workspaceId, contactPoint));
}
