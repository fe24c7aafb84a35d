import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestPaths, type Edge, type Node } from './paths.ts';

const persons = ['person:0', 'person:1', 'person:2', 'person:3', 'person:4'] as const;
const members = ['member:0', 'member:1'] as const;
const pair = fc.oneof(
  fc.tuple(fc.constant<Node>('me'), fc.constantFrom<Node>(...members, ...persons)),
  fc.tuple(fc.constantFrom<Node>(...members), fc.constantFrom<Node>(...persons)),
  fc.tuple(fc.constantFrom<Node>(...persons), fc.constantFrom<Node>(...persons)),
);
const edges = fc.array(
  fc
    .record({ pair, strength: fc.integer({ min: 0, max: 100 }) })
    .map(({ pair: [a, b], strength }): Edge => ({ a, b, strength, of: null })),
  { maxLength: 20 },
);
const target: Node = 'person:0';
const search = { target, longest: 4, most: 5, unwilling: new Set<Node>() };
const strength = (all: readonly Edge[], a: Node, b: Node) =>
  Math.max(
    0,
    ...all.filter((one) => (one.a === a && one.b === b) || (one.a === b && one.b === a)).map((one) => one.strength),
  );

/** Every way, by trying all. */
function allWays(all: readonly Edge[]): { nodes: Node[]; score: number }[] {
  const ways: { nodes: Node[]; score: number }[] = [];
  const go = (nodes: Node[], score: number) => {
    const at = nodes.at(-1)!;
    if (at === target) {
      ways.push({ nodes, score });
      return;
    }
    if (nodes.length > 4) return;
    for (const next of nodes.length === 1 ? [...members, ...persons] : persons) {
      const known = strength(all, at, next);
      if (known > 0 && !nodes.includes(next)) go([...nodes, next], (score * known) / 100);
    }
  };
  go(['me'], 1);
  return ways;
}

test('the paths found are ways that there are, the first of them the best, each as good as its steps', () => {
  fc.assert(
    fc.property(edges, (all) => {
      const found = bestPaths(all, search);
      const ways = allWays(all);
      expect(found.length).toBe(Math.min(5, ways.length));
      for (const { nodes, score } of found) {
        const way = ways.find((one) => one.nodes.join() === nodes.join());
        expect(way?.score).toBeCloseTo(score);
      }
      if (ways.length > 0) expect(found[0]!.score).toBeCloseTo(Math.max(...ways.map(({ score }) => score)));
      // Another first step each, as long as there are any.
      const starts = new Set(ways.map(({ nodes }) => nodes[1]));
      expect(new Set(found.map(({ nodes }) => nodes[1])).size).toBe(Math.min(5, starts.size));
    }),
  );
});

test('who is not to be called upon comes last, and is a way still', () => {
  const all: Edge[] = [
    { a: 'me', b: 'person:1', strength: 90, of: null },
    { a: 'person:1', b: target, strength: 90, of: null },
    { a: 'me', b: 'person:2', strength: 40, of: null },
    { a: 'person:2', b: target, strength: 50, of: null },
  ];
  const order = (unwilling: Node[]) =>
    bestPaths(all, { ...search, unwilling: new Set(unwilling) }).map(({ nodes }) => nodes[1]);
  expect(order([])).toEqual(['person:1', 'person:2']);
  expect(order(['person:1'])).toEqual(['person:2', 'person:1']);
});
