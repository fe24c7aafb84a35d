import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as delegation from '../delegation/contract.ts';
import { type Announcement, announcement, channel } from '../kernel/announce.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as matching from '../matching/contract.ts';
import * as sources from '../sources/contract.ts';
import { finish, importFile, upload } from '../sources/testing.ts';
import * as contracts from './contract.ts';
import { addContact, everywhere, lookFor, nowhere, readable } from './testing.ts';

let app: TestApp;
let admin: Member;
let alice: Member;
let bob: Member;

beforeAll(async () => {
  app = await openTestApp();
  admin = await app.setUp();
  alice = await app.invite(admin, 'Alice Archive');
  bob = await app.invite(admin, 'Bob Archive');
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

async function sharedBook(member: Member, name: string, stewardIds?: string[]): Promise<string> {
  const { id: bookId } = await member.call(delegation.createBook, { name, ...(stewardIds && { stewardIds }) });
  await member.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, acts: ['read'] });
  return bookId;
}

/** As if everything known of a card had been learned so many months earlier. */
async function age(cardId: string, months: number): Promise<void> {
  const back = `- make_interval(months => ${months})`;
  await app.query(`update cards.card set seen_at = seen_at ${back}, ended_at = ended_at ${back} where card_id = $1`, [
    cardId,
  ]);
  await app.query(`update cards.card_field set seen_at = seen_at ${back} where card_id = $1`, [cardId]);
}

async function reasonsOf(member: Member, cardId: string, months = 12): Promise<string[] | undefined> {
  const { items } = await member.call(contracts.listDead, { months, limit: 200 });
  return items.find(({ card }) => card.id === cardId)?.reasons;
}

describe('a card looks dead', () => {
  test('when it vanished at its source, and nothing new was seen of it since', async () => {
    const csv = (names: string[]) =>
      ['First Name,Last Name,E-mail', ...names.map((name) => `${name},Vanish,${name}@vanish.example`)].join('\n');
    const first = await importFile(app, alice, 'vanish.csv', csv(['Una', 'Dua', 'Tria']));
    await importFile(app, alice, 'vanish.csv', csv(['Una', 'Dua']), first.sourceId);
    const { items } = await alice.call(contracts.listPeople, { q: 'tria vanish' });
    const cardId = items[0]!.id;
    expect(await reasonsOf(alice, cardId)).toBeUndefined();
    await age(cardId, 13);
    expect(await reasonsOf(alice, cardId)).toEqual(['ended']);
    expect(await reasonsOf(alice, cardId, 24)).toBeUndefined();
    await alice.call(contracts.addNote, { personId: cardId, text: 'Seen at the fair' });
    expect(await reasonsOf(alice, cardId)).toBeUndefined();
  });

  test('when nothing on it, nor on a card joined to it, can be used to reach anybody', async () => {
    const empty = await addContact(alice, { name: 'Nihil Empty', organization: 'Vide' });
    const broken = await addContact(alice, { name: 'Nihil Broken', email: 'nihil at nowhere' });
    const dead = await addContact(alice, { name: 'Nihil Dead', email: 'dead@nihil.example' });
    const good = await addContact(alice, { name: 'Nihil Good', email: 'good@nihil.example' });
    const [half, other] = [
      await addContact(alice, { name: 'Nihil Half', email: 'nihil' }),
      await addContact(alice, { name: 'Nihil Half', email: 'half@nihil.example' }),
    ];
    const pair = half < other ? `${half}.${other}` : `${other}.${half}`;
    await alice.call(matching.decide, { pairs: [pair], same: true });
    await app.query(
      `update cards.contact_point p set health = 'dead' from cards.card_field f
       where f.card_id = $1 and p.contact_point_id = f.contact_point_id`,
      [dead],
    );
    for (const cardId of [empty, broken, dead, good, half, other]) await age(cardId, 13);
    const found = [empty, broken, dead, good, half, other].map((cardId) => reasonsOf(alice, cardId));
    expect(await Promise.all(found)).toEqual([
      ['empty'],
      ['unreachable'],
      ['unreachable'],
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('when its organisation has closed', async () => {
    const csv = 'Company,Etat administratif,E-mail\nFermetou SARL,C,contact@fermetou.example\n';
    await importFile(app, alice, 'register.csv', csv);
    const [company] = (await alice.call(contracts.listPeople, { q: 'fermetou' })).items;
    expect(company!.kind).toBe('organization');
    const person = await addContact(alice, {
      name: 'Clos Fermetou',
      organization: 'Fermetou SARL',
      email: 'clos@fermetou.example',
    });
    const elsewhere = await addContact(alice, {
      name: 'Ouvert Partout',
      organization: 'Partout',
      email: 'o@p.example',
    });
    for (const cardId of [company!.id, person, elsewhere]) await age(cardId, 13);
    expect(await reasonsOf(alice, company!.id)).toEqual(['closed']);
    expect(await reasonsOf(alice, person)).toEqual(['closed']);
    expect(await reasonsOf(alice, elsewhere)).toBeUndefined();
  });

  test('to its holder only, until they say that it is to be kept, or after as many months again', async () => {
    const bookId = await sharedBook(alice, 'Kept');
    const cardId = await addContact(alice, { name: 'Servanda Kept', bookId });
    await age(cardId, 13);
    expect(await reasonsOf(bob, cardId)).toBeUndefined();
    expect(await codeOf(bob.call(contracts.keepCards, { cardIds: [cardId] }))).toBe('not_found');
    const before = await alice.call(contracts.countDead, {});
    expect(before.reasons.find(({ reason }) => reason === 'empty')!.count).toBeGreaterThan(0);
    await alice.call(contracts.keepCards, { cardIds: [cardId] });
    expect(await reasonsOf(alice, cardId)).toBeUndefined();
    expect((await alice.call(contracts.countDead, {})).total).toBe(before.total - 1);
    await alice.call(contracts.keepCards, { cardIds: [cardId], keep: false });
    expect(await reasonsOf(alice, cardId)).toEqual(['empty']);
    await alice.call(contracts.keepCards, { cardIds: [cardId] });
    await app.query(`update cards.card set kept_at = kept_at - interval '13 months' where card_id = $1`, [cardId]);
    expect(await reasonsOf(alice, cardId)).toEqual(['empty']);
  });

  test('page by page, by one reason if asked, none lost and none twice', async () => {
    const whole = (await alice.call(contracts.listDead, { limit: 200 })).items.map(({ card }) => card.id);
    const paged: string[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const page: { items: { card: { id: string } }[]; next: string | null } = await alice.call(contracts.listDead, {
        limit: 2,
        ...(after && { after }),
      });
      paged.push(...page.items.map(({ card }) => card.id));
      after = page.next;
    }
    expect(paged).toEqual(whole);
    expect(paged.length).toBeGreaterThan(3);
    const { items } = await alice.call(contracts.listDead, { reason: 'closed' });
    expect(items.map(({ reasons }) => reasons)).toEqual([['closed'], ['closed']]);
  });
});

describe('an archived card', () => {
  test('is nowhere to be found, by its holder or by others, is listed apart, and comes back as it was', async () => {
    const bookId = await sharedBook(alice, 'Found');
    const cardId = await addContact(alice, { name: 'Zénobie Archivable', email: 'zenobie@found.example', bookId });
    await alice.call(contracts.addNote, { personId: cardId, text: 'A note that hangs on it' });
    expect(await lookFor(bob, cardId, 'Archivable')).toEqual(readable);
    await age(cardId, 13);
    await app.query(`update cards.card set ended_at = now() - interval '13 months' where card_id = $1`, [cardId]);
    await app.query(`delete from cards.note where card_id = $1`, [cardId]);
    expect(await alice.call(contracts.archiveCards, { cardIds: [cardId, cardId] })).toEqual({ archived: 1 });
    for (const viewer of [alice, bob]) expect(await lookFor(viewer, cardId, 'Archivable')).toEqual(nowhere);
    const { items } = await alice.call(contracts.listArchived, {});
    expect(items[0]).toMatchObject({ name: 'Zénobie Archivable', reasons: ['ended'], card: { id: cardId } });
    expect(items[0]!.values.map(({ display }) => display)).toContain('zenobie@found.example');
    expect((await alice.call(contracts.countDead, {})).archived).toBe(1);
    expect((await bob.call(contracts.listArchived, {})).items).toEqual([]);
    expect((await bob.call(contracts.countDead, {})).archived).toBe(0);
    expect(await alice.call(contracts.unarchiveCards, { cardIds: [cardId] })).toEqual({ restored: 1 });
    expect(await lookFor(alice, cardId, 'Archivable')).toEqual(everywhere);
    expect(await lookFor(bob, cardId, 'Archivable')).toEqual(readable);
    const history = await alice.call(contracts.listHistory, { personId: cardId });
    expect(history.items.map(({ kind }) => kind)).toEqual(['unarchived', 'archived', 'created']);
  });

  test('that was withheld comes back withheld; so does one restored from among the removed', async () => {
    const bookId = await sharedBook(alice, 'Withheld');
    const cardId = await addContact(alice, { name: 'Wilhelmine Withheld', bookId });
    await alice.call(contracts.updateCard, { cardId, withheld: true });
    await alice.call(contracts.archiveCards, { cardIds: [cardId] });
    await alice.call(contracts.unarchiveCards, { cardIds: [cardId] });
    expect((await alice.call(contracts.getCard, { cardId })).withheld).toBe(true);
    await alice.call(contracts.removeCard, { cardId });
    await alice.call(contracts.restoreCard, { cardId });
    expect((await alice.call(contracts.getCard, { cardId })).withheld).toBe(true);
    expect(await lookFor(bob, cardId, 'Wilhelmine')).toEqual(nowhere);
  });

  test('is archived by its holder only, all or none', async () => {
    const bookId = await sharedBook(alice, 'All or none');
    const [one, two] = [
      await addContact(alice, { name: 'Odo Unus', bookId }),
      await addContact(alice, { name: 'Odo Duo', bookId }),
    ];
    const theirs = await addContact(bob, { name: 'Odo Alienus' });
    const archive = (member: Member, ...cardIds: string[]) => codeOf(member.call(contracts.archiveCards, { cardIds }));
    expect(await archive(bob, one)).toBe('not_found');
    expect(await archive(alice, one, two, theirs)).toBe('not_found');
    expect((await lookFor(alice, one, 'Unus')).card).toBe(200);
    await alice.call(contracts.archiveCards, { cardIds: [one] });
    expect(await archive(alice, one)).toBe('not_found');
    expect(await codeOf(bob.call(contracts.unarchiveCards, { cardIds: [one] }))).toBe('not_found');
    expect(await codeOf(alice.call(contracts.unarchiveCards, { cardIds: [two] }))).toBe('not_found');
  });

  test('of a book of the workspace is archived by its stewards', async () => {
    const { id: bookId } = await admin.call(delegation.createBook, { name: 'House', stewardIds: [bob.me.memberId] });
    const cardId = await addContact(bob, { name: 'Maison Commune', bookId });
    expect(await codeOf(alice.call(contracts.archiveCards, { cardIds: [cardId] }))).toBe('not_found');
    await bob.call(contracts.archiveCards, { cardIds: [cardId] });
    expect((await bob.call(contracts.listArchived, {})).items.map(({ card }) => card.id)).toContain(cardId);
  });

  test('goes and comes back on the open pages of those who were lent it, as a removed one does', async () => {
    const bookId = (await alice.call(delegation.createBook, { name: 'On pages' })).id;
    const grantee = { kind: 'member' as const, memberId: bob.me.memberId };
    await alice.call(delegation.createGrant, { bookId, grantee, acts: ['read'] });
    const cardId = await addContact(alice, { name: 'Vigil Page', bookId });
    await app.settle();
    const listener = new pg.Client({ connectionString: app.databaseUrl });
    await listener.connect();
    await listener.query(`listen ${channel}`);
    const heard: Announcement[] = [];
    listener.on('notification', ({ payload }) => heard.push(announcement.parse(JSON.parse(payload!))));
    const { id: importId } = await upload(app, alice, 'page.csv', 'First Name,Last Name,E-mail\nPaged,Out,p@o.example');
    await alice.call(sources.updateImport, { importId, bookId });
    await finish(app, alice, importId);
    const steps: [string, () => Promise<unknown>][] = [
      ['archived', () => alice.call(contracts.archiveCards, { cardIds: [cardId] })],
      ['unarchived', () => alice.call(contracts.unarchiveCards, { cardIds: [cardId] })],
      ['removed', () => alice.call(contracts.removeCard, { cardId })],
      ['restored', () => alice.call(contracts.restoreCard, { cardId })],
      ['undone', () => alice.call(sources.undoImport, { importId })],
    ];
    const told: string[] = [];
    for (const [name, step] of steps) {
      heard.length = 0;
      await step();
      await app.settle();
      // What NOTIFY says arrives before the answer to the next query.
      await listener.query('select');
      const seen = heard.filter(({ topic }) => topic === 'visibility').flatMap(({ members }) => members ?? []);
      if (seen.includes(bob.me.memberId)) told.push(name);
    }
    await listener.end();
    expect(told).toEqual(steps.map(([name]) => name));
  });

  test('leaves the person it was part of, whose address goes on, and the hunt', async () => {
    const bookId = await sharedBook(alice, 'Joined');
    const mail = { email: 'persona@joined.example', bookId };
    const one = await addContact(alice, { name: 'Perpetua Joined', ...mail });
    const two = await addContact(alice, { name: 'Perpetua Joined', ...mail });
    const likely = await addContact(alice, { name: 'Perpetua Joined', organization: 'Elsewhere', bookId });
    const cardsOf = async (personId: string) =>
      (await bob.call(contracts.getPerson, { personId })).cards.map(({ id }) => id).sort();
    expect(await cardsOf(one)).toEqual([one, two].sort());
    const pairs = async () => {
      const { items } = await alice.call(matching.listProposals, { limit: 200 });
      return items.map(({ id }) => id).filter((id) => id.includes(likely));
    };
    expect(await pairs()).toHaveLength(1);
    await alice.call(contracts.archiveCards, { cardIds: [one] });
    expect(await cardsOf(one)).toEqual([two]);
    expect(await cardsOf(two)).toEqual([two]);
    expect((await pairs()).join()).not.toContain(one);
    await alice.call(contracts.archiveCards, { cardIds: [likely] });
    expect(await pairs()).toEqual([]);
    await alice.call(contracts.unarchiveCards, { cardIds: [one, likely] });
    expect(await cardsOf(two)).toEqual([one, two].sort());
    expect(await pairs()).toHaveLength(1);
  });
});

describe('an archived card and its file', () => {
  const csv = (mail: string, others = ['Dua', 'Tria']) =>
    ['First Name,Last Name,E-mail', `Una,Again,${mail}`, ...others.map((n) => `${n},Again,${n}@again.example`)].join(
      '\n',
    );
  const cardOf = async (importId: string) =>
    (
      await app.query<{ card_id: string }>(
        `select f.card_id from cards.card_field f join cards.card c on c.card_id = f.card_id
         where c.import_id = $1 and f.value->>'given' = 'Una'`,
        [importId],
      )
    )[0]!.card_id;

  test('stays archived when the same comes again; a change at the source brings it back, and says so', async () => {
    const first = await importFile(app, alice, 'again.csv', csv('una@again.example'));
    const cardId = await cardOf(first.id);
    await alice.call(contracts.archiveCards, { cardIds: [cardId] });
    const same = await importFile(app, alice, 'again.csv', csv('una@again.example'), first.sourceId);
    expect(same.report).toMatchObject({ created: 0, updated: 0, unchanged: 3, revived: 0, ended: 0 });
    expect((await lookFor(alice, cardId, 'una@again.example')).card).toBe(404);
    const changed = await importFile(app, alice, 'again.csv', csv('una@changed.example'), first.sourceId);
    expect(changed.report).toMatchObject({ created: 0, updated: 1, unchanged: 2, revived: 1 });
    expect(await lookFor(alice, cardId, 'una@changed.example')).toEqual(everywhere);
    const history = await alice.call(contracts.listHistory, { personId: cardId });
    expect(history.items[0]).toMatchObject({ kind: 'revived', fields: ['email'] });
    await alice.call(sources.undoImport, { importId: changed.id });
    await app.settle();
    expect((await lookFor(alice, cardId, 'una@again.example')).card).toBe(404);
    const { items } = await alice.call(contracts.listArchived, {});
    expect(items.find(({ card }) => card.id === cardId)?.values.map(({ display }) => display)).toContain(
      'una@again.example',
    );
  });

  test('goes with its import when that is undone', async () => {
    const made = await importFile(app, alice, 'undone.csv', csv('una@undone.example', []));
    const cardId = await cardOf(made.id);
    await alice.call(contracts.archiveCards, { cardIds: [cardId] });
    await alice.call(sources.undoImport, { importId: made.id });
    await app.settle();
    expect((await alice.call(contracts.listArchived, {})).items.map(({ card }) => card.id)).not.toContain(cardId);
    expect(await codeOf(alice.call(contracts.unarchiveCards, { cardIds: [cardId] }))).toBe('not_found');
    await alice.call(contracts.restoreCard, { cardId });
    expect((await lookFor(alice, cardId, 'una@undone.example')).card).toBe(200);
  });
});
