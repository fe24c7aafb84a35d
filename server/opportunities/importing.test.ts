import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { row, workbook } from '../formats/xlsx/testing.ts';
import * as home from '../home/contract.ts';
import type { Input } from '../kernel/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { addOpportunity, fieldsOf, seen } from './testing.ts';

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

type Options = Partial<Omit<Input<typeof contracts.runImport>, 'content'>>;
const fileOf = (content: string | Uint8Array, options: Options = {}) => ({
  fileName: 'deals.csv',
  content: Buffer.from(content).toString('base64'),
  ...options,
});
const read = (member: Member, content: string, { visibility: _, stages: _stages, ...options }: Options = {}) =>
  member.call(contracts.readImport, fileOf(content, options));
const run = (member: Member, content: string | Uint8Array, options: Options = {}) =>
  member.call(contracts.runImport, fileOf(content, options));
const undo = (member: Member, importId: string) => member.call(contracts.undoImport, { importId });
async function find(member: Member, name: string, state: 'open' | 'won' | 'lost' = 'open') {
  const { items } = await member.call(contracts.listOpportunities, { q: name, state });
  return member.call(contracts.getOpportunity, { opportunityId: items[0]!.id });
}
const everybody = { visibility: { kind: 'workspace' as const } };
const hubspot = [
  'Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Create Date,Associated Company,Associated Contact,Closed Lost Reason',
  '101,Turbine overhaul,Appointment Scheduled,2030-06-30 10:00,Bob Stone,"12,500.50",2026-01-05 09:00,Acme SA,Anne Martin (anne@acme.example),',
  '102,Pump contract,closedlost,2026-02-10 10:00,Somebody Else,8000,2026-01-02 08:00,Nowhere Ltd,,Too expensive for us',
  '103,Spare parts,Contract Sent,2030-01-31 10:00,,,2026-01-03 08:00,,Carl Unknown,',
].join('\n');
const pipedrive = [
  'Affaire - Titre;Affaire - Valeur;Affaire - Devise;Affaire - Étape;Affaire - Statut;Affaire - Organisation;Affaire - Date de clôture prévue;Affaire - ID',
  'Rénovation;"1 234,50";CHF;Négociation;Ouverte;Globex;31/12/2030;7',
  'Peinture;100;EUR;Négociation;Gagnée;Globex;;8',
].join('\n');
const salesforce = [
  'Opportunity Name,Account Name,Stage,Amount,Close Date,Opportunity ID',
  'Cabling,Initech,Proposal/Price Quote,1000,12/31/2030,006A',
  'Roofing,Initech,Closed Won,2000,1/15/2026,006B',
].join('\n');

describe('a file of opportunities', () => {
  test('of HubSpot is understood before anything is written: columns, stages, owners, contacts', async () => {
    const fields = [{ kind: 'organization' as const, value: { name: 'Acme SA' } }];
    await alice.call(cards.createCard, { kind: 'organization', fields });
    await addContact(alice, { name: 'Anne Martin', email: 'anne@acme.example' });
    const preview = await read(alice, hubspot);
    expect(preview.columns.map(({ target }) => target)).toEqual([
      ...[
        'externalId',
        'name',
        'stage',
        'expectedOn',
        'owner',
        'amount',
        'openedOn',
        'organization',
        'contact',
        'reason',
      ],
    ]);
    const stages = (await alice.call(contracts.listStages, {})).items;
    expect(preview).toMatchObject({
      ...{ source: 'hubspot', lines: 3, new: 3, changed: 0, unchanged: 0, problemCount: 0 },
      organizations: { found: 1, typed: 1 },
      contacts: { found: 1, typed: 1 },
      owners: { found: 1, typed: 1 },
      stages: [
        { name: 'Appointment Scheduled', count: 1, stageId: stages[0]!.id },
        { name: 'Contract Sent', count: 1, stageId: stages[3]!.id },
      ],
    });
    expect(await seen(alice)).toEqual([]);
  });

  test('is imported with its organisation, people, outcome and row, for those one says', async () => {
    const stages = (await alice.call(contracts.listStages, {})).items;
    const chosen = [{ name: 'Contract Sent', stageId: stages[3]!.id }];
    const record = await run(alice, hubspot, { ...everybody, stages: chosen });
    expect(record).toMatchObject({ created: 3, updated: 0, unchanged: 0, problems: [], source: 'hubspot' });
    const turbine = await find(alice, 'Turbine');
    expect(turbine).toMatchObject({
      ...{ value: { cents: 12_500_50, currency: 'EUR' }, expectedOn: '2030-06-30', openedOn: '2026-01-05' },
      ...{ owner: { name: 'Bob Stone' }, stageId: stages[0]!.id },
      organization: { name: 'Acme SA', id: expect.any(String) },
      participants: [{ person: { name: 'Anne Martin' } }],
    });
    expect(turbine.source).toMatchObject({ kind: 'hubspot', externalId: '101' });
    // What identifies her stands on her card, which is found; of who is not found the name is kept, for the importer alone.
    expect(turbine.source!.cells).toContainEqual(['Deal owner', 'Bob Stone']);
    expect(JSON.stringify(turbine.source)).not.toContain('Anne');
    expect((await find(alice, 'Spare')).source!.cells).toContainEqual(['Associated Contact', 'Carl Unknown']);
    expect((await find(bob, 'Spare')).source).toEqual({ kind: 'hubspot', externalId: '103', cells: [], endedAt: null });
    // Alice keeps her contacts to herself: Bob, whose opportunity it is, sees the typed name.
    expect(await find(bob, 'Turbine')).toMatchObject({
      mine: true,
      organization: { id: null, name: 'Acme SA' },
      participants: [],
    });
    const pump = await find(alice, 'Pump', 'lost');
    expect(pump).toMatchObject({ closedOn: '2026-02-10', reasons: ['price'], outcomeNote: 'Too expensive for us' });
    expect(pump).toMatchObject({
      owner: { name: 'Alice Martin' },
      organization: { id: null, name: 'Nowhere Ltd' },
      wordDueOn: null,
    });
    expect(await find(alice, 'Spare')).toMatchObject({ stageId: stages[3]!.id, value: null, participants: [] });
  });

  test('again changes nothing; a changed line changes what people have not corrected', async () => {
    expect(await run(alice, hubspot, everybody)).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: 3,
      undoableUntil: null,
    });
    const turbine = await find(alice, 'Turbine');
    const value = { cents: 1_00, currency: 'EUR' };
    await alice.call(contracts.updateOpportunity, { opportunityId: turbine.id, version: turbine.version, value });
    const changed = hubspot
      .replace('12,500.50', '13,000')
      .replace('2030-06-30', '2030-07-31')
      .replace('Too expensive', 'Far too dear');
    expect((await read(alice, changed)).changed).toBe(2);
    const record = await run(alice, changed, everybody);
    expect(record).toMatchObject({ created: 0, updated: 2, unchanged: 1 });
    expect(await find(alice, 'Turbine')).toMatchObject({ value, expectedOn: '2030-07-31' });
    expect(await find(alice, 'Pump', 'lost')).toMatchObject({ outcomeNote: 'Far too dear for us' });

    const pump = await find(alice, 'Pump', 'lost');
    await alice.call(contracts.updateOpportunity, {
      opportunityId: pump.id,
      version: pump.version,
      name: 'Pump, renamed',
    });
    const spare = await find(alice, 'Turbine');
    const corrected = { expectedOn: '2031-01-01' };
    await undo(alice, record.id);
    expect(await find(alice, 'Turbine')).toMatchObject({ value, expectedOn: '2030-06-30' });
    const again = await run(alice, changed, everybody);
    const { id: opportunityId, version } = await find(alice, 'Turbine');
    expect(version).toBeGreaterThan(spare.version);
    await alice.call(contracts.updateOpportunity, { opportunityId, version, ...corrected });
    await undo(alice, again.id);
    expect(await find(alice, 'Turbine')).toMatchObject({ value, ...corrected });
    expect(await find(alice, 'Pump', 'lost')).toMatchObject({
      outcomeNote: 'Too expensive for us',
      name: 'Pump, renamed',
    });
    expect(await codeOf(undo(alice, record.id))).toBe('not_undoable');
    expect(await run(alice, hubspot, everybody)).toMatchObject({ created: 0, updated: 0 });
  });

  test('is taken out again, and comes back when it is imported once more', async () => {
    const first = await run(alice, pipedrive, everybody);
    expect(first).toMatchObject({ created: 2, source: 'pipedrive' });
    const renovation = await find(alice, 'Rénovation');
    expect(renovation).toMatchObject({ value: { cents: 1234_50, currency: 'CHF' }, expectedOn: '2030-12-31' });
    const last = (await alice.call(contracts.listStages, {})).items.at(-1)!;
    expect(renovation.stageId).toBe(last.id);
    const undone = await undo(alice, first.id);
    expect(undone).toMatchObject({ undoneAt: expect.any(String), undoableUntil: null });
    expect(await seen(alice, { q: 'Globex' })).toEqual([]);
    expect(await run(alice, pipedrive, everybody)).toMatchObject({ created: 2, updated: 0 });
    expect((await find(alice, 'Rénovation')).id).toBe(renovation.id);
    const { items } = await alice.call(contracts.listImports, {});
    expect(items[0]!.fileName).toBe('deals.csv');
  });

  test('of Salesforce tells by itself that months come first, and its importer alone sees it unless they say otherwise', async () => {
    const preview = await read(bob, salesforce);
    expect(preview).toMatchObject({ source: 'salesforce', dayFirst: false, new: 2 });
    await run(bob, salesforce);
    expect(await find(bob, 'Cabling')).toMatchObject({ expectedOn: '2030-12-31', visibility: { kind: 'owner' } });
    expect(await find(bob, 'Roofing', 'won')).toMatchObject({ closedOn: '2026-01-15', outcome: 'won' });
    expect(await seen(alice, { q: 'Initech' })).toEqual([]);
    // The same file of a colleague is their own.
    expect(await run(alice, salesforce)).toMatchObject({ created: 2 });
    expect(await codeOf(undo(alice, (await bob.call(contracts.listImports, {})).items[0]!.id))).toBe('not_found');
  });

  test('of Excel is read as one of text is', async () => {
    const rows = [
      row(1, 'Affaire', 'Société', 'Montant', 'Échéance'),
      row(2, 'Classeur', 'Excel SA', '=1250.5:0', '=47483:1'),
    ];
    const record = await run(alice, workbook([{ name: 'Affaires', rows: rows.join('') }]), {
      fileName: 'affaires.xlsx',
    });
    expect(record).toMatchObject({ created: 1, problems: [] });
    expect(await find(alice, 'Classeur')).toMatchObject({
      value: { cents: 1250_50, currency: 'EUR' },
      expectedOn: '2029-12-31',
      organization: { name: 'Excel SA' },
    });
  });

  test('tells by line what it does not understand, and keeps the rest', async () => {
    const rows = [
      'Nom,Société,Montant,Devise,Créée le,Échéance',
      'Good,Bad Data Ltd,100,EUR,01/02/2026,28/02/2030',
      'Amount,Bad Data Ltd,about 5,EUR,,',
      'Negative,Bad Data Ltd,-5,EUR,,',
      'Money,Bad Data Ltd,5,écus,,',
      'Date,Bad Data Ltd,5,EUR,,31/02/2030',
      'Reversed,Bad Data Ltd,5,EUR,01/03/2030,01/02/2030',
      ',,5,EUR,,',
    ].join('\n');
    const record = await run(alice, rows);
    expect(record.created).toBe(6);
    expect(record.problems).toEqual([
      { line: 3, code: 'bad_amount', text: 'about 5' },
      { line: 4, code: 'negative_amount', text: '-5' },
      { line: 5, code: 'bad_currency', text: '5 écus' },
      { line: 6, code: 'bad_date', text: '31/02/2030' },
      { line: 7, code: 'dates_reversed', text: '01/02/2030 · 01/03/2030' },
      { line: 8, code: 'no_name', text: '5 · EUR' },
    ]);
    expect(await find(alice, 'Reversed')).toMatchObject({ openedOn: '2030-02-01', expectedOn: '2030-02-01' });
    const bad = await find(alice, 'Amount');
    expect(bad.value).toBeNull();
    expect(bad.source!.cells).toContainEqual(['Montant', 'about 5']);
    await undo(alice, record.id);
  });

  test.each([
    ['no table', 'Dear all,\nhere is the list.', 'no_table'],
    ['contacts', 'First Name,Last Name,E-mail\nAda,Lovelace,ada@engine.example', 'no_table'],
    ['a picture', '\u0089PNG\r\n\u001a\n\u0000\u0000', 'no_table'],
    ['nothing', '', 'no_table'],
  ])('that holds %s is refused in words', async (_what, content, code) => {
    expect(await fieldsOf(read(alice, content))).toEqual({ content: code });
  });

  test('adds stages of its own where an admin says so, and for nobody else', async () => {
    const rows = 'Deal name,Stage,Company\nOdd one,On the moon,Lunar';
    const stages = [{ name: 'On the moon', stageId: null }];
    expect(await codeOf(run(bob, rows, { stages }))).toBe('forbidden');
    await run(alice, rows, { stages });
    const { items } = await alice.call(contracts.listStages, {});
    const moon = items.find(({ name }) => name === 'On the moon')!;
    expect((await find(alice, 'Odd one')).stageId).toBe(moon.id);
    expect((await read(alice, rows)).stages).toEqual([]);
  });

  test('is read as one corrects it', async () => {
    const rows = 'Title,Sum,Account\nCorrected,55,Corr Ltd';
    expect((await read(alice, rows)).columns[1]!.target).toBe('ignore');
    const targets = ['name' as const, 'amount' as const, 'organization' as const];
    const preview = await read(alice, rows, { targets, currency: 'USD' });
    expect(preview.rows[0]!.value).toEqual({ cents: 55_00, currency: 'USD' });
  });

  test('makes nobody the owner of what its importer alone sees', async () => {
    await run(alice, 'Deal name,Company,Owner\nFor Bob,Owned Ltd,Bob Stone');
    expect(await find(alice, 'For Bob')).toMatchObject({ mine: true, owner: { name: 'Alice Martin' } });
    expect(await seen(bob, { q: 'Owned Ltd' })).toEqual([]);
  });

  test('imported twice at the same moment is there once', async () => {
    const rows = 'Deal name,Company,Id\nTwice,Twice Ltd,t1\nThrice,Twice Ltd,t2';
    const records = await Promise.all([1, 2, 3].map(() => run(alice, rows)));
    expect(records.map(({ created }) => created).sort()).toEqual([0, 0, 2]);
    expect(await seen(alice, { q: 'Twice Ltd' })).toHaveLength(2);
  });

  test('whose opportunity was handed on to somebody else’s eyes alone leaves it there', async () => {
    const rows = 'Deal name,Company,Id\nGiven away,Gone Ltd,g1';
    await run(alice, rows);
    const given = await find(alice, 'Given away');
    const change = { opportunityId: given.id, version: given.version, ownerId: bob.me.memberId };
    await alice.call(contracts.updateOpportunity, change);
    expect(await run(alice, rows)).toMatchObject({ created: 0, unchanged: 1 });
    expect(await seen(bob, { q: 'Gone Ltd' })).toEqual(['Given away']);
  });

  test('of one’s own is a table, whatever its columns are called', async () => {
    const { source } = await read(alice, 'Deal name,Deal stage,Amount\nOwn one,Lead,5\n');
    expect(source).toBe('table');
  });

  test('told to the holder of a lent contact that it puts before others, once for the whole file', async () => {
    const { id: bookId } = await alice.call(delegation.createBook, { name: 'Lent to imports' });
    const grant = { bookId, grantee: { kind: 'workspace' as const }, acts: ['discover' as const, 'read' as const] };
    await alice.call(delegation.createGrant, grant);
    await addContact(alice, { name: 'Lena Lent', email: 'lena@lent.example', bookId });
    await app.settle();
    const rows = ['Deal name,Contact', 'L1,lena@lent.example', 'L2,"Lena Lent <lena@lent.example>"'].join('\n');
    await run(bob, rows, everybody);
    const { items } = await alice.call(home.listHappenings, { bookId });
    expect(items.filter(({ kind }) => kind === 'opportunity').map(({ count }) => count)).toEqual([1]);
    expect((await find(bob, 'L2')).participants).toMatchObject([{ person: { name: 'Lena Lent' } }]);
  });

  test('with ten thousand lines is read, and taken out again', async () => {
    const lines = Array.from(
      { length: 10_000 },
      (_, at) => `Big ${at},Company ${at % 700},${at}.5,EUR,2030-01-01,big-${at}`,
    );
    const rows = ['Deal name,Company,Amount,Currency,Close date,Id', ...lines].join('\n');
    const record = await run(alice, rows, everybody);
    expect(record).toMatchObject({ created: 10_000, problems: [] });
    expect(await run(alice, rows, everybody)).toMatchObject({ created: 0, updated: 0, unchanged: 10_000 });
    const { items } = await alice.call(contracts.getSums, { q: 'Big ' });
    expect(items.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
    await undo(alice, record.id);
    expect(await seen(alice, { q: 'Big ' })).toEqual([]);
  }, 180_000);

  test('with more lines than an opportunity has to do with is refused', async () => {
    const rows = [
      'Deal name,Company',
      ...Array.from({ length: contracts.limits.lines + 40 }, (_, at) => `N${at},C`),
    ].join('\n');
    expect(await fieldsOf(read(alice, rows))).toEqual({ content: 'too_many_lines' });
  });

  test('does not lose what is written by hand beside it', async () => {
    await addOpportunity(alice, { name: 'By hand' });
    expect(await find(alice, 'By hand')).toMatchObject({ source: null });
  });
});
