// npm run check: everything that can be said about the code without running it, in under half a minute.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../server/kernel/config.ts';
import { checkBoundaries } from './check/boundaries.ts';
import type { Breach, Checker } from './check/breach.ts';
import { checkCatalogues } from './check/catalogues.ts';
import { checkLicences } from './check/licences.ts';
import { checkSql } from './check/sql.ts';

const checkers: Record<string, Checker> = {
  boundaries: checkBoundaries,
  sql: checkSql,
  catalogues: checkCatalogues,
};

export interface Checked {
  name: string;
  /** What is wrong; empty: nothing. */
  complaint: string;
  seconds: number;
}

const tell = (breaches: readonly Breach[]): string =>
  breaches.map(({ file, line, message }) => `${file}:${line} ${message}`).join('\n');

/** Each folder holds one breach and is named `<rule>.<what>`: a checker that lets it pass has gone blind. */
function checkPlanted(): string {
  const folder = join(root, 'tools/planted');
  return readdirSync(folder)
    .flatMap((name) => {
      const found = Object.values(checkers).flatMap((checker) => checker(join(folder, name)));
      const rule = name.split('.')[0]!;
      return found.length > 0 && found.every((one) => one.rule === rule)
        ? []
        : [`tools/planted/${name}: expected "${rule}" to refuse it; found: ${tell(found) || 'nothing'}`];
    })
    .join('\n');
}

function runProgram(script: string, args: string[]): Promise<string> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: root });
    let output = '';
    child.stdout.on('data', (part) => (output += part));
    child.stderr.on('data', (part) => (output += part));
    child.on('error', (error) => done(error.message));
    child.on('close', (code) => done(code === 0 ? '' : output.trim() || `exit code ${code}`));
  });
}

const checks: Record<string, () => Promise<string> | string> = {
  types: () => runProgram('typescript/bin/tsc', ['-p', '.']),
  style: () => runProgram('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '--colors=off']),
  // Exports are left out: a contract shows more than is used today.
  unused: () =>
    runProgram('knip/bin/knip.js', [
      '--no-progress',
      '--include',
      'files,dependencies,unlisted,unresolved,exports,types',
    ]),
  ...Object.fromEntries(Object.entries(checkers).map(([name, checker]) => [name, () => tell(checker(root))])),
  licences: () => checkLicences(root),
  'planted breaches': checkPlanted,
};

/** Runs all checks and prints a line for each. */
export async function runChecks(): Promise<Checked[]> {
  return Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const began = performance.now();
      const complaint = await check();
      const seconds = (performance.now() - began) / 1000;
      process.stdout.write(
        `${complaint ? '✗' : '✓'} ${name} (${seconds.toFixed(1)} s)\n${complaint && `${complaint}\n`}`,
      );
      return { name, complaint, seconds };
    }),
  );
}

if (import.meta.main) process.exitCode = (await runChecks()).some(({ complaint }) => complaint) ? 1 : 0;
