import { departmentOf, type Field, kinOf, type Level, levels, type Title } from './titles.ts';

/** Somebody of an organisation: who they are, and what their title tells. */
export interface Standing {
  id: string;
  title: Title | null;
}

/** What somebody said: a person reports to a chief; null: to nobody of the organisation. */
export interface Said {
  id: string;
  chiefId: string | null;
  /** Said by the viewer: it is drawn before what others say. */
  mine: boolean;
  /** Milliseconds; of others' the newest is drawn. */
  at: number;
  /** They assist the chief: a chief all the same, where nothing else is said. */
  assists: boolean;
}

/** Why a line was inferred: the nearest above of the same field, of the same department, or the head. */
type Reason = 'field' | 'department' | 'head';

export interface Inferred {
  chiefId: string;
  reason: Reason;
  /** Those nearer by rung who could be it as well: none of them was chosen. */
  between: string[];
}

interface Place {
  id: string;
  /** Under whom the person is drawn; null: under nobody. */
  chiefId: string | null;
  /** said: by a person; inferred: from titles; cut: said in a circle, and not drawn; open: nothing is known; top: nobody stands above. */
  line: 'said' | 'inferred' | 'cut' | 'open' | 'top';
  inferred: Inferred | null;
  /** People say different things of whom the person reports to. */
  contradicted: boolean;
}

export interface Chart {
  places: Place[];
  /** Each who reports to the next, the last to the first, as people said it. */
  circles: string[][];
}

/** The statement that is drawn: the viewer's own, else the newest; who assists comes after who reports. */
function chosenOf(said: readonly Said[]): Said | undefined {
  return [...said].sort(
    (a, b) =>
      Number(a.assists) - Number(b.assists) ||
      Number(b.mine) - Number(a.mine) ||
      b.at - a.at ||
      (a.chiefId ?? '').localeCompare(b.chiefId ?? ''),
  )[0];
}

/** Circles of reporting lines: each is followed once. */
function circlesOf(chiefOf: ReadonlyMap<string, string | null>): string[][] {
  const done = new Set<string>();
  const circles: string[][] = [];
  for (const start of [...chiefOf.keys()].sort()) {
    const way: string[] = [];
    let at: string | null | undefined = start;
    while (typeof at === 'string' && !done.has(at) && !way.includes(at)) {
      way.push(at);
      at = chiefOf.get(at);
    }
    if (typeof at === 'string' && way.includes(at)) circles.push(way.slice(way.indexOf(at)));
    for (const one of way) done.add(one);
  }
  return circles;
}

/** In each circle one line is not drawn: what others say before what the viewer says, the oldest first. */
function cutsOf(circles: readonly string[][], drawn: ReadonlyMap<string, Said>): Set<string> {
  return new Set(
    circles.map(
      (circle) =>
        [...circle].sort((a, b) => {
          const [one, other] = [drawn.get(a)!, drawn.get(b)!];
          return Number(one.mine) - Number(other.mine) || one.at - other.at || a.localeCompare(b);
        })[0]!,
    ),
  );
}

const isAbove = (one: Standing, { title }: Standing): boolean =>
  one.title !== null && title !== null && one.title.level < title.level && one.title.level < levels.contributor;

const fieldOf = ({ title }: Standing): Field | undefined => title?.fields[0];
const departmentsOf = ({ title }: Standing) => new Set((title?.fields ?? []).map((field) => departmentOf[field]));

/** The nearest rung on which exactly one stands; those passed over on nearer rungs are named. */
function nearestOf(candidates: readonly Standing[]): { chief: Standing; between: string[] } | undefined {
  const between: string[] = [];
  const rungs = [...Map.groupBy(candidates, ({ title }) => title!.level)].sort(([a], [b]) => b - a);
  for (const [, [first, ...others]] of rungs) {
    if (others.length === 0) return { chief: first!, between };
    between.push(first!.id, ...others.map(({ id }) => id));
  }
  return undefined;
}

/**
 * Under whom titles put somebody: the nearest above of the same field, else of the same department, else the head, where one person alone is
 * it. Whoever assists the company as a whole stands beside its head.
 */
export function inferChief(person: Standing, people: readonly Standing[]): Inferred | null {
  if (person.title === null) return null;
  const above = people.filter((one) => one.id !== person.id && isAbove(one, person));
  if (above.length === 0) return null;
  const field = fieldOf(person);
  const own = departmentsOf(person);
  const led = (by: Field | undefined) =>
    above.filter((one) => by !== undefined && by !== 'general' && one.title!.fields.includes(by));
  const ways: [Reason, Standing[]][] = [
    ['field', led(field)],
    ['department', led(field && kinOf[field])],
    ['department', above.filter((one) => !own.has('general') && [...departmentsOf(one)].some((each) => own.has(each)))],
  ];
  const between: string[] = [];
  for (const [reason, candidates] of ways) {
    const nearest = nearestOf(candidates);
    if (nearest) return { chiefId: nearest.chief.id, reason, between: [...new Set([...between, ...nearest.between])] };
    between.push(...candidates.map(({ id }) => id));
  }
  const highest = Math.min(...above.map(({ title }) => title!.level)) as Level;
  const heads = above.filter(({ title }) => title!.level === highest);
  if (heads.length > 1) return null;
  return { chiefId: heads[0]!.id, reason: 'head', between: [...new Set(between)] };
}

/** Those who stand below somebody by the lines so far. */
function isBelow(id: string, chiefId: string, chiefOf: ReadonlyMap<string, string | null>): boolean {
  for (
    let at: string | null | undefined = chiefId, steps = 0;
    at && steps <= chiefOf.size;
    at = chiefOf.get(at), steps++
  )
    if (at === id) return true;
  return false;
}

/**
 * Who is drawn under whom. What people say goes before what titles tell; circles are cut, never followed; nobody is invented, nobody left out.
 *
 * @param said lines of people to chiefs among them; others are not drawn
 */
export function chartOf(people: readonly Standing[], said: readonly Said[]): Chart {
  const known = new Set(people.map(({ id }) => id));
  const lines = said.filter(
    ({ id, chiefId }) => known.has(id) && chiefId !== id && (chiefId === null || known.has(chiefId)),
  );
  const byPerson = Map.groupBy(lines, ({ id }) => id);
  const drawn = new Map([...byPerson].map(([id, of]) => [id, chosenOf(of)!]));
  const saidChief = new Map([...drawn].map(([id, { chiefId }]) => [id, chiefId]));
  const circles = circlesOf(saidChief);
  const cuts = cutsOf(circles, drawn);
  const chiefOf = new Map([...saidChief].map(([id, chief]) => [id, cuts.has(id) ? null : chief]));
  // From the top down, so that what is inferred hangs on what stands already.
  const ordered = [...people].sort(
    (a, b) => (a.title?.level ?? Infinity) - (b.title?.level ?? Infinity) || a.id.localeCompare(b.id),
  );
  const inferredOf = new Map(ordered.map((one) => [one.id, inferChief(one, people)]));
  for (const { id } of ordered) {
    if (chiefOf.has(id)) continue;
    const inferred = inferredOf.get(id);
    chiefOf.set(id, inferred && !isBelow(id, inferred.chiefId, chiefOf) ? inferred.chiefId : null);
  }
  const under = new Set([...chiefOf.values()].filter((chief) => chief !== null));
  return {
    circles,
    places: people.map(({ id, title }) => ({
      id,
      chiefId: chiefOf.get(id)!,
      line: lineOf(id),
      inferred: inferredOf.get(id)!,
      contradicted:
        new Set(
          byPerson
            .get(id)
            ?.filter(({ assists }) => !assists)
            .map(({ chiefId }) => chiefId),
        ).size > 1,
      // Whoever leads others, or whose title says that they lead, stands at the top; of the rest nothing is known.
      ...(drawn.has(id) || chiefOf.get(id) !== null
        ? {}
        : { line: under.has(id) || (title && title.level <= levels.manager) ? ('top' as const) : ('open' as const) }),
    })),
  };

  function lineOf(id: string): Place['line'] {
    if (cuts.has(id)) return 'cut';
    return drawn.has(id) ? 'said' : 'inferred';
  }
}
