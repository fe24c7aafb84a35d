import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { googleLines, vcardTexts } from '../server/demo/files.ts';
import { contactAt, type Entry } from '../server/demo/mess.ts';
import type { World } from '../server/demo/world.ts';
import { root } from '../server/kernel/config.ts';
import { median, print, seconds } from './figures.ts';

export const about =
  '`entregent read` of 100,000 contacts and of five times as many, vCard and CSV, and of 3,500,000 rows, as a process of its own';

const world: World = { seed: 7, organizations: 125_000, reservedNumbers: false };
const base = 100_000;
const runs = 3;

function* contacts(count: number): Generator<Entry> {
  for (let index = 0; index < count; index++) yield contactAt(world, index);
}

async function writeFiles(folder: string): Promise<{ name: string; file: string; count: number }[]> {
  const files = [];
  for (const count of [base, base * 5, base * 35]) {
    for (const kind of ['vcf', 'csv'] as const) {
      // Beyond some millions the rows of a table are what could grow; cards are cut out one by one.
      if (count > base * 5 && kind === 'vcf') continue;
      const file = join(folder, `${count}.${kind}`);
      const text = kind === 'vcf' ? vcardTexts(contacts(count), 0) : googleLines(contacts(count));
      await pipeline(Readable.from(text), createWriteStream(file));
      files.push({ name: `${kind === 'vcf' ? 'vCard' : 'CSV'} of ${count.toLocaleString('en')}`, file, count });
    }
  }
  return files;
}

interface Reading {
  seconds: number;
  /** Largest resident set, in MB. */
  peak: number;
}

const tellPeak = `data:text/javascript,process.on('exit',()=>process.stderr.write('peak '+process.resourceUsage().maxRSS))`;

/** The command as a user runs it; at its end it says how much memory it took at most. */
async function readOnce(file: string): Promise<Reading> {
  const args = ['--import', tellPeak, 'cli/main.ts', 'read', file, '--json'];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  child.stdout.resume();
  child.stderr.on('data', (data) => {
    told += data;
  });
  const taken = await seconds(() => new Promise((done) => child.on('close', done)));
  if (child.exitCode !== 0) throw new Error(`read ended with ${child.exitCode}: ${told.slice(-500)}`);
  return { seconds: taken, peak: Number(/peak (\d+)$/.exec(told)?.[1]) / 1024 };
}

export async function run(): Promise<void> {
  const folder = join(tmpdir(), `entregent-bench-${process.pid}`);
  mkdirSync(folder);
  try {
    for (const { name, file, count } of await writeFiles(folder)) {
      const bytes = await seconds(async () => {
        for await (const _chunk of createReadStream(file));
      });
      const readings: Reading[] = [];
      for (let run = 0; run < (count === base ? runs + 1 : 1); run++) readings.push(await readOnce(file));
      const counted = readings.length > 1 ? readings.slice(1) : readings;
      print({ name: `${name}: its bytes alone, the yardstick`, measured: bytes, unit: 's' });
      const time = median(counted.map((one) => one.seconds));
      print({ name: `${name}: read`, measured: time, unit: 's', ...(count === base ? { asked: 8 } : {}) });
      print({ name: `${name}: memory`, measured: Math.max(...counted.map((one) => one.peak)), unit: 'MB', asked: 300 });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
