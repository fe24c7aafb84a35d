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

/** A line from below one box to above another, or round it where it leads back. */
function line(from: Box, to: Box, share: number): { path: Shape; at: { x: number; y: number } } {
  const [x1, y1] = [from.x + from.w * share, from.y + from.h];
  const [x2, y2] = [to.x + to.w / 2, to.y];
  const back = y2 <= y1;
  const side = Math.min(from.x, to.x) - 16;
  const d = back
    ? `M${x1} ${y1} V${y1 + 14} H${side} V${y2 - 14} H${x2} V${y2}`
    : `M${x1} ${y1} C${x1} ${y1 + 28} ${x2} ${y2 - 28} ${x2} ${y2}`;
  return { path: { kind: 'path', d, stroke: 'strong' }, at: { x: x1 + (x2 - x1) * 0.22, y: y1 + 16 } };
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
      { kind: 'text', x: box.x + 14, y: box.y + 21, text: above, size: 12, ink: wrong.has(id) ? 'doubt' : 'quiet' },
      {
        kind: 'text',
        x: box.x + 14,
        y: box.y + 41,
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
  const join = (from: string, to: string | null, share: number, words: string) => {
    const [start, end] = [places.get(from), to === null ? undefined : places.get(to)];
    if (!start || !end) return;
    const { path, at } = line(start, end, share);
    back.push(path);
    if (words === '') return;
    const wide = widthOf(words, 12) + 10;
    front.push({ kind: 'rect', x: at.x - wide / 2, y: at.y - 10, w: wide, h: 18, r: 9, fill: 'ground' });
    front.push({ kind: 'text', x: at.x, y: at.y + 3, text: words, size: 12, ink: 'quiet', anchor: 'middle' });
  };
  join(entryId, definition.start, 0.5, '');
  for (const node of definition.nodes) {
    const ways = waysOf(node).filter(({ to }) => to !== null);
    for (const [at, { way, to }] of ways.entries())
      join(node.id, to, (at + 1) / (ways.length + 1), ways.length > 1 ? wayWords(node, way) : '');
  }
  return { width, height, back, front, items: [...places].map(([id, box]) => boxItem(shown, id, box)) };
}

const wayWords = (node: Definition['nodes'][number], way: string): string =>
  node.kind === 'split' ? `${node.parts[Number(way.slice(5)) - 1]!.percent} %` : wayName(way);
