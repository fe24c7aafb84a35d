import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../server/kernel/config.ts';

/** The product as a process of its own, the way `npm start` runs it once everything is installed. */
export interface Product {
  url: string;
  /** What lets the first person in; null where there is an administrator. */
  setupToken(): string | null;
  /** From the process's birth to its first answer over HTTP. */
  secondsToAnswer: number;
  /** Resident set of the Node process now, in MB. */
  residentMegabytes(): number;
  stop(): Promise<void>;
  /** As a crash would: its database goes on. */
  kill(): Promise<void>;
}

export function makeFolder(): { folder: string; remove(): void } {
  const folder = join(tmpdir(), `entregent-bench-${process.pid}`);
  // Others may pass through, so that PostgreSQL's own account reaches its folder inside.
  mkdirSync(folder, { mode: 0o711 });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

const aMoment = () => new Promise((done) => setTimeout(done, 10));

async function untilAnswers(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/api/v1/status`).catch(() => null);
    if (answer?.ok) return;
    await aMoment();
  }
}

/** @throws Error when the process ends before it answers */
export async function startProduct(folder: string, args: readonly string[]): Promise<Product> {
  // Below the range from which outgoing connections take theirs.
  const port = 20_000 + (process.pid % 10_000);
  const url = `http://127.0.0.1:${port}`;
  const began = performance.now();
  const child = spawn(process.execPath, ['server/main.ts', '--data', folder, '--port', String(port), ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.on('data', (data) => {
    told += data;
  });
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  const failed = ended.then(() => {
    throw new Error(`The product ended: ${told.slice(-800)}`);
  });
  await Promise.race([untilAnswers(url), failed]);
  failed.catch(() => {});
  const secondsToAnswer = (performance.now() - began) / 1000;
  // What it says to whoever started it comes after its first answer.
  while (!/ready after/.test(told)) await Promise.race([aMoment(), failed]);
  await aMoment();
  return {
    url,
    setupToken: () => /\/setup#token=(\S+)/.exec(told)?.[1] ?? null,
    secondsToAnswer,
    residentMegabytes() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
