// Starts a program of Entregent under a current Node, with its packages installed. Plain JavaScript without dependencies,
// because it runs before anything is there, under whatever Node the machine has (20.20 and up).
//   node tools/launch.mjs <script.ts> [arguments]
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname ?? dirname(new URL(import.meta.url).pathname), '..');
const [script, ...args] = process.argv.slice(2);
const french = /^fr/i.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '');
const say = (fr, en) => process.stderr.write(`${french ? fr : en}\n`);

/** The first version that runs TypeScript unbuilt without a flag. */
const minimum = [22, 18];
const runtimeFolder = join(root, '.tools');
const runtimeBinary = join(runtimeFolder, 'node_modules', `node-${platform()}-${process.arch}`, 'bin', 'node');

function platform() {
  return process.platform === 'darwin' ? 'darwin' : process.platform;
}

function isCurrent(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > minimum[0] || (major === minimum[0] && minor >= minimum[1]);
}

/** Runs npm quietly; its output is shown only when it fails. */
function npm(parameters) {
  return new Promise((done, fail) => {
    const child = spawn('npm', parameters, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: quietNpm() });
    let output = '';
    child.stdout.on('data', (part) => (output += part));
    child.stderr.on('data', (part) => (output += part));
    child.on('error', fail);
    child.on('close', (code) =>
      code === 0 ? done() : fail(new Error(`npm ${parameters[0]} (${code})\n${output.slice(-4000)}`)),
    );
  });
}

/** Settings that an outer npm passes on (a prefix, say) must not reach the inner one. */
function quietNpm() {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(lifecycle|package|command)/i.test(name)),
  );
  return {
    ...env,
    npm_config_loglevel: 'error',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  };
}

async function bringRuntime() {
  if (isCurrent(process.versions.node) || existsSync(runtimeBinary)) return;
  say('Node.js 24 est téléchargé dans .tools/ (une seule fois)…', 'Fetching Node.js 24 into .tools/ (once)…');
  mkdirSync(runtimeFolder, { recursive: true });
  if (!existsSync(join(runtimeFolder, 'package.json')))
    writeFileSync(join(runtimeFolder, 'package.json'), '{"private":true}\n');
  await npm([
    'install',
    '--prefix',
    runtimeFolder,
    '--no-save',
    '--ignore-scripts',
    `node-${platform()}-${process.arch}@24`,
  ]);
}

async function installPackages() {
  const folder = join(root, 'node_modules');
  // Someone who links the folder from elsewhere looks after it.
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const stamp = join(root, 'node_modules', '.entregent-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say(
    'Installation des composants (une seule fois, environ 30 secondes)…',
    'Installing packages (once, about 30 seconds)…',
  );
  // The interface is built with what is listed for development, even where NODE_ENV says production.
  await npm(['ci', '--include=dev', '--ignore-scripts', '--prefer-offline']);
  writeFileSync(stamp, wanted);
}

function run() {
  const binary = isCurrent(process.versions.node) ? process.execPath : runtimeBinary;
  const env = {
    ...process.env,
    PATH: `${dirname(binary)}${delimiter}${process.env.PATH ?? ''}`,
    // glibc keeps an arena for each thread and gives little of it back. Measured while a campaign leaves: 286 MB with one, 295 with two, same speed.
    MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX ?? '1',
  };
  const child = spawn(binary, [join(root, script), ...args], { stdio: 'inherit', env });
  // Ctrl-C reaches the child twice, from the terminal's group and from here: its handlers must be idempotent.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // A killed npm cannot forward anything; its death is seen by our being given to another parent.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event) {
    setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500).unref();
  }
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) =>
    process.exit(code ?? (signal ? 128 + ({ SIGINT: 2, SIGTERM: 15, SIGKILL: 9 }[signal] ?? 1) : 1)),
  );
}

try {
  await Promise.all([bringRuntime(), installPackages()]);
  run();
} catch (error) {
  say(
    `L’installation a échoué. Vérifiez l’accès au registre npm, puis relancez.\n${error.message}`,
    `The installation failed. Check the access to the npm registry, then start again.\n${error.message}`,
  );
  process.exit(1);
}
