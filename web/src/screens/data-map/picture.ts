/** What is drawn of the map: boxes in three columns, and bands between them. Pure, so that it can be tested without a page. */
export interface Box {
  id: string;
  label: string;
  cards: number;
}
export interface Flow {
  from: string;
  to: string;
  cards: number;
}
export interface Placed extends Box {
  x: number;
  y: number;
  height: number;
}
interface Band {
  key: string;
  path: string;
  width: number;
}
export interface Picture {
  columns: [Placed[], Placed[], Placed[]];
  bands: Band[];
  width: number;
  height: number;
}

export const boxWidth = 250;
const width = 1000;
const gap = 14;
const least = 46;
const most = 110;
/** More would be read by nobody; the lists below hold them all. */
const drawn = 9;

/** Tall by the root of what it holds, so that small ones can still be read beside large ones. */
function place(boxes: readonly Box[], column: number, largest: number): Placed[] {
  let y = 0;
  return boxes.slice(0, drawn).map((box) => {
    const height = Math.round(least + (most - least) * Math.sqrt(box.cards / largest));
    const placed = { ...box, x: (column * (width - boxWidth)) / 2, y, height };
    y += height + gap;
    return placed;
  });
}

const heightOf = (column: readonly Placed[]): number =>
  column.reduce((lowest, { y, height }) => Math.max(lowest, y + height), 0);

/** Centres the shorter columns on the tallest. */
const centre = (column: Placed[], height: number): Placed[] =>
  column.map((box) => ({ ...box, y: box.y + (height - heightOf(column)) / 2 }));

export function draw(
  columns: readonly [readonly Box[], readonly Box[], readonly Box[]],
  flows: readonly Flow[],
): Picture {
  const largest = Math.max(1, ...columns.flat().map(({ cards }) => cards));
  const placed = columns.map((boxes, at) => place(boxes, at, largest));
  const height = Math.max(...placed.map(heightOf));
  const [first, second, third] = placed.map((column) => centre(column, height)) as Picture['columns'];
  const at = new Map([...first, ...second, ...third].map((box) => [box.id, box]));
  const strongest = Math.max(1, ...flows.map(({ cards }) => cards));
  const bands = flows.flatMap(({ from, to, cards }) => {
    const [a, b] = [at.get(from), at.get(to)];
    if (!a || !b) return [];
    const [x1, y1, x2, y2] = [a.x + boxWidth, a.y + a.height / 2, b.x, b.y + b.height / 2];
    const middle = (x1 + x2) / 2;
    const path = `M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2}`;
    return [{ key: `${from} ${to}`, path, width: 2 + 26 * Math.sqrt(cards / strongest) }];
  });
  return { columns: [first, second, third], bands, width, height };
}
