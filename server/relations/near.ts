import { findPersonCards, joinPersons, nameCards } from '../cards/persons.ts';
import { listFormerColleagues } from '../cards/staff.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { notFound } from '../kernel/errors.ts';
import { findFellows } from './belonging.ts';
import { learned, nearness } from './nearness.ts';
import type { NearReason } from './paths-contract.ts';
import * as queries from './queries.ts';
import { held } from './strength.ts';

interface Viewer {
  tx: Tx;
  actor: Actor;
}

/** Somebody near a person, whom one would not have looked for, and why. */
export interface Near {
  cardId: string;
  name: string;
  reason: NearReason;
  /** Where they were colleagues, or the group that both belong to; null for other reasons. */
  organization: string | null;
  /** The members who know them, or those whom both know, by name. */
  through: string[];
  /** 0 to 1, to put them in order. */
  weight: number;
}

/** Near contacts shown of one person. */
const most = 6;
/** Persons that are weighed of each kind. */
const looked = 30;
/** Above so many at one organisation nobody is near for being there. */
const crowd = 60;

/** What each reason is worth before anything was learned. */
const worth: Record<NearReason, number> = {
  former_colleague: 0.6,
  known_by_several: 0.7,
  in_common: 0.5,
  same_group: 0.5,
};

interface Subject {
  cardIds: readonly string[];
  clusters: string[];
}

/** Cards by the person that each is for the viewer: what lies in one cluster is not one for them where they do not see why. */
async function lookAt({ tx, actor }: Viewer, clusters: readonly string[]) {
  const cards = await queries.listCardsOf(tx, actor, clusters);
  return {
    cards,
    personOf: joinPersons(cards.flatMap(({ card_id, links }) => links.map((to) => [card_id, to] as const))),
  };
}

/** Persons at the same organisation whom two or more of us know. */
async function findKnownBySeveral({ tx, actor }: Viewer, { cardIds, clusters: own }: Subject): Promise<Near[]> {
  const found: Near[] = [];
  for (const organization of await queries.listOrganizationsOf(tx, actor, own, cardIds)) {
    const persons = await queries.listAtOrganization(tx, organization, crowd + 1);
    if (persons.length > crowd) continue;
    const clusters = [...new Set(persons.map(({ cluster_id }) => cluster_id))];
    const { personOf } = await lookAt({ tx, actor }, clusters);
    const rows = await queries.listHolders(tx, actor, clusters);
    const members = await queries.describeMembers(tx, actor, [...new Set(rows.map(({ holder_id }) => holder_id))]);
    const byPerson = Map.groupBy(rows, ({ card_id }) => personOf(card_id));
    for (const { person_id } of persons) {
      const who = new Map(
        (byPerson.get(personOf(person_id)) ?? []).map((row) => [row.holder_id, row.strength ?? held]),
      );
      if (who.size < 2) continue;
      const through = [...who.keys()].map((id) => members.get(id)?.name ?? '').filter(Boolean);
      const weight = 1 - [...who.values()].reduce((left, strength) => left * (1 - strength / 100), 1);
      found.push({ cardId: person_id, name: '', reason: 'known_by_several', organization: null, through, weight });
    }
  }
  return found;
}

async function findFormerColleagues(viewer: Viewer, personId: string): Promise<Near[]> {
  const colleagues = await listFormerColleagues(viewer, personId, looked);
  return colleagues.map(({ personId: cardId, organization }) => ({
    cardId,
    name: '',
    reason: 'former_colleague' as const,
    organization,
    through: [],
    weight: 1,
  }));
}

async function findSameGroup(viewer: Viewer, personId: string): Promise<Near[]> {
  const fellows = (await findFellows(viewer, personId))?.persons.slice(0, looked) ?? [];
  return fellows.map(({ cardIds, strength, groups }) => ({
    cardId: cardIds[0]!,
    name: '',
    reason: 'same_group' as const,
    organization: groups[0]!.name,
    through: [],
    weight: strength / 100,
  }));
}

/** Who may know several of those whom the persons of these clusters know, by clusters, and how many each of these knows. */
async function stepTwice({ tx }: Viewer, clusters: readonly string[]) {
  const first = await queries.stepAlongTies(tx, clusters, null);
  const known = new Set(first.map(({ to }) => to).filter((to) => !clusters.includes(to)));
  const between = [...known].slice(0, looked);
  const steps = await queries.stepAlongTies(tx, between, null);
  const common = new Map<string, number[]>();
  const counts = new Map<string, number>();
  for (const { from, to, strength } of steps) {
    counts.set(between[from]!, (counts.get(between[from]!) ?? 0) + 1);
    common.set(to, [...(common.get(to) ?? []), strength]);
  }
  const best = [...common]
    .filter(([, strengths]) => strengths.length > 1)
    .map(([cluster, strengths]) => ({ cluster, sum: strengths.reduce((one, other) => one + other) }))
    .sort((one, other) => other.sum - one.sum)
    .slice(0, 2 * looked);
  return { clusters: [...new Set([...clusters, ...between, ...best.map(({ cluster }) => cluster)])], counts };
}

/** Persons who know several of those whom the person knows, and are not tied to them. */
async function findInCommon(viewer: Viewer, { cardIds, clusters: own }: Subject): Promise<Near[]> {
  const { tx, actor } = viewer;
  const { clusters, counts } = await stepTwice(viewer, own);
  const { cards, personOf } = await lookAt(viewer, clusters);
  const cardOf = new Map([...cards].reverse().map((card) => [personOf(card.card_id), card] as const));
  const tiesOf = new Map<string, Map<string, number>>();
  for (const { card_a, card_b, strength } of await queries.listTiesWithin(tx, actor, clusters))
    for (const [one, other] of [
      [personOf(card_a), personOf(card_b)],
      [personOf(card_b), personOf(card_a)],
    ] as const) {
      // Two cards that have become one person since tie nobody to anybody.
      if (one === other) continue;
      const theirs = tiesOf.get(one) ?? new Map<string, number>();
      tiesOf.set(one, theirs.set(other, Math.max(strength, theirs.get(other) ?? 0)));
    }
  const subject = personOf(cardIds[0]!);
  const known = tiesOf.get(subject) ?? new Map<string, number>();
  const countOf = (person: string) => counts.get(cardOf.get(person)!.cluster_id) ?? 0;
  const near = [...tiesOf]
    .map(([person, theirs]) => ({ person, common: [...theirs.keys()].filter((one) => known.has(one)), theirs }))
    .filter(({ person, common }) => person !== subject && !known.has(person) && common.length >= 2)
    .map((one) => ({ ...one, weight: nearness(subject, known, one.person, one.theirs, countOf) }))
    .sort((one, other) => other.weight - one.weight)
    .slice(0, looked);
  const idOf = (person: string) => cardOf.get(person)!.card_id;
  const names = await nameCards(viewer, [...new Set(near.flatMap(({ common }) => common.map(idOf)))]);
  return near.flatMap(({ person, common, weight }) => {
    const through = common.flatMap((one) => names.get(idOf(one)) ?? []);
    if (through.length < 2) return [];
    const said = { reason: 'in_common' as const, organization: null, through };
    return [{ cardId: idOf(person), name: '', ...said, weight: Math.min(1, weight * 2) }];
  });
}

/**
 * Contacts near a person that one would not have looked for, the best first: who was at a place with them, whom several of us know where they are, who
 * knows several of those whom they know, who belongs to a group with them. Of what the viewer may see alone; without those that they dismissed, and the less of a kind the more of it
 * they did.
 *
 * @throws AppError not_found where the viewer sees no such person
 */
export async function findNear(viewer: Viewer, personId: string): Promise<Near[]> {
  const { tx, actor } = viewer;
  const found = await findPersonCards(tx, actor, personId);
  if (!found) throw notFound();
  const subject = { cardIds: found.cardIds, clusters: await queries.findClusters(tx, actor, found.cardIds) };
  const all = [
    ...(await findKnownBySeveral(viewer, subject)),
    ...(await findFormerColleagues(viewer, personId)),
    ...(await findInCommon(viewer, subject)),
    ...(await findSameGroup(viewer, personId)),
  ];
  const counts = await queries.countSuggestions(tx, actor);
  const dismissed = await queries.listDismissed(tx, actor);
  const personOf = await joinedWith(viewer, all);
  const seen = new Set(found.cardIds.map(personOf));
  const names = await nameCards(
    viewer,
    all.map(({ cardId }) => cardId),
  );
  const gone = new Set([...dismissed].map(([cardId, reason]) => `${personOf(cardId)} ${reason}`));
  return all
    .filter((one) => names.has(one.cardId) && !gone.has(`${personOf(one.cardId)} ${one.reason}`))
    .map((one) => ({
      ...one,
      name: names.get(one.cardId)!,
      weight: one.weight * learned(worth[one.reason], counts.get(one.reason)),
    }))
    .sort((one, other) => other.weight - one.weight || (one.cardId < other.cardId ? -1 : 1))
    .filter(({ cardId }) => {
      const person = personOf(cardId);
      return !seen.has(person) && seen.add(person);
    })
    .slice(0, most);
}

/** Which person each of these contacts is for the viewer, so that nobody comes twice. */
async function joinedWith(viewer: Viewer, all: readonly Near[]): Promise<(cardId: string) => string> {
  const cardIds = all.map(({ cardId }) => cardId);
  return (await lookAt(viewer, await queries.findClusters(viewer.tx, viewer.actor, cardIds))).personOf;
}
