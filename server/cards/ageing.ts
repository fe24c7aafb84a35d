import { type FieldClass, fieldClass, fieldClassName } from '../delegation/field-classes.ts';

/**
 * Of values of a class that were right, the share that is wrong a year later: people change jobs, firms and flats. Defaults until a company has
 * seen enough of its own (see `measuredLoss`): titles one in five, addresses of work 15 to 20 in a hundred, direct numbers 8 to 12.
 */
export const lossAYear: Partial<Record<FieldClass, number>> = {
  title: 0.2,
  organization: 0.15,
  emailWork: 0.18,
  emailUnlabelled: 0.15,
  emailPrivate: 0.06,
  phoneWork: 0.12,
  mobileWork: 0.1,
  phoneUnlabelled: 0.1,
  mobileUnlabelled: 0.08,
  phonePrivate: 0.08,
  addressWork: 0.12,
  addressPrivate: 0.1,
};

/** Classes that go with an employer: they age faster once their bearer is seen elsewhere. */
const OF_WORK = new Set<FieldClass>(['title', 'organization', 'emailWork', 'phoneWork', 'mobileWork', 'addressWork']);

/** What makes a value age faster. `moved`: the person is seen with another employer since; `failing`: messages come back, not for good. */
export type AgeingSign = 'moved' | 'failing' | 'dead';

const SPEED: Record<AgeingSign, number> = { moved: 4, failing: 3, dead: Number.POSITIVE_INFINITY };

export interface Aged {
  /** A number of delegation/field-classes.ts. */
  class: number;
  /** When it was last said, seen or confirmed. */
  seenAt: Date;
  signs: readonly AgeingSign[];
}

const YEAR = 365.25 * 86_400_000;

/** The signs that count for a class: an address at home stays right when its bearer changes the employer. */
export function signsFor(of: number, signs: readonly AgeingSign[]): AgeingSign[] {
  return signs.filter((sign) => sign !== 'moved' || OF_WORK.has(fieldClassName(of)));
}

/**
 * How likely a value is still right: (1 − loss)^years, as of anything that is lost at an even pace (half of it after ln 2 / −ln(1 − loss)
 * years); faster with signs.
 *
 * @returns 0 to 1; null for what does not age (names, birthdays, notes)
 */
export function likelyRight({ class: of, seenAt, signs }: Aged, now: Date, loss = lossAYear): number | null {
  const share = loss[fieldClassName(of)];
  if (share === undefined) return null;
  const speed = signsFor(of, signs).reduce((fastest, sign) => Math.max(fastest, SPEED[sign]), 1);
  if (speed === Number.POSITIVE_INFINITY) return 0;
  const years = Math.max(0, now.getTime() - seenAt.getTime()) / YEAR;
  return (1 - share) ** (years * speed);
}

/** What somebody is reached by counts most. */
const WEIGHT: Partial<Record<string, number>> = { email: 3, phone: 3, organization: 2, title: 2, address: 1 };

/** How fresh a person is, 0 to 100: the mean of the values that stand in the reference; null where none of them ages. */
export function freshnessScore(values: readonly { kind: string; likely: number | null }[]): number | null {
  let [sum, weights] = [0, 0];
  for (const { kind, likely } of values) {
    const weight = WEIGHT[kind] ?? 0;
    if (likely === null || weight === 0) continue;
    sum += likely * weight;
    weights += weight;
  }
  return weights === 0 ? null : Math.round((100 * sum) / weights);
}

/** The default counts as much as so many years of one value: less is luck. */
const PRIOR_YEARS = 50;

/**
 * The loss that a company sees itself, from how many values it lost in how many years of values: the mean of a gamma prior around the
 * default and what was seen (Gelman et al., Bayesian Data Analysis, 2.6), as a share a year.
 */
export function measuredLoss(usual: number, lost: number, years: number): number {
  const rate = -Math.log(1 - usual);
  return 1 - Math.exp(-(rate * PRIOR_YEARS + lost) / (PRIOR_YEARS + years));
}

/** Classes that age, with their loss, as two lists for SQL. */
export function ageingClasses(loss = lossAYear): { classes: number[]; losses: number[]; ofWork: number[] } {
  const names = Object.keys(loss) as FieldClass[];
  return {
    classes: names.map((name) => fieldClass[name]),
    losses: names.map((name) => loss[name]!),
    ofWork: [...OF_WORK].map((name) => fieldClass[name]),
  };
}
