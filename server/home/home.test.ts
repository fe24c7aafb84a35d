import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as matching from '../matching/contract.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
let bookId: string;
let cardIds: string[];
let run = 0;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Wood');
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

/** A book of Alice's with three contacts, lent to the company for everything. */
beforeEach(async () => {
  run++;
  bookId = (await alice.call(delegation.createBook, { name: `Return ${run}` })).id;
  cardIds = await Promise.all(['Anne', 'Bruno', 'Claire'].map((given) => add(alice, given, bookId)));
  await lend(alice, bookId, { grantee: { kind: 'workspace' }, acts: ['export'] });
  await app.settle();
});

async function add(member: Member, given: string, book: string): Promise<string> {
  const fields = [
    { kind: 'name' as const, value: { given, family: `Retour${run}` } },
    { kind: 'email' as const, value: { value: `${given.toLowerCase()}${run}@example.org`, type: 'work' as const } },
  ];
  return (await member.call(cards.createCard, { bookId: book, fields })).id;
}

const feed = async (member: Member) => (await member.call(contracts.listHappenings, { bookId })).items;

describe('a use of a lent card', () => {
  const uses: [string, (cardId: string) => Promise<unknown>, delegation.UseKind][] = [
    ['opening the person', (personId) => bob.call(cards.getPerson, { personId }), 'opened'],
    ['reading the card', (cardId) => bob.call(cards.getCard, { cardId }), 'opened'],
    ['reading the history', (personId) => bob.call(cards.listHistory, { personId }), 'opened'],
    [
      'reading the original',
      async (cardId) => expect((await bob.fetch(`/cards/${cardId}/original`)).status).toBe(404),
      'opened',
    ],
    [
      'taking the person along',
      (cardId) => bob.fetch(`/people/${cardId}/vcard`).then((answer) => answer.text()),
      'exported',
    ],
    ['writing a note', (personId) => bob.call(cards.addNote, { personId, text: 'Met at the fair' }), 'noted'],
    [
      'correcting a value',
      (personId) => bob.call(cards.updatePerson, { personId, set: [{ kind: 'title', value: { value: 'Notary' } }] }),
      'corrected',
    ],
  ];
  for (const [name, act, kind] of uses) {
    test(`${name} is told to the holder${name.includes('original') ? ' only where there is one' : ''}`, async () => {
      await act(cardIds[0]!);
      const told = (await feed(alice)).filter((one) => one.kind === kind);
      if (name.includes('original')) return expect(told).toEqual([]);
      expect(told).toMatchObject([
        { count: 1, user: { name: 'Bob Stone' }, contacts: [{ id: cardIds[0], name: `Anne Retour${run}` }] },
      ]);
      // Who did it sees it in no feed of theirs, and nobody else anywhere.
      expect(await feed(bob)).toEqual([]);
      expect(await feed(carol)).toEqual([]);
    });
  }

  test('taking the octets of an imported card along is told too', async () => {
    await app.query(
      `insert into cards.card_original (workspace_id, card_id, book_no, exposure, media_type, data)
       select workspace_id, card_id, book_no, exposure, 'text/vcard', 'BEGIN:VCARD' from cards.card where card_id = $1`,
      [cardIds[0]],
    );
    expect((await bob.fetch(`/cards/${cardIds[0]}/original`)).status).toBe(200);
    expect(await feed(alice)).toMatchObject([{ kind: 'exported', count: 1 }]);
  });

  test('reading where somebody was and is told too, and so is deciding that two cards are one', async () => {
    await bob.call(cards.listEmployments, { personId: cardIds[0]! });
    expect(await feed(alice)).toMatchObject([{ kind: 'opened', count: 1 }]);
    const mine = await add(
      bob,
      'Bernadette',
      (await bob.call(delegation.listBooks, {})).items.find(({ mine: own }) => own)!.id,
    );
    const pair = [cardIds[1]!, mine].sort().join('.');
    await bob.call(matching.decide, { pairs: [pair], same: true });
    expect((await feed(alice))[0]).toMatchObject({ kind: 'decided', count: 1, contacts: [{ id: cardIds[1] }] });
  });

  test('comparing two cards in the hunt is told', async () => {
    const mine = await bob.call(cards.createCard, {
      fields: [
        { kind: 'name', value: { given: 'Anne', family: `Retour${run}` } },
        { kind: 'organization', value: { name: 'Somewhere else' } },
      ],
    });
    await app.settle();
    const { items } = await bob.call(matching.listProposals, { kind: 'person' });
    const concerned = items.some(({ left, right }) => [left.card.id, right.card.id].includes(mine.id));
    const compared = (await feed(alice)).filter(({ kind }) => kind === 'compared');
    expect(compared.length > 0).toBe(concerned);
    expect(concerned).toBe(true);
  });

  test('a row of a list is none, nor is what one does with contacts of one’s own', async () => {
    await bob.call(cards.listPeople, { q: `Retour${run}` });
    await bob.call(cards.getFacets, { q: `Retour${run}` });
    await alice.call(cards.getPerson, { personId: cardIds[0]! });
    await (await alice.fetch('/people/export?format=csv')).text();
    expect(await feed(alice)).toEqual([]);
  });

  test('opening somebody is told once an hour, and another contact beside it', async () => {
    for (let index = 0; index < 3; index++) await bob.call(cards.getPerson, { personId: cardIds[0]! });
    await bob.call(cards.getPerson, { personId: cardIds[1]! });
    const [opened] = await feed(alice);
    expect(opened).toMatchObject({ kind: 'opened', count: 2 });
    expect(opened!.contacts.map(({ id }) => id)).toEqual([cardIds[1], cardIds[0]]);
    await app.query(`update delegation.use set hour = hour - 1 where card_id = $1`, [cardIds[0]]);
    await bob.call(cards.getPerson, { personId: cardIds[0]! });
    expect((await feed(alice))[0]).toMatchObject({ count: 3 });
  });

  test('twenty openings at once are one use', async () => {
    await Promise.all(Array.from({ length: 20 }, () => bob.call(cards.getPerson, { personId: cardIds[0]! })));
    expect(await feed(alice)).toMatchObject([{ kind: 'opened', count: 1 }]);
    const [{ count }] = (await app.query<{ count: number }>(
      `select count(*)::int as count from delegation.use where card_id = $1`,
      [cardIds[0]],
    )) as [{ count: number }];
    expect(count).toBe(1);
  });

  test('an export of many is told once, with every contact in it', async () => {
    await (await bob.fetch(`/people/export?format=csv&q=Retour${run}`)).text();
    const [exported] = await feed(alice);
    expect(exported).toMatchObject({ kind: 'exported', count: 3 });
    const { items } = await alice.call(contracts.listUses, { happeningId: exported!.id });
    expect(items.map(({ contact }) => contact.name).sort()).toEqual(
      ['Anne', 'Bruno', 'Claire'].map((given) => `${given} Retour${run}`),
    );
    const [grant] = (await alice.call(delegation.listGrants, { bookId })).items;
    expect(new Set(items.map(({ grantId }) => grantId))).toEqual(new Set([grant!.id]));
  });

  test('is told to each holder of a card of the person, and no holder learns of another', async () => {
    const { id: other } = await carol.call(delegation.createBook, { name: `Carol ${run}` });
    await add(carol, 'Anne', other);
    await lend(carol, other, { grantee: { kind: 'workspace' }, acts: ['read'] });
    await app.settle();
    const person = await bob.call(cards.getPerson, { personId: cardIds[0]! });
    expect(person.cards).toHaveLength(2);
    expect(await feed(alice)).toMatchObject([{ count: 1, contacts: [{ id: cardIds[0] }] }]);
    const hers = (await carol.call(contracts.listHappenings, { bookId: other })).items;
    expect(hers).toMatchObject([{ count: 1, book: { name: `Carol ${run}` } }]);
    const { items } = await alice.call(contracts.listUses, { happeningId: (await feed(alice))[0]!.id });
    expect(items).toHaveLength(1);
  });

  test('that fails in the end leaves nothing in the ledger', async () => {
    const personId = cardIds[0]!;
    // The new title is written and told, before it turns out that the other value is not Bob's to take away.
    const set = [{ kind: 'title' as const, value: { value: 'Notary' } }];
    const failing = bob.call(cards.updatePerson, { personId, set, remove: [{ cardId: personId, fieldNo: 0 }] });
    expect(await codeOf(failing)).toBe('not_found');
    expect(await feed(alice)).toEqual([]);
    expect(await app.query('select from delegation.use where card_id = $1', [personId])).toEqual([]);
  });

  test('holds ids and codes only', async () => {
    await bob.call(cards.getPerson, { personId: cardIds[0]! });
    await (await bob.fetch(`/people/export?format=csv&q=Retour${run}`)).text();
    const rows = await app.query(
      `select u.*, h.* from delegation.use u join delegation.happening h using (happening_id)`,
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toMatch(/Retour|example\.org|Stone|Martin|Anne/);
  });

  test('is never changed nor deleted by members', async () => {
    await bob.call(cards.getPerson, { personId: cardIds[0]! });
    const actor = { workspaceId: bob.me.workspace.id, memberId: bob.me.memberId };
    const remove = app.app.db.asActor(actor, (tx) =>
      tx.deleteFrom('delegation.use').where('workspace_id', '=', actor.workspaceId).execute(),
    );
    await expect(remove).rejects.toThrow('permission denied');
    const change = app.app.db.asActor(actor, (tx) =>
      tx.updateTable('delegation.use').set({ kind: 'noted' }).where('workspace_id', '=', actor.workspaceId).execute(),
    );
    await expect(change).rejects.toThrow('permission denied');
  });
});

test('whoever writes a note sees it, where the holder keeps notes to themselves, as long as the contact is lent', async () => {
  await lend(alice, bookId, { grantee: { kind: 'workspace' }, acts: ['read'], except: ['notes'] });
  const personId = cardIds[0]!;
  await bob.call(cards.addNote, { personId, text: 'Prefers mornings' });
  const notesOf = async (member: Member) =>
    (await member.call(cards.listHistory, { personId })).items.flatMap(({ note }) => note?.text ?? []);
  expect([await notesOf(bob), await notesOf(alice), await notesOf(carol)]).toEqual([
    ['Prefers mornings'],
    ['Prefers mornings'],
    [],
  ]);
  await alice.call(cards.updateCard, { cardId: personId, withheld: true });
  expect(await codeOf(notesOf(bob))).toBe('not_found');
});

describe('the holder', () => {
  test('answers, and who did it hears it', async () => {
    await bob.call(cards.getPerson, { personId: cardIds[0]! });
    const [opened] = await feed(alice);
    await alice.call(contracts.replyToHappening, { happeningId: opened!.id, text: 'Please go through me.' });
    expect((await feed(alice))[0]!.replies).toMatchObject([
      { text: 'Please go through me.', authorName: 'Alice Martin' },
    ]);
    // What Bob opens later that day the answer was not about.
    await bob.call(cards.getPerson, { personId: cardIds[1]! });
    const { items } = await bob.call(contracts.listReplies, { unseen: 'true' });
    expect(items[0]).toMatchObject({
      text: 'Please go through me.',
      authorName: 'Alice Martin',
      kind: 'opened',
      contacts: [{ name: `Anne Retour${run}` }],
      seen: false,
    });
    await bob.call(contracts.seeReplies, { ids: [items[0]!.id] });
    expect((await bob.call(contracts.listReplies, { unseen: 'true' })).items.map(({ id }) => id)).not.toContain(
      items[0]!.id,
    );
    expect((await carol.call(contracts.listReplies, {})).items).toEqual([]);
  });

  test('alone reads the uses and answers them: to others they are not there', async () => {
    await bob.call(cards.getPerson, { personId: cardIds[0]! });
    const happeningId = (await feed(alice))[0]!.id;
    for (const other of [bob, carol]) {
      expect(await codeOf(other.call(contracts.listUses, { happeningId }))).toBe('not_found');
      expect(await codeOf(other.call(contracts.replyToHappening, { happeningId, text: 'Hm' }))).toBe('not_found');
    }
    // Carol may read the book, and row security by itself shows her nothing of what Bob did with it.
    const actor = { workspaceId: carol.me.workspace.id, memberId: carol.me.memberId };
    const seen = await app.app.db.asActor(actor, (tx) =>
      tx
        .selectFrom('delegation.use')
        .select('use_id')
        .where('workspace_id', '=', actor.workspaceId)
        .where('card_id', '=', cardIds[0]!)
        .execute(),
    );
    expect(seen).toEqual([]);
  });

  test('who did it no longer learns the contact’s name once the book is withdrawn', async () => {
    await bob.call(cards.getPerson, { personId: cardIds[0]! });
    await alice.call(contracts.replyToHappening, { happeningId: (await feed(alice))[0]!.id, text: 'No more.' });
    await lend(alice, bookId);
    const [reply] = (await bob.call(contracts.listReplies, {})).items;
    expect(reply).toMatchObject({ text: 'No more.', contacts: [], book: '' });
  });

  test('reads the feed page by page, each line once', async () => {
    for (const cardId of cardIds) await bob.call(cards.addNote, { personId: cardId, text: 'x' });
    await bob.call(cards.getPerson, { personId: cardIds[0]! });
    await carol.call(cards.getPerson, { personId: cardIds[1]! });
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await alice.call(contracts.listHappenings, { bookId, limit: 1, ...(after ? { after } : {}) });
      seen.push(...page.items.map(({ kind, user }) => `${kind} ${user.name}`));
      after = page.next ?? undefined;
    } while (after);
    expect(seen).toEqual(['opened Carol Wood', 'opened Bob Stone', 'noted Bob Stone']);
  });

  test('sees in figures what is lent and what came of it', async () => {
    const before = await alice.call(contracts.getReturn, {});
    await bob.call(cards.getPerson, { personId: cardIds[0]! });
    await carol.call(cards.getPerson, { personId: cardIds[0]! });
    const after = await alice.call(contracts.getReturn, {});
    const opened = (one: typeof after) => one.uses.find(({ kind }) => kind === 'opened')?.count ?? 0;
    expect(opened(after) - opened(before)).toBe(2);
    await alice.call(cards.updateCard, { cardId: cardIds[2]!, withheld: true });
    const withheld = await alice.call(contracts.getReturn, {});
    expect([after.lent - withheld.lent, withheld.private - after.private]).toEqual([1, 1]);
    expect(after.colleagues).toBe(2);
  });
});
