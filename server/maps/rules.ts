import type { Gap, MapPerson, Role } from './contract.ts';

type Said = MapPerson['said'][number];
type By = MapPerson['influenceBy'];

/** What one scale says of a person: by hand on this map, else as I think, else as the others agree; where they differ nothing is chosen. */
export function settle(
  byHand: number | null,
  said: readonly Pick<Said, 'mine' | 'influence' | 'stance'>[],
  scale: 'influence' | 'stance',
): { value: number | null; by: By } {
  if (byHand !== null) return { value: byHand, by: 'hand' };
  const own = said.find(({ mine }) => mine)?.[scale] ?? null;
  if (own !== null) return { value: own, by: 'mine' };
  const others = new Set(said.flatMap((one) => one[scale] ?? []));
  if (others.size === 1) return { value: [...others][0]!, by: 'others' };
  return { value: null, by: others.size === 0 ? 'none' : 'spread' };
}

/** The roles that I name, else all that others name. */
export function rolesOf(said: readonly Pick<Said, 'mine' | 'roles'>[]): Role[] {
  const own = said.find(({ mine }) => mine)?.roles ?? [];
  return own.length > 0 ? own : [...new Set(said.flatMap(({ roles }) => roles))];
}

/** What a card alone says (relations: `held`): from here on somebody is known to be in touch. */
const heldOnly = 10;
/** From here on somebody's word counts there. */
const influential = 4;
/** Without whom nothing is decided. */
const needed: readonly Role[] = ['decider', 'economic_buyer', 'technical_validator'];

const isTouched = ({ access }: Pick<MapPerson, 'access'>): boolean =>
  access.some(({ strength, closeness }) => (strength ?? 0) > heldOnly || (closeness ?? 0) > 0);

type Drawn = Pick<MapPerson, 'id' | 'access' | 'roles' | 'influence' | 'stance'>;

/** What is missing: a role that nobody has, people who count and whom nobody knows, support among those with influence. */
export function gapsOf(people: readonly Drawn[]): Gap[] {
  const roles = needed
    .filter((role) => !people.some((one) => one.roles.includes(role)))
    .map((role): Gap => ({ kind: 'role', role }));
  const untouched = people
    .filter((one) => !isTouched(one))
    .flatMap((one): Gap[] => {
      const role = needed.find((each) => one.roles.includes(each)) ?? null;
      return role || (one.influence ?? 0) >= influential ? [{ kind: 'untouched', personId: one.id, role }] : [];
    });
  const strong = people.filter(({ influence }) => (influence ?? 0) >= influential);
  const support: Gap[] =
    strong.length > 0 && !strong.some(({ stance }) => (stance ?? 0) > 0) ? [{ kind: 'support' }] : [];
  return [...roles, ...untouched, ...support];
}
