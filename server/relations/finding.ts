import { findPersonCards, joinPersons, nameCards } from '../cards/persons.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { notFound } from '../kernel/errors.ts';
import { findFellows } from './belonging.ts';
import { bestPaths, type Edge, type Node, type Path } from './paths.ts';
import * as queries from './queries.ts';
import { faded, held, saidHalfLifeDays } from './strength.ts';

interface Viewer {
  tx: Tx;
  actor: Actor;
}

/** Steps from the viewer to whom they look for. */
const longest = 4;
/** Persons that are walked on from at each step: the strongest. Bounds what a large network costs. */
const beam = 100;
/** Ways that are looked at closely, of which the best are shown. */
const candidates = 60;
/** Ways on from one person that are looked at closely. */
const forks = 3;
/** Above so many at one organisation, to work there says nothing. */
const crowd = 60;

/** How well members of one company know each other, by sharing a team or not. */
const colleagues = { near: 70, far: 40 } as const;

/** What joins two places of a path. */
export type Bond =
  | { by: 'team' | 'company' }
  /** A card of the viewer's or of the member's. */
  | { by: 'card'; cardId: string; mine: boolean; holderId: string; grounds: string[] }
  | { by: 'organization'; people: number }
  /** A group that both belong to. */
  | { by: 'group'; name: string }
  | { by: 'tie'; tieId: string; kind: queries.TieAmong['kind']; from: Node; author: string; authorId: string };

/** A cluster so many steps from whom one looks for, and along whom: by a short way and a long one it is reached twice. */
interface Reached {
  cluster: string;
  steps: number;
  score: number;
  towards: { from: Reached; score: number }[];
}

/** What two who work in one place know of each other: the less, the more there are. */
const ofColleagues = (people: number): number => Math.max(5, Math.round(60 / Math.sqrt(people - 1)));

class Walk {
  private readonly steps: Map<string, Reached>[] = Array.from({ length: longest }, () => new Map());

  constructor(targets: readonly string[]) {
    for (const cluster of targets) this.steps[0]!.set(cluster, { cluster, steps: 0, score: 1, towards: [] });
  }

  add(from: Reached, to: string, strength: number): void {
    const score = from.score * (strength / 100);
    const there = this.steps[from.steps + 1]!;
    const known = there.get(to) ?? { cluster: to, steps: from.steps + 1, score, towards: [] };
    known.score = Math.max(known.score, score);
    known.towards.push({ from, score });
    there.set(to, known);
  }

  /** Those at so many steps that lead on best. */
  at(steps: number, most: number): Reached[] {
    return [...this.steps[steps]!.values()].sort(byScore).slice(0, most);
  }

  /** All clusters on the ways from here to a target, by the best few at each step. */
  along({ cluster, towards }: Reached, into: Set<string>): void {
    into.add(cluster);
    for (const { from } of [...towards].sort((one, other) => other.score - one.score).slice(0, forks))
      this.along(from, into);
  }
}

const byScore = (one: Reached, other: Reached): number =>
  other.score - one.score || (one.cluster < other.cluster ? -1 : 1);

interface Colleagues {
  people: number;
  persons: queries.ColleagueRow[];
}

/** With whom the persons of these clusters work, where it is few enough to mean something. */
async function findColleagues({ tx, actor }: Viewer, clusterIds: readonly string[]): Promise<Colleagues[]> {
  const found: Colleagues[] = [];
  for (const organization of await queries.listOrganizationsOf(tx, actor, clusterIds, null)) {
    const persons = await queries.listAtOrganization(tx, organization, crowd + 1);
    if (persons.length > 1 && persons.length <= crowd) found.push({ people: persons.length, persons });
  }
  return found;
}

/** Somebody who shares a group with the one person that is looked for. */
interface Fellow {
  cardId: string;
  cluster: string;
  strength: number;
  group: string;
}

/** Fellows that are looked at: the nearest. */
const fellowsLooked = 30;

async function findFellowsOf(viewer: Viewer, personId: string): Promise<Fellow[]> {
  const fellows = (await findFellows(viewer, personId))?.persons.slice(0, fellowsLooked) ?? [];
  const clusters = await queries.listClustersOf(
    viewer.tx,
    viewer.actor,
    fellows.map(({ cardIds }) => cardIds[0]!),
  );
  return fellows.flatMap(({ cardIds, strength, groups }) => {
    const cluster = clusters.get(cardIds[0]!);
    return cluster ? [{ cardId: cardIds[0]!, cluster, strength, group: groups[0]!.name }] : [];
  });
}

/** What joins the persons that are looked for to others besides ties: work, and groups. */
interface Beside {
  together: Colleagues[];
  fellows: Fellow[];
}

/** From whom one looks for back to the viewer and their colleagues, by clusters: quick, and exact only in what it leaves out. */
async function walkBack(viewer: Viewer, targets: readonly string[], { together, fellows }: Beside) {
  const { tx, actor } = viewer;
  const walk = new Walk(targets);
  const own = await queries.listOwnBookNos(tx, actor);
  for (let steps = 0; steps < longest - 1; steps++) {
    const from = walk.at(steps, beam);
    if (from.length === 0) break;
    const last = steps === longest - 2;
    const ids = from.map(({ cluster }) => cluster);
    for (const step of await queries.stepAlongTies(tx, ids, last ? own : null))
      walk.add(from[step.from]!, step.to, step.strength);
    if (steps > 0) continue;
    for (const { people, persons } of together)
      for (const target of from.filter(({ cluster }) => persons.some((one) => one.cluster_id === cluster)))
        for (const one of persons) walk.add(target, one.cluster_id, ofColleagues(people));
    for (const { cluster, strength } of fellows) walk.add(from[0]!, cluster, strength);
  }
  return walk;
}

/** The clusters worth a close look: on the best ways that end at the viewer or at a colleague who may be asked. */
async function pickClusters({ tx, actor }: Viewer, walk: Walk): Promise<string[]> {
  const looked = Array.from({ length: longest }, (_, steps) => walk.at(steps, beam)).flat();
  const clusters = [...new Set(looked.map(({ cluster }) => cluster))];
  const holders = Map.groupBy(await queries.listHolders(tx, actor, clusters), ({ cluster_id }) => cluster_id);
  const ends = looked.flatMap((reached) => {
    // A way through a colleague is a step longer.
    const rows = (holders.get(reached.cluster) ?? []).filter(({ mine }) => mine || reached.steps < longest - 1);
    const worth = rows.map(({ mine, strength }) => ((strength ?? held) / 100) * (mine ? 1 : colleagues.far / 100));
    return rows.length > 0 ? [{ reached, score: reached.score * Math.max(...worth) }] : [];
  });
  ends.sort((one, other) => other.score - one.score || byScore(one.reached, other.reached));
  const picked = new Set<string>();
  for (const { reached } of ends.slice(0, candidates)) walk.along(reached, picked);
  for (const { cluster } of walk.at(0, beam)) picked.add(cluster);
  return [...picked];
}

/** The picture as the viewer sees it: persons by the links they may see, and what joins them. */
async function drawGraph({ tx, actor }: Viewer, clusters: readonly string[], together: readonly Colleagues[]) {
  const cards = await queries.listCardsOf(tx, actor, clusters);
  const seen = new Set(cards.map(({ card_id }) => card_id));
  const join = joinPersons(
    cards.flatMap((card) => card.links.filter((id) => seen.has(id)).map((other) => [card.card_id, other] as const)),
  );
  const personOf = (cardId: string): Node => `person:${join(cardId)}`;
  const now = new Date();
  const edges: Edge<Bond>[] = [];
  for (const tie of await queries.listTiesWithin(tx, actor, clusters)) {
    const { card_a, card_b, declared, tie_id: tieId, kind, author, author_id: authorId } = tie;
    const strength = Math.round(faded(tie.strength, tie.seen_at, now, declared ? saidHalfLifeDays : undefined));
    const [a, b] = [personOf(card_a), personOf(card_b)];
    edges.push({ a, b, strength, of: { by: 'tie', tieId, kind, from: a, author, authorId } });
  }
  const holders = await queries.listHolders(tx, actor, clusters);
  const members = await queries.describeMembers(tx, actor, [...new Set(holders.map(({ holder_id }) => holder_id))]);
  for (const { card_id: cardId, holder_id: holderId, mine, strength, grounds } of holders) {
    const of: Bond = { by: 'card', cardId, mine, holderId, grounds: grounds ?? ['held'] };
    const member: Node = mine ? 'me' : `member:${holderId}`;
    edges.push({ a: member, b: personOf(cardId), strength: Math.max(strength ?? 0, held), of });
  }
  for (const { member_id, near } of members.values())
    if (member_id !== actor.memberId)
      edges.push({
        a: 'me',
        b: `member:${member_id}`,
        strength: near ? colleagues.near : colleagues.far,
        of: { by: near ? 'team' : 'company' },
      });
  return { cards, personOf, edges: [...edges, ...atWork(together, seen, personOf)], members };
}

function atWork(
  together: readonly Colleagues[],
  seen: ReadonlySet<string>,
  personOf: (cardId: string) => Node,
): Edge<Bond>[] {
  return together.flatMap(({ people, persons }) => {
    const nodes = [...new Set(persons.flatMap(({ person_id }) => (seen.has(person_id) ? personOf(person_id) : [])))];
    return nodes.flatMap((a, at) =>
      nodes
        .slice(at + 1)
        .map((b): Edge<Bond> => ({ a, b, strength: ofColleagues(people), of: { by: 'organization', people } })),
    );
  });
}

interface FoundPaths {
  /** The person looked for, by the id that was asked. */
  asked: string;
  paths: Path<Bond>[];
}

interface Target {
  asked: string;
  /** The cards of it that the viewer sees. */
  cardIds: readonly string[];
}

export interface Found {
  byTarget: FoundPaths[];
  names: Map<string, string>;
  members: Map<string, { name: string }>;
  unwilling: Set<Node>;
}

/**
 * The best few different paths from the viewer to each of some persons, of what the viewer may see and of nothing else: row security guards every row
 * that is walked along, so that what is hidden has no part in which paths there are, how strong and in what order.
 *
 * @param most paths to each
 */
async function findPaths(
  viewer: Viewer,
  wanted: readonly Target[],
  most: number,
  fellows: readonly Fellow[] = [],
): Promise<Found> {
  const { tx, actor } = viewer;
  const targets = await queries.findClusters(
    tx,
    actor,
    wanted.flatMap(({ cardIds }) => cardIds),
  );
  const together = await findColleagues(viewer, targets);
  const walk = await walkBack(viewer, targets, { together, fellows: [...fellows] });
  const clusters = await pickClusters(viewer, walk);
  const { cards, personOf, edges, members } = await drawGraph(viewer, clusters, together);
  const [first] = wanted;
  for (const { cardId, strength, group } of fellows)
    if (cards.some(({ card_id }) => card_id === cardId))
      edges.push({
        a: personOf(first!.cardIds[0]!),
        b: personOf(cardId),
        strength,
        of: { by: 'group', name: group },
      });
  const ids = cards.map(({ card_id }) => card_id);
  const unwilling = new Set((await queries.listUnwilling(tx, actor, ids)).map(personOf));
  const byTarget = wanted.map(({ asked, cardIds }) => {
    const target = personOf(cardIds[0]!);
    return { asked, paths: bestPaths(edges, { target, longest, most, unwilling }) };
  });
  const shown = byTarget.flatMap(({ paths }) => paths.flatMap(({ nodes }) => nodes));
  const persons = shown.flatMap((node) => (node.startsWith('person:') ? node.slice('person:'.length) : []));
  return { byTarget, names: await nameCards(viewer, [...new Set(persons)]), members, unwilling };
}

/** Who can introduce the viewer to a person. @throws AppError not_found where the viewer sees no such person */
export async function findPathsTo(viewer: Viewer, personId: string, most: number): Promise<Found> {
  const found = await findPersonCards(viewer.tx, viewer.actor, personId);
  if (!found) throw notFound();
  const fellows = await findFellowsOf(viewer, personId);
  return findPaths(viewer, [{ asked: personId, cardIds: found.cardIds }], most, fellows);
}

/** The same for several persons, with one way each. Those that are gone meanwhile are left out. */
export async function findPathsToEach(viewer: Viewer, personIds: readonly string[]): Promise<Found> {
  const wanted: Target[] = [];
  for (const asked of personIds) {
    const found = await findPersonCards(viewer.tx, viewer.actor, asked);
    if (found) wanted.push({ asked, cardIds: found.cardIds });
  }
  return findPaths(viewer, wanted, 1);
}
