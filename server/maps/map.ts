import * as maps from '../cards/maps.ts';
import { nameMembers } from '../cards/persons.ts';
import type { Output } from '../kernel/contract.ts';
import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { listKnowing } from '../relations/knowing.ts';
import type * as contracts from './contract.ts';
import { gather, loadContent, type Someone } from './gathering.ts';
import { listCompanyCards } from './queries.ts';
import { gapsOf, rolesOf, settle } from './rules.ts';

type Viewer = Pick<Context, 'tx' | 'actor'>;

export function describeHead(map: maps.MapRow, memberId: string) {
  return {
    id: map.map_id,
    subject: { kind: map.subject_kind, id: map.subject_id },
    name: map.name,
    author: { id: map.author_id, name: map.author },
    mine: map.author_id === memberId,
    renamable: map.author_id === memberId || map.abandoned,
    shared: map.shared,
    revision: map.revision,
    changedBy: { id: map.changed_by, name: map.changer },
    changedAt: map.changed_at.toISOString(),
  };
}

/** Of each author what they said last of any of the cards: scale by scale in the opportunity, else in general. */
function newestOf(rows: readonly maps.ViewpointOn[]): maps.ViewpointOn[] {
  return [...Map.groupBy(rows, ({ author_id }) => author_id).values()].map((theirs) => {
    const [here, general] = [theirs.find((one) => one.here), theirs.find((one) => !one.here)];
    if (!here || !general) return (here ?? general)!;
    return {
      ...here,
      roles: here.roles.length > 0 ? here.roles : general.roles,
      influence: here.influence ?? general.influence,
      stance: here.stance ?? general.stance,
      closeness: here.closeness ?? general.closeness,
    };
  });
}

/** By which card one of us knows somebody. */
interface AccessRow {
  card_id: string;
  /** Null: a book of the workspace holds the card. */
  member_id: string | null;
  name: string;
  /** 0 to 100; null: the card is held, and more is not known. */
  strength: number | null;
}

/** Who of us knows these persons, as far as they let it be known. */
async function loadAccess({ tx, actor }: Viewer, cardIds: readonly string[]): Promise<AccessRow[]> {
  const knowing = await listKnowing(tx, actor, cardIds);
  const names = await nameMembers(
    tx,
    actor,
    knowing.map(({ holder_id }) => holder_id),
  );
  const company = await listCompanyCards(tx, actor, cardIds);
  return [
    ...knowing.map(({ card_id, holder_id, strength }) => ({
      ...{ card_id, strength, member_id: holder_id },
      name: names.get(holder_id) ?? '',
    })),
    ...company.map((one) => ({ ...one, member_id: null, strength: null })),
  ];
}

function accessOf(
  rows: readonly AccessRow[],
  viewpoints: readonly maps.ViewpointOn[],
  memberId: string,
): contracts.MapPerson['access'] {
  const found = new Map<string, contracts.MapPerson['access'][number]>();
  // The strongest comes first.
  for (const { member_id: id, name, strength } of rows)
    if (!found.has(id ?? name))
      found.set(id ?? name, { member: { id, name }, mine: id === memberId, strength, closeness: null });
  for (const { author_id: id, author: name, closeness } of viewpoints) {
    const one = found.get(id);
    if (one) found.set(id, { ...one, closeness });
    // Who never met them and holds no card of theirs is no way to them.
    else if (closeness) found.set(id, { member: { id, name }, mine: id === memberId, strength: null, closeness });
  }
  return [...found.values()];
}

interface Evidence {
  nodes: ReadonlyMap<string, maps.NodeRow>;
  viewpoints: ReadonlyMap<string, maps.ViewpointOn[]>;
  access: ReadonlyMap<string, AccessRow[]>;
  memberId: string;
}

/** The people of a map, each as what the viewer sees says. */
function describePerson(person: Someone, { nodes, viewpoints, access, memberId }: Evidence): contracts.MapPerson {
  const { id, cardIds, name, title, left, elsewhere, part } = person;
  const of = newestOf(cardIds.flatMap((card) => viewpoints.get(card) ?? []));
  const said = of.map((one) => ({
    member: { id: one.author_id, name: one.author },
    mine: one.author_id === memberId,
    influence: one.influence,
    stance: one.stance,
    roles: one.roles as contracts.Role[],
  }));
  // Cards that came together may each have been put somewhere: the last one holds.
  const node = cardIds.flatMap((card) => nodes.get(card) ?? []).sort((a, b) => b.since_revision - a.since_revision)[0];
  const influence = settle(node?.influence ?? null, said, 'influence');
  const stance = settle(node?.stance ?? null, said, 'stance');
  const named = part !== null && part.length > 0;
  const roles = named ? [...part] : rolesOf(said);
  const thought = part !== null || influence.by !== 'none' || stance.by !== 'none' || roles.length > 0;
  return {
    ...{ id, name, title, left, elsewhere },
    influence: influence.value,
    influenceBy: influence.by,
    stance: stance.value,
    stanceBy: stance.by,
    roles,
    rolesBy: named ? 'opportunity' : 'viewpoints',
    said,
    placedBy: null,
    drawn: node ? !node.left_out : thought && !left,
    access: accessOf(
      cardIds.flatMap((card) => access.get(card) ?? []).sort((a, b) => (b.strength ?? -1) - (a.strength ?? -1)),
      of,
      memberId,
    ),
  };
}

/** The names of those who put things on the map, as far as the workspace knows them. */
const nameOf = (names: ReadonlyMap<string, string>, id: string) => ({ id, name: names.get(id) ?? '' });

/** The opportunity that viewpoints are looked for in. */
const aboutOf = ({ subject_kind, subject_id }: maps.MapRow) => (subject_kind === 'opportunity' ? subject_id : null);

/** @param revision a version's; undefined: the map as it is now. @throws AppError not_found where there is no such map or version */
export async function describeMap(
  viewer: Viewer,
  mapId: string,
  revision?: number,
): Promise<Output<typeof contracts.getMap>> {
  const { tx, actor } = viewer;
  const { memberId } = actor;
  const map = await maps.findMap(tx, actor, mapId);
  if (!map) throw notFound();
  const shown = revision ?? map.revision;
  const version = map.versions.find((one) => one.revision === shown);
  if (shown !== map.revision && !version) throw notFound();
  const content = await loadContent(viewer, mapId, shown);
  const { subjectName, people, more } = await gather(viewer, map, content);
  const cardIds = people.flatMap((one) => one.cardIds);
  const at = shown === map.revision ? null : version!.at;
  const evidence: Evidence = {
    memberId,
    nodes: new Map([...content.nodes].reverse().map((node) => [node.card_id, node])),
    viewpoints: Map.groupBy(
      await maps.listViewpointsOn(tx, actor, cardIds, at, aboutOf(map)),
      ({ card_id }) => card_id,
    ),
    access: Map.groupBy(await loadAccess(viewer, cardIds), ({ card_id }) => card_id),
  };
  const named = await nameMembers(tx, actor, [
    ...content.nodes.map((one) => one.author_id),
    ...content.lines.map((one) => one.author_id),
    ...map.versions.map((one) => one.memberId),
  ]);
  const described = people.map((person) => {
    const by = person.cardIds.flatMap((card) => evidence.nodes.get(card)?.author_id ?? [])[0];
    return { ...describePerson(person, evidence), placedBy: by ? nameOf(named, by) : null };
  });
  const personOf = new Map(people.flatMap((one) => one.cardIds.map((card) => [card, one.id] as const)));
  return {
    ...describeHead(map, memberId),
    subjectName,
    shown,
    people: described,
    lines: linesOf(content.lines, personOf).map(({ by, ...line }) => ({ ...line, member: nameOf(named, by) })),
    gaps: gapsOf(described.filter(({ drawn }) => drawn)),
    versions: map.versions
      .map(({ memberId: by, ...one }) => ({ ...one, member: nameOf(named, by) }))
      .sort((a, b) => b.revision - a.revision),
    more,
  };
}

/** Lines between persons: what joined cards would draw twice, or from somebody to themself, is drawn once or not. */
function linesOf(rows: readonly maps.LineRow[], personOf: ReadonlyMap<string, string>) {
  const lines = new Map<string, { fromId: string; toId: string; by: string }>();
  for (const { card_a, card_b, author_id } of rows) {
    const [fromId, toId] = [personOf.get(card_a), personOf.get(card_b)];
    if (fromId && toId && fromId !== toId) lines.set(`${fromId} ${toId}`, { fromId, toId, by: author_id });
  }
  return [...lines.values()];
}
