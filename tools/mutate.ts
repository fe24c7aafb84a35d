// npm run mutate [-- words]: takes one guard away at a time (tools/mutations.ts) and runs the tests that should notice it.
// The words choose mutations by their file or by what they break. What was seen is written to docs/mutations.md.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { root } from '../server/kernel/config.ts';
import { type Mutation, mutations } from './mutations.ts';

const report = join(root, '.cache', `mutation-${process.pid}.json`);
const page = join(root, 'docs/mutations.md');
const results = z.object({
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })) })),
});

/** The file as it is, and as it is with the guard gone. @throws Error when the text does not stand in it exactly once */
function prepare({ file, text, instead }: Mutation): { before: string; after: string } {
  const before = readFileSync(join(root, file), 'utf8');
  const parts = before.split(text);
  if (parts.length !== 2) throw new Error(`${file}: found ${parts.length - 1} times, not once: ${text}`);
  return { before, after: parts.join(instead) };
}

/** Runs test files up to the first failure. @returns the names of the tests that failed, and whether the run passed */
async function runTests(files: readonly string[]): Promise<{ failed: string[]; passed: boolean }> {
  const projects = new Set(files.map((file) => /\.(model|peers)\.test\.ts$/.exec(file)?.[1] ?? 'unit'));
  const args = [...projects].flatMap((name) => ['--project', name]);
  // On a busy machine a test that is out of time has noticed nothing.
  args.push('--testTimeout=120000', '--bail=1', '--reporter=json', `--outputFile.json=${report}`, ...files);
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args];
  const child = spawn(process.execPath, vitest, { cwd: root, stdio: 'ignore' });
  const stop = () => child.kill('SIGTERM');
  process.once('exit', stop);
  const code = await new Promise<number | null>((done) => child.on('close', done));
  process.off('exit', stop);
  const { testResults } = existsSync(report)
    ? results.parse(JSON.parse(readFileSync(report, 'utf8')))
    : { testResults: [] };
  rmSync(report, { force: true });
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter((one) => one.status === 'failed'),
  );
  return { failed: failed.map(({ fullName }) => fullName), passed: code === 0 };
}

/** @returns the test that noticed, or undefined. @throws Error when the mutated product does not even start */
async function tryOne(mutation: Mutation): Promise<string | undefined> {
  const { before, after } = prepare(mutation);
  const putBack = () => writeFileSync(join(root, mutation.file), before);
  process.once('exit', putBack);
  try {
    writeFileSync(join(root, mutation.file), after);
    const { failed, passed } = await runTests(mutation.tests);
    if (failed.length === 0 && !passed) throw new Error(`${mutation.file}: no test ran with this: ${mutation.instead}`);
    return failed[0];
  } finally {
    putBack();
    process.off('exit', putBack);
  }
}

/** Brings the lines of the page up to date: those of this run, and of earlier ones what is still in the list. */
function writePage(seen: ReadonlyMap<Mutation, string>): void {
  const known = new Map<string, string>();
  for (const line of existsSync(page) ? readFileSync(page, 'utf8').split('\n') : []) {
    const [, file, breaks] = line.split(' | ').map((cell) => cell.replace(/^\| /, ''));
    if (file && breaks) known.set(`${file} ${breaks}`, line);
  }
  const today = new Date().toISOString().slice(0, 10);
  const lines = mutations.flatMap((one) => {
    const caught = seen.get(one);
    const line = caught ? `| ${today} | ${one.file} | ${one.breaks} | ${caught.replaceAll('|', '\\|')} |` : undefined;
    return line ?? known.get(`${one.file} ${one.breaks}`) ?? [];
  });
  const head = readFileSync(page, 'utf8').split('\n| seen on')[0];
  writeFileSync(
    page,
    [head, '| seen on | file | broken on purpose | noticed by |', '|---|---|---|---|', ...lines, ''].join('\n'),
  );
}

async function main(words: string): Promise<number> {
  const chosen = mutations.filter(({ file, breaks }) => `${file} ${breaks}`.includes(words));
  chosen.forEach(prepare);
  const changed = execFileSync('git', ['status', '--porcelain', '--', ...chosen.map(({ file }) => file)], {
    cwd: root,
  });
  if (changed.length > 0) throw new Error(`These have changes that are not committed:\n${changed}`);
  mkdirSync(join(root, '.cache'), { recursive: true });
  const seen = new Map<Mutation, string>();
  for (const mutation of chosen) {
    const caught = await tryOne(mutation);
    if (caught) seen.set(mutation, caught);
    writePage(seen);
    process.stdout.write(
      `${caught ? 'caught     ' : 'NOT NOTICED'} ${mutation.file}: ${mutation.breaks} — ${caught ?? mutation.tests}\n`,
    );
  }
  process.stdout.write(`\n${seen.size} of ${chosen.length} noticed\n`);
  return seen.size === chosen.length && seen.size > 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main(process.argv.slice(2).join(' '));
