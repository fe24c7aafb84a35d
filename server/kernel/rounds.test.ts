import { expect, test } from 'vitest';
import { inRounds } from './rounds.ts';

/** Work that ends when told to; says what each round consisted of. */
function makeWork() {
  const rounds: string[][] = [];
  let end = () => {};
  const work = async (items: string[]) => {
    rounds.push(items);
    await new Promise<void>((done) => (end = done));
    if (items.includes('bad')) throw new Error(`a round of ${items.length}`);
    return items.map((item) => item.toUpperCase());
  };
  /** Ends rounds until nothing is left to do. */
  const finish = async (all: Promise<unknown>[]) => {
    let open = true;
    void Promise.allSettled(all).then(() => (open = false));
    while (open) {
      end();
      await new Promise((done) => setImmediate(done));
    }
  };
  return { rounds, work, finish };
}

test('what arrives while a round is under way makes the next one, and each is answered for itself', async () => {
  const { rounds, work, finish } = makeWork();
  const ask = inRounds(work, () => false, 3);
  const all = ['a', 'b', 'c', 'd', 'e'].map((item) => ask('lane', item));
  await finish(all);
  expect(rounds).toEqual([['a'], ['b', 'c', 'd'], ['e']]);
  expect(await Promise.all(all)).toEqual(['A', 'B', 'C', 'D', 'E']);
});

test('two that clash are never in one round, and keep their order', async () => {
  const { rounds, work, finish } = makeWork();
  const ask = inRounds(work, (one, another) => one[0] === another[0], 9);
  await finish(['a', 'b1', 'b2', 'c', 'b3'].map((item) => ask('lane', item)));
  expect(rounds).toEqual([['a'], ['b1'], ['b2', 'c'], ['b3']]);
});

test('one that fails fails alone', async () => {
  const { work, finish } = makeWork();
  const ask = inRounds(work, () => false, 9);
  const all = ['a', 'b', 'bad', 'c'].map((item) => ask('lane', item));
  await finish(all);
  expect(await Promise.allSettled(all)).toMatchObject([
    { value: 'A' },
    { value: 'B' },
    { reason: { message: 'a round of 1' } },
    { value: 'C' },
  ]);
});

test('lanes do not wait for one another', async () => {
  const { rounds, work, finish } = makeWork();
  const ask = inRounds(work, () => false, 9);
  const all = [ask('one', 'a'), ask('two', 'b')];
  expect(rounds).toEqual([['a'], ['b']]);
  // The last one that began is the one that can be ended: the other waits for nothing of it.
  await finish([all[1]!]);
  expect(await all[1]).toBe('B');
});
