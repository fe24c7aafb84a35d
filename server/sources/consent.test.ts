import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { importFile } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

let persons = 0;
const newcomer = () => `contact${++persons}@list.example`;

type Says = 'opted in' | 'opted out' | 'nothing';

/** A list whose columns say whether somebody agreed, or wants no mail. */
function list(email: string, says: Says, name = 'Rose List'): string {
  const [given, family] = name.split(' ');
  return `First Name,Last Name,Email,Opt-in,Email Opt Out\n${given},${family},${email},${says === 'opted in' ? 'true' : ''},${says === 'opted out' ? 'true' : ''}`;
}

async function consentAt(email: string): Promise<string> {
  const seen = await Promise.all(
    [alice, bob].map(async (member) => {
      const { items } = await member.call(cards.listPeople, { q: email });
      const found = items.find((item) => item.email === email);
      if (!found) return [];
      const person = await member.call(cards.getPerson, { personId: found.id });
      return person.values.flatMap(({ kind, contactPoint }) => (kind === 'email' ? [contactPoint!.consent] : []));
    }),
  );
  const [consent, ...others] = new Set(seen.flat());
  expect(others, 'one contact point, one consent').toEqual([]);
  return consent!;
}

const undo = async (member: Member, importId: string) => {
  await member.call(contracts.undoImport, { importId });
  await app.settle();
};

test('a consent that a file states stands at the contact point, and goes with the import', async () => {
  const email = newcomer();
  await importFile(app, bob, 'mine.csv', list(email, 'nothing'));
  expect(await consentAt(email)).toBe('unknown');
  const { id } = await importFile(app, alice, 'list.csv', list(email, 'opted in'));
  expect(await consentAt(email)).toBe('given');
  await undo(alice, id);
  expect(await consentAt(email)).toBe('unknown');
});

test('an objection outranks a consent, whichever file comes first', async () => {
  for (const order of [
    ['opted in', 'opted out'],
    ['opted out', 'opted in'],
  ] as const) {
    const email = newcomer();
    await importFile(app, alice, 'first.csv', list(email, order[0]));
    await importFile(app, bob, 'second.csv', list(email, order[1]));
    expect(await consentAt(email), order.join(', then ')).toBe('objected');
  }
});

test('when the import of an objection is undone, what others state stands again', async () => {
  const email = newcomer();
  await importFile(app, alice, 'consents.csv', list(email, 'opted in'));
  const { id } = await importFile(app, bob, 'objections.csv', list(email, 'opted out'));
  expect(await consentAt(email)).toBe('objected');
  await undo(bob, id);
  expect(await consentAt(email)).toBe('given');
});

test('the undoing of a consent leaves another import’s objection', async () => {
  const email = newcomer();
  const { id } = await importFile(app, alice, 'consents.csv', list(email, 'opted in'));
  await importFile(app, bob, 'objections.csv', list(email, 'opted out'));
  await undo(alice, id);
  expect(await consentAt(email)).toBe('objected');
});

test('a source that changes its mind may tighten; what it loosens changes nothing', async () => {
  const email = newcomer();
  const { sourceId } = await importFile(app, alice, 'list.csv', list(email, 'opted in'));
  const refused = await importFile(app, alice, 'list.csv', list(email, 'opted out'), sourceId);
  expect(refused.report).toMatchObject({ updated: 1 });
  expect(await consentAt(email)).toBe('objected');
  await importFile(app, alice, 'list.csv', list(email, 'opted in'), sourceId);
  expect(await consentAt(email)).toBe('objected');
});

test('an objection that came by another way is not a file’s to overrule or to take back', async () => {
  const email = newcomer();
  await importFile(app, bob, 'mine.csv', list(email, 'nothing'));
  await app.query(
    `update cards.contact_point set consent = 'objected' where contact_point_id in
       (select contact_point_id from cards.card_field where value->>'value' = $1)`,
    [email],
  );
  const claims = await importFile(app, alice, 'claims.csv', list(email, 'opted in'));
  expect(await consentAt(email)).toBe('objected');
  await undo(alice, claims.id);
  expect(await consentAt(email)).toBe('objected');
});
