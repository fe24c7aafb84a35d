import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrow, cellAt, influences, layOut as layOutBoard, stances } from './board.ts';
import { type Drawing, shortened, toSvg, widthOf } from './drawing.ts';
import { toPdf } from './pdf.ts';
import { layOut as layOutTree, pathsOf, type TreeNode } from './tree.ts';

const size = { w: 190, h: 46 };
type Point = { x: number; y: number };
const overlap = (a: Point, b: Point) => Math.abs(a.x - b.x) < size.w && Math.abs(a.y - b.y) < size.h;
function expectApart(boxes: Iterable<Point>, within: { width: number; height: number }) {
  const all = [...boxes];
  all.forEach((one, at) => {
    expect(one.x).toBeGreaterThanOrEqual(0);
    expect(one.x + size.w).toBeLessThanOrEqual(within.width + 0.01);
    expect(one.y + size.h).toBeLessThanOrEqual(within.height + 0.01);
    for (const other of all.slice(at + 1)) expect(overlap(one, other)).toBe(false);
  });
}

/** Anybody may stand under anybody before them: a forest. */
const forest = fc
  .array(fc.option(fc.nat(), { freq: 4 }), { minLength: 1, maxLength: 120 })
  .map((chiefs) =>
    chiefs.map(
      (chief, at): TreeNode => ({ id: `p${at}`, chiefId: chief === null || at === 0 ? null : `p${chief % at}` }),
    ),
  );

describe('an org chart is laid out', () => {
  test('with everybody in it once, nobody over anybody, chiefs above or before their people, and a line to each', () => {
    fc.assert(
      fc.property(forest, (nodes) => {
        const tree = layOutTree(nodes, 'top', size);
        expect([...tree.boxes.keys()].sort()).toEqual(['top', ...nodes.map(({ id }) => id)].sort());
        expectApart(tree.boxes.values(), tree);
        expect(tree.links.map(({ id }) => id).sort()).toEqual(nodes.map(({ id }) => id).sort());
        for (const { id, chiefId } of nodes)
          expect(tree.boxes.get(id)!.y).toBeGreaterThan(tree.boxes.get(chiefId ?? 'top')!.y);
        for (const { d } of tree.links) expect(d).toMatch(/^(?:[ML]-?[\d.]+ -?[\d.]+ ?)+$/);
      }),
      { numRuns: 60 },
    );
  });

  test('with no stretch of a line drawn twice, and what somebody says solid', () => {
    const links = [
      { id: 'a', d: 'M10 0 L10 50 L20 50' },
      { id: 'b', d: 'M10 0 L10 90 L20 90' },
      { id: 'c', d: 'M10 0 L10 70 L20 70' },
    ];
    expect(pathsOf(links, () => false)).toEqual({
      solid: '',
      dashed: 'M10 0 L10 90 M10 50 L20 50 M10 90 L20 90 M10 70 L20 70',
    });
    expect(pathsOf(links, (id) => id === 'a')).toEqual({
      solid: 'M10 0 L10 50 M10 50 L20 50',
      dashed: 'M10 50 L10 90 M10 90 L20 90 M10 70 L20 70',
    });
  });

  test('with 300 people in a shape that a screen can show', () => {
    const nodes = Array.from({ length: 300 }, (_, at): TreeNode => {
      const chief = at === 0 ? null : at <= 8 ? 0 : at <= 40 ? 1 + (at % 8) : 9 + (at % 32);
      return { id: `p${at}`, chiefId: chief === null ? null : `p${chief}` };
    });
    const { width, height } = layOutTree(nodes, 'top', size);
    expect(width / height).toBeLessThan(2.5);
    expect(height).toBeLessThan(3000);
  });
});

const person = fc.record({ influence: fc.constantFrom(...influences), stance: fc.constantFrom(...stances) });

describe('a power map is laid out', () => {
  test('with everybody in the cell of their influence and stance, and nobody over anybody', () => {
    fc.assert(
      fc.property(fc.array(person, { maxLength: 300 }), (people) => {
        const standing = people.map((one, at) => ({ ...one, id: `p${at}` }));
        const board = layOutBoard(standing, size);
        expect(board.boxes.size).toBe(people.length);
        for (const { id, influence, stance } of standing) {
          const { x, y } = board.boxes.get(id)!;
          expect(cellAt(board, x + 1, y + 1)).toMatchObject({ influence, stance });
          expect(cellAt(board, x + size.w - 1, y + size.h - 1)).toMatchObject({ influence, stance });
        }
        expectApart(board.boxes.values(), board);
      }),
      { numRuns: 25 },
    );
  });

  test('with arrows that begin and end at the edges', () => {
    const [from, to] = [
      { x: 0, y: 0, ...size },
      { x: 400, y: 300, ...size },
    ];
    const { line, head } = arrow(from, to);
    const [sx, sy, , , tx, ty] = [...line.matchAll(/-?[\d.]+/g)].map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    expect(sx === size.w || sy === size.h).toBe(true);
    expect(tx === 400 || ty === 300).toBe(true);
    expect(head).toMatch(/^M.* Z$/);
    expect(arrow(from, from).line).not.toContain('NaN');
  });
});

describe('a text', () => {
  test('is cut where it does not shortened, and never wider', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 30, max: 300 }), (text, width) => {
        const cut = shortened(text, width, 13);
        expect(widthOf(cut, 13)).toBeLessThanOrEqual(width);
        if (cut !== text) expect(cut.endsWith('…')).toBe(true);
      }),
    );
  });
});

describe('a file', () => {
  const drawing: Drawing = {
    width: 100,
    height: 50,
    back: [{ kind: 'path', d: 'M0 0 L10 10', stroke: 'line', dashed: true }],
    items: [
      {
        ...{ id: 'a', x: 0, y: 0, w: 100, h: 50, label: 'A' },
        shapes: [
          { kind: 'rect', x: 0, y: 0, w: 100, h: 50, fill: 'raised', stroke: 'line' },
          { kind: 'text', x: 5, y: 20, text: 'Léa <Œuvre> & "fils"', size: 13, ink: 'ink', bold: true },
        ],
      },
    ],
    front: [],
  };

  test('as SVG is well formed, with all that is drawn, in colours of its own', () => {
    const svg = toSvg(drawing, 'Carte <1>', 'hier');
    expect(svg).toContain('Léa &lt;Œuvre&gt; &amp; &quot;fils&quot;');
    expect(svg).toContain('<title>Carte &lt;1&gt;</title>');
    expect(svg).not.toMatch(/var\(|undefined|NaN/);
    expect(svg.match(/<(rect|path)\b/g)).toHaveLength(3);
  });

  test('as PDF has its table of objects where it says, and the picture whole', () => {
    const jpeg = Uint8Array.from({ length: 999 }, (_, at) => at % 256);
    const file = toPdf({ jpeg, width: 400, height: 200 }, 'Carte de pouvoir – Éole');
    const text = new TextDecoder('latin1').decode(file);
    expect(text.startsWith('%PDF-1.4')).toBe(true);
    const table = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)![1]);
    expect(text.slice(table, table + 9)).toBe('xref\n0 7\n');
    const offsets = [...text.slice(table).matchAll(/(\d{10}) 00000 n /g)].map(([, offset]) => Number(offset));
    expect(offsets).toHaveLength(6);
    for (const [at, offset] of offsets.entries()) expect(text.slice(offset).startsWith(`${at + 1} 0 obj\n`)).toBe(true);
    const start = text.indexOf('stream\n', offsets[4]!) + 7;
    expect([...file.slice(start, start + 999)]).toEqual([...jpeg]);
    expect(text).toContain('/MediaBox [0 0 1190.55 595.27]');
  });
});
