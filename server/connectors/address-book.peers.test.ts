// Address books of real servers of others: Radicale and Xandikos, as Debian packages them.
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Collection, type DavServer, davServers } from '../../tools/dav-servers.ts';
import * as cards from '../cards/contract.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { connect, entered, onLoopback, sync } from './testing.ts';

let app: TestApp;
let alice: Member;

beforeAll(async () => {
  app = await openTestApp(onLoopback);
  alice = await app.setUp();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

const vcard = (uid: string, given: string, family: string, ...more: string[]) =>
  `${['BEGIN:VCARD', 'VERSION:3.0', `UID:${uid}`, `FN:${given} ${family}`, `N:${family};${given};;;`, ...more, 'END:VCARD'].join('\r\n')}\r\n`;

/** Cards of a book in sight: persons go by the id of a card that may lie in another one. */
const cardsIn = async (bookId: string) =>
  (
    await app.query<{ id: string }>(
      `select c.card_id as id from cards.card c join delegation.book b on b.workspace_id = c.workspace_id and b.book_no = c.book_no
       where b.book_id = $1 and c.exposure < 2 order by c.card_id`,
      [bookId],
    )
  ).map(({ id }) => id);
/** Kinds and values of a card, those that have ended left out. Several notes are one with blank lines at a service, which shows one only. */
// Several notes are one with paragraphs where a program has room for one, and lines of one where a file has several.
const sayings = async (cardId: string) => {
  const { fields, endedAt } = await alice.call(cards.getCard, { cardId });
  const said = fields.flatMap(({ kind, value }) =>
    `${value.e164 ?? value.value ?? value.full ?? value.name}`.split(/\n+/).map((one) => `${kind} ${one}`),
  );
  return endedAt ? null : said.filter((line) => !line.endsWith('undefined')).sort();
};

describe.each(davServers())('with %s', (_name, open) => {
  let peer: DavServer;

  beforeAll(async () => {
    peer = await open();
  });
  afterAll(() => peer?.close());

  test('an account is found by its address, and its contacts come and go both ways', async () => {
    const there = await peer.make('addressbook', 'work');
    await there.put('a.vcf', vcard('a', 'Anne', 'Aubry', 'TEL:+33639980001', 'X-LODGE:Grand Orient'));
    const { items } = await alice.call(contracts.listPlaces, entered(peer.account));
    expect(items.map((one) => one.name)).toContain('work');
    const { id, bookId } = await connect(alice, peer.account, { name: 'work', twoWay: true });
    const [anne] = await cardsIn(bookId);
    expect(await sayings(anne!)).toContain('name Anne Aubry');
    await alice.call(cards.updateCard, { cardId: anne!, add: [{ kind: 'title', value: { value: 'Directrice' } }] });
    await alice.call(cards.createCard, {
      bookId,
      fields: [{ kind: 'name', value: { given: 'Bruno', family: 'Blanc' } }],
    });
    await there.put('c.vcf', vcard('c', 'Chloé', 'Caron', 'EMAIL:chloe@caron.example'));
    expect((await sync(alice, id)).counts).toMatchObject({ created: 1, sent_changed: 1, sent_new: 1 });
    const now = await there.get('a.vcf');
    for (const line of ['TITLE:Directrice', 'X-LODGE:Grand Orient']) expect(now).toContain(line);
    expect(await there.list()).toHaveLength(3);
    await there.remove('c.vcf');
    expect((await sync(alice, id)).counts).toMatchObject({ ended: 1 });
    expect((await sync(alice, id)).counts).not.toHaveProperty('created');
    expect(await cardsIn(bookId)).toHaveLength(3);
  });

  // What is asked: after any edits on both sides, in any order and however often they meet in between, both say the same, and whatever was
  // ever written is on a card or in its history.
  test('random edits on both sides end equal, and nothing is lost', { timeout: 300_000 }, async () => {
    let world = 0;
    const one = fc.nat({ max: 3 });
    const step = fc.oneof(
      fc.record({ do: fc.constantFrom('title', 'phone', 'drop', 'note'), side: fc.constantFrom('here', 'there'), one }),
      fc.record({ do: fc.constantFrom('add', 'remove'), side: fc.constantFrom('here', 'there'), one }),
      fc.record({ do: fc.constant('sync'), side: fc.constant('both'), one }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), async (steps) => {
        await meet(await peer.make('addressbook', `world${++world}`), `world${world}`, steps as Step[]);
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });

  interface Step {
    do: 'title' | 'phone' | 'drop' | 'note' | 'add' | 'remove' | 'sync';
    side: 'here' | 'there' | 'both';
    one: number;
  }

  async function meet(there: Collection, place: string, steps: Step[]): Promise<void> {
    for (const no of [0, 1])
      await there.put(`${no}.vcf`, vcard(`${place}-${no}`, 'Zoé', `Numéro${no}`, 'TITLE:T0', 'TEL:+33639980100'));
    const { id, bookId } = await connect(alice, peer.account, { name: place, twoWay: true });
    const written: string[] = [];
    // What was written there and replaced there before anybody read it, nobody here can have.
    const unread = new Set<string>();
    const overwritten = new Set<string>();
    let next = 0;
    for (const { do: what, side, one } of steps) {
      const value = what === 'phone' ? `+3363998${String(2000 + ++next)}` : `${place} ${what} ${++next}`;
      if (what === 'sync') {
        await sync(alice, id);
        unread.clear();
        continue;
      }
      const replaced =
        side === 'here' ? await here(bookId, what, one, value) : await elsewhere(there, what, one, value);
      // Where no contact is left, nothing was written.
      if (replaced === null) continue;
      if (side === 'there') {
        for (const old of unread) if (replaced.includes(old)) overwritten.add(old);
        unread.add(value);
      }
      if (!['drop', 'remove'].includes(what)) written.push(value);
    }
    for (let times = 0; times < 3; times++) expect(await sync(alice, id)).toMatchObject({ state: 'ok' });
    const mine = (await Promise.all((await cardsIn(bookId)).map(sayings))).filter((said) => said !== null);
    // A third party reads what stands there: the product itself, connected anew and for reading only.
    const reader = await connect(alice, peer.account, { name: place });
    const theirs = await Promise.all((await cardsIn(reader.bookId)).map(sayings));
    expect(mine.map(String).sort()).toEqual(theirs.map(String).sort());
    const before = await sync(alice, id);
    expect(before.counts).not.toHaveProperty('updated');
    await expectAllKept(written, overwritten);
    await alice.call(contracts.endConnection, { connectionId: reader.id, cards: 'remove' });
    await app.settle();
  }

  /** @returns null when there is no card to do it to */
  async function here(bookId: string, what: Step['do'], one: number, value: string): Promise<string | null> {
    const ids = await cardsIn(bookId);
    const cardId = ids[one % Math.max(ids.length, 1)];
    const name = { kind: 'name' as const, value: { given: 'Zoé', family: value } };
    if (what === 'add') await alice.call(cards.createCard, { bookId, fields: [name] });
    else if (!cardId) return null;
    else if (what === 'remove') await alice.call(cards.removeCard, { cardId });
    else await change(cardId, what, value);
    return '';
  }

  async function change(cardId: string, what: Step['do'], value: string): Promise<void> {
    const { fields } = await alice.call(cards.getCard, { cardId });
    const at = (kind: string) => fields.find((field) => field.kind === kind && Object.keys(field.value).length > 0);
    const kind = what === 'drop' ? 'phone' : what;
    const old = at(kind);
    if (what === 'drop') return void (old && (await alice.call(cards.updateCard, { cardId, remove: [old.no] })));
    const field = (kind === 'phone' ? { kind, value: { raw: value } } : { kind, value: { value } }) as cards.FieldInput;
    await alice.call(cards.updateCard, { cardId, ...(old ? { set: [{ no: old.no, field }] } : { add: [field] }) });
  }

  /** @returns what stood there before; null when there is no contact to do it to */
  async function elsewhere(there: Collection, what: Step['do'], one: number, value: string): Promise<string | null> {
    if (what === 'add') {
      await there.put(`${value.replaceAll(' ', '')}.vcf`, vcard(value.replaceAll(' ', '-'), 'Zoé', value));
      return '';
    }
    const files = await there.list();
    const file = files[one % Math.max(files.length, 1)];
    if (!file) return null;
    const octets = await there.get(file);
    if (what === 'remove') await there.remove(file);
    else {
      const property = { title: 'TITLE', phone: 'TEL', drop: 'TEL', note: 'NOTE' }[what as 'title'];
      const line = new RegExp(`^${property}[;:].*\\r?\\n(?:[ \\t].*\\r?\\n)*`, 'm');
      const now = what === 'drop' ? '' : `${property}:${value}\r\n`;
      const changed = line.test(octets) ? octets.replace(line, now) : octets.replace(/END:VCARD/, `${now}END:VCARD`);
      await there.put(file, changed);
    }
    return octets;
  }

  /** Whatever was written stands on a card or in its history, also of those that were removed. */
  async function expectAllKept(written: string[], overwritten: ReadonlySet<string>): Promise<void> {
    const rows = await app.query<{ text: string }>(
      `select value::text || coalesce(source_value::text, '') as text from cards.card_field
       union all select before::text from cards.card_change where before is not null`,
    );
    const all = rows.map(({ text }) => text).join('\n');
    expect(written.filter((value) => !all.includes(value) && !overwritten.has(value))).toEqual([]);
  }
});
