import * as memberships from '../cards/memberships.ts';
import { findPersonCards } from '../cards/persons.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { labelKey, nearness, overlap, type Period } from './group-rules.ts';
import * as groups from './groups.ts';

// Who belongs to which group, and what they have in common by it: composed from the cards that the viewer sees, and from nothing else.

export interface Viewer {
  tx: Tx;
  actor: Actor;
}

/** A person who belongs to a group. */
export interface Belonging {
  /** Theirs, as far as the viewer sees them. */
  cardIds: string[];
  words: memberships.MembershipRow[];
  labelled: boolean;
}

type Labelled = Pick<groups.GroupRow, 'group_id' | 'label'>;

/** The cards that carry a group's label, by group. */
async function findByLabel({ tx, actor }: Viewer, of: readonly Labelled[]): Promise<Map<string, string[]>> {
  const wanted = of.flatMap(({ group_id, label }) => (label === null ? [] : [{ group_id, key: labelKey(label) }]));
  if (wanted.length === 0) return new Map();
  const keys = new Set(wanted.map(({ key }) => key));
  const written = (await memberships.listLabels(tx, actor)).filter(({ label }) => keys.has(labelKey(label)));
  const found = await memberships.findLabelled(
    tx,
    actor,
    written.map(({ label }) => label),
  );
  const byKey = Map.groupBy(found, ({ label }) => labelKey(label));
  return new Map(wanted.map(({ group_id, key }) => [group_id, (byKey.get(key) ?? []).map(({ card_id }) => card_id)]));
}

/** The persons who belong to these groups, by group. */
export async function loadBelonging(viewer: Viewer, of: readonly Labelled[]): Promise<Map<string, Belonging[]>> {
  const { tx, actor } = viewer;
  const said = await memberships.listMemberships(
    tx,
    actor,
    of.map(({ group_id }) => group_id),
  );
  const labelled = await findByLabel(viewer, of);
  const cardIds = new Set([...said.map(({ card_id }) => card_id), ...[...labelled.values()].flat()]);
  const persons = cardIds.size > 0 ? await memberships.loadPersons(viewer, [...cardIds]) : [];
  const personOf = new Map(persons.flatMap((cards) => cards.map((card) => [card, cards] as const)));
  return new Map(
    of.map(({ group_id }) => {
      const byPerson = new Map<string[], Belonging>();
      const at = (cardId: string): Belonging | undefined => {
        const cards = personOf.get(cardId);
        if (!cards) return undefined;
        const here = byPerson.get(cards) ?? { cardIds: cards, words: [], labelled: false };
        byPerson.set(cards, here);
        return here;
      };
      for (const word of said) if (word.group_id === group_id) at(word.card_id)?.words.push(word);
      for (const cardId of labelled.get(group_id) ?? []) {
        const here = at(cardId);
        if (here) here.labelled = true;
      }
      return [group_id, [...byPerson.values()]];
    }),
  );
}

/** The groups of a person that the viewer sees, by name; undefined: there is no such person for them. */
export async function findGroupsOf(
  { tx, actor }: Viewer,
  personId: string,
): Promise<{ cardIds: string[]; groups: groups.GroupRow[] } | undefined> {
  const found = await findPersonCards(tx, actor, personId);
  if (!found) return undefined;
  const { cardIds } = found;
  const ids = new Set((await memberships.listMembershipsOf(tx, actor, cardIds)).map(({ group_id }) => group_id));
  const labels = new Set((await memberships.listLabelsOn(tx, actor, cardIds)).map(labelKey));
  if (labels.size > 0)
    for (const { group_id, label } of await groups.listLabelled(tx, actor))
      if (labels.has(labelKey(label))) ids.add(group_id);
  return { cardIds, groups: await groups.findGroups(tx, actor, [...ids]) };
}

/** Somebody who shares groups with a person. */
interface Fellow {
  strength: number;
  groups: groups.GroupRow[];
}

export interface Fellows {
  persons: (Fellow & { cardIds: string[] })[];
  colleagues: (Fellow & { memberId: string; name: string })[];
}

/** Never said: they may have met. */
const always: Period[] = [{ since: null, until: null }];
const periodsOf = ({ words }: Belonging): Period[] => (words.length > 0 ? words : always);
const met = (ones: readonly Period[], others: readonly Period[]) =>
  ones.some((one) => others.some((other) => overlap(one, other)));

/**
 * Who shares groups with a person, of those that the viewer sees, and which members of the company do; the nearest first. Undefined: there is no
 * such person for the viewer.
 */
export async function findFellows(viewer: Viewer, personId: string): Promise<Fellows | undefined> {
  const found = await findGroupsOf(viewer, personId);
  if (!found) return undefined;
  const belonging = await loadBelonging(viewer, found.groups);
  const colleagues = await groups.listColleagues(
    viewer.tx,
    viewer.actor,
    found.groups.map(({ group_id }) => group_id),
  );
  const isThem = ({ cardIds }: Belonging) => cardIds.includes(found.cardIds[0]!);
  const shared = found.groups.flatMap((group) => {
    const all = belonging.get(group.group_id) ?? [];
    const of = colleagues.filter(({ group_id }) => group_id === group.group_id);
    const them = all.find(isThem);
    const together = (periods: Period[]) => met(them ? periodsOf(them) : always, periods);
    const common = { group, size: all.length + of.length };
    return [
      ...all
        .filter((one) => one !== them)
        .map((one) => ({ ...common, key: one.cardIds[0]!, who: one, together: together(periodsOf(one)) })),
      ...of.map((one) => ({ ...common, key: one.member_id, who: one, together: together([one]) })),
    ];
  });
  const fellows = [...Map.groupBy(shared, ({ key }) => key).values()].map((common) => ({
    who: common[0]!.who,
    strength: nearness(common),
    groups: common.map(({ group }) => group),
  }));
  fellows.sort((one, other) => other.strength - one.strength);
  return {
    persons: fellows.flatMap(({ who, ...fellow }) => ('cardIds' in who ? [{ ...fellow, cardIds: who.cardIds }] : [])),
    colleagues: fellows.flatMap(({ who, ...fellow }) =>
      'member_id' in who ? [{ ...fellow, memberId: who.member_id, name: who.name }] : [],
    ),
  };
}
