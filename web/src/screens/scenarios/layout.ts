import type { Definition } from '../../../../server/scenarios/contract.ts';
import { inOrder, waysOf } from './editing.ts';

/** Sizes in pixels of the drawing. */
const box = { w: 208, h: 56 };
const gap = { x: 28, y: 60 };
/** Whence people come. */
export const entryId = 'entry';

export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

/**
 * Where steps stand: each a row below all that lead to it (ways back left out), in its row near them.
 * @returns places by step, the entry among them, and how large it is
 */
export function laidOut(definition: Definition): { places: Map<string, Box>; width: number; height: number } {
  const order = inOrder(definition);
  const place = new Map(order.map(({ id }, at) => [id, at]));
  const depth = new Map<string, number>([[entryId, 0]]);
  const parents = new Map<string, string[]>();
  for (const node of order) {
    if (!depth.has(node.id)) depth.set(node.id, 1);
    for (const { to } of waysOf(node)) {
      if (to === null || !place.has(to) || place.get(to)! <= place.get(node.id)!) continue;
      depth.set(to, Math.max(depth.get(to) ?? 1, depth.get(node.id)! + 1));
      parents.set(to, [...(parents.get(to) ?? []), node.id]);
    }
  }
  const rows = Map.groupBy([{ id: entryId }, ...order], ({ id }) => depth.get(id)!);
  const widest = Math.max(...[...rows.values()].map((row) => row.length));
  const width = widest * (box.w + gap.x) - gap.x + 16;
  const places = new Map<string, Box>();
  const middle = (id: string) => (places.get(id) ? places.get(id)!.x + box.w / 2 : width / 2);
  for (const at of [...rows.keys()].sort((a, b) => a - b)) {
    const row = rows.get(at)!;
    const wish = new Map(
      row.map(({ id }) => {
        const above = parents.get(id) ?? [];
        return [id, above.length === 0 ? width / 2 : above.reduce((sum, one) => sum + middle(one), 0) / above.length];
      }),
    );
    const sorted = row.toSorted((a, b) => wish.get(a.id)! - wish.get(b.id)!);
    const room = sorted.length * (box.w + gap.x) - gap.x;
    const about = [...wish.values()].reduce((sum, one) => sum + one, 0) / row.length;
    const left = Math.min(Math.max(8, about - room / 2), Math.max(8, width - room - 8));
    for (const [no, { id }] of sorted.entries())
      places.set(id, { x: left + no * (box.w + gap.x), y: 8 + at * (box.h + gap.y), ...box });
  }
  return { places, width, height: 16 + rows.size * (box.h + gap.y) };
}
