import { loadStates, toOctets } from '../cards/octets.ts';
import { parseVcard } from '../formats/vcard/index.ts';
import { announceChanged } from '../sources/updating.ts';
import { type Outgoing, type Sent, Trouble, type Writing } from './connector.ts';
import type { Pending } from './queries.ts';
import * as queries from './queries.ts';
import { inStep, type Sync } from './syncing.ts';

/** Contacts that are read here in one transaction, before they are sent one by one. */
const together = 50;

/** Many at once are taken away there only when the member has said so: half a hundred, and more than a fifth. */
const isMany = (removed: number, all: number): boolean => removed >= 50 && removed * 5 > all;

/**
 * Writes at the service what was changed, added and removed here, each on what was read of it last. Each is settled as soon as the service has
 * answered.
 * @param removals the member has said that many may be taken away
 * @returns whether something stands there that was not read yet, on which nothing was written
 */
export async function push(sync: Sync, writing: Writing<unknown, unknown>, removals: boolean): Promise<boolean> {
  const { app, of, row } = sync;
  const pending = await app.db.asSystem('keeper', (tx) => queries.listPending(tx, row));
  const removed = pending.filter(({ what }) => what === 'removed');
  let moved = false;
  for (let at = 0; at < pending.length; at += together) {
    const part = pending.slice(at, at + together).filter(({ what }) => what !== 'removed');
    for (const outgoing of await prepare(sync, writing, part)) {
      sync.access.signal.throwIfAborted();
      const sent = await writing.put(sync.access, row.place, outgoing);
      moved ||= await settle(sync, outgoing, sent);
    }
  }
  if (removed.length === 0) return moved;
  const all = await app.db.asSystem('keeper', (tx) => queries.listStates(tx, of.workspaceId, of.connectionId));
  if (isMany(removed.length, all.size) && !removals) throw new Trouble('many_removed');
  for (const one of removed) {
    sync.access.signal.throwIfAborted();
    moved ||= await remove(sync, writing, one);
  }
  return moved;
}

interface Prepared extends Outgoing {
  cardId: string;
  fresh: boolean;
  /** The change of the card of which this is the state. */
  changeNo: number;
  fields: { no: number; value: unknown; taken: boolean }[];
}

/** Reads cards as their holder sees them. A new one gets its key before it is sent, so that a crash in between makes no second one. */
async function prepare(sync: Sync, writing: Writing<unknown, unknown>, part: readonly Pending[]): Promise<Prepared[]> {
  const { app, of, row } = sync;
  const byCard = new Map(part.map((one) => [one.card_id, one]));
  const actor = { workspaceId: of.workspaceId, memberId: row.member_id };
  const wanted = part.map(({ card_id: cardId, uid }) => ({ cardId, uid }));
  const keyOf = ({ item_key, uid }: Pending) => item_key ?? writing.keyFor(row.place, uid);
  await inStep(sync, (_client, tx) =>
    queries.addIntended(
      tx,
      of,
      part.flatMap((one) => (one.what === 'added' ? { key: keyOf(one), cardId: one.card_id } : [])),
    ),
  );
  return app.db.asActor(actor, async (tx) => {
    const prepared: Prepared[] = [];
    for await (const { card, state } of loadStates(tx, actor, row.country, wanted)) {
      const one = byCard.get(card.card_id)!;
      if (!card.mine) continue;
      const write = (there: string | null) =>
        toOctets({ ...state, uid: uidIn(there) ?? state.uid, original: there ?? state.original });
      const fields = card.fields
        .filter(({ author_id }) => author_id !== null)
        .map(({ no, value }) => ({ no, value, taken: Object.keys(value as object).length === 0 }));
      const { change_no: changeNo, state: known } = one;
      prepared.push({ key: keyOf(one), state: known, write, cardId: card.card_id, fresh: one.fresh, changeNo, fields });
    }
    return prepared;
  });
}

const uidIn = (octets: string | null): string | undefined =>
  octets === null ? undefined : parseVcard(octets).find(({ name }) => name.toUpperCase() === 'UID')?.value;

/** Keeps that both sides say the same now. @returns whether nothing was written because something else stands there */
async function settle(sync: Sync, outgoing: Prepared, sent: Sent): Promise<boolean> {
  const { app, of, row, counts } = sync;
  if (sent.kind === 'moved') return true;
  if (sent.kind === 'refused') {
    count(counts, 'refused');
    return false;
  }
  await inStep(sync, async (_client, tx) => {
    const { cardId, key, changeNo, fields, fresh } = outgoing;
    await queries.agree(tx, of, { cardId, key, changeNo, state: sent.state, fields });
    // What came and went between two readings a service need not mention (RFC 6578, 3.5.2): the next one looks at all that stands there.
    if (outgoing.state === null) await queries.setCursor(tx, of, null);
    if (fresh) {
      await queries.adopt(tx, of.workspaceId, row.source_id, [{ cardId, key }]);
      await announceChanged(app, tx, of.workspaceId, [cardId], { refresh: true });
    }
    if (sent.kind === 'written') count(counts, fresh ? 'sent_new' : 'sent_changed');
    await queries.setCounts(tx, of, counts);
  });
  return false;
}

async function remove(
  sync: Sync,
  writing: Writing<unknown, unknown>,
  { item_key: key, state }: Pending,
): Promise<boolean> {
  const { of, row, counts, access } = sync;
  const sent = await writing.remove(access, row.place, key!, state);
  if (sent.kind === 'moved') return true;
  await inStep(sync, async (_client, tx) => {
    if (sent.kind !== 'refused') await queries.deleteItems(tx, of.workspaceId, of.connectionId, [key!]);
    count(counts, sent.kind === 'refused' ? 'refused' : 'sent_gone');
    await queries.setCounts(tx, of, counts);
  });
  return false;
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
