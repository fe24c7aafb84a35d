import { expect, test } from 'vitest';
import { gathering } from './gathering.ts';

/** Work that answers what it was given, when it is let go; what is called bad cannot be done. */
function working(most?: number) {
  const rounds: { key: string; items: string[]; letGo(): void }[] = [];
  const ask = gathering<string, string>(async (key, items) => {
    const gate = Promise.withResolvers<void>();
    rounds.push({ key, items: [...items], letGo: gate.resolve });
    await gate.promise;
    if (items.includes('bad')) throw new Error('bad');
    return items.map((item) => `${key} ${item}`);
  }, most);
  const round = async (n: number) => {
    await expect.poll(() => rounds.length).toBeGreaterThan(n);
    return rounds[n]!;
  };
  return { ask, rounds, round };
}

test('the first goes at once, and who comes meanwhile goes together afterwards, each with their own answer', async () => {
  const { ask, rounds, round } = working();
  const all = [ask('a', '1'), ask('a', '2'), ask('a', '3')];
  expect((await round(0)).items).toEqual(['1']);
  expect(rounds).toHaveLength(1);
  rounds[0]!.letGo();
  expect((await round(1)).items).toEqual(['2', '3']);
  rounds[1]!.letGo();
  expect(await Promise.all(all)).toEqual(['a 1', 'a 2', 'a 3']);
  const later = ask('a', '4');
  (await round(2)).letGo();
  expect(await later).toBe('a 4');
});

test('keys do not wait for each other, and no round is larger than it may be', async () => {
  const { ask, rounds, round } = working(2);
  const all = [ask('a', '1'), ask('b', '1'), ask('a', '2'), ask('a', '3'), ask('a', '4')];
  expect([(await round(0)).key, (await round(1)).key]).toEqual(['a', 'b']);
  rounds[0]!.letGo();
  expect((await round(2)).items).toEqual(['2', '3']);
  rounds[2]!.letGo();
  expect((await round(3)).items).toEqual(['4']);
  rounds[1]!.letGo();
  rounds[3]!.letGo();
  expect(await Promise.all(all)).toEqual(['a 1', 'b 1', 'a 2', 'a 3', 'a 4']);
});

test('what cannot be done fails alone', async () => {
  const { ask, rounds, round } = working();
  const all = Promise.allSettled([ask('a', '1'), ask('a', '2'), ask('a', 'bad'), ask('a', '3')]);
  for (let n = 0; n < 5; n++) (await round(n)).letGo();
  expect((await all).map((one) => (one.status === 'fulfilled' ? one.value : 'failed'))).toEqual([
    'a 1',
    'a 2',
    'failed',
    'a 3',
  ]);
  expect(rounds.map(({ items }) => items)).toEqual([['1'], ['2', 'bad', '3'], ['2'], ['bad'], ['3']]);
});
