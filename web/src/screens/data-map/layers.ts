/** Where the boxes of the systems' picture stand, and the arrows between them. Pure, so that it can be tested without a page. */
export interface Node {
  id: string;
  label: string;
  /** Under the label. */
  note: string;
  column: 0 | 1 | 2;
  /** Nothing flows from it to the reference. */
  stranded?: boolean;
}
export interface Arrow {
  from: string;
  to: string;
  /** By hand or by file: dashed. */
  manual: boolean;
}
export interface PlacedNode extends Node {
  x: number;
  y: number;
}
interface Drawing {
  nodes: PlacedNode[];
  arrows: (Arrow & { key: string; path: string })[];
  width: number;
  height: number;
}

export const boxWidth = 230;
export const boxHeight = 52;
const width = 980;
const gap = 16;

export function place(nodes: readonly Node[], arrows: readonly Arrow[]): Drawing {
  const columns = ([0, 1, 2] as const).map((column) => nodes.filter((node) => node.column === column));
  const heightOf = (count: number) => Math.max(0, count * (boxHeight + gap) - gap);
  const height = Math.max(boxHeight, ...columns.map((column) => heightOf(column.length)));
  const placed = columns.flatMap((column, at) =>
    column.map((node, index) => ({
      ...node,
      x: (at * (width - boxWidth)) / 2,
      y: (height - heightOf(column.length)) / 2 + index * (boxHeight + gap),
    })),
  );
  const byId = new Map(placed.map((node) => [node.id, node]));
  return {
    nodes: placed,
    arrows: arrows.flatMap((arrow) => {
      const [from, to] = [byId.get(arrow.from), byId.get(arrow.to)];
      return from && to && from !== to ? [{ ...arrow, key: `${arrow.from} ${arrow.to}`, path: pathOf(from, to) }] : [];
    }),
    width,
    height,
  };
}

/** From side to side; within a column around its outer side. */
function pathOf(from: PlacedNode, to: PlacedNode): string {
  const [y1, y2] = [from.y + boxHeight / 2, to.y + boxHeight / 2];
  if (from.column === to.column) {
    const right = from.column === 2;
    const x = from.x + (right ? boxWidth : 0);
    const out = x + (right ? 26 : -26);
    return `M${x},${y1} C${out},${y1} ${out},${y2} ${x},${y2}`;
  }
  const forward = from.column < to.column;
  const x1 = from.x + (forward ? boxWidth : 0);
  const x2 = to.x + (forward ? 0 : boxWidth);
  const middle = (x1 + x2) / 2;
  return `M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2}`;
}
