import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as attributes from '../attributes/contract.ts';
import { addAttribute } from '../attributes/testing.ts';
import * as cards from '../cards/contract.ts';
import { formatTarget, parseTarget } from '../formats/table/columns.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { finish, upload } from './testing.ts';

// Columns of a file that are values of the data dictionary.

let app: TestApp;
let alice: Member;
let bob: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  const both = (fr: string, en: string) => ({ fr, en });
  await addAttribute(alice, 'staff_2', { type: 'number', bounds: { min: 1, whole: true } });
  await addAttribute(alice, 'vip', { type: 'boolean' });
  await addAttribute(alice, 'met_on', { type: 'date' });
  await addAttribute(alice, 'season', {
    type: 'choice',
    choices: [
      { key: 'spring', ...both('Printemps', 'Spring') },
      { key: 'fall', ...both('Automne', 'Autumn') },
    ],
  });
  await addAttribute(alice, 'health', {
    ...{ type: 'number', access: [{ kind: 'member', id: bob.me.memberId, writes: true }] },
  });
  await addAttribute(alice, 'hidden', { access: [{ kind: 'member', id: alice.me.memberId, writes: true }] });
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const header = 'First Name,Last Name,E-mail,Staff,Vip,Met,Season,Hidden,Health';
const targets = ['staff_2', 'vip', 'met_on', 'season', 'hidden', 'health'].map((key) => `attribute:${key}`);

/** Has the file's columns after the third mapped, and analysed again. */
async function bring(rows: string[], sourceId?: string | null): Promise<contracts.ImportRecord> {
  const { id: importId, sheets } = await upload(app, bob, 'people.csv', [header, ...rows].join('\n'));
  const mapping = sheets[0]!.mapping.map((one) =>
    one.column < 3 ? one : { ...one, target: targets[one.column - 3]!, reason: 'user' as const, confidence: 1 },
  );
  const name = sheets[0]!.name;
  await bob.call(contracts.updateImport, { importId, mapping: { [name]: mapping }, ...(sourceId ? { sourceId } : {}) });
  await app.settle();
  return finish(app, bob, importId);
}

async function valuesOf(email: string): Promise<Record<string, unknown>> {
  const { items } = await bob.call(cards.listPeople, { q: email });
  const { items: values } = await bob.call(attributes.listValues, { personId: items[0]!.id });
  return Object.fromEntries(values.flatMap(({ attribute, value }) => (value === null ? [] : [[attribute.key, value]])));
}

const extrasOf = async (email: string) => {
  const { items } = await bob.call(cards.listPeople, { q: email });
  const { values } = await bob.call(cards.getPerson, { personId: items[0]!.id });
  return values.filter(({ kind }) => kind === 'extra').map(({ value }) => value);
};

test('typed values stand on the cards; a bad one is remarked, and kept with the card as the file has it', async () => {
  const record = await bring([
    'Marie,Curie,marie@radium.example,1 200,oui,14/03/2025,Printemps,secret,',
    'Louis,Pasteur,louis@pasteur.example,many,maybe,2025-02-30,autumn,,flu',
  ]);
  expect(record.report).toMatchObject({ created: 2, failed: 0 });
  expect(await valuesOf('marie@radium.example')).toEqual({
    ...{ staff_2: 1200, vip: true, met_on: '2025-03-14', season: 'spring' },
  });
  // What one does not write oneself is no attribute of the file's.
  expect(await extrasOf('marie@radium.example')).toEqual([{ name: 'Hidden', value: 'secret' }]);
  expect(await valuesOf('louis@pasteur.example')).toEqual({ season: 'fall' });
  // What is for Bob alone is not shown to all who read the card because it could not be read.
  expect((await extrasOf('louis@pasteur.example')).map(({ value }) => value).sort()).toEqual([
    '2025-02-30',
    'many',
    'maybe',
  ]);
  const { items } = await bob.call(contracts.listWarnings, { importId: record.id });
  expect(items.flatMap(({ codes }) => codes).sort()).toEqual(['attribute.invalid', 'attribute.unknown']);
  await bob.call(contracts.undoImport, { importId: record.id });
  await app.settle();
  expect((await bob.call(cards.listPeople, { q: 'marie@radium.example' })).items).toEqual([]);
});

test('the same file again changes nothing; a changed one brings its values, and undone, what stood before stands again', async () => {
  const row = (staff: string) => `Ada,Lovelace,ada@engine.example,${staff},,,,,`;
  const first = await bring([row('5')]);
  expect(await valuesOf('ada@engine.example')).toEqual({ staff_2: 5 });
  const again = await bring([row('5')], first.sourceId);
  expect(again.report).toMatchObject({ created: 0, updated: 0, unchanged: 1 });
  const changed = await bring([row('7')], first.sourceId);
  expect(await valuesOf('ada@engine.example')).toEqual({ staff_2: 7 });
  await bob.call(contracts.undoImport, { importId: changed.id });
  await app.settle();
  expect(await valuesOf('ada@engine.example')).toEqual({ staff_2: 5 });
  const { items } = await bob.call(cards.listPeople, { q: 'ada@engine.example' });
  const { items: all } = await bob.call(attributes.listAttributes, {});
  const attributeId = all.find(({ key }) => key === 'staff_2')!.id;
  const say = (value: number) => bob.call(attributes.setValue, { personId: items[0]!.id, attributeId, value });
  // What a member said since is not the import's to take back.
  const second = await bring([row('6')], first.sourceId);
  expect(await valuesOf('ada@engine.example')).toEqual({ staff_2: 6 });
  await say(9);
  await bob.call(contracts.undoImport, { importId: second.id });
  await app.settle();
  expect(await valuesOf('ada@engine.example')).toEqual({ staff_2: 9 });
  // A member's own word stays over a file's, also when that is undone.
  const third = await bring([row('8')], first.sourceId);
  expect(await valuesOf('ada@engine.example')).toEqual({ staff_2: 9 });
  await bob.call(contracts.undoImport, { importId: third.id });
  await app.settle();
  expect(await valuesOf('ada@engine.example')).toEqual({ staff_2: 9 });
});

test('a target for an attribute is read as it is written, and nothing else of that form is one', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][a-z0-9]{0,9}(_[a-z0-9]{1,6}){0,2}$/), (key) => {
      const target = parseTarget(`attribute:${key}`)!;
      expect(target.qualifiers).toEqual([key]);
      expect(formatTarget(target)).toBe(`attribute:${key}`);
    }),
  );
  for (const text of ['attribute', 'attribute:', 'attribute:a,b', 'attribute:A'])
    expect(parseTarget(text)).toBeUndefined();
});
