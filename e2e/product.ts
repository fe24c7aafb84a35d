import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../server/kernel/config.ts';

/** The product as its users start it: a process of its own on a data folder. */
export interface Product {
  process: ChildProcess;
  url: string;
  /** The one-time link, while nobody has set the installation up. */
  setupLink: string | undefined;
  /** All that it wrote for the operator so far. */
  output(): string;
  /** Asks it to stop and waits. @returns its exit code */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

interface DataFolder {
  path: string;
  remove(): void;
}

export function newDataFolder(): DataFolder {
  const path = mkdtempSync(join(tmpdir(), 'entregent-e2e-'));
  chmodSync(path, 0o711);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

let made: Promise<string> | undefined;

/** A folder with an installation that nobody has set up: a copy of one that is made once in this process, which is there sooner. */
export async function newInstallation(): Promise<DataFolder> {
  made ??= makeInstallation();
  const data = newDataFolder();
  // The database's files belong to a user of its own where root runs this.
  execFileSync('cp', ['-a', `${await made}/.`, data.path]);
  return data;
}

async function makeInstallation(): Promise<string> {
  const data = newDataFolder();
  process.once('exit', data.remove);
  const product = await startProduct(data.path);
  await product.stop();
  return data.path;
}

const startWithin = 120_000;

/** Starts the product on a free port and waits until it says that it is ready. @throws Error with its output when it ends */
export function startProduct(dataDir: string, args: string[] = []): Promise<Product> {
  const { DATABASE_URL: _own, ...env } = process.env;
  const child = spawn(process.execPath, [join(root, 'server/main.ts'), '--data', dataDir, '--port', '0', ...args], {
    env: { ...env, LC_ALL: 'en_US.UTF-8' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  const ended = new Promise<number | null>((done) => child.once('close', done));
  return new Promise((ready, fail) => {
    const timer = setTimeout(() => fail(new Error(`Not ready in time:\n${output}`)), startWithin);
    void ended.then((code) => fail(new Error(`Ended with ${code}:\n${output}`)));
    child.stderr.on('data', (part) => {
      output += part;
      const url = /ready after .*: (http\S+)/.exec(output)?.[1];
      const setupLink = /(http\S+\/setup#token=\S+)/.exec(output)?.[1];
      // The link follows in the next line while there is no workspace.
      if (!url || (output.includes('Nobody has set it up') && !setupLink)) return;
      clearTimeout(timer);
      setTimeout(() => ready({ process: child, url, setupLink: findLink(), output: () => output, stop }), 100);
    });
    const findLink = () => /(http\S+\/setup#token=\S+)/.exec(output)?.[1];
    const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    };
  });
}
