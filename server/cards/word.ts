import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { sha256 } from '../kernel/ids.ts';
import { compose } from './compose.ts';
import { type FieldKind, themself } from './contract.ts';
import { type Editing, getOwnCard, insertCards, writeFields } from './editing.ts';
import { asField, compareFields, type Field, identityOf, isTaken, toStored } from './fields.ts';
import { findPersonCards, type LoadedCard, loadCards, toVisible } from './queries.ts';
import { addChange, getOwnSource, linkByEdit, listFields, takeChangeNo, updateCardRow } from './rows.ts';

/** What is shown to the person themself: never notes, groups, pictures, or what a file said besides. */
const shown = new Set<FieldKind>(['name', 'organization', 'title', 'email', 'phone', 'address', 'url', 'birthday']);

/** A value that a holder keeps of a person, as it may be shown to that person. */
interface HeldValue extends Field {
  /** Names it for the time that it says the same. */
  key: string;
  display: string;
  contactPointId: string | null;
}

/** What one member holds of a person. */
export interface Held {
  cards: LoadedCard[];
  values: HeldValue[];
}

/**
 * What the viewer holds of a person: of their own cards only, and without what they typed while they read it on a colleague's.
 * @returns null where they hold no card of such a person
 */
export async function loadHeld({ tx, actor }: { tx: Tx; actor: Actor }, cardId: string): Promise<Held | null> {
  const person = await findPersonCards(tx, actor, cardId);
  const cards = (await loadCards(tx, actor, person?.cardIds ?? [])).filter(
    (card) => card.mine && card.kind === 'person' && !card.ended_at,
  );
  if (cards.length === 0) return null;
  const own = cards.map((card) => toVisible({ ...card, fields: card.fields.filter((field) => !field.copied) }));
  const values = compose(own)
    .filter(({ kind, chosen }) => shown.has(kind) && chosen)
    .map(({ kind, value, identity, display, said }) => ({
      key: sha256(identity).toString('base64url').slice(0, 16),
      kind,
      value,
      display,
      contactPointId: said[0]?.field.contactPointId ?? null,
    }));
  return { cards, values };
}

/**
 * Keeps what a person said of themself as a card of its own in the holder's book: the whole of it, in place of what they said before. It does
 * not go to devices, where the holder's card stands already.
 *
 * @param sourceName what such words are called among the holder's sources
 * @returns its id
 */
export async function keepWord(
  given: Editing,
  { cards }: Held,
  origin: { card_id: string; book_id: string; book_no: number },
  fields: readonly Field[],
  sourceName: string,
): Promise<string> {
  const editing = { ...given, authorId: themself };
  const { tx, actor } = editing;
  const before = cards.find(({ source_kind }) => source_kind === 'self');
  const cardId = before?.card_id ?? (await makeCard(editing, origin, sourceName));
  const card = before ?? (await getOwnCard(editing, cardId));
  const { set, add, remove } = compareFields(card.fields, fields.map(toStored));
  const said = new Map(fields.map((field) => [identityOf(field), field]));
  const changed = new Set(set.map(({ before: { no } }) => no));
  // What is said again is said today.
  const again = card.fields.flatMap((field) => {
    const same = isTaken(field) ? undefined : said.get(identityOf(asField(field)));
    return same && !changed.has(field.no) ? [{ no: field.no, field: same }] : [];
  });
  await writeFields(editing, card, {
    set: [...set.map(({ before: { no }, field }) => ({ no, field })), ...again],
    add,
    remove: remove.map(({ no }) => no),
  });
  if (!before) await linkByEdit(tx, actor, cardId, origin.card_id);
  return cardId;
}

async function makeCard(
  editing: Editing,
  origin: { book_id: string; book_no: number },
  sourceName: string,
): Promise<string> {
  const { tx, actor } = editing;
  const sourceId = await getOwnSource(tx, actor, 'self', sourceName);
  const [cardId] = await insertCards(editing, origin, [{ kind: 'person', fields: [] }], sourceId);
  await updateCardRow(tx, actor.workspaceId, cardId!, { held_at: new Date() });
  return cardId!;
}

/** A card that bears an address at which a person answered. */
export interface Bearer {
  card_id: string;
  book_no: number;
  book_id: string;
  fields: LoadedCard['fields'];
}

/**
 * The cards of a person, whoever holds them, that bear the address at which they were found to be who they are. As the keeper. One person by
 * what is known in all, and by an address that the holder knew as theirs: a namesake's card, or one that somebody made up, is none.
 */
export async function findBearers(
  tx: Tx,
  workspaceId: string,
  cardId: string,
  contactPointId: string,
): Promise<Bearer[]> {
  const { rows } = await sql<Omit<Bearer, 'fields'>>`
    select c.card_id, c.book_no, b.book_id from cards.card o
    join cards.card c on c.workspace_id = ${workspaceId} and c.cluster_id = o.cluster_id
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
    join sources.source s on s.workspace_id = ${workspaceId} and s.source_id = c.source_id
    where o.workspace_id = ${workspaceId} and o.card_id = ${cardId} and c.kind = 'person' and c.exposure < 2
      and c.ended_at is null and s.kind <> 'self' and exists (select from cards.card_field f
        where f.workspace_id = ${workspaceId} and f.card_id = c.card_id and f.contact_point_id = ${contactPointId})
    order by c.card_id`.execute(tx);
  const found: Bearer[] = [];
  for (const row of rows) found.push({ ...row, fields: await listFields(tx, workspaceId, row.card_id) });
  return found;
}

/** Values that a person has confirmed count as seen today on whatever card says them. As the keeper; history keeps it. */
export async function seeConfirmed(
  tx: Tx,
  workspaceId: string,
  cards: readonly Bearer[],
  confirmed: readonly Field[],
): Promise<void> {
  const said = new Set(confirmed.map(identityOf));
  for (const { card_id, book_no, fields } of cards) {
    const seen = fields.filter((field) => !isTaken(field) && said.has(identityOf(asField(field))));
    if (seen.length === 0) continue;
    await sql`update cards.card_field set seen_at = now() where workspace_id = ${workspaceId} and card_id = ${card_id}
      and no = any(${seen.map(({ no }) => no)})`.execute(tx);
    await addChange(tx, workspaceId, {
      card_id,
      change_no: await takeChangeNo(tx, workspaceId, book_no),
      book_no,
      exposure: seen[0]!.exposure,
      kind: 'confirmed',
      member_id: themself,
      fields: [...new Set(seen.map(({ kind }) => kind))],
      before: { confirmed: seen.map(({ no, seen_at }) => ({ no, seenAt: seen_at.toISOString() })) },
    });
  }
}
