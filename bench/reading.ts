import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream, mkdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { googleLines, vcardTexts } from '../server/demo/files.ts';
import { contactAt, type Entry } from '../server/demo/mess.ts';
import type { World } from '../server/demo/world.ts';
import { root } from '../server/kernel/config.ts';
import { median, print, seconds } from './figures.ts';
import { mailboxTexts, writeWorkbook } from './large-files.ts';

export const about =
  '`entregent read`, as a process of its own: vCard and CSV of 100,000 and 500,000 contacts, CSV of 3,500,000 rows, a full Excel sheet, a mailbox of 100,000 messages; with `huge`, a CSV of more than 2 GB';

const world: World = { seed: 7, organizations: 125_000, reservedNumbers: false };
const base = 100_000;
const runs = 3;
/** Rows of a full sheet, near enough (Excel has 1,048,576). */
const fullSheet = 1_040_000;
/** Rows whose CSV is beyond 2 GB, the size from which offsets of 31 bits break. */
const beyond2GB = 16_000_000;

interface Case {
  name: string;
  file: string;
  /** Seconds promised; a case with a promise is read several times. */
  asked?: number;
  write(path: string): Promise<void>;
}

function* contacts(count: number): Generator<Entry> {
  for (let index = 0; index < count; index++) yield contactAt(world, index);
}

const stream = (lines: Iterable<string>) => (path: string) => pipeline(Readable.from(lines), createWriteStream(path));
const count = (number: number) => number.toLocaleString('en');

const csv = (rows: number): Case => ({
  name: `CSV of ${count(rows)}`,
  file: `${rows}.csv`,
  ...(rows === base ? { asked: 8 } : {}),
  write: stream(googleLines(contacts(rows))),
});

const vcf = (cards: number): Case => ({
  name: `vCard of ${count(cards)}`,
  file: `${cards}.vcf`,
  ...(cards === base ? { asked: 8 } : {}),
  write: stream(vcardTexts(contacts(cards), 0)),
});

/** Six texts a row, all different: the most that shared texts can take. */
function* fullRows(): Generator<string[]> {
  yield ['Prénom', 'Nom', 'Société', 'E-mail', 'Portable', 'Ville'];
  for (let number = 1; number < fullSheet; number++) {
    const { given, family, organization, city } = contactAt(world, number);
    const named = [given, family, organization].map((text) => `${text} ${number}`);
    yield [...named, `p${number}@maison.example`, `+336${10_000_000 + number}`, `${city} ${number}`];
  }
}

const cases: Case[] = [
  vcf(base),
  csv(base),
  vcf(base * 5),
  csv(base * 5),
  csv(base * 35),
  {
    name: `XLSX of ${count(fullSheet)} rows of six different texts`,
    file: 'full.xlsx',
    write: (path) => writeWorkbook(path, fullRows),
  },
  {
    name: 'mbox of 100,000 messages',
    file: 'mailbox.mbox',
    write: stream(mailboxTexts(contacts(base))),
  },
];

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

async function measure({ name, file, asked, write }: Case, folder: string): Promise<void> {
  const path = join(folder, file);
  await write(path);
  const bytes = await seconds(async () => {
    for await (const _chunk of createReadStream(path));
  });
  const readings: Reading[] = [];
  for (let run = 0; run < (asked ? runs + 1 : 1); run++) readings.push(await readOnce(path));
  const counted = readings.length > 1 ? readings.slice(1) : readings;
  print({
    name: `${name} (${Math.round(statSync(path).size / 1e6)} MB): its bytes alone, the yardstick`,
    measured: bytes,
    unit: 's',
  });
  const time = median(counted.map((one) => one.seconds));
  print({ name: `${name}: read`, measured: time, unit: 's', ...(asked ? { asked } : {}) });
  print({ name: `${name}: memory`, measured: Math.max(...counted.map((one) => one.peak)), unit: 'MB', asked: 300 });
  rmSync(path);
}

/** @param args part of the names of the cases to run (all without); `huge` adds the one that needs 3 GB of disk */
export async function run(args: readonly string[]): Promise<void> {
  const wanted = args.filter((word) => word !== 'huge');
  const chosen = cases.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
  const folder = join(tmpdir(), `entregent-bench-${process.pid}`);
  mkdirSync(folder);
  try {
    for (const one of args.includes('huge') ? [...chosen, csv(beyond2GB)] : chosen) await measure(one, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
