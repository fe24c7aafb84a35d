import type { Definition, FullScenario } from '../../../../server/scenarios/contract.ts';
import { t } from '../../i18n.ts';
import { type Drawing, type Item, type Shape, shortened, widthOf } from '../maps/drawing.ts';
import { waysOf } from './editing.ts';
import { entryId, laidOut } from './layout.ts';
import { nodeSentence, wayName } from './words.ts';

interface Shown {
  definition: Definition;
  names: FullScenario['names'];
  /** What lets people in, as a sentence. */
  entry: string;
  /** How many stand at a step. */
  people: ReadonlyMap<string, number>;
  /** Steps with something to change. */
  wrong: ReadonlySet<string>;
}

type Box = { x: number; y: number; w: number; h: number };

/** Where a line bends at either end, in pixels below and above its boxes. */
const bend = 28;

/** A place on a line that leads straight from one point to another, `t` of its way (Bézier, cubic). */
function onLine([x1, y1]: [number, number], [x2, y2]: [number, number], t: number): { x: number; y: number } {
  const of = (a: number, b: number, c: number, d: number) =>
    (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t ** 2 * c + t ** 3 * d;
  return { x: of(x1, x1, x2, x2), y: of(y1, y1 + bend, y2 - bend, y2) };
}

/**
 * A line from below one box to above another: past what stands in between, and round where it leads back.
 * @param t where on its way its words stand
 */
function line(
  from: Box,
  to: Box,
  share: number,
  others: readonly Box[],
  t: number,
): { path: Shape; at: { x: number; y: number } } {
  const [x1, y1] = [from.x + from.w * share, from.y + from.h];
  const [x2, y2] = [to.x + to.w / 2, to.y];
  const side = Math.min(from.x, to.x) - 16;
  // What the straight way would run through.
  const between = others.filter(
    ({ x, y, w }) => y > y1 && y < y2 - 60 && Math.min(x1, x2) < x + w + 8 && Math.max(x1, x2) > x - 8,
  );
  const [left, right] = [
    Math.min(...between.map(({ x }) => x)) - 14,
    Math.max(...between.map(({ x, w }) => x + w)) + 14,
  ];
  const lane = Math.abs(right - x1) <= Math.abs(left - x1) ? right : left;
  const d =
    y2 <= y1
      ? `M${x1} ${y1} V${y1 + 14} H${side} V${y2 - 14} H${x2} V${y2}`
      : between.length > 0
        ? `M${x1} ${y1} C${x1} ${y1 + 34} ${lane} ${y1 + 18} ${lane} ${y1 + 52} V${y2 - 40} C${lane} ${y2 - 12} ${x2} ${y2 - 26} ${x2} ${y2}`
        : `M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
  const straight = y2 > y1 && between.length === 0;
  // Where it goes round others, its words stand at its beginning, or where it has come to its lane.
  const aside = y2 > y1 && t > 0.5 ? { x: lane, y: y1 + 42 } : { x: x1, y: y1 + 16 };
  const at = straight ? onLine([x1, y1], [x2, y2], t) : aside;
  return { path: { kind: 'path', d, stroke: 'strong' }, at };
}

function boxItem({ definition, names, people, wrong, entry }: Shown, id: string, box: Box): Item {
  const node = definition.nodes.find((one) => one.id === id);
  const title = node ? nodeSentence(node, names) : entry;
  const above = node ? t(`scenarios.kind.${node.kind}`) : t('scenarios.entry');
  const here = people.get(id) ?? 0;
  const marks = here > 0 ? String(here) : '';
  const ends = node?.kind === 'goal' || node?.kind === 'exit';
  const said = [
    above,
    title === above ? '' : title,
    here > 0 ? t('scenarios.here', { count: here }) : '',
    wrong.has(id) ? t('scenarios.toChange') : '',
  ];
  return {
    ...{ id, ...box, label: said.filter(Boolean).join(', ') },
    shapes: [
      {
        kind: 'rect',
        ...box,
        r: ends ? 28 : 8,
        fill: node ? 'raised' : 'sunken',
        stroke: wrong.has(id) ? 'doubt' : 'strong',
        dashed: wrong.has(id),
      },
      ...(title === above
        ? []
        : [
            {
              kind: 'text' as const,
              ...{ x: box.x + 14, y: box.y + 21, text: above, size: 12 },
              ink: wrong.has(id) ? ('doubt' as const) : ('quiet' as const),
            },
          ]),
      {
        kind: 'text',
        x: box.x + 14,
        // What is called as it is said once.
        y: box.y + (title === above ? 33 : 41),
        text: shortened(title, box.w - 28, 14, true),
        size: 14,
        ink: 'ink',
        bold: true,
      },
      ...(marks
        ? [
            {
              kind: 'text' as const,
              x: box.x + box.w - 12,
              y: box.y + 21,
              text: marks,
              size: 13,
              ink: 'accent' as const,
              bold: true,
              anchor: 'end' as const,
            },
          ]
        : []),
    ],
  };
}

/** The picture of a scenario. */
export function drawScenario(shown: Shown): Drawing {
  const { definition } = shown;
  const { places, width, height } = laidOut(definition);
  const back: Shape[] = [];
  const front: Shape[] = [];
  const boxes = [...places.values()];
  const join = (from: string, to: string, share: number, words: string, room: number, t = 0.5) => {
    const [start, end] = [places.get(from), places.get(to)];
    if (!start || !end) return;
    const { path, at } = line(start, end, share, boxes, t);
    back.push(path);
    if (words === '') return;
    const text = shortened(words, room - 12, 12);
    const wide = widthOf(text, 12) + 10;
    front.push({ kind: 'rect', x: at.x - wide / 2, y: at.y - 10, w: wide, h: 18, r: 9, fill: 'ground' });
    front.push({ kind: 'text', x: at.x, y: at.y + 3, text, size: 12, ink: 'quiet', anchor: 'middle' });
  };
  if (definition.start) join(entryId, definition.start, 0.5, '', 0);
  for (const node of definition.nodes) {
    const ways = waysOf(node).filter(({ to }) => to !== null);
    // Ways that lead to the same are one line.
    const targets = [...Map.groupBy(ways, ({ to }) => to!)];
    for (const [at, [to, of]] of targets.entries()) {
      const words = targets.length > 1 ? of.map(({ way }) => wayWords(node, way)).join(', ') : '';
      // Words of neighbours stand at different heights: each has the room of two.
      const room = (2 * places.get(node.id)!.w) / (targets.length < 3 ? 2 : targets.length + 1);
      join(node.id, to, (at + 1) / (targets.length + 1), words, room, at % 2 === 0 ? 0.22 : 0.78);
    }
  }
  return { width, height, back, front, items: [...places].map(([id, box]) => boxItem(shown, id, box)) };
}

const wayWords = (node: Definition['nodes'][number], way: string): string =>
  node.kind === 'split' ? `${node.parts[Number(way.slice(5)) - 1]!.percent} %` : wayName(way);
