import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldClass } from '../../delegation/field-classes.ts';
import { Population } from '../engine/index.ts';
import { FIELDS, valuesOf } from './facts.ts';
import { KindIndex } from './kind-index.ts';
import type { ReadCard } from './reader.ts';
import type { Told } from './readings.ts';

// What is kept from a viewer has no part in what they are told: two worlds that differ in nothing else look the same. Over HTTP, and with
// everything around it: matching/hunt.model.test.ts; here many more worlds.

const bit = (name: keyof typeof fieldClass) => 1 << fieldClass[name];
const EVERYTHING = 0x7fffffff;
/** What a book is lent with, to everybody; null: not at all. */
const lendings = [
  null,
  EVERYTHING,
  bit('name') | 1,
  bit('name') | bit('emailWork') | 1,
  EVERYTHING & ~bit('mobileUnlabelled'),
];

const said = {
  given: fc.constantFrom('Odile', 'Bertrand', undefined),
  family: fc.constantFrom('Tarn', 'Tarne', 'Lot'),
  emailWork: fc.constantFrom(undefined, 'one@hunt.example', 'two@hunt.example'),
  mobileUnlabelled: fc.constantFrom(undefined, '+33612002701', '+33612002702'),
  birthday: fc.constantFrom(undefined, '1971-03-01', '1971-03-02'),
  organization: fc.constantFrom(undefined, 'Quarry', 'Quarry Ltd'),
};
const content = fc.record(said);
type Content = ReturnType<typeof content.generate>['value'];
const card = fc.record({ ...said, bookNo: fc.nat(5), withheld: fc.boolean() });
type Card = ReturnType<typeof card.generate>['value'];
const world = fc.record({
  lent: fc.array(fc.constantFrom(...lendings), { minLength: 6, maxLength: 6 }),
  cards: fc.array(fc.tuple(card, content), { minLength: 3, maxLength: 9 }),
  viewer: fc.nat(2),
});

/** Two books a member. */
const holderOf = (bookNo: number): number => Math.floor(bookNo / 2);

function toRead(one: Card, at: number): ReadCard {
  const field = (kind: string, name: keyof typeof fieldClass, value: Record<string, unknown>) => ({
    kind,
    class: fieldClass[name],
    value,
  });
  return {
    id: `card${at}`,
    kind: 'person',
    bookNo: one.bookNo,
    withheld: one.withheld,
    fields: [
      field('name', 'name', { given: one.given, family: one.family }),
      ...(one.emailWork ? [field('email', 'emailWork', { value: one.emailWork, normalised: one.emailWork })] : []),
      ...(one.mobileUnlabelled ? [field('phone', 'mobileUnlabelled', { e164: one.mobileUnlabelled })] : []),
      ...(one.birthday ? [field('birthday', 'birthday', { value: one.birthday })] : []),
      ...(one.organization ? [field('organization', 'organization', { name: one.organization })] : []),
    ],
  };
}

/** What the viewer reads of a book: EVERYTHING and more where they hold it. */
const reachOf = (bookNo: number, viewer: number, lent: readonly (number | null)[]): number =>
  holderOf(bookNo) === viewer ? -1 : (lent[bookNo] ?? 0);

function tell(cards: readonly Card[], viewer: number, lent: readonly (number | null)[]) {
  const read = cards.map(toRead);
  const byId = new Map(read.map((one) => [one.id, one]));
  const population = new Population(FIELDS.person);
  for (const { fields } of read) population.add(valuesOf('person', fields));
  const all = { ids: read.map(({ id }) => id), population, prints: read.map((_, at) => at) };
  const index = new KindIndex('person', all, [], { learned: undefined, wrong: 0.002 });
  const { links, proposals } = index.judge(index.pairsOf(all.ids).pairs, byId);
  const reach = (bookNo: number) => reachOf(bookNo, viewer, lent);
  const bookOf = (id: string) => byId.get(id)!.bookNo;
  const sees = (id: string) => reach(bookOf(id)) < 0 || (reach(bookOf(id)) !== 0 && !byId.get(id)!.withheld);
  const readsAll = (bookNo: number) => (reach(bookNo) & EVERYTHING) === EVERYTHING;
  const holds = ({ asksA, asksB, told }: Told, a: string, b: string): boolean => {
    const groups = [...asksA.map((ask) => [ask, a] as const), ...asksB.map((ask) => [ask, b] as const)];
    const reading = groups.reduce((sum, [ask, id], at) => ((reach(bookOf(id)) & ask) === ask ? sum + 2 ** at : sum), 0);
    return told === '' || ((Buffer.from(told, 'hex')[reading >> 3]! >> (reading & 7)) & 1) === 1;
  };
  const shown = links.filter(({ a, b, cut, ...link }) => {
    const own = [bookOf(a), bookOf(b)];
    const parted = cut.some((no) =>
      no < 0 ? [...own, -1 - no].every((one) => reach(one) < 0) : [...own, no].every(readsAll),
    );
    return sees(a) && sees(b) && holds(link, a, b) && !parted;
  });
  const offered = proposals.filter(({ a, b, toAll, offered: to }) => {
    const mayDecide = reach(bookOf(a)) < 0 || reach(bookOf(b)) < 0 || holderOf(bookOf(a)) !== holderOf(bookOf(b));
    const whole = readsAll(bookOf(a)) && readsAll(bookOf(b));
    const isOne = shown.some((link) => link.a === a && link.b === b);
    return sees(a) && sees(b) && mayDecide && !isOne && (whole ? toAll : to !== null && holds(to, a, b));
  });
  const names = (list: readonly { a: string; b: string }[]) => list.map(({ a, b }) => `${a} ${b}`).sort();
  return { shown: names(shown), offered: names(offered) };
}

/** The card with other values where the viewer does not read them. */
function changed(one: Card, other: Content, viewer: number, lent: readonly (number | null)[]): Card {
  const reach = reachOf(one.bookNo, viewer, lent);
  const read = one.withheld && reach >= 0 ? 0 : reach;
  const keeps = (name: keyof typeof fieldClass) => (read & bit(name)) !== 0;
  return {
    ...one,
    ...(keeps('name') ? {} : { given: other.given, family: other.family }),
    ...Object.fromEntries(
      (['emailWork', 'mobileUnlabelled', 'birthday', 'organization'] as const)
        .filter((name) => !keeps(name))
        .map((name) => [name, other[name]]),
    ),
  };
}

const nothing = { given: undefined, emailWork: undefined, mobileUnlabelled: undefined, birthday: undefined };
const odile = { ...nothing, given: 'Odile', family: 'Tarn', organization: undefined } as const;
const met = { ...odile, emailWork: 'one@hunt.example', withheld: false } as const;
/** One card between two that contradict each other, alike in weight; and more of a colleague's, of whom nothing is read. */
const tied = {
  lent: [null, null, EVERYTHING, null, null, null],
  cards: [
    [{ ...met, given: undefined, bookNo: 4 }, odile],
    [{ ...met, given: 'Bertrand', bookNo: 2 }, odile],
    [{ ...met, birthday: '1971-03-01', organization: 'Quarry Ltd', bookNo: 2 }, odile],
    [{ ...met, emailWork: undefined, birthday: '1971-03-02', organization: 'Quarry', bookNo: 0 }, odile],
    [{ ...met, emailWork: undefined, bookNo: 0 }, odile],
  ] satisfies [Card, Content][],
  viewer: 2,
};

test('what a viewer does not read neither joins nor parts nor brings up what they see', () => {
  let [told, differing] = [0, 0];
  fc.assert(
    fc.property(world, ({ lent, cards, viewer }) => {
      const before = cards.map(([one]) => one);
      const after = cards.map(([one, other]) => changed(one, other, viewer, lent));
      const seen = tell(before, viewer, lent);
      told += seen.shown.length + seen.offered.length;
      if (JSON.stringify(before) !== JSON.stringify(after)) differing++;
      expect(tell(after, viewer, lent)).toEqual(seen);
    }),
    { numRuns: 800, examples: [[tied as typeof world extends fc.Arbitrary<infer W> ? W : never]] },
  );
  expect([told > 400, differing > 400]).toEqual([true, true]);
});
