import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { csv, finish, importFile, listed, three, upload } from './testing.ts';

let app: TestApp;
let alice: Member;

beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

let people = 0;

/** Each test has a member of its own, so that no import meets another's contacts. */
async function newMember(): Promise<Member> {
  alice ??= await app.setUp();
  return app.invite(alice, `Tester ${'abcdefghijklmnopqrstuvwxyz'[people++]}`);
}

/** All that can be seen, down to values and their origin, without ids and times of the moment. */
async function world(member: Member): Promise<unknown> {
  const { items } = await member.call(cards.listPeople, { limit: 200 });
  return Promise.all(
    items.map(async ({ id }) => {
      const person = await member.call(cards.getPerson, { personId: id });
      return {
        name: person.name,
        values: person.values.map(({ kind, value, provenance }) => ({
          kind,
          value,
          by: provenance.map(({ writtenBy }) => writtenBy),
        })),
        cards: person.cards.map(({ id: cardId, endedAt }) => ({ cardId, ended: endedAt !== null })),
      };
    }),
  );
}

test('a book that is no longer mine takes in nothing of mine, and gives up nothing', async () => {
  const [member, other] = [await newMember(), await newMember()];
  const { id: bookId } = await member.call(delegation.createBook, { name: 'Given away' });
  const into = async (fileName: string, content: string) => {
    const { id: importId } = await upload(app, member, fileName, content);
    await member.call(contracts.updateImport, { importId, bookId });
    return importId;
  };
  const done = await into('before.csv', three);
  await finish(app, member, done);
  const ready = await into('after.csv', csv('Emmy,Noether,emmy@ring.example,,'));
  // As when who had left returns, and the steward gives their book back.
  await app.query('update delegation.book set holder_id = $1 where book_id = $2', [other.me.memberId, bookId]);
  expect(await codeOf(member.call(contracts.startImport, { importId: ready }))).toBe('not_found');
  expect(await codeOf(member.call(contracts.undoImport, { importId: done }))).toBe('not_undoable');
  expect((await other.call(delegation.listBooks, {})).items.find(({ id }) => id === bookId)?.cards).toBe(3);
});

describe('a correction', () => {
  test('taken back is the value of its source again, which the next import updates', async () => {
    const member = await newMember();
    const { sourceId } = await importFile(app, member, 'contacts.csv', three);
    const before = await world(member);
    const [ada] = (await member.call(cards.listPeople, { q: 'lovelace' })).items;
    const person = await member.call(cards.getPerson, { personId: ada!.id });
    const cardId = person.cards[0]!.id;
    const { fields } = await member.call(cards.getCard, { cardId });
    const { no } = fields.find(({ kind }) => kind === 'email')!;
    const field = { kind: 'email' as const, value: { value: 'ada@corrected.example' } };
    await member.call(cards.updateCard, { cardId, set: [{ no, field }] });
    expect(await world(member)).not.toEqual(before);
    await member.call(cards.updateCard, { cardId, restore: [no] });
    expect(await world(member)).toEqual(before);
    expect(await codeOf(member.call(cards.updateCard, { cardId, restore: [no] }))).toBe('not_found');
    const changed = three.replace('ada@engine.example', 'ada@new.example');
    await importFile(app, member, 'contacts.csv', changed, sourceId);
    expect(await listed(member)).toContain('Ada Lovelace · Analytical Engines · ada@new.example');
  });
});

describe('an import', () => {
  test('says before it runs how many lines repeat another word for word', async () => {
    const member = await newMember();
    const [, marie] = three.split('\n');
    const analysed = await upload(app, member, 'twice.csv', `${three}\n${marie}\n${marie}`);
    expect(analysed.preview).toMatchObject({ contacts: 3, new: 3, identical: 2 });
    expect((await finish(app, member, analysed.id)).report).toMatchObject({ created: 3, identical: 2 });
  });

  test('tells which of its contacts have details to verify, as long as they are there', async () => {
    const member = await newMember();
    const rows = csv('Ann,Able,not an address,12,A', 'Ben,Best,ben@b.example,06 12 00 00 09,B', ',,carl@c.example,9,C');
    const { id: importId, report } = await importFile(app, member, 'doubts.csv', rows);
    expect(report.warnings).toBe(2);
    const { items, next } = await member.call(contracts.listWarnings, { importId, limit: 1 });
    expect(items).toMatchObject([{ name: 'Ann Able', codes: ['email.invalid', 'phone.invalid'] }]);
    const more = await member.call(contracts.listWarnings, { importId, after: next! });
    expect(more).toMatchObject({ items: [{ codes: ['phone.invalid'] }], next: null });
    expect((await member.call(cards.getPerson, { personId: items[0]!.personId })).name).toBe('Ann Able');
    const other = await newMember();
    expect(await codeOf(other.call(contracts.listWarnings, { importId }))).toBe('not_found');
    const toVerify = async (viewer: Member) => ({
      names: (await viewer.call(cards.listPeople, { toVerify: 'yes' })).items.map(({ name }) => name),
      count: (await viewer.call(cards.countToVerify, {})).count,
    });
    expect(await toVerify(member)).toEqual({ names: ['Ann Able', 'C'], count: 2 });
    await member.call(delegation.createGrant, {
      bookId: (await member.call(delegation.listBooks, {})).items[0]!.id,
      grantee: { kind: 'workspace' },
      acts: ['read'],
    });
    await app.settle();
    // Whoever else sees the contact was not told what its file looked like.
    expect((await other.call(cards.listPeople, { q: 'able' })).items).toHaveLength(1);
    expect(await toVerify(other)).toEqual({ names: [], count: 0 });
    const title = { kind: 'title' as const, value: { value: 'Checked' } };
    await member.call(cards.updateCard, { cardId: items[0]!.personId, add: [title] });
    expect(await toVerify(member)).toEqual({ names: ['C'], count: 1 });
    await member.call(contracts.undoImport, { importId });
    await app.settle();
    expect((await member.call(contracts.listWarnings, { importId })).items).toEqual([]);
  });

  test('that brought nothing can leave the list, one that brought contacts cannot', async () => {
    const member = await newMember();
    const broken = await upload(app, member, 'empty.csv', '');
    expect(broken.state).toBe('unreadable');
    const done = await importFile(app, member, 'contacts.csv', three);
    const other = await newMember();
    expect(await codeOf(other.call(contracts.removeImport, { importId: broken.id }))).toBe('not_found');
    await member.call(contracts.removeImport, { importId: broken.id });
    expect(await codeOf(member.call(contracts.removeImport, { importId: done.id }))).toBe('not_removable');
    expect((await member.call(contracts.listImports, {})).items.map(({ id }) => id)).toEqual([done.id]);
  });

  test('is previewed before anything is written, and ends in a report', async () => {
    const member = await newMember();
    const analysed = await upload(app, member, 'contacts.csv', three);
    expect(analysed).toMatchObject({ state: 'ready', preview: { contacts: 3, new: 3, known: 0, changed: 0 } });
    expect(analysed.preview!.rows.map(({ name }) => name)).toEqual(['Marie Curie', 'Louis Pasteur', 'Ada Lovelace']);
    expect(await listed(member)).toEqual([]);
    // Asked to change nothing, it stays as it is.
    expect(await member.call(contracts.updateImport, { importId: analysed.id })).toEqual(analysed);
    const done = await finish(app, member, analysed.id);
    expect(done).toMatchObject({ state: 'done', report: { created: 3, updated: 0, failed: 0 } });
    expect(await listed(member)).toEqual([
      'Marie Curie · Institut du Radium · marie@radium.example',
      'Ada Lovelace · Analytical Engines · ada@engine.example',
      'Louis Pasteur · Institut Pasteur · louis@pasteur.example',
    ]);
  });

  test('of the same file again changes nothing', async () => {
    const member = await newMember();
    const first = await importFile(app, member, 'contacts.csv', three);
    const before = await world(member);
    const again = await upload(app, member, 'contacts again.csv', three);
    expect(again).toMatchObject({ sourceId: first.sourceId, preview: { new: 0, known: 3, changed: 0 } });
    const done = await finish(app, member, again.id);
    expect(done.report).toMatchObject({ created: 0, updated: 0, unchanged: 3, ended: 0 });
    expect(await world(member)).toEqual(before);
    expect((await member.call(contracts.listSources, {})).items).toMatchObject([{ cards: 3, mine: true }]);
  });

  test('of a changed file updates what the source changed and keeps what people corrected', async () => {
    const member = await newMember();
    await importFile(app, member, 'contacts.csv', three);
    const [marie] = (await member.call(cards.listPeople, { q: 'curie' })).items;
    const card = (await member.call(cards.getPerson, { personId: marie!.id })).cards[0]!;
    const { fields } = await member.call(cards.getCard, { cardId: card.id });
    const organization = fields.find(({ kind }) => kind === 'organization')!;
    await member.call(cards.updateCard, {
      cardId: card.id,
      set: [{ no: organization.no, field: { kind: 'organization', value: { name: 'Institut Curie' } } }],
    });
    const changed = three.replace('06 12 00 00 01', '06 12 99 99 99').replace('Institut Pasteur', 'Pasteur SAS');
    const done = await importFile(app, member, 'contacts.csv', changed);
    expect(done.report).toMatchObject({ created: 0, updated: 2, unchanged: 1 });
    const after = await member.call(cards.listPeople, {});
    expect(after.items).toMatchObject([
      { name: 'Marie Curie', organization: 'Institut Curie', phone: '+33612999999' },
      { name: 'Ada Lovelace' },
      { name: 'Louis Pasteur', organization: 'Pasteur SAS' },
    ]);
  });

  test('of other people under the same numbers is taken for a source of its own, not for their newer state', async () => {
    const member = await newMember();
    const file = (names: string[]) =>
      [
        'id;Nom;Prénom;E-mail',
        ...names.map((name, at) => `${at + 1};${name};Jean;${name.toLowerCase()}@example.org`),
      ].join('\n');
    await importFile(app, member, 'clients.csv', file(['Girard', 'Roux', 'Blanc']));
    const other = await upload(app, member, 'fournisseurs.csv', file(['Martin', 'Faure', 'Petit']));
    expect(other).toMatchObject({ sourceId: null, preview: { new: 3, changed: 0 } });
    await finish(app, member, other.id);
    const names = (await member.call(cards.listPeople, {})).items.map(({ name }) => name);
    expect(names.toSorted()).toEqual(
      ['Blanc', 'Faure', 'Girard', 'Martin', 'Petit', 'Roux'].map((name) => `Jean ${name}`),
    );
    // A newer state of the first is still known for what it is, with somebody married and somebody new.
    const newer = file(['Girard', 'Roux-Durand', 'Blanc', 'Noir']).replace('roux-durand@', 'roux@');
    expect(await upload(app, member, 'clients 2.csv', newer)).toMatchObject({
      preview: { new: 1, known: 2, changed: 1 },
    });
  });

  test('ends what vanished at its source, and lets it live again when it is back', async () => {
    const member = await newMember();
    await importFile(app, member, 'contacts.csv', three);
    const without = three.split('\n').slice(0, 3).join('\n');
    const done = await importFile(app, member, 'contacts.csv', without);
    expect(done.report).toMatchObject({ unchanged: 2, ended: 1 });
    const endedAt = async () => {
      const [ada] = (await member.call(cards.listPeople, { q: 'lovelace' })).items;
      return (await member.call(cards.getPerson, { personId: ada!.id })).cards[0]!.endedAt;
    };
    expect(await endedAt()).not.toBeNull();
    await importFile(app, member, 'contacts.csv', three);
    expect(await endedAt()).toBeNull();
  });

  test('of ten thousand identical lines is one contact', async () => {
    const member = await newMember();
    const line = 'Marie,Curie,marie@radium.example,06 12 00 00 01,Institut du Radium';
    const done = await importFile(app, member, 'same.csv', csv(...Array.from({ length: 10_000 }, () => line)));
    expect(done.report).toMatchObject({ created: 1, identical: 9_999 });
    expect(await listed(member)).toHaveLength(1);
  });

  test('belongs to who made it: to others it does not exist', async () => {
    const member = await newMember();
    const other = await newMember();
    const { id: importId } = await upload(app, member, 'contacts.csv', three);
    const attempts = [
      other.call(contracts.getImport, { importId }),
      other.call(contracts.startImport, { importId }),
      other.call(contracts.cancelImport, { importId }),
      other.call(contracts.undoImport, { importId }),
      other.call(contracts.updateImport, { importId, basis: 'consent' }),
    ];
    expect(await Promise.all(attempts.map(codeOf))).toEqual(attempts.map(() => 'not_found'));
    expect((await other.fetch(`/imports/${importId}/failures.csv`)).status).toBe(404);
    expect((await other.call(contracts.listImports, {})).items).toEqual([]);
    expect((await other.call(contracts.listSources, {})).items).toEqual([]);
  });

  test('goes into a book and a source of one’s own, and into no other', async () => {
    const member = await newMember();
    const other = await newMember();
    await importFile(app, other, 'theirs.csv', three);
    const [book] = (await other.call(delegation.listBooks, {})).items;
    const [source] = (await other.call(contracts.listSources, {})).items;
    await other.call(delegation.createGrant, { bookId: book!.id, grantee: { kind: 'workspace' }, acts: ['read'] });
    const { id: importId } = await upload(app, member, 'contacts.csv', three);
    for (const into of [{ bookId: book!.id }, { sourceId: source!.id }])
      expect(await codeOf(member.call(contracts.updateImport, { importId, ...into }))).toBe('not_found');
    await other.call(delegation.endGrant, { grantId: (await other.call(delegation.listGrants, {})).items[0]!.id });
    await app.settle();
  });

  test('that runs cannot be started twice', async () => {
    const member = await newMember();
    const { id: importId } = await upload(app, member, 'contacts.csv', three);
    const both = await Promise.allSettled([1, 2].map(() => member.call(contracts.startImport, { importId })));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await app.settle();
    expect(await listed(member)).toHaveLength(3);
  });
});

describe('undoing', () => {
  test('takes out exactly what the import brought', async () => {
    const member = await newMember();
    const typed = await member.call(cards.createCard, { fields: [{ kind: 'name', value: { full: 'Typed Byhand' } }] });
    await importFile(app, member, 'first.csv', three);
    const before = await world(member);
    const changed = csv(
      'Marie,Curie,marie@radium.example,06 12 77 77 77,Sorbonne',
      'Louis,Pasteur,louis@pasteur.example,06 12 00 00 02,Institut Pasteur',
      'Alan,Turing,alan@bletchley.example,,Bletchley Park',
    );
    const second = await importFile(app, member, 'second.csv', changed);
    expect(second.report).toMatchObject({ created: 1, updated: 1, unchanged: 1, ended: 1 });
    expect(await world(member)).not.toEqual(before);
    await member.call(contracts.undoImport, { importId: second.id });
    await app.settle();
    expect(await member.call(contracts.getImport, { importId: second.id })).toMatchObject({ state: 'undone' });
    expect(await world(member)).toEqual(before);
    expect(await codeOf(member.call(contracts.undoImport, { importId: second.id }))).toBe('not_undoable');
    expect((await member.fetch(`/people/${typed.id}`)).status).toBe(200);
  });

  test('keeps what somebody corrected since', async () => {
    const member = await newMember();
    await importFile(app, member, 'first.csv', three);
    const second = await importFile(app, member, 'second.csv', three.replace('Institut Pasteur', 'Pasteur SAS'));
    const [louis] = (await member.call(cards.listPeople, { q: 'pasteur' })).items;
    await member.call(cards.updatePerson, {
      personId: louis!.id,
      set: [{ kind: 'title', value: { value: 'Directeur' } }],
    });
    await member.call(contracts.undoImport, { importId: second.id });
    await app.settle();
    expect((await member.call(cards.listPeople, { q: 'pasteur' })).items).toMatchObject([
      { organization: 'Institut Pasteur', title: 'Directeur' },
    ]);
  });

  test('takes back what the import joined', async () => {
    const member = await newMember();
    const fields: cards.FieldInput[] = [
      { kind: 'name', value: { full: 'Ada Lovelace' } },
      { kind: 'email', value: { value: 'ada@lovelace.example' } },
    ];
    const typed = await member.call(cards.createCard, { fields });
    await importFile(app, member, 'first.csv', csv('Ada,Byron,ada@byron.example,,', 'Bob,Other,bob@other.example,,'));
    const persons = async () =>
      (await member.call(cards.listPeople, { limit: 200 })).items.map(({ name, cards: count }) => [name, count]).sort();
    const before = await persons();
    expect(before).toHaveLength(3);
    const changed = csv(
      'Ada,Byron,ada@lovelace.example,,',
      'Bob,Other,bob@other.example,,',
      'Ada,Lovelace,ada@lovelace.example,,',
    );
    const second = await importFile(app, member, 'second.csv', changed);
    expect(second.report).toMatchObject({ created: 1, updated: 1 });
    expect((await member.call(cards.getPerson, { personId: typed.id })).cards).toHaveLength(3);
    await member.call(contracts.undoImport, { importId: second.id });
    await app.settle();
    expect((await member.call(cards.getPerson, { personId: typed.id })).cards).toHaveLength(1);
    expect(await persons()).toEqual(before);
    // Nor does matching think of the card that is out of sight any more.
    const { id: again } = await member.call(cards.createCard, { fields });
    const links = await app.query<{ card_a: string; card_b: string }>(
      'select card_a, card_b from cards.link where $1 in (card_a, card_b)',
      [again],
    );
    expect(links.map(({ card_a, card_b }) => [card_a, card_b].sort())).toEqual([[typed.id, again].sort()]);
  });

  test('lets the same file be imported anew', async () => {
    const member = await newMember();
    const first = await importFile(app, member, 'contacts.csv', three);
    await member.call(contracts.undoImport, { importId: first.id });
    await app.settle();
    expect(await listed(member)).toEqual([]);
    const again = await importFile(app, member, 'contacts.csv', three);
    expect(again.report).toMatchObject({ created: 3 });
    expect(await listed(member)).toHaveLength(3);
  });
});

describe('a file that holds no contacts', () => {
  test('is refused with the reason, and nothing is kept of it', async () => {
    const member = await newMember();
    const calendar = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n';
    const files: [string, string | Uint8Array][] = [
      ['calendar.ics', calendar],
      ['noise.bin', randomBytes(5000)],
      ['empty.csv', ''],
    ];
    for (const [name, content] of files) {
      const refused = await upload(app, member, name, content);
      expect(refused, name).toMatchObject({ state: 'unreadable', problem: { code: expect.any(String) } });
      expect(await codeOf(member.call(contracts.startImport, { importId: refused.id }))).toBe('already_running');
    }
    const [left] = await app.query<{ count: number }>(
      `select count(*)::int as count from sources.file_piece p join sources.import i using (workspace_id, import_id) where i.state = 'unreadable'`,
    );
    expect(left!.count).toBe(0);
  });
});
