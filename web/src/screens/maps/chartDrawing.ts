import type { ChartPerson } from '../../../../server/maps/contract.ts';
import { t } from '../../i18n.ts';
import type { Drawing, Item, Shape } from './drawing.ts';
import { shortened } from './drawing.ts';
import type { Chart } from './queries.ts';
import { layOut, pathsOf, type TreeNode } from './tree.ts';

const box = { w: 196, h: 48 };
const gap = 14;

export const nameOf = (name: string): string => name || t('contacts.nameless');

/** A vacant position goes by this among people. */
export const vacancyKey = (id: string): string => `vacancy ${id}`;

/** Somebody, their title, and to whom they report on what ground, in one sentence. */
function labelOf({ people }: Chart, { name, title, chiefId, line, contradicted }: ChartPerson): string {
  const chief = people.find(({ id }) => id === chiefId);
  return [
    nameOf(name),
    title,
    chief && t('maps.under', { name: nameOf(chief.name) }),
    t('maps.lineOf', { line }),
    contradicted && t('maps.contradictedShort'),
  ]
    .filter(Boolean)
    .join(', ');
}

function personItem(chart: Chart, person: ChartPerson, x: number, y: number): Item {
  const { id, name, title, line, contradicted, titles } = person;
  const marks = contradicted ? '≠' : line === 'cut' ? '↻' : titles.length > 0 ? '∗' : '';
  const room = box.w - 24 - (marks ? 16 : 0);
  const shapes: Shape[] = [
    { kind: 'rect', x, y, ...box, r: 8, fill: 'raised', stroke: line === 'open' ? 'line' : 'strong' },
    {
      kind: 'text',
      x: x + 12,
      y: y + (title ? 20 : 29),
      text: shortened(nameOf(name), room, 14, true),
      size: 14,
      ink: 'ink',
      bold: true,
    },
  ];
  if (title)
    shapes.push({ kind: 'text', x: x + 12, y: y + 37, text: shortened(title, box.w - 24, 12), size: 12, ink: 'quiet' });
  if (marks)
    shapes.push({
      kind: 'text',
      x: x + box.w - 12,
      y: y + 20,
      text: marks,
      size: 15,
      ink: 'doubt',
      bold: true,
      anchor: 'end',
    });
  return { id, x, y, ...box, label: labelOf(chart, person), shapes };
}

function vacancyItem({ id, title }: Chart['vacancies'][number], x: number, y: number): Item {
  return {
    ...{ id: vacancyKey(id), x, y, ...box, label: t('maps.vacancyAdded', { title }) },
    shapes: [
      { kind: 'rect', x, y, ...box, r: 8, fill: 'sunken', stroke: 'strong', dashed: true },
      {
        kind: 'text',
        x: x + 12,
        y: y + 20,
        text: shortened(title, box.w - 24, 14),
        size: 14,
        ink: 'ink',
        italic: true,
      },
      { kind: 'text', x: x + 12, y: y + 37, text: t('maps.vacant'), size: 12, ink: 'doubt' },
    ],
  };
}

function topItem({ organization: { id, name } }: Chart, x: number, y: number): Item {
  return {
    ...{ id, x, y, ...box, label: name },
    shapes: [
      { kind: 'rect', x, y, ...box, r: 8, fill: 'accent' },
      {
        kind: 'text',
        x: x + box.w / 2,
        y: y + 29,
        text: shortened(name, box.w - 24, 14, true),
        size: 14,
        ink: 'ground',
        bold: true,
        anchor: 'middle',
      },
    ],
  };
}

/** Those whose place nobody and nothing tells stand apart, below. */
function openItems(
  chart: Chart,
  people: readonly ChartPerson[],
  top: number,
  width: number,
): { items: Item[]; back: Shape[]; height: number; width: number } {
  if (people.length === 0) return { items: [], back: [], height: 0, width: 0 };
  const across = Math.min(
    people.length,
    Math.max(1, Math.floor((Math.max(width, 4 * (box.w + gap)) + gap) / (box.w + gap))),
  );
  const back: Shape[] = [
    { kind: 'text', x: 0, y: top + 40, text: t('maps.openPlaces'), size: 13, ink: 'quiet', bold: true },
    { kind: 'path', d: `M0 ${top + 18} L${Math.max(width, across * (box.w + gap) - gap)} ${top + 18}`, stroke: 'line' },
  ];
  const items = people.map((one, at) =>
    personItem(chart, one, (at % across) * (box.w + gap), top + 54 + Math.floor(at / across) * (box.h + gap)),
  );
  return {
    ...{ items, back },
    height: 54 + Math.ceil(people.length / across) * (box.h + gap) - gap,
    width: across * (box.w + gap) - gap,
  };
}

/** The chart as it is drawn on the screen and in files. Solid lines are said by people, dashed ones read from titles. */
export function drawChart(chart: Chart): Drawing {
  const { organization, people, vacancies } = chart;
  const chiefs = new Set([...people, ...vacancies].map(({ chiefId }) => chiefId));
  const open = people.filter(({ id, line }) => line === 'open' && !chiefs.has(id));
  const drawn = people.filter((one) => !open.includes(one));
  const nodes: TreeNode[] = [
    ...drawn.map(({ id, chiefId }) => ({ id, chiefId })),
    ...vacancies.map(({ id, chiefId }) => ({ id: vacancyKey(id), chiefId })),
  ];
  const tree = layOut(nodes, organization.id, box);
  const lineOf = new Map(drawn.map(({ id, line }) => [id, line]));
  const { solid, dashed } = pathsOf(tree.links, (id) => (lineOf.get(id) ?? 'said') === 'said');
  const links: Shape[] = [
    { kind: 'path', d: dashed, stroke: 'strong', dashed: true, thick: 1.3 },
    { kind: 'path', d: solid, stroke: 'strong', thick: 1.3 },
  ];
  const at = (id: string) => tree.boxes.get(id)!;
  const items = [
    topItem(chart, at(organization.id).x, at(organization.id).y),
    ...drawn.map((one) => personItem(chart, one, at(one.id).x, at(one.id).y)),
    ...vacancies.map((one) => vacancyItem(one, at(vacancyKey(one.id)).x, at(vacancyKey(one.id)).y)),
  ];
  const apart = openItems(chart, open, tree.height + 12, tree.width);
  return {
    centred: true,
    width: Math.max(tree.width, apart.width),
    height: tree.height + (open.length > 0 ? 12 + apart.height : 0),
    back: [...links, ...apart.back],
    items: [...items, ...apart.items],
    front: [],
  };
}

const middle = ({ x, y, w, h }: Item) => ({ x: x + w / 2, y: y + h / 2 });

/** The nearest item in a direction, those straight ahead before those aside. */
export function nearest({ items }: Drawing, id: string, way: 'up' | 'down' | 'left' | 'right'): string | undefined {
  const from = items.find((one) => one.id === id);
  if (!from) return undefined;
  const here = middle(from);
  let best: { id: string; cost: number } | undefined;
  for (const item of items) {
    const { x, y } = middle(item);
    const [dx, dy] = [x - here.x, y - here.y];
    const along = { up: -dy, down: dy, left: -dx, right: dx }[way];
    const aside = Math.abs(way === 'up' || way === 'down' ? dx : dy);
    if (along < 8) continue;
    const cost = along + 2.5 * aside;
    if (!best || cost < best.cost) best = { id: item.id, cost };
  }
  return best?.id;
}

/** Up to the chief, down to the first who reports, aside to whoever stands there. */
export function nextIn(
  chart: Chart,
  drawing: Drawing,
  id: string,
  way: 'up' | 'down' | 'left' | 'right',
): string | undefined {
  const { people, vacancies, organization } = chart;
  const all = [...people, ...vacancies.map((one) => ({ ...one, id: vacancyKey(one.id) }))];
  const one = all.find((each) => each.id === id);
  if (way === 'up' && one && !('line' in one && one.line === 'open')) return one.chiefId ?? organization.id;
  if (way === 'down') {
    const reports = all
      .filter(({ chiefId }) => (id === organization.id ? chiefId === null : chiefId === id))
      .map((each) => each.id);
    const first = drawing.items.filter((item) => reports.includes(item.id)).sort((a, b) => a.y - b.y || a.x - b.x)[0];
    if (first) return first.id;
  }
  return nearest(drawing, id, way);
}
