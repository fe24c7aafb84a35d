import { findEntries, joinPersons } from '../cards/persons.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import type * as contracts from './paths-contract.ts';
import * as queries from './queries.ts';
import { held } from './strength.ts';

interface Viewer {
  tx: Tx;
  actor: Actor;
}

/** Members and ties that stand on a picture, by their places in its lists. */
type Picture = Omit<contracts.Picture, 'more'>;

interface Wanted {
  /** `mine`: of contacts that I hold; `team`: that members of my teams hold; `all`: that I see at all. */
  scope: contracts.PictureScope;
  /** Only what these words find. */
  q: string;
  /** Contacts at most. */
  most: number;
  /** The house rule keeps from the viewer whom others know. */
  alone: boolean;
}

/**
 * Who knows whom: the contacts that the viewer sees, the latest seen first, with the members who know them and may be asked, and the ties between them.
 * All by persons as the viewer sees them: what lies in one cluster is not one for them where they do not see why.
 */
export async function drawPicture(viewer: Viewer, { scope, q, most, alone }: Wanted) {
  const { tx, actor } = viewer;
  const entries = await findEntries(tx, actor, { kind: 'person', ...(q ? { q } : {}) }, 'recent', null, most + 1);
  const clusters = [...new Set(entries.map(({ cluster_id }) => cluster_id))];
  const cards = await queries.listCardsOf(tx, actor, clusters);
  const personOf = joinPersons(cards.flatMap((card) => card.links.map((other) => [card.card_id, other] as const)));
  const holders = await queries.listHolders(tx, actor, clusters);
  const members = await queries.describeMembers(tx, actor, [...new Set(holders.map(({ holder_id }) => holder_id))]);
  const inScope = ({ mine, holder_id }: queries.HeldRow) =>
    mine || (!alone && scope === 'all') || (!alone && scope === 'team' && members.get(holder_id)?.near === true);
  const heldBy = Map.groupBy(holders.filter(inScope), ({ card_id }) => personOf(card_id));
  const shown = entries.slice(0, most).filter(({ person_id }) => scope === 'all' || heldBy.has(personOf(person_id)));
  const ties = await queries.listTiesWithin(tx, actor, [...new Set(shown.map(({ cluster_id }) => cluster_id))]);
  const asked = new Set(
    shown.flatMap(({ person_id }) => heldBy.get(personOf(person_id)) ?? []).map((row) => row.holder_id),
  );
  const known = [...members.values()].filter(({ member_id }) => asked.has(member_id));
  const memberAt = new Map(known.map(({ member_id }, at) => [member_id, at]));
  const personAt = new Map(shown.map(({ person_id }, at) => [personOf(person_id), at] as const));
  const picture: Picture = {
    members: known.map(({ member_id, name }) => ({ id: member_id, name, mine: member_id === actor.memberId })),
    persons: shown.map(({ person_id, name, organization }) => ({
      id: person_id,
      name,
      organization,
      knownBy: knownBy(heldBy.get(personOf(person_id)) ?? [], memberAt),
    })),
    ties: ties.flatMap((tie) => {
      const [a, b] = [personAt.get(personOf(tie.card_a)), personAt.get(personOf(tie.card_b))];
      return a === undefined || b === undefined || a === b ? [] : [{ a, b, strength: tie.strength }];
    }),
  };
  return { ...picture, more: entries.length > most };
}

/** Of each member the best that may be known. */
function knownBy(rows: readonly queries.HeldRow[], memberAt: ReadonlyMap<string, number>) {
  const best = new Map<number, number>();
  for (const { holder_id, strength } of rows) {
    const at = memberAt.get(holder_id)!;
    best.set(at, Math.max(best.get(at) ?? 0, strength ?? 0, held));
  }
  return [...best].map(([member, strength]) => ({ member, strength }));
}
