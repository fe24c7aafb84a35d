import { findEnrichable } from '../delegation/ledger.ts';
import { findHolders } from '../delegation/queries.ts';
import { announce } from '../kernel/announce.ts';
import type { App } from '../kernel/app.ts';
import type { Actor } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type FieldInput, type FieldKind, type Offer, themself } from './contract.ts';
import { type Editing, getOwnCard, toEditing, writeFields } from './editing.ts';
import { completeInput, displayOf, type Field, identityOf, isTaken } from './fields.ts';
import {
  addOffers,
  addTrust,
  decideOffer,
  findMade,
  findOffer,
  listWaiting,
  type NewOffer,
  type OfferRow,
} from './offers.ts';
import { nameCards } from './persons.ts';
import { type LoadedCard, loadCards } from './queries.ts';
import { takeChangeNos } from './rows.ts';

const single = new Set<FieldKind>(['name', 'organization', 'title', 'birthday']);
/** What one thinks of somebody, and how one sorts them, is one's own. */
const personal = new Set<FieldKind>(['note', 'category']);
/** Seconds in which who accepted can still take it back before anybody is told. */
const undoable = 60;

/** Of a kind that a person has once, a new value takes the place of the one on the same card; of the others it is added. */
export const placeOf = (card: LoadedCard, kind: FieldKind) =>
  single.has(kind) ? card.fields.find((one) => one.kind === kind) : undefined;

const fieldOf = ({ kind, value }: { kind: string; value: unknown }): Field => ({
  kind: kind as FieldKind,
  value: value as Record<string, unknown>,
});

/** What an offer takes the place of: what it was offered instead of, if the card still says so, else see `placeOf`. */
function placeOfOffer(card: LoadedCard, offer: Pick<OfferRow, 'kind' | 'replaced'>) {
  const { kind, replaced } = offer;
  if (single.has(kind as FieldKind) || replaced === null) return placeOf(card, kind as FieldKind);
  const said = identityOf(fieldOf({ kind, value: replaced }));
  return card.fields.find((one) => one.kind === kind && identityOf(fieldOf(one)) === said);
}

/** Whether the card says this already, as far as the viewer of `card` sees it. */
function says(card: Pick<LoadedCard, 'fields'>, field: Field): boolean {
  const said = identityOf(field);
  return card.fields.some((one) => !isTaken(one) && identityOf(fieldOf(one)) === said);
}

/**
 * Offers what the actor wrote of a person to the holders of the other cards that it is made of, where they may enrich them, in the
 * transaction of the correction.
 */
export async function makeOffers(
  editing: Editing,
  cards: readonly LoadedCard[],
  set: readonly FieldInput[],
  instead: readonly { cardId: string; fieldNo: number }[] = [],
): Promise<void> {
  const { app, tx, actor } = editing;
  const others = cards.filter((card) => !card.mine && !card.ended_at);
  const fields = set.filter(({ kind }) => !personal.has(kind)).map((field) => completeInput(field, editing));
  if (others.length === 0 || fields.length === 0) return;
  const open = await findEnrichable(tx, actor, [...new Set(others.map((card) => card.book_id))]);
  const offers = others
    .filter((card) => open.has(card.book_id))
    .flatMap((card) =>
      fields
        .filter((field) => !says(card, field))
        .map((field) => ({
          card_id: card.card_id,
          book_no: card.book_no,
          field,
          replaced: correctedOn(card, field.kind, instead),
        })),
    );
  await offer({ app, tx }, actor, offers);
}

/** Puts offers before the holders, in the transaction of what was said. */
async function offer({ app, tx }: Pick<Editing, 'app' | 'tx'>, by: Actor, offers: readonly NewOffer[]): Promise<void> {
  if (offers.length === 0) return;
  const offerIds = await addOffers(tx, by, offers);
  await app.enqueue(tx, { workspaceId: by.workspaceId, task: 'cards.offersMade', payload: { offerIds } });
}

/** What a person changed of what was held of them: `from` alone is to go, `to` alone is new. */
export interface SelfChange {
  from: Field | null;
  to: Field | null;
}

/** Offers what a person said of themself to the holders of cards of theirs. As the keeper: it asks no grant, for it is their own word. */
export async function offerOwnWord(
  { app, tx }: Pick<Editing, 'app' | 'tx'>,
  workspaceId: string,
  cards: readonly Pick<LoadedCard, 'card_id' | 'book_no' | 'fields'>[],
  changes: readonly SelfChange[],
): Promise<void> {
  const offers = cards.flatMap((card) =>
    changes.flatMap(({ from, to }) => {
      const stands = from !== null && says(card, from);
      if (to ? says(card, to) : !stands) return [];
      const { card_id, book_no } = card;
      const replaced = stands && !(to && single.has(to.kind)) ? from.value : null;
      return [{ card_id, book_no, field: to ?? { kind: from!.kind, value: {} }, replaced }];
    }),
  );
  await offer({ app, tx }, { workspaceId, memberId: themself }, offers);
}

/** The value of this card that a correction names, where a person can have several of the kind. */
function correctedOn(
  card: LoadedCard,
  kind: FieldKind,
  instead: readonly { cardId: string; fieldNo: number }[],
): Record<string, unknown> | null {
  const named = instead.find(
    ({ cardId, fieldNo }) =>
      cardId === card.card_id && card.fields.some((field) => field.no === fieldNo && field.kind === kind),
  );
  if (!named || single.has(kind)) return null;
  return card.fields.find((field) => field.no === named.fieldNo)!.value as Record<string, unknown>;
}

/** Whether the card says already what is offered, or no more what is to go. */
const isDone = (card: LoadedCard, offer: OfferRow): boolean =>
  isTaken(offer) ? replacedBy(card, offer) === null : says(card, fieldOf(offer));

/** What was displayed at the place that an offer would take; null: nothing. */
function replacedBy(card: LoadedCard, offer: OfferRow): string | null {
  const here = placeOfOffer(card, offer);
  return (here && displayOf(fieldOf(here))) || null;
}

type Viewer = Pick<Editing, 'tx' | 'actor'>;

/** Offers as their holder sees them, without those whose card says the same by now. */
export async function describeOffers({ tx, actor }: Viewer, rows: readonly OfferRow[]): Promise<Offer[]> {
  const cardIds = [...new Set(rows.map((row) => row.card_id))];
  const cards = new Map((await loadCards(tx, actor, cardIds)).map((card) => [card.card_id, card]));
  const names = await nameCards({ tx, actor }, cardIds);
  return rows.flatMap((row) => {
    const card = cards.get(row.card_id);
    if (!card || isDone(card, row)) return [];
    return [
      {
        id: row.offer_id,
        contact: { id: row.card_id, name: names.get(row.card_id) ?? '' },
        book: { id: card.book_id, name: card.book },
        kind: row.kind as FieldKind,
        display: displayOf(fieldOf(row)),
        replaces: replacedBy(card, row),
        from: { id: row.author_id, name: row.author },
        at: row.created_at.toISOString(),
      },
    ];
  });
}

/** An offer for a card that the actor holds. @throws AppError not_found for any other */
async function getOffer({ tx, actor }: Viewer, offerId: string): Promise<OfferRow> {
  const offer = await findOffer(tx, actor, offerId);
  if (!offer) throw notFound();
  return offer;
}

/** The card of an offer, which nobody else changes until the transaction ends. */
async function holdCard(editing: Editing, cardId: string): Promise<LoadedCard> {
  const { book_id } = await getOwnCard(editing, cardId);
  await takeChangeNos(editing.tx, editing.actor.workspaceId, book_id, 0);
  return getOwnCard(editing, cardId);
}

const offered = (offer: OfferRow) => fieldOf(offer);

/**
 * Writes an offered value on the card, as the word of who offered it. What the source says stays beside it.
 * @param replaces what the holder was shown that it replaces; left out where they accept whatever comes
 * @throws AppError not_found, or conflict where it is decided already or something else stands there by now
 */
export async function acceptOffer(editing: Editing, offerId: string, replaces?: string | null): Promise<OfferRow> {
  const { app, tx, actor } = editing;
  const offer = await getOffer(editing, offerId);
  const card = await holdCard(editing, offer.card_id);
  if (isDone(card, offer) || (replaces !== undefined && replacedBy(card, offer) !== replaces))
    throw new AppError('conflict');
  const here = placeOfOffer(card, offer);
  const no = here?.no ?? Math.max(-1, ...card.fields.map((field) => field.no)) + 1;
  const replaced = here ? (here.value as Record<string, unknown>) : null;
  if (!(await decideOffer(tx, actor, offerId, 'waiting', { state: 'accepted', field_no: no, replaced })))
    throw new AppError('conflict');
  const edits = isTaken(offer)
    ? { remove: [no] }
    : here
      ? { set: [{ no, field: offered(offer) }] }
      : { add: [offered(offer)] };
  await writeFields({ ...editing, authorId: offer.author_id }, card, edits);
  const payload = { offerId };
  const job = { workspaceId: actor.workspaceId, task: 'cards.offerAccepted', payload, delaySeconds: undoable };
  await app.enqueue(tx, job);
  return offer;
}

/** Accepts from now on whatever the colleague who made this offer offers for its book. @throws AppError invalid_input for the person themself */
export async function trustAuthor(editing: Editing, offer: OfferRow): Promise<void> {
  if (offer.author_id === themself) throw new AppError('invalid_input', { fields: { always: 'themself' } });
  const { book_id } = await getOwnCard(editing, offer.card_id);
  await addTrust(editing.tx, editing.actor, book_id, offer.author_id);
}

/** @throws AppError not_found, or conflict where it is decided already */
export async function ignoreOffer({ tx, actor }: Editing, offerId: string): Promise<void> {
  const { replaced } = await getOffer({ tx, actor }, offerId);
  const ignored = { state: 'ignored', field_no: null, replaced } as const;
  if (!(await decideOffer(tx, actor, offerId, 'waiting', ignored))) throw new AppError('conflict');
}

/**
 * Takes a decision back: the offer waits again, and what it replaced stands on the card again.
 * @throws AppError not_found, or conflict where the card was changed since
 */
export async function reopenOffer(editing: Editing, offerId: string): Promise<void> {
  const { tx, actor } = editing;
  const offer = await getOffer(editing, offerId);
  if (offer.state === 'accepted') await takeBack(editing, offer);
  // What it was offered instead of is known again, of the kinds of which there can be several.
  const replaced = single.has(offer.kind as FieldKind) ? null : offer.replaced;
  const waiting = { state: 'waiting', field_no: null, replaced } as const;
  if (offer.state === 'waiting' || !(await decideOffer(tx, actor, offerId, offer.state, waiting)))
    throw new AppError('conflict');
}

async function takeBack(editing: Editing, offer: OfferRow): Promise<void> {
  const card = await holdCard(editing, offer.card_id);
  const no = offer.field_no!;
  const here = card.fields.find((field) => field.no === no);
  if (isTaken(offer)) return putBack(editing, card, offer, here);
  if (!here || identityOf(fieldOf(here)) !== identityOf(offered(offer))) throw new AppError('conflict');
  const { replaced } = offer;
  if (replaced === null || Object.keys(replaced).length === 0) return writeFields(editing, card, { remove: [no] });
  const before = fieldOf({ kind: offer.kind, value: replaced });
  const ofSource =
    here.source_value !== null &&
    identityOf(fieldOf({ kind: offer.kind, value: here.source_value })) === identityOf(before);
  return writeFields(editing, card, ofSource ? { restore: [no] } : { set: [{ no, field: before }] });
}

/** What was taken away by an offer stands again: the source's word as such, a member's as the holder's own. */
function putBack(
  editing: Editing,
  card: LoadedCard,
  { kind, replaced }: OfferRow,
  here: LoadedCard['fields'][number] | undefined,
): Promise<void> {
  if (!here) return writeFields(editing, card, { add: [fieldOf({ kind, value: replaced })] });
  if (!isTaken(here)) throw new AppError('conflict');
  return writeFields(editing, card, { restore: [here.no] });
}

/** Runs `work` as a member, and what is to follow its commit; nothing where they have left. */
async function asHolder(app: App, actor: Actor, work: (editing: Editing) => Promise<void>): Promise<void> {
  const later: (() => Promise<void>)[] = [];
  const afterCommit = (step: () => Promise<void>) => void later.push(step);
  try {
    await app.db.asActor(actor, async (tx) => work(await toEditing({ app, tx, actor, afterCommit })));
  } catch (error) {
    // They have left, hold the book no longer, or decided meanwhile: what waits goes on waiting.
    if (error instanceof AppError) return;
    throw error;
  }
  for (const step of later) await step();
}

/** Writes at once what comes from somebody whose offers are always accepted; tells the holders of the rest. */
export async function settleMade(app: App, workspaceId: string, offerIds: readonly string[]): Promise<void> {
  const find = () => app.db.asSystem('keeper', (tx) => findMade(tx, workspaceId, offerIds));
  for (const { offer_id, said_by } of await find())
    if (said_by)
      await asHolder(app, { workspaceId, memberId: said_by }, async (editing) => {
        await acceptOffer(editing, offer_id);
        // Open pages have shown it as waiting.
        await announce(editing.tx, workspaceId, [said_by], 'feed');
      });
  const waiting = await find();
  const bookNos = [...new Set(waiting.map((offer) => offer.book_no))];
  const holders = await app.db.asSystem('keeper', (tx) => findHolders(tx, workspaceId, bookNos));
  for (const memberId of holders)
    await asHolder(app, { workspaceId, memberId }, (editing) => tellHolder(editing, offerIds));
}

/** One notice for each card. */
async function tellHolder({ app, tx, actor }: Editing, offerIds: readonly string[]): Promise<void> {
  const rows = await listWaiting(tx, actor, { offerIds }, null, offerIds.length);
  const offers = await describeOffers({ tx, actor }, rows);
  for (const [cardId, [first]] of Map.groupBy(offers, (offer) => offer.contact.id)) {
    const payload = {
      kind: 'offer_received',
      memberIds: [actor.memberId],
      subjectId: cardId,
      actorId: first!.from.id,
      occasion: first!.id,
    };
    await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'notices.tell', payload });
  }
}
