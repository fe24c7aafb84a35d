import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import * as identity from '../identity/contract.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { type CardLink, type Entry, entriesOfCluster, type Reach, type WholeCard } from './audiences.ts';
import { compose, entryOf } from './compose.ts';
import * as contracts from './contract.ts';

// What a viewer reads in the list's index must be what composing the cards they may see gives, and nothing else. The reference
// below is written to be obviously right, not fast.

const workspaceId = 'workspace';
const memberIds = ['m0', 'm1', 'm2', 'm3'];
const teamIds = ['t0', 't1'];
const appIds = ['a0', 'a1'];
const classes = [1, 2, 4];

interface World {
  cards: WholeCard[];
  links: CardLink[];
  reach: Reach;
}

const mask = fc.subarray(classes).map((bits) => bits.reduce((all, bit) => all | (1 << bit), 0));
/** Two groups of classes of each card, and what each of the sixteen readings says; often that everybody may know. */
const asked = fc.record({
  asks_a: fc.uniqueArray(mask, { maxLength: 2 }),
  asks_b: fc.uniqueArray(mask, { maxLength: 2 }),
  shown: fc.option(fc.uint8Array({ minLength: 2, maxLength: 2 }), { freq: 3 }),
  cut: fc.oneof(
    fc.constant<number[]>([]),
    fc.uniqueArray(fc.integer({ min: -4, max: 3 }), { minLength: 1, maxLength: 3 }),
  ),
});
const granteeId = fc.constantFrom(workspaceId, ...teamIds, ...memberIds, ...appIds);
const book = fc.record({
  holders: fc.subarray(memberIds, { minLength: 1, maxLength: 2 }),
  grants: fc.uniqueArray(fc.record({ granteeId, mask: fc.oneof(mask, fc.constant(-1)) }), {
    maxLength: 3,
    selector: (grant) => grant.granteeId,
  }),
});

function makeCard(no: number, bookNo: number, withheld: boolean): WholeCard {
  const seenAt = new Date(Date.UTC(2026, 0, 1 + no));
  const field = (at: number, kind: 'name' | 'organization' | 'email', value: Record<string, unknown>) => ({
    no: at,
    kind,
    value,
    authorId: null,
    seenAt,
    contactPointId: null,
  });
  return {
    cardId: `card${no}`,
    bookNo,
    sourceId: `source${bookNo}`,
    sourceKind: 'vcard',
    kind: 'person',
    ended: false,
    seenAt,
    withheld,
    classes: [...classes],
    fields: [
      field(0, 'name', { given: `Given${no}`, family: `Family${no}` }),
      field(1, 'organization', { name: `Company${no}` }),
      field(2, 'email', { value: `c${no}@example.org`, normalised: `c${no}@example.org` }),
    ],
  };
}

const world: fc.Arbitrary<World> = fc
  .record({
    books: fc.array(book, { minLength: 1, maxLength: 4 }),
    teams: fc.tuple(fc.subarray(memberIds), fc.subarray(memberIds)),
    cards: fc.array(fc.record({ book: fc.nat(3), withheld: fc.boolean() }), { minLength: 1, maxLength: 5 }),
    links: fc.array(fc.tuple(fc.nat(4), fc.nat(4), asked), { maxLength: 6 }),
  })
  .map(({ books, teams, cards, links }) => ({
    cards: cards.map((card, no) => makeCard(no, card.book % books.length, card.withheld)),
    links: links
      .filter(([a, b]) => a !== b && a < cards.length && b < cards.length)
      // Third cards hang together with the two: they are here.
      .map(([a, b, { cut, ...rest }]) => ({
        card_a: `card${a}`,
        card_b: `card${b}`,
        ...rest,
        cut: cut.filter((no) => cards.some((card) => card.book % books.length === (no < 0 ? -1 - no : no))),
      })),
    reach: {
      workspaceId,
      books: new Map(books.map((one, no) => [no, one])),
      teams: new Map(teamIds.map((id, no) => [id, new Set(teams[no])])),
      apps: new Set(appIds),
    },
  }));

/** Whether a viewer may read a class of a card; undefined: the card does not exist for them. */
function opens(card: WholeCard, viewer: string, { reach }: World): ((bit: number) => boolean) | undefined {
  const { holders, grants } = reach.books.get(card.bookNo)!;
  if (holders.includes(viewer)) return () => true;
  if (card.withheld) return undefined;
  const mine = grants.filter((grant) => audiencesOf(viewer, reach).includes(grant.granteeId));
  if (mine.length === 0) return undefined;
  return (bit) => mine.some((grant) => (grant.mask >>> bit) & 1);
}

/** The fields of a card that a viewer may see. */
function seen(card: WholeCard, viewer: string, world: World): WholeCard | undefined {
  const open = opens(card, viewer, world);
  return open && { ...card, fields: card.fields.filter((_field, index) => open(card.classes[index]!)) };
}

/** Whether a viewer who sees both cards of a link is told that they are one. */
function joins({ card_a, card_b, asks_a, asks_b, shown, cut }: CardLink, viewer: string, world: World): boolean {
  const bookOf = (cardId: string) => world.cards.find((card) => card.cardId === cardId)!.bookNo;
  const holds = (no: number) => world.reach.books.get(no)?.holders.includes(viewer) ?? false;
  const lentWhole = (no: number) =>
    world.reach.books
      .get(no)
      ?.grants.some(({ granteeId: to, mask: of }) => of === -1 && audiencesOf(viewer, world.reach).includes(to)) ??
    false;
  const own = [bookOf(card_a), bookOf(card_b)];
  const parted = cut.some((no) =>
    no < 0 ? [...own, -1 - no].every(holds) : [...own, no].every((one) => holds(one) || lentWhole(one)),
  );
  if (parted) return false;
  const digit = (cardId: string, asks: number[]) => {
    const open = opens(world.cards.find((card) => card.cardId === cardId)!, viewer, world)!;
    return asks.map((ask) => (classes.every((bit) => !((ask >>> bit) & 1) || open(bit)) ? '1' : '0'));
  };
  const reading = Number.parseInt([...digit(card_a, asks_a), ...digit(card_b, asks_b)].reverse().join('') || '0', 2);
  return shown === null || ((shown[Math.floor(reading / 8)]! >>> (reading % 8)) & 1) === 1;
}

/** An app has none but itself. */
const audiencesOf = (viewer: string, reach: Reach): string[] =>
  reach.apps.has(viewer)
    ? [viewer]
    : [viewer, workspaceId, ...teamIds.filter((team) => reach.teams.get(team)!.has(viewer))];

/** The persons of a viewer: their cards, joined where a chain of links between cards they see joins them. */
function persons(viewer: string, one: World): { ids: string[]; content: object }[] {
  const visible = one.cards.flatMap((card) => seen(card, viewer, one) ?? []);
  const left = new Map(visible.map((card) => [card.cardId, card]));
  const result = [];
  while (left.size > 0) {
    const group = [[...left.values()][0]!];
    left.delete(group[0]!.cardId);
    for (const member of group)
      for (const link of one.links)
        for (const [here, there] of [
          [link.card_a, link.card_b],
          [link.card_b, link.card_a],
        ] as const)
          if (here === member.cardId && left.has(there) && joins(link, viewer, one)) {
            group.push(left.get(there)!);
            left.delete(there);
          }
    result.push({ ids: group.map(({ cardId }) => cardId).sort(), content: entryOf(group, compose(group)) });
  }
  return result;
}

const content = ({ audienceId: _a, personId: _p, covers: _c, bookMasks: _m, ...rest }: Entry) => rest;
const byName = (list: object[]) => list.map((one) => JSON.stringify(one)).sort();

/** What the list shows to a viewer: the rows of their audiences, less those that another of them covers. */
function rowsFor(viewer: string, entries: Entry[], reach: Reach): Entry[] {
  const own = entries.filter(({ audienceId }) => audiencesOf(viewer, reach).includes(audienceId));
  const covered = new Set(own.flatMap(({ covers }) => covers.map((one) => `${one.audienceId} ${one.personId}`)));
  return own.filter((row) => !covered.has(`${row.audienceId} ${row.personId}`));
}

describe('the index of the list', () => {
  test('shows each viewer exactly the persons composed of the cards they may see', () => {
    fc.assert(
      fc.property(world, (one) => {
        const entries = entriesOfCluster(one.cards, one.links, one.reach);
        for (const viewer of [...memberIds, ...appIds]) {
          const rows = rowsFor(viewer, entries, one.reach);
          const expected = persons(viewer, one);
          expect(byName(rows.map(content)), viewer).toEqual(byName(expected.map((person) => person.content)));
          const ids = rows.map(({ personId }) => personId);
          expect(new Set(ids).size, 'addresses differ').toBe(ids.length);
          for (const { ids: cards } of expected)
            expect(
              cards.filter((id) => ids.includes(id)),
              'one address a person, of a card they see',
            ).toHaveLength(1);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('has no row twice and none that nobody reads', () => {
    fc.assert(
      fc.property(world, (one) => {
        const entries = entriesOfCluster(one.cards, one.links, one.reach);
        const keys = entries.map(({ audienceId, personId }) => `${audienceId} ${personId}`);
        expect(new Set(keys).size).toBe(keys.length);
        for (const entry of entries) expect(entry.cardCount).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the list over HTTP', () => {
  let app: TestApp;
  const people: Member[] = [];
  let teams: string[] = [];
  let books: { id: string; holder: number }[] = [];

  beforeAll(async () => {
    app = await openTestApp();
    people.push(await app.setUp());
    for (const name of ['Bob', 'Carol', 'Dan']) people.push(await app.invite(people[0]!, `${name} Model`));
    teams = await Promise.all(
      ['One', 'Two'].map(async (name) => (await people[0]!.call(identity.createTeam, { name })).id),
    );
    books = await Promise.all(
      [0, 1, 1, 2].map(async (holder, no) => ({
        holder,
        id: (await people[holder]!.call(delegation.createBook, { name: `Model ${no}` })).id,
      })),
    );
  });
  afterAll(() => app.close());

  interface Plan {
    teams: [number[], number[]];
    sharing: Record<'workspace' | 'team0' | 'team1', 'read' | 'discover' | null>[];
    cards: { book: number; person: number; withheld: boolean; archive: 'never' | 'once' | 'back' }[];
  }
  const level = fc.constantFrom('read' as const, 'discover' as const);
  const plan: fc.Arbitrary<Plan> = fc.record({
    teams: fc.tuple(fc.subarray([0, 1, 2, 3]), fc.subarray([0, 1, 2, 3])),
    sharing: fc.array(fc.record({ workspace: fc.option(level), team0: fc.option(level), team1: fc.option(level) }), {
      minLength: 4,
      maxLength: 4,
    }),
    cards: fc.array(
      fc.record({
        book: fc.nat(3),
        person: fc.nat(2),
        withheld: fc.boolean(),
        archive: fc.constantFrom('never' as const, 'once' as const, 'back' as const),
      }),
      { minLength: 2, maxLength: 7 },
    ),
  });
  let runs = 0;

  async function arrange({ teams: inTeam, sharing, cards }: Plan): Promise<string[]> {
    for (const [no, teamId] of teams.entries())
      await people[0]!.call(identity.updateTeam, {
        teamId,
        memberIds: inTeam[no as 0 | 1].map((index) => people[index]!.me.memberId),
      });
    const ids: string[] = [];
    for (const { book: no, person, withheld, archive } of cards) {
      const { id: bookId, holder } = books[no]!;
      const { id: cardId } = await people[holder]!.call(contracts.createCard, {
        bookId,
        fields: [
          { kind: 'name', value: { given: `Given${person}`, family: `Run${runs}` } },
          { kind: 'email', value: { value: `run${runs}.${person}@example.org` } },
          { kind: 'title', value: { value: `Title ${ids.length}` } },
        ],
      });
      if (withheld) await people[holder]!.call(contracts.updateCard, { cardId, withheld });
      ids.push(cardId);
      if (archive !== 'never') await people[holder]!.call(contracts.archiveCards, { cardIds: [cardId] });
      if (archive === 'back') await people[holder]!.call(contracts.unarchiveCards, { cardIds: [cardId] });
    }
    for (const [no, { workspace, team0, team1 }] of sharing.entries())
      await lend(
        people[books[no]!.holder]!,
        books[no]!.id,
        ...(workspace ? [{ grantee: { kind: 'workspace' as const }, acts: [workspace] }] : []),
        ...(team0 ? [{ grantee: { kind: 'team' as const, teamId: teams[0]! }, acts: [team0] }] : []),
        ...(team1 ? [{ grantee: { kind: 'team' as const, teamId: teams[1]! }, acts: [team1] }] : []),
      );
    return ids;
  }

  /** The persons of a viewer as their pages show them, found through every card there is. */
  async function pages(viewer: Member, cardIds: readonly string[]): Promise<string[]> {
    const found = new Map<string, string>();
    for (const cardId of cardIds) {
      if ((await viewer.fetch(`/cards/${cardId}`)).status === 404) continue;
      const person = await viewer.call(contracts.getPerson, { personId: cardId });
      const title = person.values.find(({ kind, chosen }) => kind === 'title' && chosen)?.display ?? null;
      const key = person.cards
        .map(({ id }) => id)
        .sort()
        .join();
      found.set(key, `${person.name} · ${title} · ${person.cards.length}`);
    }
    return [...found.values()].sort();
  }

  test('equals the pages of the persons, for every viewer of random books, teams and grants', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (one) => {
        runs++;
        const ids = await arrange(one);
        await app.settle();
        for (const viewer of people) {
          const { items } = await viewer.call(contracts.listPeople, { limit: 200 });
          const listed = items
            .filter(({ name }) => name.endsWith(`Run${runs}`))
            .map(({ name, title, cards }) => `${name} · ${title} · ${cards}`)
            .sort();
          expect(listed, viewer.me.name).toEqual(await pages(viewer, ids));
          const archived = ids.filter((_id, no) => one.cards[no]!.archive === 'once');
          const shown = items.filter(({ id }) => archived.includes(id));
          expect(shown, 'what is archived is nobody’s address').toEqual([]);
          const { total } = await viewer.call(contracts.getFacets, {});
          expect(total.count).toBe(items.length);
        }
      }),
      { numRuns: 12, endOnFailure: true },
    );
    expect(app.errors).toEqual([]);
  });
});
