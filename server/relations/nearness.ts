/** Whom somebody is tied to, and how strongly (0 to 100). */
export type Ties<N> = ReadonlyMap<N, number>;

/**
 * How near two persons are whom nobody may have introduced: by those whom both know. A common acquaintance says the more the stronger both ties
 * are and the fewer people they know (Adamic and Adar, Friends and neighbors on the Web, 2003); a tie between the two themselves comes on top. All of
 * it is held against how much each is tied to anybody (Salton's index, 1983), so that who knows everybody is near to nobody for that.
 *
 * @param countOf how many people somebody knows
 * @returns 0 for none in common; comparable with other pairs of the same network only
 */
export function nearness<N>(one: N, ofOne: Ties<N>, other: N, ofOther: Ties<N>, countOf: (node: N) => number): number {
  const [few, many] = ofOne.size <= ofOther.size ? [ofOne, ofOther] : [ofOther, ofOne];
  let sum = (ofOne.get(other) ?? ofOther.get(one) ?? 0) / 100;
  for (const [common, strength] of few) {
    const there = many.get(common);
    if (there === undefined || common === one || common === other) continue;
    sum += Math.sqrt((strength / 100) * (there / 100)) / Math.log(2 + countOf(common));
  }
  return sum / Math.sqrt((1 + weightOf(ofOne)) * (1 + weightOf(ofOther)));
}

const weightOf = <N>(ties: Ties<N>): number => [...ties.values()].reduce((sum, strength) => sum + strength / 100, 0);

/** How often somebody went to see those of whom it was said, and how often they wanted to see none of it. */
interface Became {
  taken: number;
  dismissed: number;
}

/**
 * What a kind of reason is worth to a member after what became of it: as before while nothing did, up to twice as much the more they followed it,
 * towards nothing the more they dismissed it (Laplace's rule of succession).
 */
export const learned = (worth: number, { taken, dismissed }: Became = { taken: 0, dismissed: 0 }): number =>
  (worth * 2 * (taken + 1)) / (taken + dismissed + 2);
