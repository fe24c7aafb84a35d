import { z } from 'zod';
import * as memberships from '../cards/memberships.ts';
import { findUsedCards, type Summary, summarise } from '../cards/persons.ts';
import { contactPointId } from '../cards/writing.ts';
import { recordUses } from '../delegation/ledger.ts';
import { id, type Parsed } from '../kernel/contract.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { type Belonging, findFellows, findGroupsOf, loadBelonging } from './belonging.ts';
import { readList } from './group-file.ts';
import { labelKey, mayBeOne } from './group-rules.ts';
import * as groups from './groups.ts';
import * as contracts from './groups-contract.ts';

type Actor = Context['actor'];

/** @throws AppError not_found where the viewer sees none */
async function getGroup({ tx, actor }: Context, groupId: string): Promise<groups.GroupRow> {
  const [found] = await groups.findGroups(tx, actor, [groupId]);
  if (!found) throw notFound();
  return found;
}

const sightOf = ({ audience_id, made_by }: Pick<groups.GroupRow, 'audience_id' | 'made_by'>, actor: Actor) =>
  audience_id === actor.workspaceId ? 'workspace' : audience_id === made_by ? 'maker' : 'team';

const describeColleague = ({ member_id, name, role, since, until }: groups.ColleagueRow, actor: Actor) => ({
  id: member_id,
  name,
  me: member_id === actor.memberId,
  role: role as contracts.GroupRole,
  since,
  until,
});

const describeMembership = (row: memberships.MembershipRow, actor: Actor): contracts.Membership => ({
  id: row.membership_id,
  by: { id: row.author_id, name: row.author },
  mine: row.author_id === actor.memberId,
  shared: row.shared,
  role: row.role as contracts.GroupRole,
  since: row.since,
  until: row.until,
});

const describePerson = ({ personId, name, organization, title, photo }: Summary): contracts.GroupPerson => ({
  id: personId,
  name,
  organization,
  title,
  photo,
});

const nameGroup = ({ group_id, name, kind }: groups.GroupRow) => ({
  id: group_id,
  name,
  kind: kind as contracts.GroupKind,
});

/** Groups with how many belong to each of those that the viewer sees. */
async function describeGroups(context: Context, rows: readonly groups.GroupRow[]): Promise<contracts.Group[]> {
  const { tx, actor, role } = context;
  const ids = rows.map(({ group_id }) => group_id);
  const people = await loadBelonging(context, rows);
  const colleagues = Map.groupBy(await groups.listColleagues(tx, actor, ids), ({ group_id }) => group_id);
  return rows.map((row) => ({
    ...nameGroup(row),
    organization: row.organization,
    place: row.place,
    startsOn: row.starts_on,
    endsOn: row.ends_on,
    note: row.note,
    label: row.label,
    visibleTo: sightOf(row, actor),
    team: sightOf(row, actor) === 'team' ? { id: row.audience_id, name: row.team ?? '' } : null,
    madeBy: { id: row.made_by, name: row.maker },
    mine: row.made_by === actor.memberId || role === 'admin',
    version: row.version,
    people: people.get(row.group_id)!.length,
    colleagues: (colleagues.get(row.group_id) ?? []).map((one) => describeColleague(one, actor)),
  }));
}

async function describeGroup(context: Context, groupId: string): Promise<contracts.Group> {
  const [described] = await describeGroups(context, [await getGroup(context, groupId)]);
  return described!;
}

/** @throws AppError invalid_input where an end comes before its beginning */
function checkDays(since: string | null, until: string | null, field: string): void {
  if (since !== null && until !== null && until < since)
    throw new AppError('invalid_input', { fields: { [field]: 'reversed' } });
}

type Words = Omit<Parsed<typeof contracts.createGroup>, 'visibleTo' | 'teamId'> & {
  visibleTo: contracts.GroupSight;
  teamId: string | null;
};

/** @throws AppError not_found for a team that the actor is not in, forbidden where only the maker would see the group that another changes */
async function toWords({ tx, actor }: Context, said: Words, madeBy: string): Promise<groups.GroupWords> {
  const { visibleTo, teamId, ...words } = said;
  checkDays(words.startsOn, words.endsOn, 'endsOn');
  if (visibleTo === 'workspace') return { ...words, audienceId: actor.workspaceId };
  if (visibleTo === 'maker') {
    if (madeBy !== actor.memberId) throw new AppError('forbidden');
    return { ...words, audienceId: madeBy };
  }
  if (!teamId || !(await groups.findOwnTeam(tx, actor, teamId))) throw notFound();
  return { ...words, audienceId: teamId };
}

/** A group that the actor may change, its row held. @throws AppError not_found, forbidden */
async function holdOwn(context: Context, groupId: string) {
  const { tx, actor, role } = context;
  const { made_by } = await getGroup(context, groupId);
  if (made_by !== actor.memberId && role !== 'admin') throw new AppError('forbidden');
  const held = await groups.holdGroup(tx, actor, groupId);
  if (!held) throw notFound();
  return held;
}

/** What its maker said of lent contacts while nobody else saw the group is told to their holders once others do. */
async function tellHolders({ tx, actor }: Context, groupId: string): Promise<void> {
  const own = (await memberships.listMemberships(tx, actor, [groupId])).filter(
    ({ author_id, shared }) => shared && author_id === actor.memberId,
  );
  const cards = await findUsedCards(
    tx,
    actor,
    own.map(({ card_id }) => card_id),
  );
  await recordUses(tx, actor, 'grouped', cards);
}

type Said = Pick<Parsed<typeof contracts.addToGroup>, 'role' | 'since' | 'until' | 'shared'>;

/** Says of the persons of these cards that they belong, each once; of whom that is said already, it stays as it is. */
async function putIn(
  context: Context,
  group: groups.GroupRow,
  cardIds: readonly string[],
  said: Said,
  batchId: string = newId(),
) {
  const { tx, actor } = context;
  checkDays(said.since, said.until, 'until');
  const persons = cardIds.length > 0 ? await memberships.loadPersons(context, cardIds) : [];
  const here = new Set((await memberships.listMemberships(tx, actor, [group.group_id])).map(({ card_id }) => card_id));
  const fresh = persons.filter((cards) => !cards.some((card) => here.has(card)));
  const used = new Map((await findUsedCards(tx, actor, fresh.flat())).map((card) => [card.card_id, card]));
  const chosen = fresh.flatMap((cards) => {
    const seen = cards.flatMap((card) => used.get(card) ?? []);
    // On a card of one's own: what one does not lend stays one's own word.
    return seen.find(({ mine }) => mine) ?? seen[0] ?? [];
  });
  const added = await memberships.addMemberships(tx, actor, group.group_id, batchId, chosen, said);
  if (said.shared && sightOf(group, actor) !== 'maker')
    await recordUses(
      tx,
      actor,
      'grouped',
      chosen.filter(({ card_id }) => added.has(card_id)),
    );
  return { batchId, added: added.size, already: persons.length - added.size };
}

/** The cards of persons by their ids. @throws AppError not_found, invalid_input where one is an organisation */
async function getCardsOf({ tx, actor }: Context, personIds: readonly string[]): Promise<string[]> {
  const found = await memberships.findCardsOf(tx, actor, personIds);
  if (personIds.some((one) => !found.has(one))) throw notFound();
  const cards = [...found.values()];
  if (cards.some(({ kind }) => kind !== 'person'))
    throw new AppError('invalid_input', { fields: { personIds: 'invalid' } });
  return cards.map(({ cardId }) => cardId);
}

/** The persons whom a list of addresses means, row by row; whom it does not, and why. */
async function findListed(context: Context, data: string, fileName: string | undefined) {
  const { tx, actor, app } = context;
  const listed = await readList(Buffer.from(data, 'base64'), fileName);
  const pointOf = (address: string) => contactPointId(app.secrets, actor.workspaceId, { channel: 'email', address });
  const points = new Map(listed.flatMap(({ emails }) => emails).map((email) => [email, pointOf(email)]));
  const found = await memberships.findCardsAt(tx, actor, [...points.values()]);
  const persons =
    found.length > 0
      ? await memberships.loadPersons(
          context,
          found.map(({ card_id }) => card_id),
        )
      : [];
  const personOf = new Map(persons.flatMap((cards) => cards.map((card) => [card, cards[0]!] as const)));
  const at = Map.groupBy(found, ({ contact_point_id }) => contact_point_id);
  const meant = listed.map(({ row, emails }) => {
    const cards = emails.flatMap((email) => at.get(points.get(email)!) ?? []);
    return {
      row,
      email: emails[0],
      persons: [...new Set(cards.flatMap(({ card_id }) => personOf.get(card_id) ?? []))],
    };
  });
  const told = (rows: typeof meant) => rows.flatMap(({ row, email }) => (email ? [{ row, email }] : []));
  return {
    cardIds: meant.flatMap(({ persons: of }) => (of.length === 1 ? of : [])),
    unseen: told(meant.filter(({ persons: of }) => of.length === 0)),
    ambiguous: told(meant.filter(({ persons: of }) => of.length > 1)),
    without: meant.flatMap(({ row, email }) => (email ? [] : [row])),
  };
}

async function describeBelongers(context: Context, all: readonly Belonging[]): Promise<contracts.Belonger[]> {
  const lines = await summarise(
    context,
    all.map(({ cardIds }) => cardIds),
  );
  const byId = new Map(lines.map((line) => [line.personId, line]));
  return all.flatMap(({ cardIds, words, labelled }) => {
    const line = byId.get(cardIds[0]!);
    if (!line) return [];
    return [
      {
        person: describePerson(line),
        memberships: words.map((word) => describeMembership(word, context.actor)),
        labelled,
      },
    ];
  });
}

/** Fellows shown beside a group on a person's page. */
const fewFellows = 5;

const groupOperations: Operation[] = [
  implement(contracts.listGroups, async ({ after, limit, joined, ...filter }, context) => {
    const cursor = after ? decodeCursor(after, z.tuple([z.string(), id])) : null;
    const rows = await groups.listGroups(
      context.tx,
      context.actor,
      { ...filter, joined: joined === 'yes' },
      cursor && { sortName: cursor[0], id: cursor[1] },
      limit + 1,
    );
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: await describeGroups(context, rows.slice(0, limit)),
      next: last ? encodeCursor([last.sort_name, last.group_id]) : null,
    };
  }),

  implement(contracts.findNearGroups, async ({ name }, { tx, actor }) => ({
    items: (await groups.listNames(tx, actor))
      .filter((group) => mayBeOne(group.name, name))
      .slice(0, 5)
      .map(({ group_id, name: called, kind }) => ({ id: group_id, name: called, kind: kind as contracts.GroupKind })),
  })),

  implement(contracts.getGroup, ({ groupId }, context) => describeGroup(context, groupId)),

  implement(contracts.createGroup, async (said, context) => {
    const { tx, actor } = context;
    const groupId = newId();
    await groups.addGroup(tx, actor, groupId, await toWords(context, said, actor.memberId));
    return describeGroup(context, groupId);
  }),

  implement(contracts.changeGroup, async ({ groupId, version, ...said }, context) => {
    const { tx, actor } = context;
    const held = await holdOwn(context, groupId);
    if (held.version !== version) throw new AppError('conflict', { fields: { version: 'changed' } });
    const words = await toWords(context, said, held.made_by);
    await groups.changeGroup(tx, actor, groupId, words);
    await buildAnew(context);
    const wasHidden = sightOf(held, actor) === 'maker';
    if (wasHidden && words.audienceId !== held.audience_id) await tellHolders(context, groupId);
    return describeGroup(context, groupId);
  }),

  implement(contracts.removeGroup, async ({ groupId }, context) => {
    await holdOwn(context, groupId);
    await groups.setRemoved(context.tx, context.actor, groupId, true);
    await buildAnew(context);
    return {};
  }),

  implement(contracts.restoreGroup, async ({ groupId }, context) => {
    if (!(await groups.holdGroup(context.tx, context.actor, groupId, true))) throw notFound();
    await groups.setRemoved(context.tx, context.actor, groupId, false);
    await buildAnew(context);
    return describeGroup(context, groupId);
  }),

  implement(contracts.joinGroup, async ({ groupId, ...said }, context) => {
    await getGroup(context, groupId);
    checkDays(said.since, said.until, 'until');
    await groups.joinGroup(context.tx, context.actor, groupId, said);
    return {};
  }),

  implement(contracts.leaveGroup, async ({ groupId }, context) => {
    if (!(await groups.leaveGroup(context.tx, context.actor, groupId))) throw notFound();
    return {};
  }),
];

const peopleOperations: Operation[] = [
  implement(contracts.listGroupPeople, async ({ groupId, after, limit }, context) => {
    const cursor = after ? decodeCursor(after, z.tuple([z.string(), id])) : null;
    const all = (await loadBelonging(context, [await getGroup(context, groupId)])).get(groupId)!;
    const names = await summarise(
      context,
      all.map(({ cardIds }) => cardIds),
      false,
    );
    const isAfter = ({ sortName, personId }: Summary) =>
      !cursor || sortName > cursor[0] || (sortName === cursor[0] && personId > cursor[1]);
    const rest = names
      .filter(isAfter)
      .sort((a, b) => (a.sortName < b.sortName || (a.sortName === b.sortName && a.personId < b.personId) ? -1 : 1));
    const shown = rest.slice(0, limit);
    const byId = new Map(all.map((one) => [one.cardIds[0]!, one]));
    const last = rest.length > limit ? shown.at(-1) : undefined;
    return {
      items: await describeBelongers(
        context,
        shown.map(({ personId }) => byId.get(personId)!),
      ),
      next: last ? encodeCursor([last.sortName, last.personId]) : null,
    };
  }),

  implement(contracts.addToGroup, async ({ groupId, personIds, batchId, ...said }, context) => {
    const group = await getGroup(context, groupId);
    return putIn(context, group, await getCardsOf(context, personIds), said, batchId);
  }),

  implement(contracts.addLabelled, async ({ groupId, label, ...said }, context) => {
    const { tx, actor } = context;
    const group = await getGroup(context, groupId);
    const written = (await memberships.listLabels(tx, actor)).filter((one) => labelKey(one.label) === labelKey(label));
    const found = await memberships.findLabelled(
      tx,
      actor,
      written.map((one) => one.label),
    );
    return putIn(
      context,
      group,
      found.map(({ card_id }) => card_id),
      said,
    );
  }),

  implement(contracts.readGroupFile, async ({ groupId, data, fileName, ...said }, context) => {
    const group = await getGroup(context, groupId);
    const { cardIds, ...told } = await findListed(context, data, fileName);
    return { ...(await putIn(context, group, cardIds, said)), ...told };
  }),

  implement(contracts.takeBackBatch, async ({ groupId, batchId }, { tx, actor }) => ({
    ended: await memberships.endBatch(tx, actor, groupId, batchId),
  })),

  implement(contracts.changeMembership, async ({ membershipId, ...said }, context) => {
    const { tx, actor } = context;
    checkDays(said.since, said.until, 'until');
    const before = await memberships.holdMembership(tx, actor, membershipId);
    const [card] = before ? await findUsedCards(tx, actor, [before.card_id]) : [];
    if (!before || !card) throw notFound();
    await memberships.changeMembership(tx, actor, membershipId, card, said);
    const group = await getGroup(context, before.group_id);
    if (said.shared && !before.shared && sightOf(group, actor) !== 'maker')
      await recordUses(tx, actor, 'grouped', [card]);
    return {};
  }),

  implement(contracts.endMembership, async ({ membershipId }, { tx, actor }) => {
    if (!(await memberships.endMembership(tx, actor, membershipId))) throw notFound();
    return {};
  }),

  implement(contracts.listLabels, async ({ q = '' }, { tx, actor }) => {
    const byKey = Map.groupBy(await memberships.listLabels(tx, actor), ({ label }) => labelKey(label));
    const labels = [...byKey].map(([key, ways]) => ({
      key,
      // As most write it.
      label: ways.toSorted((one, other) => other.cards - one.cards)[0]!.label,
      cards: ways.reduce((sum, { cards }) => sum + cards, 0),
    }));
    return {
      items: labels
        .filter(({ key }) => key !== '' && key.includes(labelKey(q)))
        .sort((one, other) => other.cards - one.cards || (one.key < other.key ? -1 : 1))
        .slice(0, 100)
        .map(({ label, cards }) => ({ label, cards })),
    };
  }),
];

const fellowOperations: Operation[] = [
  implement(contracts.listGroupsOf, async ({ personId }, context) => {
    const { tx, actor } = context;
    const found = await findGroupsOf(context, personId);
    if (!found) throw notFound();
    const belonging = await loadBelonging(context, found.groups);
    const colleagues = await groups.listColleagues(
      tx,
      actor,
      found.groups.map(({ group_id }) => group_id),
    );
    const isThem = ({ cardIds }: Belonging) => cardIds.includes(found.cardIds[0]!);
    const of = found.groups.map((group) => {
      const all = belonging.get(group.group_id)!;
      return { group, them: all.find(isThem), others: all.filter((one) => !isThem(one)) };
    });
    const some = of.flatMap(({ others }) => others.slice(0, fewFellows).map(({ cardIds }) => cardIds));
    const lines = new Map((await summarise(context, [...new Set(some)])).map((line) => [line.personId, line]));
    return {
      items: of.map(({ group, them, others }) => ({
        group: { ...nameGroup(group), startsOn: group.starts_on, endsOn: group.ends_on },
        memberships: (them?.words ?? []).map((word) => describeMembership(word, actor)),
        labelled: them?.labelled ?? false,
        fellows: {
          count: others.length,
          some: others.slice(0, fewFellows).flatMap(({ cardIds }) => {
            const line = lines.get(cardIds[0]!);
            return line ? [describePerson(line)] : [];
          }),
        },
        colleagues: colleagues
          .filter(({ group_id }) => group_id === group.group_id)
          .map((one) => describeColleague(one, actor)),
      })),
    };
  }),

  implement(contracts.listGroupFellows, async ({ personId, limit }, context) => {
    const found = await findFellows(context, personId);
    if (!found) throw notFound();
    const persons = found.persons.slice(0, limit);
    const lines = await summarise(
      context,
      persons.map(({ cardIds }) => cardIds),
    );
    const byId = new Map(lines.map((line) => [line.personId, line]));
    const items = persons.flatMap(({ cardIds, strength, groups: of }) => {
      const line = byId.get(cardIds[0]!);
      return line ? [{ line, strength, groups: of.map(nameGroup) }] : [];
    });
    items.sort((a, b) => b.strength - a.strength || (a.line.sortName < b.line.sortName ? -1 : 1));
    return {
      items: items.map(({ line, ...fellow }) => ({ person: describePerson(line), ...fellow })),
      colleagues: found.colleagues.slice(0, limit).map(({ memberId, name, strength, groups: of }) => ({
        member: { id: memberId, name },
        me: memberId === context.actor.memberId,
        strength,
        groups: of.map(nameGroup),
      })),
    };
  }),
];

/** Segments that name it are computed anew: who belongs to it is no longer for all of them, or by another category. */
const buildAnew = ({ app, tx, actor }: Pick<Context, 'app' | 'tx' | 'actor'>) =>
  app.enqueue(tx, {
    workspaceId: actor.workspaceId,
    task: 'segments.build',
    payload: {},
    queue: `segments ${actor.workspaceId}`,
  });

export const groupsOperations: Operation[] = [...groupOperations, ...peopleOperations, ...fellowOperations];
