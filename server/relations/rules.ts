import type { Difference, Viewpoint } from './contract.ts';

type Said = Pick<Viewpoint, Difference>;

/** Roles that nobody has at once. */
const opposites = [['ally', 'opponent']] as const;

/** Steps of a scale from which on two people see somebody differently. */
const apart = 2;

function scaleDiffers(values: readonly (number | null)[]): boolean {
  const known = values.filter((value) => value !== null);
  return known.length > 1 && Math.max(...known) - Math.min(...known) >= apart;
}

/** One says for us, another against us, by however little. */
const sidesDiffer = (stances: readonly (number | null)[]): boolean =>
  stances.some((stance) => (stance ?? 0) > 0) && stances.some((stance) => (stance ?? 0) < 0);

/** Two who name roles and have none in common, or name opposite ones. */
function rolesDiffer(named: readonly (readonly string[])[]): boolean {
  const given = named.filter((roles) => roles.length > 0);
  const disjoint = given.some((one, at) =>
    given.slice(at + 1).some((other) => !one.some((role) => other.includes(role))),
  );
  const opposed = opposites.some(
    ([one, other]) => given.some((roles) => roles.includes(one)) && given.some((roles) => roles.includes(other)),
  );
  return disjoint || opposed;
}

/** Where viewpoints differ by more than a shade, so that no list or sum hides it. */
export function differencesOf(viewpoints: readonly Said[]): Difference[] {
  const of = <K extends Difference>(key: K) => viewpoints.map((one) => one[key]);
  const differs: Record<Difference, boolean> = {
    roles: rolesDiffer(of('roles')),
    importance: scaleDiffers(of('importance')),
    influence: scaleDiffers(of('influence')),
    stance: scaleDiffers(of('stance')) || sidesDiffer(of('stance')),
    closeness: scaleDiffers(of('closeness')),
    callable: of('callable').includes(true) && of('callable').includes(false),
  };
  return (Object.keys(differs) as Difference[]).filter((key) => differs[key]);
}
