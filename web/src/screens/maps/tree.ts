/** Where the boxes of an org chart stand. Wide where it is small, lists below each other where it is large, so that 300 people can be read. */

export interface TreeNode {
  id: string;
  /** Null: at the top. A chief who is not among the nodes counts as none. */
  chiefId: string | null;
}

export interface Size {
  w: number;
  h: number;
}

interface At {
  id: string;
  x: number;
  y: number;
}

export interface Link {
  /** The one below. */
  id: string;
  d: string;
}

export interface Tree {
  boxes: Map<string, { x: number; y: number }>;
  links: Link[];
  width: number;
  height: number;
}

interface Block extends Size {
  boxes: At[];
  links: Link[];
}

const gap = { x: 22, y: 44, row: 8, indent: 22 };

/** How many boxes stand below each other before a branch spreads: each is tried. */
const rowsTried = [4, 6, 9, 13, 18, 26, 38, 56];
/** Width by height that screens and paper have. */
const wanted = 1.7;

const moved = ({ boxes, links }: Block, dx: number, dy: number): Pick<Block, 'boxes' | 'links'> => ({
  boxes: boxes.map((box) => ({ ...box, x: box.x + dx, y: box.y + dy })),
  links: links.map(({ id, d }) => ({
    id,
    d: d.replace(/([ML])(-?[\d.]+) (-?[\d.]+)/g, (_all, to, x, y) => `${to}${Number(x) + dx} ${Number(y) + dy}`),
  })),
});

/** Lays out a forest below one box, which stands for the whole, in a shape near a screen's. @param top the id of that box, which is no node's */
export function layOut(nodes: readonly TreeNode[], top: string, size: Size): Tree {
  const tried = rowsTried.map((rows) => layOutBy(rows, nodes, top, size));
  const missed = ({ width, height }: Tree) => Math.abs(Math.log(width / height / wanted));
  return tried.reduce((best, one) => (missed(one) < missed(best) ? one : best));
}

function layOutBy(rows: number, nodes: readonly TreeNode[], top: string, { w, h }: Size): Tree {
  const ids = new Set(nodes.map(({ id }) => id));
  const below = Map.groupBy(nodes, ({ chiefId }) => (chiefId !== null && ids.has(chiefId) ? chiefId : top));
  const reportsOf = (id: string) => below.get(id) ?? [];
  const sizes = new Map<string, number>();
  const sizeOf = (id: string): number => {
    const size = sizes.get(id) ?? 1 + reportsOf(id).reduce((sum, one) => sum + sizeOf(one.id), 0);
    sizes.set(id, size);
    return size;
  };

  /** Everybody below each other, who reports further to the right. */
  const list = (roots: readonly string[], start: number): Block & { rails: At[] } => {
    const boxes: At[] = [];
    const links: Link[] = [];
    const rails: At[] = [];
    let most = 0;
    const add = (id: string, depth: number, chief: At | null) => {
      const box = { id, x: start + depth * gap.indent, y: boxes.length * (h + gap.row) };
      boxes.push(box);
      most = Math.max(most, depth);
      if (chief)
        links.push({
          id,
          d: `M${chief.x + 10} ${chief.y + h} L${chief.x + 10} ${box.y + h / 2} L${box.x} ${box.y + h / 2}`,
        });
      else rails.push(box);
      for (const one of reportsOf(id)) add(one.id, depth + 1, box);
    };
    for (const id of roots) add(id, 0, null);
    return { boxes, links, rails, w: start + most * gap.indent + w, h: boxes.length * (h + gap.row) - gap.row };
  };

  const block = (id: string): Block => {
    const reports = reportsOf(id);
    if (reports.length > 0 && id !== top && sizeOf(id) <= rows) return list([id], 0);
    const leaves = reports.filter((one) => reportsOf(one.id).length === 0).map((one) => one.id);
    const chiefs = reports.filter((one) => reportsOf(one.id).length > 0).map((one) => one.id);
    const few = leaves.length > 0 && leaves.length + chiefs.length <= 4 && chiefs.length > 0;
    const columns = few ? leaves.map((one) => [one]) : chunks(leaves, rows);
    const parts = [
      ...chiefs.map((one) => ({ ...block(one), head: one })),
      ...columns.map((column) =>
        column.length === 1 ? { ...list(column, 0), head: column[0]! } : { ...list(column, gap.indent), head: null },
      ),
    ];
    return spread(id, parts);
  };

  /** A box above its parts side by side. */
  const spread = (id: string, parts: (Block & { head: string | null; rails?: At[] })[]): Block => {
    if (parts.length === 0) return { w, h, boxes: [{ id, x: 0, y: 0 }], links: [] };
    const y = h + gap.y;
    const across = parts.reduce((sum, part) => sum + part.w + gap.x, -gap.x);
    const shift = Math.max(0, (w - across) / 2);
    let x = shift;
    const placed = parts.map((part) => {
      const at = { part, x, ...moved(part, x, y) };
      x += part.w + gap.x;
      return at;
    });
    const width = Math.max(w, across);
    const entries = placed.map(({ part, x: from, boxes }) =>
      part.head ? boxes.find((box) => box.id === part.head)!.x + w / 2 : from + gap.indent / 2,
    );
    const own = Math.min(Math.max(0, (Math.min(...entries) + Math.max(...entries)) / 2 - w / 2), width - w);
    const [middle, bus] = [own + w / 2, h + gap.y / 2];
    const links = placed.flatMap(({ part, boxes, links: inner }, at) => {
      const entry = entries[at]!;
      const down = `M${middle} ${h} L${middle} ${bus} L${entry} ${bus}`;
      const heads = part.head ? [part.head] : (part.rails ?? []).map((one) => one.id);
      return [
        ...inner,
        ...heads.map((one) => {
          const box = boxes.find((each) => each.id === one)!;
          return {
            id: one,
            d: part.head ? `${down} L${entry} ${y}` : `${down} L${entry} ${box.y + h / 2} L${box.x} ${box.y + h / 2}`,
          };
        }),
      ];
    });
    return {
      w: width,
      h: y + Math.max(...parts.map((part) => part.h)),
      boxes: [{ id, x: own, y: 0 }, ...placed.flatMap(({ boxes }) => boxes)],
      links,
    };
  };

  const whole = block(top);
  return {
    boxes: new Map(whole.boxes.map(({ id, x, y }) => [id, { x, y }])),
    links: whole.links,
    width: whole.w,
    height: whole.h,
  };
}

/** Straight pieces along one line: from where to where. */
type Piece = [number, number];

/** Pieces that touch or overlap put together. */
function joined(pieces: readonly Piece[]): Piece[] {
  const all: Piece[] = [];
  for (const [from, to] of [...pieces].sort(([a], [b]) => a - b)) {
    const last = all.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else all.push([from, to]);
  }
  return all;
}

/** What of some pieces others do not cover. */
const uncovered = (pieces: readonly Piece[], by: readonly Piece[]): Piece[] =>
  by.reduce<Piece[]>(
    (left, [from, to]) =>
      left.flatMap(([a, b]): Piece[] =>
        to <= a || from >= b
          ? [[a, b]]
          : (
              [
                [a, from],
                [to, b],
              ] as Piece[]
            ).filter(([c, d]) => d > c),
      ),
    [...pieces],
  );

/**
 * The lines of a chart as two paths, without drawing a stretch twice: dashes over dashes would look solid. What both kinds share is solid.
 */
export function pathsOf(links: readonly Link[], isSolid: (id: string) => boolean): { solid: string; dashed: string } {
  // By kind, then by the coordinate that stays the same: "x 12" for what stands on x = 12.
  const pieces = { solid: new Map<string, Piece[]>(), dashed: new Map<string, Piece[]>() };
  for (const { id, d } of links) {
    const points = [...d.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
    const kind = pieces[isSolid(id) ? 'solid' : 'dashed'];
    for (const [at, [x, y]] of points.slice(1).entries()) {
      const [fromX, fromY] = points[at]!;
      const [key, a, b] = fromX === x ? [`x ${x}`, fromY, y] : [`y ${y}`, fromX, x];
      kind.set(key, [...(kind.get(key) ?? []), [Math.min(a, b), Math.max(a, b)]]);
    }
  }
  const draw = (of: ReadonlyMap<string, Piece[]>, without?: ReadonlyMap<string, Piece[]>) =>
    [...of]
      .flatMap(([key, some]) => {
        const [axis, at] = key.split(' ') as ['x' | 'y', string];
        return uncovered(joined(some), joined(without?.get(key) ?? [])).map(([a, b]) =>
          axis === 'x' ? `M${at} ${a} L${at} ${b}` : `M${a} ${at} L${b} ${at}`,
        );
      })
      .join(' ');
  return { solid: draw(pieces.solid), dashed: draw(pieces.dashed, pieces.solid) };
}

function chunks<T>(items: readonly T[], most: number): T[][] {
  // As many in each: a last column of one looks like a mistake.
  const count = Math.ceil(items.length / most);
  const each = Math.ceil(items.length / Math.max(1, count));
  return Array.from({ length: count }, (_, at) => items.slice(at * each, (at + 1) * each));
}
