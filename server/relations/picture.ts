import { findEntries } from '../cards/persons.ts';
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

/**
 * Who knows whom: the contacts that the viewer sees, the latest seen first, with the members who know them and may be asked, and the ties between them.
 *
 * @param scope `mine`: of contacts that I hold; `team`: that members of my teams hold; `all`: that I see at all
 * @param most contacts at most
 */
export async function drawPicture(viewer: Viewer, scope: contracts.PictureScope, q: string, most: number) {
  const { tx, actor } = viewer;
  const entries = await findEntries(tx, actor, { kind: 'person', ...(q ? { q } : {}) }, 'recent', null, most + 1);
  const holders = await queries.listHolders(
    tx,
    actor,
    entries.map(({ cluster_id }) => cluster_id),
  );
  const members = await queries.describeMembers(tx, actor, [...new Set(holders.map(({ holder_id }) => holder_id))]);
  const inScope = ({ mine, holder_id }: queries.HeldRow) =>
    scope === 'all' || mine || (scope === 'team' && members.get(holder_id)?.near === true);
  const heldBy = Map.groupBy(holders.filter(inScope), ({ cluster_id }) => cluster_id);
  const shown = entries.slice(0, most).filter(({ cluster_id }) => scope === 'all' || heldBy.has(cluster_id));
  const ties = await queries.listTiesWithin(
    tx,
    actor,
    shown.map(({ cluster_id }) => cluster_id),
  );
  const cards = await queries.listClustersOf(tx, actor, [...new Set(ties.flatMap((tie) => [tie.card_a, tie.card_b]))]);
  // Only those who know somebody here.
  const standing = new Set(
    shown.flatMap(({ cluster_id }) => heldBy.get(cluster_id)?.map((row) => row.holder_id) ?? []),
  );
  const known = [...members.values()].filter(({ member_id }) => standing.has(member_id));
  const memberAt = new Map(known.map(({ member_id }, at) => [member_id, at]));
  // Of two persons that one cluster is for the viewer, what ties the cluster is shown at the first.
  const personAt = new Map(shown.map(({ cluster_id }, at) => [cluster_id, at] as const).reverse());
  const picture: Picture = {
    members: known.map(({ member_id, name }) => ({ id: member_id, name, mine: member_id === actor.memberId })),
    persons: shown.map(({ person_id, name, organization, cluster_id }) => ({
      id: person_id,
      name,
      organization,
      knownBy: knownBy(heldBy.get(cluster_id) ?? [], memberAt),
    })),
    ties: ties.flatMap((tie) => {
      const [a, b] = [personAt.get(cards.get(tie.card_a) ?? ''), personAt.get(cards.get(tie.card_b) ?? '')];
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
