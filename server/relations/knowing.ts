import type { Actor, Tx } from '../kernel/database.ts';
import * as queries from './queries.ts';

/** Whether the house rule keeps from the viewer what others let be known of whom they know. */
export async function isClosed(tx: Tx, actor: Actor): Promise<boolean> {
  return (await queries.findReciprocal(tx, actor)) && (await queries.findTells(tx, actor)) === 'nothing';
}

/**
 * Which members know the persons of these cards, card by card, and how well: the viewer, and of the others those who let it be known, as far as the
 * house rule lets the viewer learn of it.
 */
export async function listKnowing(tx: Tx, actor: Actor, cardIds: readonly string[]): Promise<queries.HeldRow[]> {
  const clusters = await queries.findClusters(tx, actor, cardIds);
  const asked = new Set(cardIds);
  const rows = (await queries.listHolders(tx, actor, clusters)).filter(({ card_id }) => asked.has(card_id));
  return (await isClosed(tx, actor)) ? rows.filter(({ mine }) => mine) : rows;
}
