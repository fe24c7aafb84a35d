import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { importFile } from '../sources/testing.ts';
import * as contracts from './contract.ts';
import { cleaningCrons } from './jobs.ts';

let app: TestApp;
let alice: Member;
let bob: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Holder');
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const book = async (holder: Member, name: string) => (await holder.call(delegation.createBook, { name })).id;
const card = async (holder: Member, bookId: string, fields: cards.FieldInput[]) =>
  (await holder.call(cards.createCard, { bookId, fields })).id;
const fieldsOf = async (viewer: Member, cardId: string, kind: string) =>
  (await viewer.call(cards.getCard, { cardId })).fields.filter((field) => field.kind === kind);
const name = (given: string, family: string): cards.FieldInput => ({ kind: 'name', value: { given, family } });
const title = (value: string): cards.FieldInput => ({ kind: 'title', value: { value } });
const birthday = (value: string): cards.FieldInput => ({ kind: 'birthday', value: { value } });

async function run(by: Member, rule: contracts.RuleId, bookId?: string) {
  const started = await by.call(contracts.startRun, { rule, ...(bookId ? { bookId } : {}) });
  await app.settle();
  return (await by.call(contracts.listRuns, {})).items.find(({ id }) => id === started.id)!;
}
async function undo(by: Member, runId: string) {
  await by.call(contracts.undoRun, { runId });
  await app.settle();
  return (await by.call(contracts.listRuns, {})).items.find(({ id }) => id === runId)!;
}

test('a rule shows what it would do on cards of mine and of books that I look after, and changes nothing', async () => {
  const [mine, hers] = [await book(alice, 'Previewed'), await book(bob, 'Bob’s')];
  await lend(bob, hers, { grantee: { kind: 'workspace' }, acts: ['read'] });
  await card(bob, hers, [name('Not', 'Mine'), title('N/A')]);
  const cardId = await card(alice, mine, [name('Ann', 'Okay'), title('N/A')]);
  const company = (await alice.call(delegation.createBook, { name: 'Company', stewardIds: [alice.me.memberId] })).id;
  await card(alice, company, [name('Cy', 'Company'), title('xxx')]);
  const found = await alice.call(contracts.preview, { rule: 'dead_titles' });
  expect(found).toMatchObject({ cards: 2, values: 2, more: false });
  expect(found.samples.map((one) => [one.name, one.before, one.after, one.why]).sort()).toEqual([
    ['Ann Okay', 'N/A', null, 'no_title'],
    ['Cy Company', 'xxx', null, 'no_title'],
  ]);
  expect(await alice.call(contracts.preview, { rule: 'dead_titles', bookId: mine })).toMatchObject({ cards: 1 });
  expect(await codeOf(alice.call(contracts.preview, { rule: 'dead_titles', bookId: hers }))).toBe('not_found');
  expect(await fieldsOf(alice, cardId, 'title')).toHaveLength(1);
});

test('a run writes as the member’s correction, which stands in the history; what the source wrote stays beside it', async () => {
  const csv = 'Prénom,Nom,Téléphone\njean,DUPONT,0612345678\n';
  await importFile(app, bob, 'capitals.csv', csv);
  const personId = (await bob.call(cards.listPeople, { q: 'dupont' })).items[0]!.id;
  const cardId = (await bob.call(cards.getPerson, { personId })).cards[0]!.id;
  expect(await run(bob, 'name_case')).toMatchObject({ state: 'done', changed: 1 });
  const [written] = await fieldsOf(bob, cardId, 'name');
  expect(written).toMatchObject({ value: { given: 'Jean', family: 'Dupont' }, writtenBy: 'member' });
  expect(written!.sourceValue).toMatchObject({ family: 'DUPONT' });
  const history = await bob.call(cards.listHistory, { personId });
  expect(history.items[0]).toMatchObject({ kind: 'edited' });
  const [original] = await app.query<{ data: Buffer }>('select data from cards.card_original where card_id = $1', [
    cardId,
  ]);
  expect(String(original!.data)).toContain('DUPONT');
});

test('a run is undone as a whole, the source’s value as the source’s; what was changed since is left', async () => {
  const bookId = await book(bob, 'Undone');
  const ids: string[] = [];
  for (const at of [1, 2, 3])
    ids.push(await card(bob, bookId, [name('Und', `One${at}`), title('TBD'), birthday('2090-01-01')]));
  const done = await run(bob, 'dead_titles', bookId);
  const other = await run(bob, 'impossible', bookId);
  expect([done.changed, other.changed]).toEqual([3, 3]);
  expect(await fieldsOf(bob, ids[0]!, 'title')).toEqual([]);
  const again = await run(bob, 'dead_titles', bookId);
  expect(again.changed).toBe(0);
  expect(await undo(bob, done.id)).toMatchObject({ state: 'undone', leftAlone: 0 });
  for (const id of ids) {
    expect((await fieldsOf(bob, id, 'title'))[0]).toMatchObject({ value: { value: 'TBD' } });
    expect(await fieldsOf(bob, id, 'birthday')).toEqual([]);
  }
  expect(await codeOf(bob.call(contracts.undoRun, { runId: done.id }))).toBe('not_undoable');
  const names = await book(bob, 'Names');
  const [kept, mended] = [await card(bob, names, [name('ANN', 'KEPT')]), await card(bob, names, [name('BEA', 'BACK')])];
  const cased = await run(bob, 'name_case', names);
  const { no } = (await fieldsOf(bob, kept, 'name'))[0]!;
  await bob.call(cards.updateCard, { cardId: kept, set: [{ no, field: name('Anna', 'Kept') }] });
  expect(await undo(bob, cased.id)).toMatchObject({ state: 'undone', leftAlone: 1 });
  expect((await fieldsOf(bob, kept, 'name'))[0]).toMatchObject({ value: { given: 'Anna' } });
  expect((await fieldsOf(bob, mended, 'name'))[0]).toMatchObject({ value: { given: 'BEA', family: 'BACK' } });
});

test('what comes from a source goes back to the source when it is undone', async () => {
  await importFile(app, alice, 'source.csv', 'Prénom,Nom,Fonction,Téléphone\nZoé,Source,xxx,0612340000\n');
  const personId = (await alice.call(cards.listPeople, { q: 'Zoé Source' })).items[0]!.id;
  const cardId = (await alice.call(cards.getPerson, { personId })).cards[0]!.id;
  const { id } = await run(alice, 'dead_titles');
  expect(await fieldsOf(alice, cardId, 'title')).toEqual([]);
  await undo(alice, id);
  expect(await fieldsOf(alice, cardId, 'title')).toMatchObject([{ value: { value: 'xxx' }, writtenBy: 'source' }]);
});

test('a value that a rule is to leave alone is left, until it says something else or the exception is taken back', async () => {
  const bookId = await book(bob, 'Exceptions');
  const cardId = await card(bob, bookId, [name('Max', 'Exception'), title('xx')]);
  const [sample] = (await bob.call(contracts.preview, { rule: 'dead_titles', bookId })).samples;
  const exception = { rule: 'dead_titles' as const, cardId, fieldNo: sample!.fieldNo };
  await bob.call(contracts.setException, { ...exception, leave: true });
  expect(await bob.call(contracts.preview, { rule: 'dead_titles', bookId })).toMatchObject({ cards: 0 });
  expect((await run(bob, 'dead_titles', bookId)).changed).toBe(0);
  await bob.call(cards.updateCard, { cardId, set: [{ no: sample!.fieldNo, field: title('N/A') }] });
  expect(await bob.call(contracts.preview, { rule: 'dead_titles', bookId })).toMatchObject({ cards: 1 });
  await bob.call(cards.updateCard, { cardId, set: [{ no: sample!.fieldNo, field: title('xx') }] });
  await bob.call(contracts.setException, { ...exception, leave: false });
  expect((await run(bob, 'dead_titles', bookId)).changed).toBe(1);
  expect(await codeOf(alice.call(contracts.setException, { ...exception, leave: true }))).toBe('not_found');
});

test('another’s runs are neither seen nor undone, and one works at a time', async () => {
  const { items } = await bob.call(contracts.listRuns, {});
  expect((await alice.call(contracts.listRuns, {})).items.map(({ id }) => id)).not.toContain(items[0]!.id);
  expect(await codeOf(alice.call(contracts.undoRun, { runId: items[0]!.id }))).toBe('not_found');
  await app.query(`update cleaning.run set state = 'running' where run_id = $1`, [items[0]!.id]);
  expect(await codeOf(bob.call(contracts.startRun, { rule: 'postal' }))).toBe('already_running');
  await bob.call(contracts.cancelRun, { runId: items[0]!.id });
  expect((await bob.call(contracts.listRuns, {})).items[0]).toMatchObject({ state: 'cancelled' });
});

test('a number that was copied from a colleague’s card stays known as copied', async () => {
  const hers = await book(alice, 'Lent numbers');
  await lend(alice, hers, { grantee: { kind: 'workspace' }, acts: ['read'] });
  const phone: cards.FieldInput = { kind: 'phone', value: { raw: '0611223344' } };
  const personId = await card(alice, hers, [name('Lena', 'Lent'), phone]);
  await app.settle();
  await bob.call(cards.updatePerson, { personId, set: [phone] });
  await app.settle();
  const copied = () => app.query('select from cards.card_field where copied and kind = $1', ['phone']);
  expect(await copied()).toHaveLength(1);
  expect((await run(bob, 'phone_format')).changed).toBeGreaterThan(0);
  expect(await copied()).toHaveLength(1);
});

test('after 30 days what a run did is forgotten, and it is not undone any more', async () => {
  const bookId = await book(alice, 'Old');
  await card(alice, bookId, [name('OLD', 'RUN')]);
  const { id } = await run(alice, 'name_case', bookId);
  await app.query(`update cleaning.run set done_at = now() - interval '31 days' where run_id = $1`, [id]);
  expect(await codeOf(alice.call(contracts.undoRun, { runId: id }))).toBe('not_undoable');
  await cleaningCrons[0]!.run(app.app);
  expect(await app.query('select from cleaning.change where run_id = $1', [id])).toEqual([]);
});
