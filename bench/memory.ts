import { median, print } from './figures.ts';
import { makeFolder, startProduct } from './product.ts';

export const about = 'memory of the idle application with the demo company, without PostgreSQL';

const rest = 20_000;

const sleep = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

export async function run(): Promise<void> {
  const { folder, remove } = makeFolder();
  try {
    const making = await startProduct(folder, ['--demo']);
    print({ name: 'demo company made and ready', measured: making.secondsToAnswer, unit: 's', asked: 25 });
    await sleep(rest);
    print({ name: 'memory after making the demo company', measured: making.residentMegabytes(), unit: 'MB' });
    await making.stop();
    const product = await startProduct(folder, []);
    const samples: number[] = [];
    for (let sample = 0; sample < 5; sample++) {
      await sleep(rest / 5);
      samples.push(product.residentMegabytes());
    }
    await product.stop();
    print({ name: 'memory of the idle application', measured: median(samples), unit: 'MB', asked: 250 });
  } finally {
    remove();
  }
}
