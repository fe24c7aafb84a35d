import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as viewpoints from './contract.ts';
import * as contracts from './paths-contract.ts';

// Which ways there are to whom must follow from what the viewer may see, and from nothing else. The reference below walks all ways of a small
// world in which it knows what each viewer sees; it is written to be obviously right, not fast.

const rounds = 5;
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Mulberry32: the same seed, the same world. */
function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Card {
  id: string;
  holder: number;
  book: number;
  person: number;
  withheld: boolean;
  hidden: boolean;
  closeness: number | null;
}
interface Book {
  holder: number;
  /** Who reads it: members, or all. */
  readers: number[] | 'all';
  grantId: string | null;
}
interface Tie {
  a: Card;
  b: Card;
  author: number;
  kind: string;
  shared: boolean;
  strength: number;
}
interface World {
  books: Book[];
  cards: Card[];
  ties: Tie[];
  tells: ('nothing' | 'held' | 'strength')[];
}

const ofCloseness = [2, 25, 50, 75, 95];
/** As others are told it. */
const toldCloseness = [10, 40, 40, 75, 75];
const held = 10;
const farColleague = 40;

const sees = (world: World, viewer: number, card: Card): boolean => {
  const { holder, readers } = world.books[card.book]!;
  if (holder === viewer) return true;
  return !card.withheld && (readers === 'all' || readers.includes(viewer));
};

type Way = { nodes: string[]; score: number };

/** All edges that a viewer may know of, by the persons they see. Cards of one person are one for them: all carry the same address. */
function edgesOf(world: World, viewer: number): [string, string, number][] {
  const visible = world.cards.filter((card) => sees(world, viewer, card));
  const edges: [string, string, number][] = [];
  for (const card of visible) {
    const known = card.closeness === null ? held : Math.max(held, ofCloseness[card.closeness]!);
    const told = card.closeness === null ? held : toldCloseness[card.closeness]!;
    if (card.holder === viewer) edges.push(['me', `p${card.person}`, known]);
    else if (world.tells[card.holder] !== 'nothing' && !card.hidden)
      edges.push([`m${card.holder}`, `p${card.person}`, world.tells[card.holder] === 'strength' ? told : held]);
  }
  for (const { a, b, author, shared, strength } of world.ties)
    if ((shared || author === viewer) && visible.includes(a) && visible.includes(b) && a.person !== b.person)
      edges.push([`p${a.person}`, `p${b.person}`, strength]);
  for (let member = 0; member < world.tells.length; member++)
    if (member !== viewer) edges.push(['me', `m${member}`, farColleague]);
  return edges;
}

function allWays(world: World, viewer: number, person: number): Way[] {
  const edges = edgesOf(world, viewer);
  const strongest = (a: string, b: string) =>
    Math.max(
      0,
      ...edges.filter(([x, y]) => (x === a && y === b) || (x === b && y === a)).map(([, , strength]) => strength),
    );
  const persons = [...new Set(edges.flat().filter((node): node is string => /^p/.test(String(node))))];
  const starts = ['', ...world.tells.map((_t, member) => `m${member}`)];
  const ways: Way[] = [];
  const extend = (nodes: string[], score: number) => {
    const at = nodes.at(-1)!;
    for (const next of persons) {
      const strength = strongest(at, next);
      if (strength === 0 || nodes.includes(next)) continue;
      const way = { nodes: [...nodes, next], score: (score * strength) / 100 };
      if (next === `p${person}`) ways.push(way);
      else if (way.nodes.length < 5) extend(way.nodes, way.score);
    }
  };
  for (const start of starts) {
    if (start === '') extend(['me'], 1);
    else if (strongest('me', start) > 0) extend(['me', start], strongest('me', start) / 100);
  }
  return ways.filter(({ nodes }) => nodes.length <= 5);
}

/** Those that are shown: the best, each through another first step as far as there are enough. */
function shownWays(ways: Way[]): Way[] {
  const sorted = [...ways].sort((one, other) => other.score - one.score || one.nodes.length - other.nodes.length);
  const firsts = sorted.filter((way, at) => sorted.findIndex((one) => one.nodes[1] === way.nodes[1]) === at);
  return [...firsts, ...sorted.filter((way) => !firsts.includes(way))].slice(0, 5);
}

const words =
  'Ambre,Basile,Cyrus,Delphine,Eudes,Fanny,Gaspard,Honor,Isaure,Jules,Kenza,Lazare,Mahaut,Nour,Oscar,Prune'.split(',');
const families =
  'Quartz,Rubis,Saphir,Topaze,Grenat,Jaspe,Onyx,Perle,Corail,Ambre,Jade,Opale,Silex,Marbre,Basalte,Gypse'.split(',');

let app: TestApp;
let members: Member[];

beforeAll(async () => {
  app = await openTestApp();
  const first = await app.setUp('Member Zero');
  members = [first];
  for (const name of ['Member One', 'Member Two', 'Member Three']) members.push(await app.invite(first, name));
});
afterAll(() => app.close());

async function makeWorld(random: () => number, round: number): Promise<World> {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const world: World = { books: [], cards: [], ties: [], tells: [] };
  for (const [holder, member] of members.entries())
    for (const part of [0, 1]) {
      const { id: bookId } = await member.call(delegation.createBook, { name: `Book ${round} ${part}` });
      const readers = pick<Book['readers']>(['all', [], [pick([0, 1, 2, 3])]]);
      let grantId: string | null = null;
      const grantee =
        readers === 'all'
          ? ({ kind: 'workspace' } as const)
          : readers.length > 0 && readers[0] !== holder
            ? ({ kind: 'member', memberId: members[readers[0]!]!.me.memberId } as const)
            : null;
      if (grantee)
        grantId = (await member.call(delegation.createGrant, { bookId, grantee, acts: ['discover', 'read'] })).id;
      world.books.push({ holder, readers: grantee ? readers : [], grantId });
      for (let n = 0; n < 2; n++) {
        const person = Math.floor(random() * 9);
        if (world.cards.some((card) => card.holder === holder && card.person === person)) continue;
        const name = `${words[person]} ${families[(person + round * 3) % families.length]}`;
        const id = await addContact(member, {
          name,
          email: `${words[person]!.toLowerCase()}.${round}@${seed}.example`,
          bookId,
        });
        const card = {
          id,
          holder,
          book: world.books.length - 1,
          person,
          withheld: random() < 0.15,
          hidden: random() < 0.2,
        };
        const closeness = random() < 0.5 ? Math.floor(random() * 5) : null;
        world.cards.push({ ...card, closeness });
        if (card.withheld) await member.call(cards.updateCard, { cardId: id, withheld: true });
      }
    }
  return world;
}

/** What is said of the cards, once they have become persons. */
async function sayAll(world: World, random: () => number): Promise<void> {
  for (const { id, holder, closeness, hidden } of world.cards) {
    const unsaid = {
      roles: [],
      importance: null,
      influence: null,
      stance: null,
      callable: null,
      note: '',
      shared: false,
    };
    if (closeness !== null)
      await members[holder]!.call(viewpoints.writeViewpoint, { personId: id, ...unsaid, closeness });
    if (hidden) await members[holder]!.call(contracts.hideAcquaintance, { personId: id, hidden });
  }
  for (let n = 0; n < 12; n++) {
    const author = Math.floor(random() * members.length);
    const own = world.cards.filter((card) => sees(world, author, card));
    const [a, b] = [own[Math.floor(random() * own.length)], own[Math.floor(random() * own.length)]];
    if (!a || !b || a.person === b.person) continue;
    const [shared, strength] = [random() < 0.7, 20 + Math.floor(random() * 75)];
    const kind = (['knows', 'works_with', 'board', 'family'] as const)[n % 4]!;
    await members[author]!.call(contracts.declareTie, { personId: a.id, otherId: b.id, kind, strength, shared });
    // It hangs on a card of the author's, if there is one.
    const on = (card: Card) => {
      const same = own.filter((one) => one.person === card.person);
      return same.find((one) => one.holder === author) ?? same.sort((x, y) => (x.id < y.id ? -1 : 1))[0]!;
    };
    const said = { a: on(a), b: on(b), author, kind, shared, strength };
    // Said again of the same two, by the same member, it replaces what they said.
    const isSame = (tie: Tie) =>
      tie.author === author && tie.kind === kind && [tie.a, tie.b].includes(said.a) && [tie.a, tie.b].includes(said.b);
    world.ties = [...world.ties.filter((tie) => !isSame(tie)), said];
  }
  for (const [at, member] of members.entries()) {
    const tells = (['nothing', 'held', 'strength'] as const)[Math.floor(random() * 3)]!;
    world.tells[at] = tells;
    await member.call(contracts.updateTieSettings, { tells });
  }
  await app.settle();
}

/** By halves of a hundredth either way: what is shown is rounded. */
function expectStrengths(shown: readonly number[], wanted: readonly Way[], of: string): void {
  const [one, other] = [[...shown].sort((a, b) => b - a), wanted.map(({ score }) => score * 100).sort((a, b) => b - a)];
  expect(one.length, of).toBe(other.length);
  for (const [at, strength] of one.entries()) expect(Math.abs(strength - other[at]!), of).toBeLessThanOrEqual(0.51);
}

describe(`paths of ${rounds} random worlds, seed ${seed}`, () => {
  test.each(
    Array.from({ length: rounds }, (_, round) => round),
  )('are those that what each member may see makes, and no others (world %i)', async (round) => {
    const random = randomOf(seed + round);
    const world = await makeWorld(random, round);
    await app.settle();
    await sayAll(world, random);
    let shown = 0;
    for (const [viewer, member] of members.entries())
      for (const card of world.cards) {
        const ask = () => member.call(contracts.listPaths, { personId: card.id });
        if (!sees(world, viewer, card)) {
          expect(await codeOf(ask())).toBe('not_found');
          continue;
        }
        const found = (await ask()).items;
        const ways = allWays(world, viewer, card.person);
        const wanted = shownWays(ways);
        const nameOf = new Map(world.cards.map((one) => [one.id, `p${one.person}`]));
        const read = found.map(({ places, strength }) => ({
          way: places
            .map((place) =>
              place.kind === 'me'
                ? 'me'
                : place.kind === 'member'
                  ? `m${members.findIndex(({ me }) => me.memberId === place.id)}`
                  : nameOf.get(place.id),
            )
            .join(),
          strength,
        }));
        // Each is a way that there is, as strong as it is.
        for (const { way, strength } of read) {
          const known = ways.find(({ nodes }) => nodes.join() === way);
          expect(known && Math.abs(known.score * 100 - strength) <= 1, `${way} seen by ${viewer}`).toBe(true);
        }
        // And they are the best: of equal ones either may be shown.
        expectStrengths(
          read.map(({ strength }) => strength),
          wanted,
          `${viewer} to ${card.person}`,
        );
        shown += read.length;
      }
    expect(shown).toBeGreaterThan(10);
    for (const [at, { grantId, holder }] of world.books.entries())
      if (grantId && at % 2 === 0) {
        await members[holder]!.call(delegation.endGrant, { grantId });
        world.books[at]!.readers = [];
      }
    // Withdrawn at the next question.
    for (const [viewer, member] of members.entries())
      for (const card of world.cards.filter((one) => sees(world, viewer, one))) {
        const found = (await member.call(contracts.listPaths, { personId: card.id })).items;
        const wanted = shownWays(allWays(world, viewer, card.person));
        expectStrengths(
          found.map(({ strength }) => strength),
          wanted,
          `${viewer} to ${card.person} later`,
        );
      }
  });
});
