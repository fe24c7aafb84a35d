import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as matching from '../matching/contract.ts';
import * as contracts from './contract.ts';
import { addContact } from './testing.ts';

let app: TestApp;
let alice: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
});
afterAll(() => app.close());

test('a person is as fresh in the filter of the list as in its facets and in the audit', async () => {
  const seen = { quarter: 91, year: 93, three_years: 367, older: 1097 } as const;
  for (const [name, days] of Object.entries(seen)) {
    const personId = await addContact(alice, { name: `Frisch ${name}` });
    await app.query(`update cards.entry set seen_at = now() - make_interval(days => $2) where person_id = $1`, [
      personId,
      days,
    ]);
  }
  const { freshness } = await alice.call(contracts.getFacets, {});
  const audit = await alice.call(matching.getHealth, {});
  for (const value of ['quarter', 'year', 'three_years', 'older'] as const) {
    const { items } = await alice.call(contracts.listPeople, { freshness: value });
    expect(items.map(({ name }) => name)).toEqual([`Frisch ${value}`]);
    expect(freshness.find((one) => one.value === value)?.count).toBe(1);
    expect(audit.freshness.find((one) => one.value === value)?.count).toBe(1);
  }
});
