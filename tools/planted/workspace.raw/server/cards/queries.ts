import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';

export const planted = (tx: Tx, cardId: string) =>
  sql`update cards.card set exposure = 2 where card_id = ${cardId}`.execute(tx);
