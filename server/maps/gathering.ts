import { listTitles } from '../cards/charts.ts';
import * as maps from '../cards/maps.ts';
import { listParticipants, type ParticipantRow } from '../cards/participants.ts';
import { findPersonCards, nameCards } from '../cards/persons.ts';
import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { loadOrganization } from './chart.ts';
import type * as contracts from './contract.ts';

type Viewer = Pick<Context, 'tx' | 'actor'>;

/** Somebody who may stand on a map. */
export interface Someone {
  id: string;
  cardIds: readonly string[];
  name: string;
  title: string | null;
  left: boolean;
  elsewhere: boolean;
  /** The roles said in the opportunity that the map is of; null: no part in it, or a map of something else. */
  part: readonly contracts.Role[] | null;
}

/** What stands on a map at a revision. */
interface Content {
  nodes: maps.NodeRow[];
  lines: maps.LineRow[];
}

/** Who may stand on a map, of what. */
interface Gathered {
  subjectName: string;
  people: Someone[];
  /** Not all contacts were looked at. */
  more: boolean;
}

export async function loadContent({ tx, actor }: Viewer, mapId: string, revision: number): Promise<Content> {
  return {
    nodes: await maps.listNodes(tx, actor, mapId, revision),
    lines: await maps.listLines(tx, actor, mapId, revision),
  };
}

/** The people of what a map is of, and whoever else was put on it. @throws AppError not_found where the viewer does not see that */
export async function gather(viewer: Viewer, map: maps.MapRow, { nodes, lines }: Content): Promise<Gathered> {
  const placed = new Set([...nodes.map(({ card_id }) => card_id), ...lines.flatMap((one) => [one.card_a, one.card_b])]);
  const gathered =
    map.subject_kind === 'opportunity'
      ? await gatherParticipants(viewer, map.subject_id)
      : await gatherStaff(viewer, map.card_id, placed);
  const known = new Set(gathered.people.flatMap(({ cardIds }) => cardIds));
  const others = await gatherPersons(
    viewer,
    [...placed].filter((id) => !known.has(id)),
  );
  return { ...gathered, people: [...gathered.people, ...others] };
}

/** Who is at the organisation, and who was and stands on the map. */
async function gatherStaff(viewer: Viewer, organizationId: string, placed: ReadonlySet<string>): Promise<Gathered> {
  const organization = await loadOrganization(viewer, organizationId);
  const now = organization.now.map((one) => ({ ...one, left: false }));
  const before = organization.before
    .filter(({ cardIds }) => cardIds.some((id) => placed.has(id)))
    .map((one) => ({ ...one, left: true }));
  const people = [...now, ...before].map(({ personId, cardIds, name, employment, left }) => ({
    ...{ id: personId, cardIds, name, title: employment.title, left },
    ...{ elsewhere: false, part: null },
  }));
  return { subjectName: organization.name, people, more: organization.more };
}

/** Who has a part in the opportunity, of whom the viewer may read; each person once, with all roles that are said. */
async function gatherParticipants(viewer: Viewer, opportunityId: string): Promise<Gathered> {
  const { tx, actor } = viewer;
  const opportunity = await maps.findOpportunityHead(tx, actor, opportunityId);
  if (!opportunity) throw notFound();
  const rows = await listParticipants(tx, actor, opportunityId);
  const rolesOf = (cardIds: readonly string[]) =>
    [
      ...new Set(rows.flatMap((row: ParticipantRow) => (cardIds.includes(row.card_id) ? row.roles : []))),
    ] as contracts.Role[];
  const persons = await gatherPersons(
    viewer,
    rows.map(({ card_id }) => card_id),
  );
  const people = persons.map((one) => ({ ...one, elsewhere: false, part: rolesOf(one.cardIds) }));
  return { subjectName: opportunity.name, people, more: false };
}

/** The persons of these cards, as far as the viewer sees them. */
export async function gatherPersons(viewer: Viewer, placed: readonly string[]): Promise<Someone[]> {
  const { tx, actor } = viewer;
  const persons = new Map<string, string[]>();
  const taken = new Set<string>();
  for (const id of placed) {
    if (taken.has(id)) continue;
    const cardIds = (await findPersonCards(tx, actor, id))?.cardIds ?? [];
    for (const one of cardIds) taken.add(one);
    if (cardIds.length > 0) persons.set(id, cardIds);
  }
  const all = [...persons.values()].flat();
  const names = await nameCards(viewer, all);
  const titles = new Map((await listTitles(tx, actor, all)).reverse().map((row) => [row.card_id, row.title]));
  return [...persons].map(([id, cardIds]) => ({
    ...{ id, cardIds, left: false, elsewhere: true, part: null },
    name: cardIds.map((one) => names.get(one)).find(Boolean) ?? '',
    title: cardIds.map((one) => titles.get(one)).find(Boolean) ?? null,
  }));
}
