import { readdirSync } from 'node:fs';

interface Bench {
  about: string;
  run(args: readonly string[]): Promise<void>;
}

const parts = new Set(['main', 'figures', 'stage', 'product', 'door', 'sink', 'large-files', 'graphs', 'graphology']);
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
  .filter((name) => !parts.has(name));

async function load(name: string): Promise<Bench> {
  return import(`./${name}.ts`);
}

const [name, ...args] = process.argv.slice(2);
if (!name) {
  for (const one of names) process.stdout.write(`${one}\t${(await load(one)).about}\n`);
} else if (names.includes(name)) {
  await (await load(name)).run(args);
} else {
  process.stderr.write(`There is no bench "${name}". Without a name, all are listed.\n`);
  process.exitCode = 2;
}
