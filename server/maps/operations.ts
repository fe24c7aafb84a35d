import * as charts from '../cards/charts.ts';
import * as maps from '../cards/maps.ts';
import { listParticipants } from '../cards/participants.ts';
import { findPersonCards, findUsedCards } from '../cards/persons.ts';
import { declareTie } from '../cards/ties.ts';
import { recordUses } from '../delegation/ledger.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { describeChart, loadOrganization } from './chart.ts';
import * as contracts from './contract.ts';
import { loadContent } from './gathering.ts';
import { describeHead, describeMap } from './map.ts';
import { takePeople } from './taking.ts';

type UsedCard = Awaited<ReturnType<typeof findUsedCards>>[number];

/** How much a reporting line that somebody states tells of how well the two know each other, 0 to 100. */
const reporting = 60;

/** What a member says is no program's to say. */
function refusePrograms({ actor }: Pick<Context, 'actor'>): void {
  if (actor.app) throw new AppError('forbidden');
}

/** The cards of a person that the viewer may see. @throws AppError not_found when there is none */
async function cardsOf({ tx, actor }: Context, personId: string): Promise<string[]> {
  const found = await findPersonCards(tx, actor, personId);
  if (!found) throw notFound();
  return found.cardIds;
}

/** The card of a person that something is said of: one's own, unless it is said for others, who see what is lent rather than that. */
async function cardFor({ tx, actor }: Context, cardIds: readonly string[], shared: boolean): Promise<UsedCard> {
  const cards = await findUsedCards(tx, actor, cardIds);
  return cards.find(({ mine }) => mine !== shared) ?? cards[0]!;
}

/** @throws AppError not_found */
async function mapOf({ tx, actor }: Context, mapId: string): Promise<maps.MapRow> {
  const map = await maps.findMap(tx, actor, mapId);
  if (!map) throw notFound();
  return map;
}

/**
 * An opportunity, and the cards that a map of it may hang on: the organisation's, else those of whoever has a part in it first.
 *
 * @throws AppError not_found for an opportunity that the viewer does not see
 */
async function loadOpportunity({ tx, actor }: Context, opportunityId: string) {
  const opportunity = await maps.findOpportunityHead(tx, actor, opportunityId);
  if (!opportunity) throw notFound();
  const { name, organization_card: organization } = opportunity;
  const parts = await listParticipants(tx, actor, opportunityId);
  for (const cardId of [...(organization ? [organization] : []), ...parts.map(({ card_id }) => card_id)]) {
    const found = await findPersonCards(tx, actor, cardId);
    if (found) return { name, cardIds: found.cardIds };
  }
  return { name, cardIds: [] };
}

/** What a change of a map is made of, by persons. */
type Change = Pick<Parameters<Parameters<typeof implement<typeof contracts.changeMap>>[1]>[0], 'places' | 'lines'>;

/** The cards of each person that is named. @throws AppError not_found when one of them is not there */
async function resolve(context: Context, map: maps.MapRow, { places, lines }: Change) {
  const ids = new Set([
    ...places.map(({ personId }) => personId),
    ...lines.flatMap(({ fromId, toId }) => [fromId, toId]),
  ]);
  const found = new Map<string, { cardIds: string[]; on: UsedCard }>();
  for (const id of ids) {
    const cardIds = await cardsOf(context, id);
    found.set(id, { cardIds, on: await cardFor(context, cardIds, map.shared) });
  }
  return found;
}

/** Puts people and lines on a map as of a revision. Of two ids of one person, joined while the map was open, the last word holds. */
async function write(context: Context, map: maps.MapRow, revision: number, change: Change): Promise<void> {
  const { tx, actor } = context;
  const people = await resolve(context, map, change);
  const placings = new Map<string, maps.Placing>();
  for (const { personId, place } of change.places) {
    const { cardIds, on } = people.get(personId)!;
    placings.set(on.card_id, { cardIds, on, place });
  }
  await maps.placeNodes(tx, actor, map, revision, [...placings.values()]);
  await maps.changeLines(
    tx,
    actor,
    map,
    revision,
    change.lines.map(({ fromId, toId, drawn }) => {
      const [from, to] = [people.get(fromId)!, people.get(toId)!];
      if (from.on.card_id === to.on.card_id) throw new AppError('invalid_input', { fields: { toId: 'self' } });
      return { fromIds: from.cardIds, toIds: to.cardIds, from: from.on, to: to.on, drawn };
    }),
  );
  if (map.shared)
    await recordUses(
      tx,
      actor,
      'viewpoint',
      [...people.values()].map(({ on }) => on),
    );
}

const key = ({ card_a, card_b }: maps.LineRow) => `${card_a} ${card_b}`;

/** What has to change so that a map stands as it did, of what the actor sees. */
async function changeBack(context: Context, map: maps.MapRow, revision: number): Promise<Change> {
  const [before, now] = [
    await loadContent(context, map.map_id, revision),
    await loadContent(context, map.map_id, map.revision),
  ];
  const stood = new Map(before.nodes.map((node) => [node.card_id, node]));
  const stands = new Map(now.nodes.map((node) => [node.card_id, node]));
  const same = (a?: maps.NodeRow, b?: maps.NodeRow) =>
    a?.influence === b?.influence && a?.stance === b?.stance && a?.left_out === b?.left_out;
  const moved = [...new Set([...stood.keys(), ...stands.keys()])].filter((id) => !same(stood.get(id), stands.get(id)));
  const [drawn, drawnNow] = [before.lines, now.lines].map((lines) => new Map(lines.map((line) => [key(line), line])));
  const differ = [...new Map([...drawn!, ...drawnNow!])].filter(([each]) => drawn!.has(each) !== drawnNow!.has(each));
  return {
    places: moved.map((personId) => {
      const node = stood.get(personId);
      const place = node && { influence: node.influence, stance: node.stance, leftOut: node.left_out };
      return { personId, place: place ?? null };
    }),
    lines: differ.map(([each, line]) => ({ fromId: line.card_a, toId: line.card_b, drawn: drawn!.has(each) })),
  };
}

export const mapsOperations: Operation[] = [
  implement(contracts.getChart, async ({ personId }, context) => describeChart(context, personId)),

  implement(contracts.placeInChart, async ({ organizationId, personId, chiefId, shared }, context) => {
    const { tx, actor } = context;
    refusePrograms(context);
    const organization = await loadOrganization(context, organizationId);
    const idsOf = async (id: string) => {
      const cards = new Set(await cardsOf(context, id));
      const someone = organization.now.find(({ cardIds }) => cardIds.some((one) => cards.has(one)));
      if (someone) return someone.cardIds;
      if (organization.cardIds.some((one) => cards.has(one))) return organization.cardIds;
      throw notFound();
    };
    const own = await idsOf(personId);
    if (own === organization.cardIds) throw notFound();
    const chief = chiefId && (await idsOf(chiefId));
    if (chief === own) throw new AppError('invalid_input', { fields: { chiefId: 'self' } });
    await charts.endReports(tx, actor, own, [...organization.personOf.keys(), ...organization.cardIds]);
    if (!chief) return {};
    const [from, to] = [await cardFor(context, own, shared), await cardFor(context, chief, shared)];
    await declareTie(tx, actor, from, to, { kind: 'reports_to', strength: reporting, shared, note: '' });
    if (shared) await recordUses(tx, actor, 'viewpoint', [from, to]);
    return {};
  }),

  implement(contracts.addVacancy, async ({ organizationId, chiefId, ...said }, context) => {
    refusePrograms(context);
    const organization = await loadOrganization(context, organizationId);
    const chief = chiefId && (await cardsOf(context, chiefId)).find((id) => organization.personOf.has(id));
    if (chiefId && !chief) throw notFound();
    const on = await cardFor(context, organization.cardIds, said.shared);
    return { id: await charts.addVacancy(context.tx, context.actor, on, { ...said, chiefId: chief || null }) };
  }),

  implement(contracts.endVacancy, async ({ vacancyId }, { tx, actor }) => {
    if (!(await charts.endVacancy(tx, actor, vacancyId))) throw notFound();
    return {};
  }),

  implement(contracts.listMaps, async ({ organizationId }, context) => {
    const { tx, actor } = context;
    const found = await maps.listMaps(tx, actor, await cardsOf(context, organizationId));
    return { items: found.map((map) => describeHead(map, actor.memberId)) };
  }),

  implement(contracts.createMap, async ({ organizationId, name }, context) => {
    refusePrograms(context);
    // Rather on a card that others may see too: the map may be shared one day.
    const on = await cardFor(context, await cardsOf(context, organizationId), true);
    const subject = { kind: 'organization' as const, subjectId: on.card_id, name };
    return { id: await maps.addMap(context.tx, context.actor, on, subject) };
  }),

  implement(contracts.listMapsOfOpportunity, async ({ opportunityId }, context) => {
    const { tx, actor } = context;
    const { name, cardIds } = await loadOpportunity(context, opportunityId);
    const found = await maps.listMaps(tx, actor, [opportunityId]);
    return { name, canBegin: cardIds.length > 0, items: found.map((map) => describeHead(map, actor.memberId)) };
  }),

  implement(contracts.createMapOfOpportunity, async ({ opportunityId, name }, context) => {
    refusePrograms(context);
    const { cardIds } = await loadOpportunity(context, opportunityId);
    if (cardIds.length === 0) throw new AppError('invalid_input', { fields: { opportunityId: 'nobody' } });
    const on = await cardFor(context, cardIds, true);
    const subject = { kind: 'opportunity' as const, subjectId: opportunityId, name };
    return { id: await maps.addMap(context.tx, context.actor, on, subject) };
  }),

  implement(contracts.getMap, async ({ mapId, revision }, context) => describeMap(context, mapId, revision)),

  implement(contracts.updateMap, async ({ mapId, ...change }, context) => {
    const { tx, actor } = context;
    const before = await maps.findMap(tx, actor, mapId);
    if (!(await maps.updateMap(tx, actor, mapId, change))) throw notFound();
    if (before && change.shared && !before.shared) {
      const { nodes } = await loadContent(context, mapId, before.revision);
      const placed = nodes.map(({ card_id }) => card_id);
      await recordUses(tx, actor, 'viewpoint', await findUsedCards(tx, actor, placed));
    }
    return {};
  }),

  implement(contracts.changeMap, async ({ mapId, revision, keepBefore, ...change }, context) => {
    refusePrograms(context);
    const map = await mapOf(context, mapId);
    const before = keepBefore === undefined ? null : { label: keepBefore };
    const taken = await maps.takeRevision(context.tx, context.actor, map, revision, before);
    if (!taken) throw new AppError('conflict');
    await write(context, { ...map, ...taken }, taken.revision, change);
    return { revision: taken.revision };
  }),

  implement(contracts.keepVersion, async ({ mapId, label }, context) => {
    refusePrograms(context);
    const map = await mapOf(context, mapId);
    if (!(await maps.keepVersion(context.tx, context.actor, map, label))) throw new AppError('conflict');
    return {};
  }),

  implement(contracts.restoreVersion, async ({ mapId, revision }, context) => {
    refusePrograms(context);
    const map = await mapOf(context, mapId);
    if (!map.versions.some((one) => one.revision === revision)) throw notFound();
    const change = await changeBack(context, map, revision);
    const taken = await maps.takeRevision(context.tx, context.actor, map, map.revision, { label: '' });
    if (!taken) throw new AppError('conflict');
    await write(context, { ...map, ...taken }, taken.revision, change);
    return { revision: taken.revision };
  }),

  implementOutside(contracts.takePeople, async ({ personIds }, context) => {
    refusePrograms(context);
    return { ids: await takePeople(context, personIds) };
  }),
];
