/** Where the people of a power map stand: a column for each step of stance, a row for each step of influence, as large as they need. */

export const stances = [null, -2, -1, 0, 1, 2] as const;
export const influences = [5, 4, 3, 2, 1, null] as const;

export interface Standing {
  id: string;
  influence: number | null;
  stance: number | null;
}

export interface Cell {
  stance: number | null;
  influence: number | null;
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Board {
  boxes: Map<string, { x: number; y: number }>;
  cells: Cell[];
  columns: { stance: number | null; x: number; w: number }[];
  rows: { influence: number | null; y: number; h: number }[];
  width: number;
  height: number;
}

const pad = 10;
const gap = 8;
/** Room for what the rows and columns are called. */
const [left, above] = [116, 36];
/** Apart from the others: where nothing is settled. */
const apart = 14;

const keyOf = (one: { influence: number | null; stance: number | null }) => `${one.influence} ${one.stance}`;

/** Boxes of one size in cells that grow with them: nobody covers anybody, with ten people or three hundred. */
export function layOut(people: readonly Standing[], { w, h }: { w: number; h: number }): Board {
  const inCell = Map.groupBy(people, keyOf);
  const countOf = (influence: number | null, stance: number | null) =>
    inCell.get(keyOf({ influence, stance }))?.length ?? 0;
  let x = left;
  const columns = stances.map((stance) => {
    const most = Math.max(...influences.map((influence) => countOf(influence, stance)));
    const across = Math.min(4, Math.max(1, Math.ceil(Math.sqrt(most / 2))));
    const column = { stance, across, x, w: across * (w + gap) - gap + 2 * pad };
    x += column.w + (stance === null ? apart : 0);
    return column;
  });
  let y = above;
  const rows = influences.map((influence) => {
    const down = Math.max(1, ...columns.map((one) => Math.ceil(countOf(influence, one.stance) / one.across)));
    if (influence === null) y += apart;
    const row = { influence, y, h: down * (h + gap) - gap + 2 * pad };
    y += row.h;
    return row;
  });
  const boxes = new Map<string, { x: number; y: number }>();
  const cells = rows.flatMap((row) =>
    columns.map((column): Cell => {
      for (const [at, { id }] of (inCell.get(keyOf({ ...row, ...column })) ?? []).entries())
        boxes.set(id, {
          x: column.x + pad + (at % column.across) * (w + gap),
          y: row.y + pad + Math.floor(at / column.across) * (h + gap),
        });
      return { stance: column.stance, influence: row.influence, x: column.x, y: row.y, w: column.w, h: row.h };
    }),
  );
  return {
    boxes,
    cells,
    columns: columns.map(({ across: _across, ...column }) => column),
    rows,
    width: x,
    height: y,
  };
}

export const cellAt = ({ cells }: Board, x: number, y: number): Cell | undefined =>
  cells.find((cell) => x >= cell.x && x < cell.x + cell.w && y >= cell.y && y < cell.y + cell.h);

interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** Where a straight line from the middle of a box to a point leaves the box. */
function edge({ x, y, w, h }: Box, toX: number, toY: number): [number, number] {
  const [cx, cy] = [x + w / 2, y + h / 2];
  const [dx, dy] = [toX - cx, toY - cy];
  const scale = Math.min(dx === 0 ? Infinity : w / 2 / Math.abs(dx), dy === 0 ? Infinity : h / 2 / Math.abs(dy));
  return [cx + dx * Math.min(1, scale), cy + dy * Math.min(1, scale)];
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** A bent line from one box to another, and the head of its arrow. */
export function arrow(from: Box, to: Box): { line: string; head: string } {
  const [ax, ay] = [from.x + from.w / 2, from.y + from.h / 2];
  const [bx, by] = [to.x + to.w / 2, to.y + to.h / 2];
  const length = Math.hypot(bx - ax, by - ay) || 1;
  const bend = Math.min(40, length / 5);
  const [mx, my] = [(ax + bx) / 2 - ((by - ay) / length) * bend, (ay + by) / 2 + ((bx - ax) / length) * bend];
  const [sx, sy] = edge(from, mx, my);
  const [tx, ty] = edge(to, mx, my);
  const angle = Math.atan2(ty - my, tx - mx);
  const wing = (turn: number) =>
    `L${round(tx - 10 * Math.cos(angle + turn))} ${round(ty - 10 * Math.sin(angle + turn))}`;
  return {
    line: `M${round(sx)} ${round(sy)} Q${round(mx)} ${round(my)} ${round(tx)} ${round(ty)}`,
    head: `M${round(tx)} ${round(ty)} ${wing(0.4)} ${wing(-0.4)} Z`,
  };
}
