import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chartOf, stepsOf } from './rules.ts';

test('the steps of a period follow each other without a gap, and the last one holds today', () => {
  const day = 86_400_000;
  fc.assert(
    fc.property(
      fc.constantFrom(30, 90, 365),
      fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
      (days, today) => {
        const steps = stepsOf(days, today).map((one) => Date.parse(one));
        expect(steps[0]!).toBeLessThanOrEqual(today.getTime() - (days - 1) * day);
        expect(steps.at(-1)!).toBeLessThanOrEqual(today.getTime());
        for (const [at, step] of steps.entries()) {
          const next = steps[at + 1] ?? step + (days > 100 ? 32 : 8) * day;
          if (at + 1 < steps.length) expect(next - step).toBeLessThanOrEqual((days > 100 ? 31 : 7) * day);
          else expect(today.getTime()).toBeLessThan(next);
        }
      },
    ),
  );
});

test('rows become a chart: series in their order, what has no rows is nought, the rest keeps its place', () => {
  const rows = [
    { key: 'b', series: 'won', value: 2, name: 'Bee' },
    { key: 'b', series: 'won', value: 1, name: 'Bee' },
    { key: 'a', series: 'lost', value: 5 },
  ];
  const chart = chartOf('x', rows, { series: ['won', 'lost'], to: (key) => `/${key}` });
  expect(chart.points).toEqual([
    { key: 'b', name: 'Bee', values: [3, 0], to: '/b' },
    { key: 'a', name: null, values: [0, 5], to: '/a' },
  ]);
  expect(
    chartOf('x', rows, { points: ['a', 'c'], to: () => '/' }).points.map(({ key, values }) => [key, values]),
  ).toEqual([
    ['a', [0]],
    ['c', [0]],
  ]);
});
