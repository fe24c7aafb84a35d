import type { Picture } from '../../../../server/relations/paths-contract.ts';

/** What we know of an account, as far as the viewer sees it. */
export interface Account {
  organization: string;
  persons: { id: string; name: string }[];
  /** Members who know somebody there, those who know most first. */
  members: { id: string; name: string; mine: boolean; persons: number }[];
  /** The strongest tie to anybody there, 0 to 100. */
  best: number;
  /** The viewer alone knows anybody there, of what they may see: told to nobody else. */
  onlyMe: boolean;
}

/** The accounts of a picture, those with most contacts first. */
export function coverageOf({ persons, members }: Picture): Account[] {
  const byName = Map.groupBy(
    persons.filter(({ organization }) => organization),
    ({ organization }) => organization!,
  );
  return [...byName]
    .map(([organization, group]) => {
      const counts = new Map<number, number>();
      for (const { member } of group.flatMap(({ knownBy }) => knownBy))
        counts.set(member, (counts.get(member) ?? 0) + 1);
      const known = [...counts]
        .sort(([, one], [, other]) => other - one)
        .map(([at, count]) => ({ ...members[at]!, persons: count }));
      return {
        organization,
        persons: group.map(({ id, name }) => ({ id, name })),
        members: known,
        best: Math.max(0, ...group.flatMap(({ knownBy }) => knownBy.map(({ strength }) => strength))),
        onlyMe: known.length === 1 && known[0]!.mine && group.length > 1,
      };
    })
    .sort(
      (one, other) => other.persons.length - one.persons.length || (one.organization < other.organization ? -1 : 1),
    );
}
