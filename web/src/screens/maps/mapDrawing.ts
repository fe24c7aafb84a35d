import type { MapPerson, Role } from '../../../../server/maps/contract.ts';
import { bandFrom } from '../../../../server/relations/paths-contract.ts';
import { t } from '../../i18n.ts';
import { scaleWord } from '../relations/words.ts';
import { arrow, type Board, layOut } from './board.ts';
import { nameOf } from './chartDrawing.ts';
import { type Drawing, type Item, type Shape, shortened } from './drawing.ts';
import type { PowerMap } from './queries.ts';

const box = { w: 172, h: 52 };

/** A sign for each role, on 16 × 16. */
export const signs: Record<Role, string> = {
  decider: 'M2 12.5 L2 5 L5.2 8 L8 3 L10.8 8 L14 5 L14 12.5 Z',
  economic_buyer:
    'M14.5 8 A6.5 6.5 0 1 1 1.5 8 A6.5 6.5 0 1 1 14.5 8 M10.5 5.6 A3 3 0 1 0 10.5 10.4 M4.6 7.2 L8.4 7.2 M4.6 8.9 L8.4 8.9',
  technical_validator: 'M14.5 8 A6.5 6.5 0 1 1 1.5 8 A6.5 6.5 0 1 1 14.5 8 M5 8.2 L7.2 10.3 L11.2 6',
  prescriber: 'M2 3 L14 3 L14 11 L7.5 11 L4.5 14 L4.5 11 L2 11 Z',
  user: 'M10.8 5 A2.8 2.8 0 1 1 5.2 5 A2.8 2.8 0 1 1 10.8 5 M2.5 14 C2.5 11 5 9.8 8 9.8 C11 9.8 13.5 11 13.5 14',
  buyer: 'M3 5.5 L13 5.5 L12 14 L4 14 Z M5.5 5.5 A2.5 2.8 0 0 1 10.5 5.5',
  ally: 'M8 13.5 L2.6 8.2 A3.2 3.2 0 0 1 8 4.4 A3.2 3.2 0 0 1 13.4 8.2 Z',
  opponent: 'M3.5 3.5 L12.5 12.5 M12.5 3.5 L3.5 12.5',
  gatekeeper: 'M3.5 7 L12.5 7 L12.5 14 L3.5 14 Z M5.5 7 L5.5 5 A2.5 2.5 0 0 1 10.5 5 L10.5 7',
  assistant: 'M3.5 3 L12.5 3 L12.5 14 L3.5 14 Z M6 6.5 L10 6.5 M6 9.5 L10 9.5',
};

export type How = 'strong' | 'good' | 'weak' | 'met' | 'never' | 'held';

/** How one of us knows somebody, in the bands of the strength of ties. */
export function howOf({ strength, closeness }: MapPerson['access'][number]): How {
  if ((strength ?? 0) >= bandFrom.strong) return 'strong';
  if ((strength ?? 0) >= bandFrom.good) return 'good';
  if ((strength ?? 0) > 10) return 'weak';
  if (closeness) return 'met';
  return closeness === 0 ? 'never' : 'held';
}

const bars: Record<How, number> = { strong: 3, good: 2, weak: 1, met: 1, never: 0, held: 0 };
const reachOf = ({ access }: MapPerson): number => Math.max(0, ...access.map((one) => bars[howOf(one)]));

/** Somebody, where they stand and why, their roles and who of us knows them, in one sentence. */
function labelOf(person: MapPerson, kind: PowerMap['subject']['kind']): string {
  const { name, title, influence, influenceBy, stance, stanceBy, roles, access, left, elsewhere } = person;
  const stands = (word: string, by: MapPerson['influenceBy']) => `${word} (${t('maps.by', { by })})`;
  return [
    nameOf(name),
    title,
    left && t('maps.left'),
    elsewhere && t('maps.elsewhere', { kind }),
    stands(t('maps.influenceIs', { word: scaleWord('influence', influence).toLowerCase() }), influenceBy),
    stands(scaleWord('stance', stance).toLowerCase(), stanceBy),
    ...roles.map((role) => t(`relations.role.${role}`).toLowerCase()),
    access.length === 0
      ? t('maps.accessNone')
      : access
          .slice(0, 3)
          .map((one) => t('maps.accessBy', { name: one.member.name, how: t('maps.accessHow', { how: howOf(one) }) }))
          .join(', '),
  ]
    .filter(Boolean)
    .join(', ');
}

/** Three small bars, as many of them full as we know somebody well; amber when nobody does. */
function reachShapes(person: MapPerson, x: number, y: number): Shape[] {
  const reach = reachOf(person);
  return [0, 1, 2].map((at) => ({
    ...{ kind: 'rect', x: x + at * 6, y: y + 7 - at * 3.5, w: 4, h: 5 + at * 3.5, r: 1 },
    ...(at < reach ? { fill: 'accent', stroke: 'accent' } : { stroke: reach === 0 ? 'doubt' : 'strong' }),
  }));
}

function personItem(person: MapPerson, kind: PowerMap['subject']['kind'], { x, y }: { x: number; y: number }): Item {
  const { id, name, title, roles, influenceBy, stanceBy, left } = person;
  const spread = influenceBy === 'spread' || stanceBy === 'spread';
  const beside = box.w - 42;
  const drawn = roles.slice(0, 5);
  return {
    ...{ id, x, y, ...box, label: labelOf(person, kind) },
    shapes: [
      { kind: 'rect', x, y, ...box, r: 8, fill: 'raised', stroke: spread ? 'doubt' : 'strong', dashed: spread || left },
      {
        ...{ kind: 'text', x: x + 10, y: y + 21, size: 14, ink: left ? 'quiet' : 'ink', bold: true },
        text: shortened(nameOf(name), box.w - 20 - (spread ? 16 : 0), 14, true),
      },
      ...(spread
        ? [
            {
              kind: 'text' as const,
              x: x + box.w - 10,
              y: y + 21,
              text: '≠',
              size: 15,
              ink: 'doubt' as const,
              bold: true,
              anchor: 'end' as const,
            },
          ]
        : []),
      ...(drawn.length > 0
        ? drawn.map(
            (role, at): Shape => ({
              kind: 'path',
              d: signs[role],
              stroke: role === 'opponent' ? 'doubt' : 'accent',
              thick: 1.5,
              at: [x + 10 + at * 21, y + 29],
            }),
          )
        : title
          ? [
              {
                kind: 'text' as const,
                x: x + 10,
                y: y + 40,
                text: shortened(title, beside, 12),
                size: 12,
                ink: 'quiet' as const,
              },
            ]
          : []),
      ...reachShapes(person, x + box.w - 27, y + 31),
    ],
  };
}

function grid({ cells, columns, rows }: Board): Shape[] {
  const settled = (one: { stance: number | null; influence: number | null }) =>
    one.stance !== null && one.influence !== null;
  return [
    ...cells.map(
      (cell): Shape => ({
        kind: 'rect',
        x: cell.x,
        y: cell.y,
        w: cell.w,
        h: cell.h,
        fill: settled(cell) ? 'ground' : 'sunken',
        stroke: 'line',
      }),
    ),
    ...columns.map(
      ({ stance, x, w }): Shape => ({
        ...{ kind: 'text', x: x + w / 2, y: 24, size: 13, ink: 'quiet', anchor: 'middle', bold: true },
        text: shortened(stance === null ? t('maps.stanceUnsettled') : scaleWord('stance', stance), w, 13, true),
      }),
    ),
    { kind: 'text', x: 0, y: 24, size: 13, ink: 'quiet', text: t('maps.influenceShort') },
    ...rows.map(
      ({ influence, y, h }): Shape => ({
        ...{ kind: 'text', x: 106, y: y + h / 2 + 5, size: 13, ink: 'quiet', anchor: 'end', bold: true },
        text: shortened(
          influence === null ? t('maps.influenceUnsettled') : scaleWord('influence', influence),
          104,
          13,
          true,
        ),
      }),
    ),
  ];
}

export interface DrawnMap extends Drawing {
  board: Board;
}

/** The map as it is drawn on the screen and in files: up is influence, right is for us, arrows go to whoever listens. */
export function drawMap({ people, lines, subject }: Pick<PowerMap, 'people' | 'lines' | 'subject'>): DrawnMap {
  const shown = people.filter(({ drawn }) => drawn);
  const board = layOut(shown, box);
  const boxOf = (id: string) => {
    const at = board.boxes.get(id);
    return at && { ...at, ...box };
  };
  const arrows = lines.flatMap(({ fromId, toId }): Shape[] => {
    const [from, to] = [boxOf(fromId), boxOf(toId)];
    if (!from || !to) return [];
    const { line, head } = arrow(from, to);
    return [
      { kind: 'path', d: line, stroke: 'accent', thick: 1.8 },
      { kind: 'path', d: head, fill: 'accent' },
    ];
  });
  return {
    board,
    width: board.width,
    height: board.height,
    back: [...grid(board), ...arrows],
    items: shown.map((person) => personItem(person, subject.kind, board.boxes.get(person.id)!)),
    front: [],
  };
}
