import type { Tx } from '../kernel/database.ts';

export const planted = (tx: Tx, cardId: string) =>
  tx.selectFrom('cards.card').selectAll().where('card_id', '=', cardId).executeTakeFirst();
