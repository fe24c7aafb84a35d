import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endAttribute } from '../attributes/contract.ts';
import { addAttribute } from '../attributes/testing.ts';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import { createTeam } from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { updateReciprocity, updateTieSettings } from '../relations/paths-contract.ts';
import * as contracts from './contract.ts';
import { tick } from './following.ts';
import { addKind, addSegment, namesIn, told } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carl: Member;
let bookId: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Holder');
  carl = await app.invite(alice, 'Carl Colleague');
  bookId = (await bob.call(delegation.createBook, { name: 'Customers' })).id;
  await lend(bob, bookId, { grantee: { kind: 'workspace' }, acts: ['read'] });
  await addKind(app, alice, 'purchase', { fields: [{ key: 'shop', name: 'Shop', type: 'text' }], hasAmount: true });
  await addKind(app, alice, 'basket', {});
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const days = (n: number) => new Date(Date.now() - n * 86_400_000);

describe('a segment', () => {
  test('keeps itself: who does something comes in, and time takes them out', async () => {
    await addContact(bob, { name: 'Ada Buyer', email: 'ada@client.example', bookId });
    await addContact(bob, { name: 'Zoe Idle', email: 'zoe@client.example', bookId });
    const { id } = await addSegment(alice, 'count(purchase where shop = lyon last 30 days) >= 2');
    await app.settle();
    expect(await namesIn(alice, id)).toEqual([]);
    await told(app, alice, 'ada@client.example', 'purchase', { at: days(2), props: { shop: 'Lyon' } });
    await told(app, alice, 'ada@client.example', 'purchase', { at: days(29), props: { shop: 'Lyon' } });
    await told(app, alice, 'zoe@client.example', 'purchase', { at: days(3), props: { shop: 'Paris' } });
    await app.settle();
    expect(await namesIn(alice, id)).toEqual(['Ada Buyer']);
    expect(await namesIn(carl, id)).toEqual(['Ada Buyer']);
    await tick(app.app, alice.me.workspace.id);
    // The second last purchase has become 30 days old meanwhile.
    await app.query(`update segments.clock set ticked_at = now() - interval '3 days'`);
    await app.query(`update facts.fact set at = at - interval '2 days'`);
    await tick(app.app, alice.me.workspace.id);
    await app.settle();
    expect(await namesIn(alice, id)).toEqual([]);
    const { items } = await alice.call(contracts.listMovements, { segmentId: id });
    expect(items.map(({ name, entered }) => [name, entered])).toEqual([
      ['Ada Buyer', false],
      ['Ada Buyer', true],
    ]);
    const { days: trend, members } = await alice.call(contracts.getSegment, { segmentId: id });
    expect(members).toBe(0);
    expect(trend).toMatchObject([{ members: 0, entered: 1, left: 1 }]);
  });

  test('counts what was told ahead of its time from its moment on', async () => {
    const dora = await app.invite(alice, 'Dora Leaving');
    const own = (await dora.call(delegation.createBook, { name: 'Dora' })).id;
    await addContact(dora, { name: 'Ahead Buyer', email: 'ahead@client.example', bookId: own });
    await told(app, alice, 'ahead@client.example', 'basket', { at: new Date(Date.now() + 60_000) });
    const { id } = await addSegment(dora, 'count(basket) > 0', { audience: { kind: 'mine' } });
    await app.settle();
    await tick(app.app, alice.me.workspace.id);
    expect(await namesIn(dora, id)).toEqual([]);
    await app.query(`update facts.fact set at = at - interval '2 minutes'`);
    await app.query(`update segments.clock set ticked_at = ticked_at - interval '2 minutes'`);
    await tick(app.app, alice.me.workspace.id);
    await app.settle();
    expect(await namesIn(dora, id)).toEqual(['Ahead Buyer']);
  });

  test('asks what came after what, within how long, and what did not', async () => {
    await addContact(bob, { name: 'Then Buyer', email: 'then@client.example', bookId });
    await addContact(bob, { name: 'Late Buyer', email: 'late@client.example', bookId });
    await addContact(bob, { name: 'Gone Basket', email: 'gone@client.example', bookId });
    for (const [email, bought] of [
      ['then', 8],
      ['late', 2],
      ['gone', null],
    ] as const) {
      await told(app, alice, `${email}@client.example`, 'basket', { at: days(9) });
      if (bought) await told(app, alice, `${email}@client.example`, 'purchase', { at: days(bought) });
    }
    const quick = await addSegment(alice, 'did (basket then purchase within 2 days)');
    const dropped = await addSegment(alice, 'did (basket then no purchase within 3 days)');
    const never = await addSegment(alice, 'did (basket then no purchase)');
    await app.settle();
    expect(await namesIn(alice, quick.id)).toEqual(['Then Buyer']);
    expect(await namesIn(alice, dropped.id)).toEqual(['Gone Basket', 'Late Buyer']);
    expect(await namesIn(alice, never.id)).toEqual(['Gone Basket']);
    await told(app, alice, 'gone@client.example', 'purchase', { at: days(0) });
    await app.settle();
    expect(await namesIn(alice, never.id)).toEqual([]);
  });

  test('shows a viewer what their grants open, and a withdrawn one at the next request', async () => {
    const own = (await carl.call(delegation.createBook, { name: 'Own' })).id;
    await addContact(carl, { name: 'Carls Secret', email: 'secret@client.example', bookId: own });
    await told(app, alice, 'secret@client.example', 'purchase', { at: days(1) });
    const company = await addSegment(alice, 'count(purchase last 7 days) > 0');
    const mine = await addSegment(carl, 'count(purchase last 7 days) > 0', { audience: { kind: 'mine' } });
    await app.settle();
    expect(await namesIn(alice, company.id)).not.toContain('Carls Secret');
    expect(await namesIn(carl, mine.id)).toContain('Carls Secret');
    expect(await codeOf(alice.call(contracts.getSegment, { segmentId: mine.id }))).toBe('not_found');
    const lent = (await carl.call(delegation.createBook, { name: 'Lent for now' })).id;
    const [grantId] = await lend(carl, lent, { grantee: { kind: 'workspace' }, acts: ['read'] });
    await addContact(carl, { name: 'Lent Buyer', email: 'lent@client.example', bookId: lent });
    await told(app, alice, 'lent@client.example', 'purchase', { at: days(1) });
    await app.settle();
    expect(await namesIn(alice, company.id)).toContain('Lent Buyer');
    const before = (await alice.call(contracts.getSegment, { segmentId: company.id })).members!;
    // As it is until the list has followed: its rows, and those of the segment, are still there.
    await app.query(
      `create temp table listed as select * from cards.entry where name = 'Lent Buyer' and audience_id = workspace_id`,
    );
    await app.query('create temp table inside as select m.* from segments.member m join listed l using (person_id)');
    await carl.call(delegation.endGrant, { grantId: grantId! });
    await app.settle();
    await app.query('insert into cards.entry select * from listed on conflict do nothing');
    await app.query('insert into segments.member select * from inside on conflict do nothing');
    expect(await namesIn(alice, company.id)).not.toContain('Lent Buyer');
    expect((await alice.call(contracts.getSegment, { segmentId: company.id })).members).toBe(before - 1);
    const counted = await alice.call(contracts.countFilter, {
      filter: 'count(purchase last 7 days) > 0',
      audience: { kind: 'workspace' },
      exact: true,
    });
    expect(counted.sample.map(({ name }) => name)).not.toContain('Lent Buyer');
    expect(counted.people).toBe(before - 1);
    await app.query(
      'delete from cards.entry e using listed l where e.audience_id = l.audience_id and e.person_id = l.person_id',
    );
    await app.query(
      'delete from segments.member m using inside i where m.segment_id = i.segment_id and m.person_id = i.person_id and m.audience_id = i.audience_id',
    );
  });
});

describe('what somebody else may see of it', () => {
  test('shown to others, it holds of those of whom their own grants open all that it asks', async () => {
    const own = (await bob.call(delegation.createBook, { name: 'Kept' })).id;
    await addContact(bob, { name: 'Kept Buyer', email: 'kept@client.example', bookId: own });
    await addContact(bob, { name: 'Open Buyer', email: 'open@client.example', bookId });
    for (const name of ['kept', 'open']) await told(app, alice, `${name}@client.example`, 'purchase', { at: days(1) });
    const { id } = await addSegment(bob, 'count(purchase last 2 days) > 0', {
      ...{ key: 'bobs_buyers', audience: { kind: 'mine' }, shownTo: [{ kind: 'workspace' }] },
    });
    await app.settle();
    expect(await namesIn(bob, id)).toEqual(expect.arrayContaining(['Kept Buyer', 'Open Buyer']));
    const seen = await carl.call(contracts.getSegment, { segmentId: id });
    expect(seen).toMatchObject({ narrowed: 'grants', days: [] });
    const names = await namesIn(carl, id);
    expect(names).toContain('Open Buyer');
    expect(names).not.toContain('Kept Buyer');
    expect(seen.members).toBe(names.length);
    expect((await carl.call(contracts.listSegments, {})).items.find((one) => one.id === id)).toMatchObject({
      members: null,
    });
    expect((await carl.call(contracts.listMovements, { segmentId: id })).items).toEqual([]);
    expect(await codeOf(carl.call(contracts.keepSnapshot, { segmentId: id, name: 'Mine now' }))).toBe('not_found');
  });

  test('who is missing tells nothing of what others know, and a name of one’s own opens nothing', async () => {
    const own = (await bob.call(delegation.createBook, { name: 'What Bob alone knows' })).id;
    // The company sees one card of them; Bob alone sees by another that they bought.
    await addContact(bob, { name: 'Twice Held', email: 'twice@client.example', bookId });
    await addContact(bob, { name: 'Twice Held', email: 'twice@client.example', phone: '+33612345678', bookId: own });
    const [secret] = await app.query<{ card_id: string }>(
      `select card_id from cards.card c join delegation.book b using (workspace_id, book_no) where b.book_id = $1`,
      [own],
    );
    await app.query(
      `insert into facts.fact (workspace_id, subject_id, fact_id, at, kind_no, source_no)
       select workspace_id, $1, gen_random_uuid(), now() - interval '1 hour', kind_no, 1 from facts.kind where key = 'purchase'`,
      [secret!.card_id],
    );
    await app.query(
      `insert into kernel.stirred select workspace_id, gen_random_uuid(), 'fact', array[$1::uuid] from identity.workspace`,
      [secret!.card_id],
    );
    const shown = { audience: { kind: 'mine' as const }, shownTo: [{ kind: 'workspace' as const }] };
    const never = await addSegment(bob, 'count(purchase) = 0 and name contains twice', { ...shown, key: 'never' });
    await addSegment(bob, 'name contains nobody', { ...shown, key: 'inner' });
    const outer = await addSegment(bob, 'in segment inner', { ...shown, key: 'outer' });
    // Carl calls something else by the same name.
    await addSegment(carl, 'everyone', { key: 'inner', audience: { kind: 'mine' } });
    await app.settle();
    expect(await namesIn(bob, never.id)).toEqual([]);
    expect(await namesIn(carl, never.id)).toEqual(['Twice Held']);
    expect(await namesIn(carl, outer.id)).toEqual([]);
  });

  test('what is asked must be open to who looks, and to the audience', async () => {
    const team = await alice.call(createTeam, { name: 'Care', memberIds: [bob.me.memberId], leadIds: [] });
    await addAttribute(alice, 'allergy', { access: [{ kind: 'team', id: team.id, writes: true }] });
    const filter = 'allergy = nuts or not allergy = nuts';
    const check = (member: Member, audience: contracts.Audience) =>
      member.call(contracts.countFilter, { filter, audience, exact: true });
    expect(await check(carl, { kind: 'mine' })).toMatchObject({
      problem: { problem: 'unknown_name', about: 'allergy' },
      people: 0,
      sample: [],
    });
    expect(await check(alice, { kind: 'workspace' })).toMatchObject({ problem: { problem: 'unknown_name' } });
    expect((await check(bob, { kind: 'team', id: team.id })).people).toBeGreaterThan(0);
    expect(await codeOf(check(carl, { kind: 'team', id: team.id }))).toBe('invalid_input');
    const { id } = await addSegment(bob, filter, {
      ...{ key: 'nuts', audience: { kind: 'team', id: team.id }, shownTo: [{ kind: 'workspace' }] },
    });
    await app.settle();
    expect((await namesIn(bob, id)).length).toBeGreaterThan(0);
    expect(await carl.call(contracts.getSegment, { segmentId: id })).toMatchObject({ narrowed: 'data', members: null });
    expect(await namesIn(carl, id)).toEqual([]);
    const { kinds } = await carl.call(contracts.getLanguage, { audience: 'mine' });
    expect(kinds.map(({ key }) => key)).toContain('purchase');
    expect((await carl.call(contracts.getLanguage, { audience: 'mine' })).attributes).toEqual([]);
  });

  test('the house rule of reciprocity holds for whatever asks for ties', async () => {
    const { id } = await addSegment(alice, 'tie >= weak or everyone', { key: 'knowns' });
    await app.settle();
    expect((await namesIn(carl, id)).length).toBeGreaterThan(0);
    await addContact(bob, { name: 'Late Comer', email: 'late.comer@client.example', bookId });
    await app.settle();
    const movements = async () => (await carl.call(contracts.listMovements, { segmentId: id })).items.length;
    expect(await movements()).toBeGreaterThan(0);
    await alice.call(updateReciprocity, { reciprocal: true });
    await carl.call(updateTieSettings, { tells: 'nothing' });
    expect(await carl.call(contracts.getSegment, { segmentId: id })).toMatchObject({ narrowed: 'ties', members: null });
    expect(await namesIn(carl, id)).toEqual([]);
    expect(await movements()).toBe(0);
    const asked = { filter: 'tie >= weak', audience: { kind: 'workspace' as const } };
    expect(await codeOf(carl.call(contracts.countFilter, asked))).toBe('forbidden');
    const stages = [
      { key: 'near', name: 'Near', filter: 'tie >= weak' },
      { key: 'far', name: 'Far', filter: 'everyone' },
    ];
    await alice.call(contracts.changeStages, { stages });
    expect(await codeOf(carl.call(contracts.countStages, {}))).toBe('forbidden');
    await app.query('delete from segments.stage');
    await alice.call(updateReciprocity, { reciprocal: false });
  });
});

describe('what is made of other things', () => {
  test('goes round in no circle, and says what is missing', async () => {
    const a = await addSegment(alice, 'everyone', { key: 'round_a' });
    await addSegment(alice, 'in segment round_a', { key: 'round_b' });
    const { version } = await alice.call(contracts.getSegment, { segmentId: a.id });
    await alice.call(contracts.changeSegment, { segmentId: a.id, version, filter: 'in segment round_b' });
    await app.settle();
    expect(await alice.call(contracts.getSegment, { segmentId: a.id })).toMatchObject({
      problem: { problem: 'circle' },
      members: 0,
    });
    const attribute = await addAttribute(alice, 'hobby');
    const { id } = await addSegment(alice, 'hobby is unknown', { key: 'hobbyless' });
    await app.settle();
    expect((await alice.call(contracts.getSegment, { segmentId: id })).members).toBeGreaterThan(0);
    await alice.call(endAttribute, { attributeId: attribute.id });
    await app.settle();
    expect(await alice.call(contracts.getSegment, { segmentId: id })).toMatchObject({
      ...{ problem: { problem: 'unknown_name', about: 'hobby' }, members: 0 },
    });
    expect(await codeOf(alice.call(contracts.changeSegment, { segmentId: id, version: 99, name: 'Late' }))).toBe(
      'conflict',
    );
  });

  test('a score says why, divides by nothing, and is held against what came', async () => {
    const definition = {
      ...{ kind: 'score' as const, base: 5, most: 60 },
      rules: [
        { points: 50, filter: 'count(purchase) >= 1', why: 'Bought' },
        { points: 20, filter: 'count(basket) / count(purchase) > 0.5', why: 'Hesitates' },
      ],
    };
    const { id } = await alice.call(contracts.addMeasure, { key: 'warmth', name: 'Warmth', definition });
    await alice.call(contracts.addMeasure, {
      ...{ key: 'ratio', name: 'Ratio' },
      definition: { kind: 'aggregate', value: 'count(basket) / count(purchase)' },
    });
    const refused = (value: string) =>
      codeOf(alice.call(contracts.addMeasure, { key: 'bad', name: 'Bad', definition: { kind: 'aggregate', value } }));
    expect(await refused('count(basket) / 0')).toBe('invalid_input');
    expect(await refused('bad + 1')).toBe('invalid_input');
    expect(await refused('city')).toBe('invalid_input');
    expect(await codeOf(carl.call(contracts.addMeasure, { key: 'no', name: 'No', definition }))).toBe('forbidden');
    const personId = await addContact(bob, { name: 'Warm Buyer', email: 'warm@client.example', bookId });
    const knownOf = async (key: string) =>
      (await carl.call(contracts.describeKnowledge, { personId })).measures.find((one) => one.key === key);
    expect(await knownOf('warmth')).toMatchObject({ value: 5, why: [{ holds: false }, { holds: false }] });
    expect(await knownOf('ratio')).toMatchObject({ value: null });
    // What is computed of a lent contact is a look at them, as their page is: told once an hour.
    const opened = await app.query<{ user_id: string }>(
      `select user_id from delegation.use where kind = 'opened' and card_id = $1`,
      [personId],
    );
    expect(opened.map(({ user_id }) => user_id)).toEqual([carl.me.memberId]);
    await told(app, alice, 'warm@client.example', 'purchase', { at: days(50) });
    await told(app, alice, 'warm@client.example', 'basket', { at: days(5) });
    expect(await knownOf('warmth')).toMatchObject({
      value: 60,
      why: [{ text: 'Bought', points: 50, holds: true }, { holds: true }],
    });
    expect(await knownOf('ratio')).toMatchObject({ value: 1 });
    const checked = await alice.call(contracts.checkScore, {
      measureId: id,
      outcome: 'email starts warm',
      daysAgo: 20,
    });
    expect(checked.tenths.reduce((sum, { outcomes }) => sum + outcomes, 0)).toBe(1);
    // Of all who had not bought by then, none scored as high.
    expect(checked.auc).toBeGreaterThan(0.85);
    const why = await carl.call(contracts.explainFilter, {
      ...{
        filter: 'count(purchase) >= 1 and (city = "Lyon" or warmth > 50)',
        audience: { kind: 'workspace' },
        personId,
      },
    });
    expect(why.holds).toBe(true);
    expect(why.parts.map(({ depth, holds, known }) => [depth, holds, known])).toEqual([
      [0, true, null],
      [1, true, '1'],
      [1, true, null],
      [2, false, null],
      [2, true, '60'],
    ]);
  });

  test('lists hold whom one puts there; a snapshot stays as it was', async () => {
    const one = await addContact(bob, { name: 'Lista One', email: 'lista@client.example', bookId });
    const list = await alice.call(contracts.addSegment, {
      name: 'By hand',
      kind: 'list',
      audience: { kind: 'workspace' },
    });
    await alice.call(contracts.listPeople, { segmentId: list.id, add: [one] });
    const inList = await addSegment(alice, `in segment ${list.key} and name contains lista`, { key: 'of_list' });
    await app.settle();
    expect(await namesIn(carl, list.id)).toEqual(['Lista One']);
    expect(await namesIn(alice, inList.id)).toEqual(['Lista One']);
    const kept = await alice.call(contracts.keepSnapshot, { segmentId: inList.id, name: 'Then' });
    await alice.call(contracts.listPeople, { segmentId: list.id, remove: [one] });
    await app.settle();
    expect(await namesIn(alice, list.id)).toEqual([]);
    expect(await namesIn(alice, inList.id)).toEqual([]);
    expect(await namesIn(alice, kept.id)).toEqual(['Lista One']);
    await alice.call(contracts.endSegment, { segmentId: kept.id });
    expect(await codeOf(alice.call(contracts.getSegment, { segmentId: kept.id }))).toBe('not_found');
    await alice.call(contracts.restoreSegment, { segmentId: kept.id });
    await app.settle();
    expect(await namesIn(alice, kept.id)).toEqual(['Lista One']);
  });

  test('are called by letters that a condition can name', async () => {
    const { key } = await alice.call(contracts.addSegment, {
      name: 'Clients fidèles, été',
      kind: 'list',
      audience: { kind: 'workspace' },
    });
    expect(key).toBe('clients_fideles_ete');
  });

  test('stages are the first whose condition holds, and are counted', async () => {
    const { items, usual } = await alice.call(contracts.listStages, {});
    expect(usual).toBe(true);
    expect(items.map(({ key }) => key)).toEqual(['back', 'customer', 'quiet', 'lost', 'lead', 'prospect']);
    const stages = [
      { key: 'buyer', name: 'Buyer', filter: 'count(purchase) > 0' },
      { key: 'rest', name: 'Rest', filter: 'everyone' },
    ];
    expect(await codeOf(carl.call(contracts.changeStages, { stages }))).toBe('forbidden');
    const round = [{ key: 'a', name: 'A', filter: 'stage = a' }];
    expect(await codeOf(alice.call(contracts.changeStages, { stages: round }))).toBe('invalid_input');
    await alice.call(contracts.changeStages, { stages });
    const counts = await alice.call(contracts.countStages, {});
    expect(counts.none).toBe(0);
    expect(counts.items.every(({ people }) => people > 0)).toBe(true);
  });
});

test('what was interrupted while it followed is followed all the same, once', async () => {
  const { id } = await addSegment(alice, 'count(basket last 1 hours) >= 1', { key: 'just_now' });
  await app.settle();
  await addContact(bob, { name: 'Cut Off', email: 'cut@client.example', bookId });
  await app.settle();
  await app.query(
    `create function public.cut() returns trigger language plpgsql as $$ begin raise exception 'cut off'; end $$`,
  );
  await app.query('create trigger cut before insert on segments.movement for each row execute function public.cut()');
  await told(app, alice, 'cut@client.example', 'basket', { at: new Date() });
  await expect.poll(() => app.errors.length).toBeGreaterThan(0);
  expect(await namesIn(alice, id)).toEqual([]);
  await app.query('drop trigger cut on segments.movement');
  await app.settle();
  expect(await namesIn(alice, id)).toEqual(['Cut Off']);
  const { items } = await alice.call(contracts.listMovements, { segmentId: id });
  expect(items.map(({ name }) => name)).toEqual(['Cut Off']);
  app.errors.length = 0;
});

test('an unknown id is nobody’s', async () => {
  expect(await codeOf(alice.call(contracts.getSegment, { segmentId: randomUUID() }))).toBe('not_found');
});
