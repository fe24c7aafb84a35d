import { afterAll, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact, purgeNow } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { attributesCrons } from './jobs.ts';
import { enterAttributes, findValueRows } from './queries.ts';
import { addAttribute } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carl: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Holder');
  carl = await app.invite(alice, 'Carl Colleague');
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const valuesOf = async (viewer: Member, personId: string) =>
  (await viewer.call(contracts.listValues, { personId })).items;
const oneOf = async (viewer: Member, personId: string, key: string) =>
  (await valuesOf(viewer, personId)).find((one) => one.attribute.key === key);
const runCron = () => attributesCrons[0]!.run(app.app);

/** A contact of Bob's that the company may read. */
async function lentContact(name: string, email: string): Promise<{ cardId: string; bookId: string }> {
  const bookId = (await bob.call(delegation.createBook, { name: `Lent ${name}` })).id;
  await lend(bob, bookId, { grantee: { kind: 'workspace' }, acts: ['read'] });
  return { cardId: await addContact(bob, { name, email, bookId }), bookId };
}

test('what goes into the dictionary holds together, and is for admins to say', async () => {
  const staff = await addAttribute(alice, 'staff_count', {
    ...{ type: 'number', unit: 'people', bounds: { min: 0, whole: true } },
  });
  expect(staff).toMatchObject({ key: 'staff_count', reads: true, writes: true, endedAt: null, uses: [] });
  expect(await codeOf(addAttribute(bob, 'shoe_size'))).toBe('forbidden');
  expect(await codeOf(addAttribute(alice, 'staff_count'))).toBe('conflict');
  const broken = [
    { type: 'choice' as const },
    {
      choices: [
        { key: 'a', fr: 'A', en: 'A' },
        { key: 'b', fr: 'B', en: 'B' },
      ],
    },
    { unit: 'kg' },
    { many: true },
    { type: 'number' as const, bounds: { min: 5, max: 1 } },
    { sensitivity: 'special' as const, access: [{ kind: 'member' as const, id: alice.me.memberId, writes: true }] },
    { sensitivity: 'special' as const, specialBasis: 'explicit_consent' as const },
    { specialBasis: 'health' as const },
    { access: [{ kind: 'member' as const, id: staff.id, writes: true }] },
  ];
  for (const more of broken) expect(await codeOf(addAttribute(alice, 'broken', more))).toBe('invalid_input');
});

test('two who change an entry at once do not undo each other, and choices that were offered stay', async () => {
  const choices = [
    { key: 'red', fr: 'Rouge', en: 'Red' },
    { key: 'blue', fr: 'Bleu', en: 'Blue' },
  ];
  const colour = await addAttribute(alice, 'colour', { type: 'choice', choices });
  const said = {
    ...{
      attributeId: colour.id,
      name: 'Colour',
      meaning: 'Theirs',
      purpose: 'Gifts',
      basis: 'consent' as const,
      months: 12,
    },
    access: [{ kind: 'workspace' as const, writes: true }],
  };
  const more = [...choices, { key: 'green', fr: 'Vert', en: 'Green' }];
  const changed = await alice.call(contracts.updateAttribute, { ...said, version: colour.version, choices: more });
  expect(changed).toMatchObject({ name: 'Colour', months: 12, version: 2 });
  expect(await codeOf(alice.call(contracts.updateAttribute, { ...said, version: 1, choices: more }))).toBe('conflict');
  expect(await codeOf(alice.call(contracts.updateAttribute, { ...said, version: 2, choices }))).toBe('invalid_input');
});

test('a value that is not possible is refused and says why', async () => {
  const staff = (await alice.call(contracts.listAttributes, {})).items.find(({ key }) => key === 'staff_count')!;
  const personId = await addContact(alice, { name: 'Lea Limits' });
  const set = (value: contracts.Given) => alice.call(contracts.setValue, { personId, attributeId: staff.id, value });
  for (const value of [-1, 2.5, 'many', true, ['a']]) expect(await codeOf(set(value))).toBe('invalid_input');
  await set(12);
  expect(await oneOf(alice, personId, 'staff_count')).toMatchObject({ value: 12, reason: 'only' });
});

test('what one knows of a lent contact stands on a card of one’s own, and both words are shown with who said them', async () => {
  await addAttribute(alice, 'diet', { name: 'Diet' });
  const { cardId } = await lentContact('Mia Menu', 'mia@client.example');
  const attributeId = (await oneOf(bob, cardId, 'diet'))!.attribute.id;
  await bob.call(contracts.setValue, { personId: cardId, attributeId, value: 'vegetarian' });
  await carl.call(contracts.setValue, { personId: cardId, attributeId, value: 'vegan' });
  const own = (await carl.call(cards.getPerson, { personId: cardId })).cards.filter((card) => card.mine);
  expect(own).toHaveLength(1);
  const known = (await oneOf(carl, cardId, 'diet'))!;
  expect(known).toMatchObject({ value: 'vegan', reason: 'corrected' });
  expect(known.said.map(({ value, memberName, mine }) => [value, memberName, mine])).toEqual([
    ['vegan', 'Carl Colleague', true],
    ['vegetarian', 'Bob Holder', false],
  ]);
  await carl.call(contracts.setValue, { personId: cardId, attributeId, value: null });
  expect(await oneOf(carl, cardId, 'diet')).toMatchObject({ value: 'vegetarian' });
});

test('what is said of a card is seen by whoever reads the card, and by nobody any more once it is lent no more', async () => {
  const { cardId, bookId } = await lentContact('Nora Lent', 'nora@client.example');
  const attributeId = (await oneOf(bob, cardId, 'diet'))!.attribute.id;
  await bob.call(contracts.setValue, { personId: cardId, attributeId, value: 'kosher' });
  await carl.call(contracts.setValue, { personId: cardId, attributeId, value: 'none' });
  expect((await oneOf(carl, cardId, 'diet'))!.said).toHaveLength(2);
  await lend(bob, bookId);
  expect(await codeOf(valuesOf(carl, cardId))).toBe('not_found');
  const mine = (await carl.call(cards.listPeople, { q: 'Nora' })).items[0]!.id;
  expect((await oneOf(carl, mine, 'diet'))!.said.map(({ value }) => value)).toEqual(['none']);
});

test('a value follows its card out of sight and to another book, also where its holder may not see it', async () => {
  const { cardId } = await lentContact('Olga Moved', 'olga@client.example');
  const secret = await addAttribute(alice, 'secret_grade', {
    access: [
      { kind: 'member', id: alice.me.memberId, writes: true },
      { kind: 'member', id: bob.me.memberId, writes: true },
    ],
  });
  await bob.call(contracts.setValue, { personId: cardId, attributeId: secret.id, value: 'A' });
  const only = [{ kind: 'member' as const, id: alice.me.memberId, writes: true }];
  const { name, meaning, purpose, basis, months } = secret;
  const said = { attributeId: secret.id, version: 1, name, meaning, purpose, basis, months, access: only };
  await alice.call(contracts.updateAttribute, said);
  expect(await oneOf(bob, cardId, 'secret_grade')).toBeUndefined();
  expect(await oneOf(alice, cardId, 'secret_grade')).toMatchObject({ value: 'A' });
  await bob.call(cards.updateCard, { cardId, withheld: true });
  const [row] = await app.query<{ exposure: number; book_no: number }>(
    'select exposure, book_no from attributes.value where subject_id = $1',
    [cardId],
  );
  expect(row!.exposure).toBe(1);
  const { id: bookId } = await bob.call(delegation.createBook, { name: 'Elsewhere' });
  await bob.call(cards.updateCard, { cardId, bookId });
  const [moved] = await app.query<{ book_no: number }>('select book_no from attributes.value where subject_id = $1', [
    cardId,
  ]);
  expect(moved!.book_no).not.toBe(row!.book_no);
});

test('who does not see an attribute finds nothing of it, and who sees it only does not write it', async () => {
  const team = await alice.call(identity.createTeam, { name: 'Care', memberIds: [carl.me.memberId] });
  await addAttribute(alice, 'health_note', {
    ...{ sensitivity: 'special', specialBasis: 'explicit_consent', basis: 'consent' },
    access: [
      { kind: 'team', id: team.id, writes: false },
      { kind: 'member', id: bob.me.memberId, writes: true },
    ],
  });
  const { cardId } = await lentContact('Paul Patient', 'paul@client.example');
  const { attribute } = (await oneOf(bob, cardId, 'health_note'))!;
  await bob.call(contracts.setValue, { personId: cardId, attributeId: attribute.id, value: 'allergic' });
  expect(await oneOf(carl, cardId, 'health_note')).toMatchObject({ value: 'allergic', writes: false });
  expect(await oneOf(alice, cardId, 'health_note')).toBeUndefined();
  const set = { personId: cardId, attributeId: attribute.id, value: 'no' };
  expect(await codeOf(carl.call(contracts.setValue, set))).toBe('forbidden');
  expect(await codeOf(alice.call(contracts.setValue, set))).toBe('not_found');
  const items = [{ attribute: 'health_note', email: 'paul@client.example', value: 'x' }];
  expect((await carl.call(contracts.setValues, { items })).refused).toEqual([
    { index: 0, reason: 'unknown_attribute' },
  ]);
});

test('the database itself shows a value to nobody who does not see both its attribute and its card', async () => {
  const rowsOf = (viewer: Member, cardId: string) => {
    const actor = { workspaceId: viewer.me.workspace.id, memberId: viewer.me.memberId };
    return app.app.db.asActor(actor, async (tx) => {
      await enterAttributes(tx);
      return findValueRows(tx, actor.workspaceId, [cardId]);
    });
  };
  const { cardId } = await lentContact('Quin Secret', 'quin@client.example');
  const health = (await oneOf(bob, cardId, 'health_note'))!.attribute.id;
  await bob.call(contracts.setValue, { personId: cardId, attributeId: health, value: 'asthma' });
  const own = await addContact(bob, { name: 'Rob Private' });
  const diet = (await oneOf(bob, own, 'diet'))!.attribute.id;
  await bob.call(contracts.setValue, { personId: own, attributeId: diet, value: 'none' });
  expect([await rowsOf(bob, cardId), await rowsOf(bob, own)].map((rows) => rows.length)).toEqual([1, 1]);
  expect(await rowsOf(alice, cardId)).toEqual([]);
  expect(await rowsOf(carl, own)).toEqual([]);
});

test('a batch takes what is possible and says line by line what is not, the same for addresses that nobody knows', async () => {
  const { cardId } = await lentContact('Rita Batch', 'rita@client.example');
  const { refused, taken } = await carl.call(contracts.setValues, {
    items: [
      { attribute: 'diet', email: 'Rita@Client.example', value: 'halal' },
      { attribute: 'diet', email: 'nobody@nowhere.example', value: 'halal' },
      { attribute: 'staff_count', email: 'rita@client.example', value: -3 },
      { attribute: 'missing', email: 'rita@client.example', value: 3 },
      { attribute: 'diet', cardId, value: 'mine it is not' },
      { attribute: 'diet', email: 'rita@client.example', phone: '+33612345678', value: 'both' },
      { attribute: 'diet', email: 'no address', value: 'none' },
    ],
  });
  expect(taken).toBe(2);
  expect(refused.map(({ index, reason }) => [index, reason])).toEqual([
    [2, 'too_small'],
    [3, 'unknown_attribute'],
    [4, 'unknown_subject'],
    [5, 'unknown_subject'],
    [6, 'unknown_subject'],
  ]);
  expect(await oneOf(bob, cardId, 'diet')).toMatchObject({ value: 'halal', said: [{ writtenBy: 'program' }] });
});

test('a program’s word does not take the place of a member’s on the same card', async () => {
  const cardId = await addContact(carl, { name: 'Sam Standing' });
  const attributeId = (await oneOf(carl, cardId, 'diet'))!.attribute.id;
  await carl.call(contracts.setValue, { personId: cardId, attributeId, value: 'vegan' });
  await carl.call(contracts.setValues, { items: [{ attribute: 'diet', cardId, value: 'meat' }] });
  expect(await oneOf(carl, cardId, 'diet')).toMatchObject({ value: 'vegan' });
});

test('an attribute that is ended is shown no more, comes back with its values, and loses them after 30 days', async () => {
  const fleeting = await addAttribute(alice, 'fleeting');
  const personId = await addContact(alice, { name: 'Tom Ended' });
  const set = (value: string) => alice.call(contracts.setValue, { personId, attributeId: fleeting.id, value });
  await set('here');
  const ended = await alice.call(contracts.endAttribute, { attributeId: fleeting.id });
  expect(ended.restorableUntil).not.toBeNull();
  expect(await oneOf(alice, personId, 'fleeting')).toBeUndefined();
  expect(await codeOf(set('again'))).toBe('not_found');
  await alice.call(contracts.restoreAttribute, { attributeId: fleeting.id });
  expect(await oneOf(alice, personId, 'fleeting')).toMatchObject({ value: 'here' });
  await alice.call(contracts.endAttribute, { attributeId: fleeting.id });
  await app.query(`update attributes.attribute set ended_at = now() - interval '31 days' where attribute_id = $1`, [
    fleeting.id,
  ]);
  await runCron();
  expect(await app.query('select from attributes.value where attribute_no = $1', [fleeting.no])).toEqual([]);
  expect(await codeOf(alice.call(contracts.restoreAttribute, { attributeId: fleeting.id }))).toBe('not_undoable');
});

test('values go when their months are over, with their card, and with the address that no card carries', async () => {
  const brief = await addAttribute(alice, 'brief', { months: 1 });
  const kept = await addAttribute(alice, 'kept_longer', { months: 24 });
  const personId = await addContact(alice, { name: 'Uma Over', email: 'uma@client.example' });
  const items = [brief, kept].map(({ key }) => ({ attribute: key, email: 'uma@client.example', value: 'x' }));
  await alice.call(contracts.setValues, { items: [...items, { ...items[1]!, email: 'left@client.example' }] });
  await alice.call(contracts.setValue, { personId, attributeId: kept.id, value: 'mine' });
  await app.query(`update attributes.value set at = now() - interval '40 days' where attribute_no = any($1)`, [
    [brief.no, kept.no],
  ]);
  await runCron();
  const left = await app.query<{ book_no: number | null }>(
    'select attribute_no, book_no from attributes.value where attribute_no = any($1) order by book_no nulls first',
    [[brief.no, kept.no]],
  );
  expect(left.map(({ book_no }) => book_no === null)).toEqual([true, false]);
  await alice.call(cards.removeCard, { cardId: personId });
  await app.query(`update cards.card set purge_at = now() - interval '1 hour' where card_id = $1`, [personId]);
  await purgeNow(app);
  await runCron();
  expect(await app.query('select from attributes.value where attribute_no = any($1)', [[brief.no, kept.no]])).toEqual(
    [],
  );
});

test('who lends a contact hears that what is known of them was looked at', async () => {
  const { cardId } = await lentContact('Looked At', 'looked@client.example');
  await valuesOf(carl, cardId);
  const used = await app.query<{ user_id: string }>(
    `select user_id from delegation.use where kind = 'opened' and card_id = $1`,
    [cardId],
  );
  expect(used.map(({ user_id }) => user_id)).toEqual([carl.me.memberId]);
});

test('the dictionary can be read by everybody, and what is done to it is kept for those who oversee', async () => {
  const { items } = await carl.call(contracts.listAttributes, { ended: 'true' });
  expect(items.map(({ key }) => key)).toContain('fleeting');
  expect(items.find(({ key }) => key === 'secret_grade')).toMatchObject({ reads: false, writes: false });
  const audit = (await alice.call(identity.listAudit, {})).items.map(({ code }) => code);
  expect(audit).toEqual(
    expect.arrayContaining(['attribute.added', 'attribute.changed', 'attribute.ended', 'attribute.restored']),
  );
});
