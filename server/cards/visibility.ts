import { findConcerned } from '../delegation/queries.ts';
import { announce } from '../kernel/announce.ts';
import type { AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';

/** What a request or a job changes cards in. */
interface Changing {
  app: AppInside;
  tx: Tx;
  /** Of a request, whose caller sees the effect; a job leaves it to the next one. */
  afterCommit?(work: () => Promise<void>): void;
}

/** Tells the open pages of those concerned by these books that cards went out of sight, or came back. */
export async function tellReaders(tx: Tx, workspaceId: string, bookNos: readonly number[]): Promise<void> {
  for (const bookNo of new Set(bookNos))
    await announce(tx, workspaceId, await findConcerned(tx, workspaceId, bookNo), 'visibility');
}

/** After many cards went out of sight at once: copies that were lent of them for once follow (introductions), and open pages. */
export async function announceGone(
  { app, tx, afterCommit }: Changing,
  workspaceId: string,
  cards: readonly { card_id: string; book_no: number }[],
): Promise<void> {
  if (cards.length === 0) return;
  const outboxId = await app.enqueue(tx, {
    workspaceId,
    task: 'cards.keptBack',
    payload: { cardIds: cards.map((card) => card.card_id) },
    ...(afterCommit && { delaySeconds: 20 }),
  });
  afterCommit?.(() => app.runNow(workspaceId, outboxId, 'cards.keptBack'));
  await tellReaders(
    tx,
    workspaceId,
    cards.map((card) => card.book_no),
  );
}
