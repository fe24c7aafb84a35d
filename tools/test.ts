// npm test: the checks, the suites on a real PostgreSQL, the journeys in a real browser. `--only check|unit|model|peers|e2e`; the names of
// files run these alone.
import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { root } from '../server/kernel/config.ts';
import { buildWeb } from '../server/kernel/web.ts';
import { runChecks } from './check.ts';
import { bringChromium } from './chromium.ts';
import { bringPeers } from './peers.ts';

/** What the suites look for; one without files is left out. */
const suites: Record<string, string> = {
  unit: '{server,cli,tools,web,bench}/**/*.test.ts',
  model: 'server/**/*.model.test.ts',
  peers: 'server/**/*.peers.test.ts',
  e2e: 'e2e/**/*.test.ts',
};

interface Count {
  passed: number;
  failed: number;
}

interface Report extends Count {
  /** Files with a failure, each with how many of its tests passed. */
  failing: Map<string, number>;
}

const summary = z.object({
  numPassedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      startTime: z.number(),
      endTime: z.number(),
      assertionResults: z.array(
        z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});

/** What failed, said once more at the end: a long run has scrolled the place away where it happened. */
const failures: string[] = [];

/** Journeys that failed and, run again by themselves, passed: named at the end, for somebody to look into. */
const unsteady: string[] = [];

/** Seconds that each test file took. */
const durations = new Map<string, number>();
/** Characters of what a run complains of that are said again when it ends badly. */
const kept = 20_000;
/** How many of the slowest are named: what CI waits for. */
const slowest = 12;

const isThere = (suite: string): boolean =>
  globSync(suites[suite]!, { cwd: root, exclude: (name) => name === 'node_modules' }).length > 0;

async function countChecks(): Promise<Count> {
  const checked = await runChecks();
  const failed = checked.filter(({ complaint }) => complaint).length;
  return { passed: checked.length - failed, failed };
}

/** Runs suites in one go, its output shown as it comes; files that a worker died over are run once more. */
async function runSuites(
  names: string[],
  env: Record<string, string> = {},
  files: readonly string[] = [],
  again = true,
): Promise<Report> {
  const present = names.filter(isThere);
  if (present.length === 0) return { passed: 0, failed: 0, failing: new Map() };
  const report = join(root, '.cache', `tests-${process.pid}.json`);
  mkdirSync(join(root, '.cache'), { recursive: true });
  const projects = present.flatMap((name) => ['--project', name]);
  const args = ['run', ...projects, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...files];
  const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'pipe'],
    env: { ...process.env, ...env },
  });
  let complaints = '';
  child.stderr.on('data', (part: Buffer) => {
    process.stderr.write(part);
    complaints = (complaints + part).slice(-kept);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  const { unfinished, ...count } = readReport(report);
  if (again && unfinished.length > 0) {
    process.stdout.write(`\nA worker died over ${unfinished.join(', ')}; run again:\n${complaints.slice(-2000)}\n`);
    const second = await runSuites(names, env, unfinished, false);
    return {
      passed: count.passed + second.passed,
      failed: count.failed + second.failed,
      failing: new Map([...count.failing, ...second.failing]),
    };
  }
  for (const file of unfinished) failures.push(`${file}: a worker died over it\n${complaints}`);
  // A run that fails without a failed test (an error between tests, no report) is a failure all the same.
  if (code === 0 || count.failed + unfinished.length > 0) return { ...count, failed: count.failed + unfinished.length };
  failures.push(`${present.join(', ')}: the run ended with code ${code} without a failed test\n${complaints}`);
  return { ...count, failed: 1 };
}

/**
 * What a run reported. A file is unfinished when its tests were on their way and none of them failed: its worker died, which now and then
 * is a fault of the engine's (`Check failed: jit_page.has_value()`, Node 24; nodejs/node#64500) and none of ours.
 */
function readReport(file: string): Report & { unfinished: string[] } {
  const unfinished: string[] = [];
  if (!existsSync(file)) return { passed: 0, failed: 0, unfinished, failing: new Map() };
  const { numPassedTests, testResults } = summary.parse(JSON.parse(readFileSync(file, 'utf8')));
  rmSync(file);
  const before = failures.length;
  for (const { name, status, message, startTime, endTime, assertionResults } of testResults) {
    const where = relative(root, name);
    durations.set(where, (endTime - startTime) / 1000);
    for (const { status: ended, fullName, failureMessages } of assertionResults)
      if (ended === 'failed') failures.push(`${where} > ${fullName}\n${brief(failureMessages?.join('\n') ?? '')}`);
    if (status !== 'failed' || assertionResults.some(({ status: ended }) => ended === 'failed')) continue;
    // A file that cannot be loaded, or whose preparation fails, says why: its tests are left out, and none of them has failed.
    if (message) failures.push(`${where}\n${brief(message)}`);
    else unfinished.push(where);
  }
  const passedOf = (results: typeof testResults) =>
    results.flatMap(({ assertionResults }) => assertionResults.filter(({ status }) => status === 'passed')).length;
  const isUnfinished = ({ name }: { name: string }) => unfinished.includes(relative(root, name));
  return {
    // Of an unfinished file all counts anew.
    passed: numPassedTests - passedOf(testResults.filter(isUnfinished)),
    failed: failures.length - before,
    unfinished,
    failing: new Map(
      testResults
        .filter((result) => result.status === 'failed' && !isUnfinished(result))
        .map((result) => [relative(root, result.name), passedOf([result])]),
    ),
  };
}

const brief = (message: string): string =>
  message
    .split('\n')
    .slice(0, 15)
    .map((line) => `    ${line.slice(0, 200)}`)
    .join('\n');

/**
 * A browser on a busy machine now and then does what no journey foresaw. A file that fails is run once more, by itself: what fails twice
 * has failed, what passes then is named among the unsteady.
 */
async function runJourneysTwice(CHROMIUM: string): Promise<Count> {
  const before = failures.length;
  const first = await runSuites(['e2e'], { CHROMIUM });
  if (first.failing.size === 0) return first;
  const files = [...first.failing.keys()];
  const isOfThese = (complaint: string) => files.some((file) => complaint.startsWith(file));
  const complaints = failures.splice(before);
  unsteady.push(...complaints.filter(isOfThese));
  failures.push(...complaints.filter((complaint) => !isOfThese(complaint)));
  process.stdout.write(`\nRun again, by themselves: ${files.join(', ')}\n`);
  const counted = [...first.failing.values()].reduce((sum, passed) => sum + passed, 0);
  const second = await runSuites(['e2e'], { CHROMIUM }, files);
  return {
    passed: first.passed - counted + second.passed,
    failed: complaints.length - complaints.filter(isOfThese).length + second.failed,
  };
}

async function runJourneys(): Promise<Count> {
  if (!isThere('e2e')) return { passed: 0, failed: 0 };
  try {
    return await runJourneysTwice(bringChromium());
  } catch (error) {
    failures.push(`e2e: ${(error as Error).message}`);
    return { passed: 0, failed: 1 };
  }
}

/** The suite that a test file belongs to. */
const suiteOf = (file: string): string =>
  file.startsWith('e2e/') ? 'e2e' : (/\.(model|peers)\.test\.ts$/.exec(file)?.[1] ?? 'unit');

async function runFiles(files: readonly string[]): Promise<Count> {
  const names = [...new Set(files.map(suiteOf))];
  await buildWeb(() => {});
  return runSuites(names, names.includes('e2e') ? { CHROMIUM: bringChromium() } : {}, files);
}

async function runAll(counts: Count[], wanted: (suite: string) => boolean): Promise<void> {
  if (wanted('check')) counts.push(await countChecks());
  // Once, before all: a build in the middle would take the page away from tests that serve it.
  await buildWeb(() => {});
  const missing = wanted('peers') ? bringPeers() : [];
  counts.push(await runSuites(['unit', 'model', 'peers'].filter(wanted)));
  if (wanted('e2e')) counts.push(await runJourneys());
  if (missing.length > 0)
    process.stdout.write(
      `\n– peers: skipped for want of ${missing.join(', ')} (Debian: sudo apt install ${missing.join(' ')})\n`,
    );
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { only: { type: 'string', multiple: true } },
    allowPositionals: true,
  });
  const { only } = values;
  const wanted = (name: string) => !only || only.includes(name);
  const unknown = only?.find((name) => name !== 'check' && !suites[name]);
  if (unknown) {
    process.stdout.write(`--only: there is no suite ${unknown} (check, ${Object.keys(suites).join(', ')}).\n`);
    return 2;
  }
  const counts: Count[] = [];
  if (positionals.length > 0) counts.push(await runFiles(positionals));
  else await runAll(counts, wanted);
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  const longest = [...durations].sort(([, a], [, b]) => b - a).slice(0, slowest);
  for (const [file, seconds] of longest) process.stdout.write(`${seconds.toFixed(0).padStart(5)} s  ${file}\n`);
  for (const once of unsteady) process.stdout.write(`\n~ failed at first, and was run again: ${once}\n`);
  for (const failure of failures) process.stdout.write(`\n✗ ${failure}\n`);
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

process.exitCode = await main();
