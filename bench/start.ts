import { spawnSync } from 'node:child_process';
import { median, print } from './figures.ts';
import { makeFolder, startProduct } from './product.ts';

export const about = 'a later start, from the process to its first answer';

const runs = 5;

export async function run(): Promise<void> {
  const { folder, remove } = makeFolder();
  try {
    const first = await startProduct(folder, []);
    print({ name: 'first start, with a new database', measured: first.secondsToAnswer, unit: 's' });
    await first.stop();
    const later: number[] = [];
    for (let run = 0; run < runs; run++) {
      const product = await startProduct(folder, []);
      later.push(product.secondsToAnswer);
      await product.stop();
    }
    const bare = Array.from({ length: runs }, () => {
      const began = performance.now();
      spawnSync(process.execPath, ['-e', '']);
      return (performance.now() - began) / 1000;
    });
    print({ name: 'Node alone, the yardstick', measured: median(bare), unit: 's' });
    print({ name: 'later start', measured: median(later), unit: 's', asked: 3 });
  } finally {
    remove();
  }
}
