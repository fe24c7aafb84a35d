import type { AppInside } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import type { FieldInput } from './contract.ts';
import { hideCard, holdCard, insertCards, restoreCard, toEditing, writeFields } from './editing.ts';
import { asField, completeInput, displayOf, type Field, type Habits, identityOf } from './fields.ts';
import { placeOf, says } from './offering.ts';
import { findPersonCards, type LoadedCard, loadCards } from './queries.ts';
import { findBySourceKey, restorableDays } from './rows.ts';

// What a source of the member's own says of somebody, once they accept it: a new card, or more on one of theirs. It can be taken back.

export { habitsOf } from './editing.ts';

interface Learning {
  app: AppInside;
  tx: Tx;
  actor: Actor;
  afterCommit(work: () => Promise<void>): void;
}

/** What to do to take it back. */
export type Undo = { made: true } | { fields: { no: number; said: string; before: Record<string, unknown> | null }[] };

/** The member's own among these cards, each with what it says. */
export async function loadOwnCards({ tx, actor }: Pick<Learning, 'tx' | 'actor'>, cardIds: readonly string[]) {
  const cards = await loadCards(tx, actor, cardIds);
  return new Map(cards.filter(({ mine }) => mine).map((card) => [card.card_id, card]));
}

/** What stands on the card where this would be written; null: nothing. @param instead the address that it takes the place of */
function placeFor(card: LoadedCard, field: Field, instead: string | undefined) {
  if (field.kind === 'email' && instead) return card.fields.find((one) => one.contact_point_id === instead);
  return placeOf(card, field.kind);
}

/** What a card would learn: those of the values that it does not say yet, each with what it replaces. */
export function compareWith(
  card: LoadedCard,
  fields: readonly FieldInput[],
  habits: Habits,
  instead?: string,
): { index: number; replaces: string | null }[] {
  return fields.flatMap((input, index) => {
    const field = completeInput(input, habits);
    if (says(card, field)) return [];
    const here = placeFor(card, field, instead);
    return [{ index, replaces: (here && displayOf(asField(here))) || null }];
  });
}

/** A new card of one of the member's own sources, as what the source says; one that was taken back comes back. */
export async function learnNew(
  context: Learning,
  book: { book_id: string; book_no: number },
  sourceId: string,
  sourceKey: string,
  fields: readonly FieldInput[],
): Promise<{ cardId: string; undo: Undo }> {
  const editing = { ...(await toEditing(context)), authorId: null };
  const known = await findBySourceKey(context.tx, context.actor.workspaceId, sourceId, sourceKey);
  if (known) await restoreCard(editing, known);
  const cardId = known ?? (await insertCards(editing, book, [{ kind: 'person', sourceKey, fields }], sourceId))[0]!;
  return { cardId, undo: { made: true } };
}

/** More on a card of the member's, as their own word. @throws AppError not_found for a card that is not theirs */
export async function learnMore(
  context: Learning,
  cardId: string,
  fields: readonly FieldInput[],
  instead?: string,
): Promise<{ cardId: string; undo: Undo }> {
  const editing = await toEditing(context);
  const card = await holdCard(editing, cardId);
  const set: { no: number; field: Field }[] = [];
  const add: Field[] = [];
  const undo: Extract<Undo, { fields: unknown }> = { fields: [] };
  let next = Math.max(-1, ...card.fields.map((field) => field.no)) + 1;
  for (const input of fields) {
    const said = completeInput(input, editing);
    if (says(card, said)) continue;
    const here = placeFor(card, said, instead);
    const field = here && said.kind === 'email' ? { ...said, value: { ...said.value, ...labels(here.value) } } : said;
    if (here) set.push({ no: here.no, field });
    else add.push(field);
    undo.fields.push({
      no: here?.no ?? next++,
      said: identityOf(field),
      before: here ? (here.value as Record<string, unknown>) : null,
    });
  }
  await writeFields(editing, card, { set, add });
  return { cardId, undo };
}

/** Whether it is for work or private stays as the card says. */
function labels(value: unknown): Record<string, unknown> {
  const { type, label, preferred } = value as Record<string, unknown>;
  return Object.fromEntries(Object.entries({ type, label, preferred }).filter(([, part]) => part !== undefined));
}

/**
 * Takes back what a card learned: a card that was made goes out of sight, for as long as any that is removed.
 * @throws AppError not_found, or conflict where the card was changed since
 */
export async function unlearn(context: Learning, cardId: string, undo: Undo): Promise<void> {
  const editing = await toEditing(context);
  const card = await holdCard(editing, cardId);
  if ('made' in undo) {
    const person = await findPersonCards(context.tx, context.actor, cardId);
    await hideCard(
      editing,
      card,
      (person?.cardIds ?? []).filter((id) => id !== cardId),
      restorableDays,
    );
    return;
  }
  const set: { no: number; field: Field }[] = [];
  const [remove, restore]: [number[], number[]] = [[], []];
  for (const { no, said, before } of undo.fields) {
    const here = card.fields.find((field) => field.no === no);
    if (!here || identityOf(asField(here)) !== said) throw new AppError('conflict');
    const was = before && asField({ kind: here.kind, value: before });
    const ofSource =
      was !== null &&
      here.source_value !== null &&
      identityOf(asField({ kind: here.kind, value: here.source_value })) === identityOf(was);
    if (was === null || Object.keys(was.value).length === 0) remove.push(no);
    else if (ofSource) restore.push(no);
    else set.push({ no, field: was });
  }
  await writeFields(editing, card, { set, remove, restore });
}
