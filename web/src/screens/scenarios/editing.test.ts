import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Definition, NodeKind } from '../../../../server/scenarios/contract.ts';
import { inOrder, inserted, type Place, removed, waysOf } from './editing.ts';
import { laidOut } from './layout.ts';

const empty: Definition = { entry: { kind: 'hand' }, again: null, goal: null, start: null, nodes: [] };
const kinds: NodeKind[] = [
  'wait',
  'condition',
  'split',
  'message',
  'task',
  'ask_holder',
  'attribute',
  'webhook',
  'exit',
];

/** All places at which a step can be put. */
const placesOf = ({ nodes }: Definition): Place[] => [
  { nodeId: null, way: 'start' },
  ...nodes.flatMap((node) => waysOf(node).map(({ way }) => ({ nodeId: node.id, way }))),
];

const drawings = fc.array(fc.tuple(fc.constantFrom(...kinds), fc.nat(), fc.boolean()), { maxLength: 14 }).map((moves) =>
  moves.reduce((drawing, [kind, at, takes]) => {
    if (takes && drawing.nodes.length > 2) return removed(drawing, drawing.nodes[at % drawing.nodes.length]!.id);
    const places = placesOf(drawing);
    return inserted(drawing, places[at % places.length]!, kind).definition;
  }, empty),
);

test('whatever is put in and taken out, every way leads to a step that is there', () => {
  fc.assert(
    fc.property(drawings, (drawing) => {
      const ids = new Set(drawing.nodes.map(({ id }) => id));
      expect(ids.size).toBe(drawing.nodes.length);
      for (const node of drawing.nodes) for (const { to } of waysOf(node)) if (to !== null) expect(ids).toContain(to);
      if (drawing.start !== null) expect(ids).toContain(drawing.start);
      expect(inOrder(drawing).length).toBe(drawing.nodes.length);
    }),
  );
});

test('steps stand below those that lead to them, and none on another', () => {
  fc.assert(
    fc.property(drawings, (drawing) => {
      const { places, width, height } = laidOut(drawing);
      expect(places.size).toBe(drawing.nodes.length + 1);
      const all = [...places.values()];
      for (const [at, one] of all.entries()) {
        expect(one.x + one.w).toBeLessThanOrEqual(width);
        expect(one.y + one.h).toBeLessThanOrEqual(height);
        for (const other of all.slice(at + 1))
          expect(
            one.x + one.w <= other.x ||
              other.x + other.w <= one.x ||
              one.y + one.h <= other.y ||
              other.y + other.h <= one.y,
          ).toBe(true);
      }
      // Nothing was drawn here that leads back; what nobody comes to stands anywhere.
      const reached = new Set<string>();
      const follow = (id: string | null): void => {
        if (id === null || reached.has(id)) return;
        reached.add(id);
        for (const { to } of waysOf(drawing.nodes.find((one) => one.id === id)!)) follow(to);
      };
      follow(drawing.start);
      for (const node of drawing.nodes.filter(({ id }) => reached.has(id)))
        for (const { to } of waysOf(node))
          if (to !== null) expect(places.get(to)!.y).toBeGreaterThan(places.get(node.id)!.y);
    }),
  );
});

test('a step between others takes over what its place led to', () => {
  const first = inserted(empty, { nodeId: null, way: 'start' }, 'wait');
  const second = inserted(first.definition, { nodeId: first.id, way: 'next' }, 'condition');
  const order = inOrder(second.definition).map(({ kind }) => kind);
  expect(order).toEqual(['wait', 'condition', 'exit']);
  expect(inOrder(removed(second.definition, second.id)).map(({ kind }) => kind)).toEqual(['wait', 'exit']);
});
