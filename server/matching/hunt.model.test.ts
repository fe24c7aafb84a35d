import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { refreshReach } from '../delegation/queries.ts';
import { lend as lendTo } from '../delegation/testing.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

// Nobody learns of a card that they may not see, nor of a value: not by proposals, counts, groups, verdicts, explanations, the
// audit, nor by who is one person with whom. Random worlds are looked at through every viewer's eyes.

let app: TestApp;
const people: Member[] = [];
/** Two books a member. */
const books: { id: string; no: number; holder: number }[] = [];
let runs = 0;

beforeAll(async () => {
  app = await openTestApp();
  people.push(await app.setUp());
  for (const name of ['Bob', 'Carol']) people.push(await app.invite(people[0]!, `${name} Model`));
  for (const holder of [0, 0, 1, 1, 2, 2]) {
    const { id } = await people[holder]!.call(delegation.createBook, { name: `Book ${books.length}` });
    const [{ no }] = (await app.query<{ no: number }>('select book_no as no from delegation.book where book_id = $1', [
      id,
    ])) as [{ no: number }];
    books.push({ holder, id, no });
  }
});
afterAll(() => app.close());

interface CardPlan {
  book: number;
  given: number;
  family: number;
  email: number;
  phone: number;
  /** 0: not known. */
  birthday: number;
  withheld: boolean;
}

interface Plan {
  /** By book: lent to everybody, and with which classes. */
  lent: (number | null)[];
  cards: CardPlan[];
  verdicts: { by: number; a: number; b: number; same: boolean; withdrawn: boolean }[];
}

const ALL = -1;
const NAME = 1 << 1;
const NAME_AND_EMAIL = NAME | (1 << 4);

const plan: fc.Arbitrary<Plan> = fc.record({
  lent: fc.array(fc.constantFrom(null, ALL, NAME, NAME_AND_EMAIL), { minLength: 6, maxLength: 6 }),
  cards: fc.array(
    fc.record({
      book: fc.nat(5),
      given: fc.nat(2),
      family: fc.nat(1),
      email: fc.nat(2),
      phone: fc.nat(2),
      birthday: fc.nat(2),
      withheld: fc.boolean(),
    }),
    { minLength: 4, maxLength: 9 },
  ),
  verdicts: fc.array(
    fc.record({ by: fc.nat(2), a: fc.nat(8), b: fc.nat(8), same: fc.boolean(), withdrawn: fc.boolean() }),
    { maxLength: 4 },
  ),
});

const pairId = (a: string, b: string): string => (a < b ? `${a}.${b}` : `${b}.${a}`);

async function lend({ lent }: Plan): Promise<void> {
  const workspaceId = people[0]!.me.workspace.id;
  for (const [no, classes] of lent.entries()) {
    const { id: bookId, holder } = books[no]!;
    if (classes === null) {
      await lendTo(people[holder]!, bookId);
      continue;
    }
    await lendTo(people[holder]!, bookId, { grantee: { kind: 'workspace' }, acts: ['read'] });
    await app.app.db.asSystem('keeper', async (tx) => {
      await sql`update delegation.grant set field_mask = ${classes} where workspace_id = ${workspaceId} and book_id = ${bookId}`.execute(
        tx,
      );
      await refreshReach(tx, workspaceId, bookId);
    });
  }
}

const mark = (): string => String.fromCharCode(97 + (runs % 26)).repeat(4);

function fieldsOf({ given, family, email, phone, birthday }: CardPlan) {
  const run = mark();
  return [
    {
      kind: 'name' as const,
      value: { given: ['Odile', 'Bertrand', undefined][given], family: [`Tarn${run}`, `Lot${run}`][family] },
    },
    ...(email > 0
      ? [{ kind: 'email' as const, value: { value: `${run}${email}@hunt.example`, type: 'work' as const } }]
      : []),
    ...(phone > 0
      ? [{ kind: 'phone' as const, value: { raw: `+33612${String(runs).padStart(4, '0')}0${phone}` } }]
      : []),
    ...(birthday > 0 ? [{ kind: 'birthday' as const, value: { value: `1971-03-0${birthday}` } }] : []),
  ];
}

async function arrange(one: Plan): Promise<string[]> {
  runs++;
  await lend(one);
  const ids: string[] = [];
  for (const card of one.cards) {
    const { id: bookId, holder } = books[card.book]!;
    const { id: cardId } = await people[holder]!.call(cards.createCard, { bookId, fields: fieldsOf(card) });
    if (card.withheld) await people[holder]!.call(cards.updateCard, { cardId, withheld: true });
    ids.push(cardId);
  }
  for (const { by, a, b, same, withdrawn } of one.verdicts) {
    const [left, right] = [ids[a % ids.length]!, ids[b % ids.length]!];
    if (left === right || !(await sees(people[by]!, left)) || !(await sees(people[by]!, right))) continue;
    // Holders decide about their own cards.
    const [holder, other] = [a, b].map((at) => books[one.cards[at % ids.length]!.book]!.holder);
    const asked = people[by]!.call(contracts.decide, { pairs: [pairId(left, right)], same });
    if (holder === other && holder !== by) {
      expect(await codeOf(asked)).toBe('forbidden');
      continue;
    }
    const { items } = await asked;
    if (withdrawn) await people[by]!.call(contracts.withdrawVerdicts, { verdictIds: [items[0]!.id] });
  }
  return ids;
}

const sees = async (viewer: Member, cardId: string): Promise<boolean> =>
  (await viewer.fetch(`/cards/${cardId}`)).status === 200;

/** The kinds of values of a card that a viewer sees whole. */
async function wholeKinds(viewer: Member, cardId: string): Promise<Set<string>> {
  const { fields } = await viewer.call(cards.getCard, { cardId });
  const all = await app.query<{ kind: string; count: number }>(
    'select kind, count(*)::int as count from cards.card_field where card_id = $1 group by kind',
    [cardId],
  );
  return new Set(
    ['name', 'email', 'phone', 'birthday'].filter(
      (kind) =>
        fields.filter((field) => field.kind === kind).length === (all.find((one) => one.kind === kind)?.count ?? 0),
    ),
  );
}

// No card here names an employer: the mail domain stands for it.
const kindOf: Record<string, string> = {
  given: 'name',
  family: 'name',
  email: 'email',
  phone: 'phone',
  birthday: 'birthday',
  organization: 'email',
};

async function checkReasons(viewer: Member, pair: string, reasons: contracts.Reason[]): Promise<void> {
  const [a, b] = pair.split('.') as [string, string];
  for (const cardId of [a, b]) {
    const whole = await wholeKinds(viewer, cardId);
    for (const { feature } of reasons) expect(whole, `${feature} of a card`).toContain(kindOf[feature]);
  }
}

interface Link {
  card_a: string;
  card_b: string;
  asks_a: number[];
  asks_b: number[];
  shown: Uint8Array | null;
  cut: number[];
}
const linkColumns = 'card_a, card_b, asks_a, asks_b, shown, cut';

/** What the viewer's grants open of a card, whatever the product says. */
const readsBook = (viewer: number, book: number, classes: number, { plan: { lent } }: World): boolean =>
  books[book]!.holder === viewer || (classes & ~(lent[book] ?? 0)) === 0;
const reads = (viewer: number, cardId: string, classes: number, world: World): boolean =>
  readsBook(viewer, world.plan.cards[world.ids.indexOf(cardId)]!.book, classes, world);

/** Whether the viewer, who sees both cards, is told that they are one. */
function joins(viewer: number, { card_a, card_b, asks_a, asks_b, shown, cut }: Link, world: World): boolean {
  if (!shown) return true;
  const whole = cut
    .map((no) => books.findIndex((one) => one.no === no))
    .map((book) => readsBook(viewer, book, ALL, world));
  if (cut.length > 0 && whole.every(Boolean)) return false;
  const read = [
    ...asks_a.map((ask) => reads(viewer, card_a, ask, world)),
    ...asks_b.map((ask) => reads(viewer, card_b, ask, world)),
  ];
  const reading = read.reduce((sum, one, group) => sum + (one ? 2 ** group : 0), 0);
  return Math.floor(shown[Math.floor(reading / 8)]! / 2 ** (reading % 8)) % 2 === 1;
}

/** The cards of the person of a card, along the links that the viewer is told of. */
async function component(start: string, visible: ReadonlySet<string>, viewer: number, world: World): Promise<string[]> {
  const links = await app.query<Link>(`select ${linkColumns} from cards.link`);
  const found = new Set([start]);
  for (const card of found)
    for (const link of links)
      for (const [here, there] of [
        [link.card_a, link.card_b],
        [link.card_b, link.card_a],
      ] as const)
        if (here === card && visible.has(there) && joins(viewer, link, world)) found.add(there);
  return [...found].sort();
}

interface World {
  plan: Plan;
  ids: readonly string[];
}

async function look(no: number, world: World): Promise<void> {
  const viewer = people[no]!;
  const visible = new Set<string>();
  for (const id of world.ids) if (await sees(viewer, id)) visible.add(id);
  const persons = new Map<string, string[]>();
  for (const id of visible) {
    const person = await viewer.call(cards.getPerson, { personId: id });
    persons.set(id, person.cards.map((card) => card.id).sort());
    expect(persons.get(id)).toEqual(await component(id, visible, no, world));
  }
  const { items } = await viewer.call(contracts.listProposals, { limit: 200 });
  for (const { id, left, right, reasons, probability } of items) {
    for (const side of [left, right]) expect(visible).toContain(side.card.id);
    expect(persons.get(left.card.id)).not.toContain(right.card.id);
    await checkReasons(viewer, id, reasons);
    const told = await viewer.call(contracts.explainPair, { pair: id });
    expect(told.together).toBe(false);
    expect(told.probability).toBeCloseTo(probability, 6);
  }
  // One question for two persons.
  const asked = items.map(({ left, right }) =>
    [left, right]
      .map(({ card }) => persons.get(card.id)!.join())
      .sort()
      .join(' '),
  );
  expect(new Set(asked).size).toBe(asked.length);
  const counted = await viewer.call(contracts.countProposals, {});
  expect(counted.total).toBe(items.length);
  expect(counted.groups.reduce((sum, { count }) => sum + count, 0)).toBe(items.length);
  const { items: verdicts } = await viewer.call(contracts.listVerdicts, { limit: 200 });
  for (const { pair } of verdicts) for (const card of pair.split('.')) expect(visible).toContain(card);
  const health = await viewer.call(contracts.getHealth, {});
  expect([health.cards, health.waiting]).toEqual([visible.size, items.length]);
  expect(health.persons).toBe(new Set([...persons.values()].map((ids) => ids.join())).size);
  for (const { examples } of health.disagreements)
    for (const { personId } of examples) expect(visible).toContain(personId);
  await checkRows(viewer, visible, (link) => joins(no, link, world));
}

/** What row security lets through by itself, whatever the queries ask. */
async function checkRows(
  viewer: Member,
  visible: ReadonlySet<string>,
  isShown: (link: Link) => boolean,
): Promise<void> {
  const actor = { workspaceId: viewer.me.workspace.id, memberId: viewer.me.memberId };
  for (const table of ['matching.proposal', 'matching.verdict', 'cards.link']) {
    const { rows } = await app.app.db.asActor(actor, (tx) =>
      sql<{ card_a: string; card_b: string }>`select card_a, card_b from ${sql.raw(table)}`.execute(tx),
    );
    for (const { card_a, card_b } of rows)
      expect([visible.has(card_a), visible.has(card_b)], table).toEqual([true, true]);
    const ofLinks = table === 'cards.link';
    const whole = await app.query<Link>(`select ${ofLinks ? linkColumns : 'card_a, card_b'} from ${table}`);
    const both = whole.filter((row) => visible.has(row.card_a) && visible.has(row.card_b));
    expect(rows.length, table).toBe(both.filter((row) => !ofLinks || isShown(row)).length);
  }
}

async function clear(): Promise<void> {
  for (const table of ['proposal', 'verdict', 'postponed']) await app.query(`delete from matching.${table}`);
  for (const table of ['link', 'entry', 'entry_cover', 'card_field', 'card_change', 'card'])
    await app.query(`delete from cards.${table}`);
  await app.query('update matching.state set version = version + 1');
}

test('every viewer of random books, field masks, cards and verdicts learns of their own world only', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (one) => {
      await clear();
      const ids = await arrange(one);
      for (const no of people.keys()) await look(no, { plan: one, ids });
    }),
    { numRuns: 12, endOnFailure: true },
  );
  expect(app.errors).toEqual([]);
});

/** Who is one with whom for a viewer, and what they are asked about, by the numbers of the cards. */
async function viewOf(no: number, { ids }: World) {
  const viewer = people[no]!;
  const persons: string[] = [];
  for (const [at, id] of ids.entries()) {
    const { status, body } = await personAt(viewer, id);
    if (status !== 200) continue;
    const shown = body.cards.map((card) => ({
      no: ids.indexOf(card.id),
      links: card.links.map(({ cardId, evidence }) => `${ids.indexOf(cardId)} ${evidence}`).sort(),
    }));
    persons.push(`${at}: ${JSON.stringify(shown.sort((one, other) => one.no - other.no))}`);
  }
  const { items } = await viewer.call(contracts.listProposals, { limit: 200 });
  const offers = items.map(({ left, right, reasons, probability }) => ({
    pair: [left, right].map(({ card }) => ids.indexOf(card.id)).sort(),
    reasons,
    probability,
  }));
  return { persons, offers, shown: (await viewer.call(cards.listPeople, { limit: 200 })).items.length };
}

interface Person {
  cards: { id: string; links: { cardId: string; evidence: string[] }[] }[];
}

async function personAt(viewer: Member, personId: string) {
  const answer = await viewer.fetch(`/people/${personId}`);
  return { status: answer.status, body: (await answer.json()) as Person };
}

const others = fc.array(
  fc.record({ given: fc.nat(2), family: fc.nat(1), email: fc.nat(2), phone: fc.nat(2), birthday: fc.nat(2) }),
  {
    minLength: 9,
    maxLength: 9,
  },
);

test('what a viewer does not read changes nothing of what they see: no value can be found out by trying', async () => {
  let changed = 0;
  await fc.assert(
    fc.asyncProperty(plan, others, fc.nat(2), async (one, other, viewer) => {
      await clear();
      const world: World = { plan: { ...one, verdicts: [] }, ids: await arrange({ ...one, verdicts: [] }) };
      const before = await viewOf(viewer, world);
      for (const [at, card] of one.cards.entries()) {
        const { holder } = books[card.book]!;
        if (holder === viewer) continue;
        const mask = card.withheld ? 0 : (one.lent[card.book] ?? 0);
        const hidden = Object.fromEntries(
          Object.entries({ given: NAME, family: NAME, email: 1 << 4, phone: 1 << 10, birthday: 1 << 17 })
            .filter(([, bit]) => (mask & bit) === 0)
            .map(([name]) => [name, other[at]![name as 'email']]),
        );
        const now = fieldsOf({ ...card, ...hidden });
        if (JSON.stringify(now) === JSON.stringify(fieldsOf(card))) continue;
        changed++;
        await replaceFields(people[holder]!, world.ids[at]!, now);
      }
      expect(await viewOf(viewer, world)).toEqual(before);
    }),
    { numRuns: 16, endOnFailure: true },
  );
  expect(changed).toBeGreaterThan(10);
  expect(app.errors).toEqual([]);
});

async function replaceFields(holder: Member, cardId: string, fields: ReturnType<typeof fieldsOf>): Promise<void> {
  const before = (await holder.call(cards.getCard, { cardId })).fields;
  const [name, ...rest] = fields;
  await holder.call(cards.updateCard, {
    cardId,
    set: before.flatMap(({ kind, no }) => (kind === 'name' ? [{ no, field: name! }] : [])),
    remove: before.flatMap(({ kind, no }) => (kind === 'name' ? [] : [no])),
    add: rest,
  });
}
