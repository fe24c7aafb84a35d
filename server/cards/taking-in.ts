import type { AppInside } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { insertCards, type NewCard, toEditing } from './editing.ts';
import { addNote } from './notes.ts';
import { freeName } from './resources.ts';
import {
  addChange,
  addOriginal,
  exposures,
  findBySourceKey,
  getCardRow,
  getOwnSource,
  type Original,
  setHanging,
  takeChangeNo,
  updateCardRow,
} from './rows.ts';
import { tellReaders } from './visibility.ts';

/** What a picture, say, was read into, and what is said of it. */
export interface Taken extends NewCard {
  /** What identifies it at its source: asked again, nothing is written anew. */
  sourceKey: string;
  original: Original;
  note: string | undefined;
}

/**
 * Writes a card of one of the actor's own sources with what it was made of and a note, as what the source says. The caller sees to it that
 * nobody else writes the same key meanwhile.
 * @param source found by its kind; made under the name given where there is none
 * @returns the id of the card, of the one that was there where the key is known
 */
export async function takeIn(
  context: { app: AppInside; tx: Tx; actor: Actor; afterCommit(work: () => Promise<void>): void },
  book: { book_id: string; book_no: number },
  source: { kind: 'business_card'; name: string },
  { original, note, ...card }: Taken,
): Promise<string> {
  const { tx, actor } = context;
  const sourceId = await getOwnSource(tx, actor, source.kind, source.name);
  const known = await findBySourceKey(tx, actor.workspaceId, sourceId, card.sourceKey);
  if (known) return known;
  const editing = { ...(await toEditing(context)), authorId: null };
  const [cardId] = await insertCards(editing, book, [card], sourceId);
  await addOriginal(tx, actor.workspaceId, { cardId: cardId!, bookNo: book.book_no }, original);
  if (note)
    await addNote(tx, actor, {
      note_id: newId(),
      card_id: cardId!,
      book_no: book.book_no,
      exposure: exposures.lendable,
      author_id: actor.memberId,
      text: note,
    });
  return cardId!;
}

/** Brings a card that was taken out of sight back, as its source has gone on speaking of it. As the keeper. */
export async function restoreRemoved(
  app: AppInside,
  tx: Tx,
  { workspaceId, memberId }: Actor,
  cardId: string,
): Promise<{ exposure: number; change_no: number }> {
  const { card } = await getCardRow(tx, workspaceId, cardId);
  const exposure = card.exposure_before ?? exposures.lendable;
  const changeNo = await takeChangeNo(tx, workspaceId, card.book_no);
  await freeName(tx, workspaceId, cardId, card.book_no);
  const back = { exposure, removed_at: null, purge_at: null, removed_for: null, exposure_before: null };
  await updateCardRow(tx, workspaceId, cardId, { ...back, change_no: changeNo });
  await setHanging(tx, workspaceId, [cardId], 'exposure', exposure);
  const at = { card_id: cardId, book_no: card.book_no, exposure, change_no: changeNo };
  await addChange(tx, workspaceId, { ...at, kind: 'restored', member_id: memberId });
  await tellReaders(tx, workspaceId, [card.book_no]);
  const payload = { cardIds: [cardId], refresh: true };
  await app.enqueue(tx, { workspaceId, task: 'cards.changed', payload, queue: `matching ${workspaceId}` });
  return { exposure, change_no: changeNo };
}
