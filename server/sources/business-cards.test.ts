import { readdirSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { codeOf, type Member, openTestApp, type ProblemAnswer, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { Scanner, scannerOf } from './scanning/scanner.ts';
import { drawCard, drawnCard, layOut } from './testing.ts';

let app: TestApp;
let alice: Member;
let picture: Buffer;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  picture = await drawCard();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const read = (member: Member, octets: Uint8Array, query = '') =>
  member.json<contracts.BusinessCard>(`${contracts.readPath}${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: Buffer.from(octets),
  });

/** How many rows there are of what a picture could leave behind. */
async function traces(): Promise<unknown> {
  return app.query(
    `select (select count(*)::int from cards.card) as cards, (select count(*)::int from cards.card_original) as originals,
       (select count(*)::int from sources.source) as sources, (select count(*)::int from sources.file_piece) as pieces,
       (select count(*)::int from cards.contact_point) as points`,
  );
}

const key = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`;
const vcard = [
  'BEGIN:VCARD',
  'VERSION:3.0',
  'N:Lefèvre;Hélène;;;',
  'FN:Hélène Lefèvre',
  'ORG:Lumière SAS',
  'TEL;TYPE=CELL:+33 6 39 98 99 99',
  'END:VCARD',
  '',
].join('\r\n');

/** A PNG that claims to be so large; its pixels are as many zeros as it says, or none. */
function pngOf(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc(body));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.writeUInt8(1, 8);
  const rows = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc(data: Buffer): number {
  let sum = ~0;
  for (const octet of data) {
    sum ^= octet;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}

describe('a picture of a card', () => {
  test('is read into fields with the line each comes from, and leaves nothing behind', async () => {
    const before = await traces();
    const card = await read(alice, picture);
    expect(card.kind).toBe('person');
    expect(card.code).toBe(false);
    expect(contracts.businessCard.parse(card)).toEqual(card);
    const values = card.fields.map(({ field }) => [field.kind, field.value]);
    expect(values).toEqual(
      expect.arrayContaining([
        ['name', expect.objectContaining({ given: 'Hélène', family: 'Lefèvre' })],
        ['organization', { name: 'Lumière SAS' }],
        ['title', { value: 'Directrice des achats' }],
        ['phone', { raw: '06 39 98 12 34', type: 'mobile' }],
        ['email', { value: 'h.lefevre@lumiere.example' }],
        ['address', expect.objectContaining({ street: '12 rue de la République', postcode: '69002', city: 'Lyon' })],
      ]),
    );
    const drawn = drawnCard.map(({ text }) => text);
    for (const { line, confidence } of card.fields) {
      expect(drawn).toContain(line);
      expect(confidence).toBeGreaterThan(0.4);
    }
    expect(await traces()).toEqual(before);
  });

  test('that shows several says where they lie, and reads none; who knows that it shows one has it read', async () => {
    const table = await layOut([
      { picture, turn: 0 },
      { picture, turn: 8 },
      { picture, turn: -15 },
    ]);
    const { cards: places, fields } = await read(alice, table);
    expect(fields).toEqual([]);
    expect(places.map(({ turn }) => turn)).toEqual([0, 8, -15]);
    for (const { width, height } of places) expect(width / height).toBeCloseTo(1200 / 700, 1);
    expect(await read(alice, table, '?one=true')).toMatchObject({ cards: [] });
  });

  test('that bears a vCard in a QR code is read by it; what the code leaves out, by its letters', async () => {
    const card = await read(alice, await drawCard(drawnCard, vcard));
    expect(card.code).toBe(true);
    const of = (kind: string) => card.fields.filter(({ field }) => field.kind === kind);
    // The number of the code, not that of the letters.
    expect(of('phone')).toEqual([
      expect.objectContaining({ confidence: 1, line: null, field: expect.objectContaining({ kind: 'phone' }) }),
    ]);
    expect(of('phone')[0]!.field.value).toMatchObject({ e164: '+33639989999' });
    expect(of('name')[0]).toMatchObject({ confidence: 1, field: { value: { given: 'Hélène', family: 'Lefèvre' } } });
    expect(of('email')[0]).toMatchObject({ line: 'h.lefevre@lumiere.example' });
  });

  test('that shows no person is the company’s', async () => {
    const company = await read(alice, await drawCard(drawnCard.filter(({ text }) => !/Lefèvre|Directrice/.test(text))));
    expect(company.kind).toBe('organization');
    expect(company.fields.find(({ field }) => field.kind === 'name')?.field.value).toEqual({ full: 'Lumière SAS' });
    expect(company.fields.some(({ field }) => field.kind === 'organization')).toBe(false);
  });

  test.each([
    ['no picture', Buffer.from('no picture at all'), 'unreadable_picture'],
    [
      'an SVG, which could fetch things',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'unreadable_picture',
    ],
    ['a broken one', () => picture.subarray(0, picture.length / 2), 'unreadable_picture'],
    ['only the head of one', () => picture.subarray(0, 12), 'unreadable_picture'],
    ['a bomb of a thousand million points in 130 kB', () => pngOf(32_000, 32_000), 'picture_too_large'],
    ['more than 20 MB', () => Buffer.concat([picture, Buffer.alloc(contracts.maxPicture)]), 'picture_too_large'],
  ])('that is %s is refused', async (_what, given, code) => {
    const octets = typeof given === 'function' ? given() : given;
    expect(await codeOf(read(alice, octets))).toBe(code);
  });

  test('is refused while three of the same member are in hand; others have room', async () => {
    const bob = await app.invite(alice, 'Bob Several');
    const answers = await Promise.all(
      [bob, bob, bob, bob, alice].map((member) =>
        read(member, picture).then(
          () => 'read',
          (error: ProblemAnswer) => error.problem.code,
        ),
      ),
    );
    expect(answers.slice(0, 4).filter((code) => code === 'too_many_requests')).toHaveLength(1);
    expect(answers.filter((code) => code === 'read')).toHaveLength(4);
    expect(answers[4]).toBe('read');
    expect((await read(bob, picture)).fields.length).toBeGreaterThan(4);
  });
});

describe('the thread that reads them', () => {
  const threads = () => readdirSync('/proc/self/task').length;

  test('answers other requests meanwhile, and is started by the first picture only', async () => {
    const fresh = new Scanner({ each: 60_000, rest: 60_000 });
    expect(fresh.awake).toBe(false);
    const reading = fresh.read({ octets: picture, country: 'FR', one: true });
    let beats = 0;
    const beat = setInterval(() => (beats += 1), 5);
    expect((await reading).fields.length).toBeGreaterThan(4);
    clearInterval(beat);
    expect(fresh.awake).toBe(true);
    // A whole recognition on this thread would leave room for one or two.
    expect(beats).toBeGreaterThan(20);
    await fresh.close();
  });

  test('ends after a rest, with the recogniser’s own, and is there again when needed', async () => {
    const before = threads();
    const resting = new Scanner({ each: 60_000, rest: 150 });
    await resting.read({ octets: picture, country: 'FR', one: true });
    expect(threads()).toBeGreaterThan(before);
    await expect.poll(() => resting.awake).toBe(false);
    await expect.poll(threads, { timeout: 5000 }).toBeLessThanOrEqual(before + 1);
    expect((await resting.read({ octets: picture, country: 'FR', one: true })).fields.length).toBeGreaterThan(4);
    await resting.close();
  });

  test('is stopped when a picture takes too long, and reads the next', async () => {
    const limits = { each: 5, rest: 60_000 };
    const hasty = new Scanner(limits);
    await expect(hasty.read({ octets: picture, country: 'FR', one: true })).rejects.toMatchObject({
      code: 'unreadable_picture',
    });
    expect(hasty.awake).toBe(false);
    limits.each = 60_000;
    expect((await hasty.read({ octets: picture, country: 'FR', one: true })).fields.length).toBeGreaterThan(4);
    await hasty.close();
    await expect(hasty.read({ octets: picture, country: 'FR', one: true })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  test('of the application is not there before a picture is', async () => {
    const other = await openTestApp();
    await other.setUp();
    expect(scannerOf(other.app).awake).toBe(false);
    await other.close();
  });
});

describe('a card that is confirmed', () => {
  const fields: cards.FieldInput[] = [
    { kind: 'name', value: { given: 'Hélène', family: 'Lefèvre' } },
    { kind: 'email', value: { value: 'h.lefevre@lumiere.example' } },
  ];
  const kept = (at: number, more: object = {}) => ({
    key: key(at),
    fields,
    picture: picture.toString('base64'),
    note: 'Lieu de rencontre : Lyon',
    ...more,
  });

  test('stands in the book chosen, as its source says, with the picture as its original and the note', async () => {
    const member = await app.invite(alice, 'Carla Keeper');
    const { id: bookId } = await member.call(delegation.createBook, { name: 'Salon' });
    const { personId } = await member.call(contracts.keepBusinessCard, kept(1, { bookId }));
    const person = await member.call(cards.getPerson, { personId });
    expect(person.name).toBe('Hélène Lefèvre');
    expect(person.cards).toHaveLength(1);
    expect(person.cards[0]).toMatchObject({
      book: { id: bookId },
      source: { kind: 'business_card', name: 'Business cards' },
      original: { mediaType: 'image/jpeg', size: picture.length },
    });
    expect(person.values.flatMap(({ provenance }) => provenance.map(({ writtenBy }) => writtenBy))).toEqual([
      'source',
      'source',
    ]);
    const original = await member.fetch(`/cards/${personId}/original`);
    expect(original.headers.get('content-type')).toBe('image/jpeg');
    expect(Buffer.from(await original.arrayBuffer()).equals(picture)).toBe(true);
    const { items } = await member.call(cards.listHistory, { personId });
    expect(items.flatMap(({ note }) => note?.text ?? [])).toEqual(['Lieu de rencontre : Lyon']);
    expect((await member.call(contracts.listSources, {})).items).toMatchObject([{ kind: 'business_card', cards: 1 }]);
  });

  test('is one card however often it is confirmed, at once or later, even when it was taken out of sight', async () => {
    const member = await app.invite(alice, 'Dora Double');
    // All are under way before the first has written anything.
    await app.query('begin');
    await app.query('lock table sources.source in share mode');
    const taps = [1, 2, 3, 4].map(() => member.call(contracts.keepBusinessCard, kept(2)));
    const waiting = () =>
      app.query(`select from pg_locks l join pg_database d on d.oid = l.database and d.datname = current_database()
                 where not l.granted`);
    await expect.poll(waiting, { timeout: 20_000 }).toHaveLength(4);
    await app.query('rollback');
    const once = await Promise.all(taps);
    expect(new Set(once.map(({ id }) => id)).size).toBe(1);
    expect((await member.call(contracts.listSources, {})).items).toMatchObject([{ kind: 'business_card', cards: 1 }]);
    await member.call(cards.removeCard, { cardId: once[0]!.id });
    expect(await member.call(contracts.keepBusinessCard, kept(2))).toEqual(once[0]);
    expect((await member.call(cards.listPeople, {})).items).toEqual([]);
    // Another picture, or another member's, is another card.
    expect((await member.call(contracts.keepBusinessCard, kept(3))).id).not.toBe(once[0]!.id);
    const other = await app.invite(alice, 'Edgar Else');
    expect((await other.call(contracts.keepBusinessCard, kept(2))).id).not.toBe(once[0]!.id);
  });

  test('is matched as any card is', async () => {
    const member = await app.invite(alice, 'Fay Matched');
    const { id } = await member.call(cards.createCard, { fields });
    const { personId } = await member.call(contracts.keepBusinessCard, kept(4));
    const person = await member.call(cards.getPerson, { personId });
    expect(person.cards.map((card) => card.source.kind).sort()).toEqual(['business_card', 'entregent']);
    expect(person.cards.map((card) => card.id)).toContain(id);
  });

  test('is whole or not there: where the picture is none, nothing is written', async () => {
    const member = await app.invite(alice, 'Gil Nothing');
    const none = Buffer.from('no picture').toString('base64');
    const before = await traces();
    expect(await codeOf(member.call(contracts.keepBusinessCard, kept(5, { picture: none })))).toBe(
      'unreadable_picture',
    );
    expect(await codeOf(member.call(contracts.keepBusinessCard, kept(5, { picture: 'no base64!' })))).toBe(
      'invalid_input',
    );
    const { id: bookId } = await alice.call(delegation.createBook, { name: 'Of Alice' });
    expect(await codeOf(member.call(contracts.keepBusinessCard, kept(5, { bookId })))).toBe('not_found');
    expect(await traces()).toEqual(before);
  });

  test('that a crash cut off is not there by half; confirmed again, it is one card', async () => {
    const member = await app.invite(alice, 'Ivy Interrupted');
    const before = await traces();
    // The card and its picture are written, the note waits: there its process is lost.
    await app.query('begin');
    await app.query('lock table cards.note in access exclusive mode');
    const cut = codeOf(member.call(contracts.keepBusinessCard, kept(8)));
    const waiting = () =>
      app.query<{ pid: number }>(
        `select pid from pg_locks where not granted and relation = 'cards.note'::regclass
           and pg_terminate_backend(pid)`,
      );
    await expect.poll(waiting, { timeout: 20_000 }).toHaveLength(1);
    await app.query('rollback');
    expect(await cut).toMatch(/internal|unavailable/);
    expect(app.errors.splice(0).join()).toContain('terminat');
    expect(await traces()).toEqual(before);
    const { personId } = await member.call(contracts.keepBusinessCard, kept(8));
    // The answer was lost on its way, too.
    expect((await member.call(contracts.keepBusinessCard, kept(8))).personId).toBe(personId);
    const [card, ...others] = (await member.call(cards.getPerson, { personId })).cards;
    expect(card!.original!.size).toBe(picture.length);
    expect(others).toEqual([]);
    const { items } = await member.call(cards.listHistory, { personId });
    expect(items.flatMap(({ note }) => note?.text ?? [])).toEqual(['Lieu de rencontre : Lyon']);
  });

  test('may have a picture of 20 MB', async () => {
    const member = await app.invite(alice, 'Hal Large');
    const large = Buffer.concat([picture, Buffer.alloc(contracts.maxPicture - picture.length)]);
    const { id } = await member.call(contracts.keepBusinessCard, kept(6, { picture: large.toString('base64') }));
    const [card] = (await member.call(cards.getPerson, { personId: id })).cards;
    expect(card!.original!.size).toBe(contracts.maxPicture);
    const larger = Buffer.concat([large, Buffer.alloc(1)]).toString('base64');
    expect(await codeOf(member.call(contracts.keepBusinessCard, kept(7, { picture: larger })))).toMatch(
      /picture_too_large|invalid_input/,
    );
  });
});
