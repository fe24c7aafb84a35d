import type { z } from 'zod';
import { findGrantsFor, recordUses } from '../delegation/ledger.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { notFound } from '../kernel/errors.ts';
import { type AgeingSign, freshnessScore, likelyRight, signsFor } from './ageing.ts';
import { compose, entryOf, type Value, type VisibleCard } from './compose.ts';
import { type cardSummary, type FieldKind, type Person, themself } from './contract.ts';
import { shownEvidence } from './evidence.ts';
import { isTaken } from './fields.ts';
import * as queries from './queries.ts';
import { type Losses, loadLosses } from './verifying.ts';

export {
  countDiscoverable,
  findCardsOfPersons,
  findEntries,
  findPersonCards,
  findUsedCards,
  joinPersons,
  type LoadedCard,
  loadCards,
  loadSome,
  nameMembers,
} from './queries.ts';

interface Viewer {
  tx: Tx;
  actor: Actor;
}
type CardSummary = z.output<typeof cardSummary>;

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
  const losses = await loadLosses(tx, actor);
  const ages = new Map(values.map((value) => [value, ageOf(value, values, cards, points, losses)]));
  return {
    id: personId,
    kind: entry.kind,
    name: entry.name,
    photo: entry.photo,
    values: values.map((value) => ({ ...describeValue(value, points, members), age: ages.get(value)! })),
    freshness: freshnessScore(
      values
        .filter(({ chosen }) => chosen)
        .map((value) => ({ kind: value.kind, likely: ages.get(value)?.likely ?? null })),
    ),
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

/** To a thousandth: nothing is known better. */
const rounded = (share: number): number => Math.round(share * 1000) / 1000;

/** How old a value looks: by the one that was last seen or confirmed of those that say it, and by what happened since. */
function ageOf(
  value: Value,
  values: readonly Value[],
  cards: readonly queries.LoadedCard[],
  points: Points,
  losses: Losses,
): { likely: number; signs: AgeingSign[] } | null {
  const [{ card, field }] = value.said as [Value['said'][0]];
  const of = cards.find(({ card_id }) => card_id === card.cardId)?.fields.find(({ no }) => no === field.no)?.class;
  if (of === undefined) return null;
  const health = field.contactPointId ? points.get(field.contactPointId)?.health : undefined;
  const signs: AgeingSign[] = health === 'failing' || health === 'dead' ? [health] : [];
  // Another employer, seen later than this value, and not on the card that says it.
  const employer = values.find(({ kind, chosen }) => kind === 'organization' && chosen)?.said[0];
  const elsewhere = value.said.every(({ card: one }) => one.cardId !== employer?.card.cardId);
  const own = values.some(
    ({ kind, said, chosen }) =>
      kind === 'organization' && !chosen && said.some((one) => one.card.cardId === card.cardId),
  );
  if (employer && elsewhere && own && employer.field.seenAt > field.seenAt) signs.push('moved');
  const likely = likelyRight({ class: of, seenAt: field.seenAt, signs }, new Date(), losses);
  return likely === null ? null : { likely: rounded(likely), signs: signsFor(of, signs) };
}

function describeValue(
  value: Value,
  points: Points,
  members: ReadonlyMap<string, string>,
): Omit<Person['values'][number], 'age'> {
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
      writtenBy: field.authorId === null ? 'source' : field.authorId === themself ? 'themself' : 'member',
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
  const names = new Map<string, string>();
  const name = async (ids: readonly string[], kinds: readonly FieldKind[]) => {
    for (const card of await queries.loadSome(tx, actor, ids, kinds))
      names.set(card.cardId, entryOf([card], compose([card])).name);
  };
  await name(cardIds, ['name', 'organization']);
  // Few have neither, and are called by an address or a number.
  await name(
    [...names].filter(([, said]) => said === '').map(([cardId]) => cardId),
    ['email', 'phone'],
  );
  return names;
}

/** What a line says of a person. */
export interface Summary {
  /** The oldest of the cards: it addresses the person. */
  personId: string;
  name: string;
  sortName: string;
  organization: string | null;
  title: string | null;
  photo: string | null;
}

/** A line for each person composed of these of their cards. @param detailed with what they do and a picture: it takes twice as long */
export async function summarise(
  { tx, actor }: Viewer,
  persons: readonly (readonly string[])[],
  detailed = true,
): Promise<Summary[]> {
  const kinds: FieldKind[] = detailed ? ['name', 'organization', 'title', 'photo'] : ['name', 'organization'];
  const load = async (of: readonly (readonly string[])[], some: readonly FieldKind[]) =>
    new Map((await queries.loadSome(tx, actor, of.flat(), some)).map((card) => [card.cardId, card]));
  const cards = await load(persons, kinds);
  const lines = (ids: readonly string[], from: ReadonlyMap<string, VisibleCard>) => {
    const own = ids.flatMap((id) => from.get(id) ?? []);
    return own.length > 0 ? entryOf(own, compose(own)) : undefined;
  };
  // Few have no name, and are called by an address or a number.
  const nameless = persons.filter((ids) => lines(ids, cards)?.name === '');
  const called = await load(nameless, [...kinds, 'email', 'phone']);
  return persons.flatMap((ids) => {
    const line = nameless.includes(ids) ? lines(ids, called) : lines(ids, cards);
    if (!line) return [];
    const { name, sortName, organization, title, photo } = line;
    return [{ personId: [...ids].sort()[0]!, name, sortName, organization, title, photo }];
  });
}

const ways = new Set(['email', 'phone']);

/** Those of the given cards that the viewer may see and that hold a number or an address of these classes of fields. */
export async function findCardsWithWays(
  { tx, actor }: Viewer,
  cardIds: readonly string[],
  mask: number,
): Promise<Set<string>> {
  const cards = await queries.loadCards(tx, actor, cardIds);
  const reaches = ({ fields }: queries.LoadedCard) =>
    fields.some((field) => ways.has(field.kind) && ((mask >>> field.class) & 1) === 1 && !isTaken(field));
  return new Set(cards.filter(reaches).map((card) => card.card_id));
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
