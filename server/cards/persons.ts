import type { z } from 'zod';
import { findGrantsFor, recordUses } from '../delegation/ledger.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { notFound } from '../kernel/errors.ts';
import { compose, entryOf, type Value, type VisibleCard } from './compose.ts';
import type { cardSummary, FieldKind, Person } from './contract.ts';
import * as queries from './queries.ts';

export { findPersonCards, findUsedCards, joinPersons } from './queries.ts';

interface Viewer {
  tx: Tx;
  actor: Actor;
}
type CardSummary = z.output<typeof cardSummary>;

type Fields = VisibleCard['fields'];
const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim().toLowerCase() : '');
const ofKind = (fields: Fields, kind: FieldKind) => fields.filter((field) => field.kind === kind);
const domains = (fields: Fields) => ofKind(fields, 'email').map(({ value }) => textOf(value.normalised).split('@')[1]);
const cities = (fields: Fields) => ofKind(fields, 'address').map(({ value }) => textOf(value.city));
const points = (kind: FieldKind) => (fields: Fields) =>
  ofKind(fields, kind).map(({ contactPointId }) => contactPointId);
const places = (fields: Fields) =>
  ofKind(fields, 'address').flatMap(({ value }) => [textOf(value.street), textOf(value.postcode), textOf(value.city)]);

/** Of several values that a card may hold, what both must show the same of for the evidence to be told. */
const told: Partial<Record<string, (fields: Fields) => unknown[]>> = {
  email: points('email'),
  phone: points('phone'),
  name_domain: domains,
  domain: domains,
  name_address: places,
  name_city: cities,
};

/** Of values that a card holds once, the kinds that both must show. */
const restsOn: Partial<Record<string, readonly FieldKind[]>> = {
  name: ['name'],
  name_organization: ['name', 'organization'],
  name_birthday: ['name', 'birthday'],
};

/** Of the evidence that joins two cards, what the values that both show can tell; the name alone where there is nothing more. */
function shownEvidence(evidence: readonly string[], a: VisibleCard, b: VisibleCard): string[] {
  const shows = (card: VisibleCard, kind: FieldKind) => card.fields.some((field) => field.kind === kind);
  const codes = evidence.filter((code) => {
    const of = told[code];
    if (of) {
      const there = new Set(of(a.fields).filter(Boolean));
      return of(b.fields).some((one) => there.has(one));
    }
    if (code === 'identifier') return [a, b].every((card) => shows(card, 'url') || shows(card, 'extra'));
    return (restsOn[code] ?? []).every((kind) => shows(a, kind) && shows(b, kind));
  });
  const named = new Set(codes.map((code) => (code === 'name_domain' ? 'name_organization' : code)));
  for (const weak of ['details', 'name']) if (named.size > 1) named.delete(weak);
  return named.size > 0 ? [...named].sort() : ['details'];
}

/**
 * A card as lists of a person's cards show it.
 * @param shown the cards it stands among, as the viewer sees them
 * @param takable the books of others of which something may be taken along; an original is
 */
export function describeCard(
  card: queries.LoadedCard,
  links: readonly queries.PersonLink[],
  shown: ReadonlyMap<string, VisibleCard>,
  takable: ReadonlySet<string> = new Set(),
): CardSummary {
  const joined = links
    .filter((link) => link.card_a === card.card_id || link.card_b === card.card_id)
    .flatMap((link) => {
      const [a, b] = [shown.get(link.card_a), shown.get(link.card_b)];
      const cardId = link.card_a === card.card_id ? link.card_b : link.card_a;
      return a && b ? [{ cardId, evidence: shownEvidence(link.evidence, a, b) }] : [];
    });
  return {
    id: card.card_id,
    book: { id: card.book_id, name: card.book },
    holder: { kind: card.holder_id ? 'member' : 'workspace', name: card.holder ?? '' },
    source: { id: card.source_id, name: card.source, kind: card.source_kind },
    mine: card.mine,
    withheld: card.mine && card.exposure === 1,
    endedAt: card.ended_at?.toISOString() ?? null,
    createdAt: card.created_at.toISOString(),
    seenAt: card.seen_at.toISOString(),
    original:
      card.media_type && (card.mine || takable.has(card.book_id))
        ? { mediaType: card.media_type, size: card.original_size ?? 0 }
        : null,
    links: joined,
  };
}

/** A person as the viewer may see them. @throws AppError not_found when no card of it is visible */
export async function describePerson(viewer: Viewer, personId: string): Promise<Person> {
  const found = await queries.findPersonCards(viewer.tx, viewer.actor, personId);
  if (!found) throw notFound();
  return describeGroup(viewer, personId, found.cardIds, found.links);
}

/** The person that some cards would be, composed of what the viewer may see of them. Who lends them hears of it. */
export async function describeGroup(
  { tx, actor }: Viewer,
  personId: string,
  cardIds: readonly string[],
  links: readonly queries.PersonLink[],
): Promise<Person> {
  const cards = await queries.loadCards(tx, actor, cardIds);
  await recordUses(tx, actor, 'opened', cards);
  const visible = cards.map(queries.toVisible);
  const values = compose(visible);
  const entry = entryOf(visible, values);
  const points = await queries.findContactPoints(
    tx,
    actor,
    visible.flatMap((card) => card.fields.flatMap((field) => field.contactPointId ?? [])),
  );
  const authors = values.flatMap((value) => value.said.flatMap(({ field }) => field.authorId ?? []));
  const members = await queries.nameMembers(tx, actor, authors);
  const shown = new Map(visible.map((card) => [card.cardId, card]));
  const takable = await findTakable({ tx, actor }, cards);
  return {
    id: personId,
    kind: entry.kind,
    name: entry.name,
    photo: entry.photo,
    values: values.map((value) => describeValue(value, points, members)),
    cards: cards.map((card) => describeCard(card, links, shown, takable)),
    exportable: cards.some((card) => card.mine || takable.has(card.book_id)),
  };
}

/** The books of these cards from which the viewer may take something along because it is lent to them for that. */
export async function findTakable({ tx, actor }: Viewer, cards: readonly queries.LoadedCard[]): Promise<Set<string>> {
  const lent = cards.filter((card) => !card.mine).map((card) => card.book_id);
  if (lent.length === 0) return new Set();
  return new Set((await findGrantsFor(tx, actor, 'exported', [...new Set(lent)])).keys());
}

type Points = Awaited<ReturnType<typeof queries.findContactPoints>>;

function describeValue(value: Value, points: Points, members: ReadonlyMap<string, string>): Person['values'][number] {
  const point = value.said.map(({ field }) => field.contactPointId && points.get(field.contactPointId)).find(Boolean);
  return {
    kind: value.kind,
    value: value.value,
    display: value.display,
    chosen: value.chosen,
    reason: value.reason,
    provenance: value.said.map(({ card, field }) => ({
      cardId: card.cardId,
      fieldNo: field.no,
      writtenBy: field.authorId ? 'member' : 'source',
      memberName: field.authorId ? (members.get(field.authorId) ?? null) : null,
      seenAt: field.seenAt.toISOString(),
    })),
    contactPoint: point
      ? { id: point.contact_point_id, consent: point.consent as 'unknown', health: point.health as 'unknown' }
      : null,
  };
}

/** One card for itself: what it is called and says, to be held against another. */
export interface Side {
  card: CardSummary;
  kind: 'person' | 'organization';
  name: string;
  values: { kind: FieldKind; value: Record<string, unknown>; display: string }[];
}

/** What those of the given cards that the viewer may see are called: no more than a list shows. */
export async function nameCards({ tx, actor }: Viewer, cardIds: readonly string[]): Promise<Map<string, string>> {
  const cards = await queries.loadCards(tx, actor, cardIds);
  return new Map(
    cards.map((card) => {
      const visible = queries.toVisible(card);
      return [card.card_id, entryOf([visible], compose([visible])).name];
    }),
  );
}

/** Those of the given cards that the viewer may see, each for itself. Who lends them hears of it. */
export async function describeSides({ tx, actor }: Viewer, cardIds: readonly string[]): Promise<Map<string, Side>> {
  const cards = await queries.loadCards(tx, actor, cardIds);
  await recordUses(tx, actor, 'compared', cards);
  return new Map(
    cards.map((card) => {
      const visible = queries.toVisible(card);
      const values = compose([visible]);
      const side: Side = {
        card: describeCard(card, [], new Map()),
        kind: visible.kind,
        name: entryOf([visible], values).name,
        values: values.map(({ kind, value, display }) => ({ kind, value, display })),
      };
      return [card.card_id, side];
    }),
  );
}
