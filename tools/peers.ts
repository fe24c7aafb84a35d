import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';

/** Programs of others that the suite `peers` speaks to, as Debian packages them. */
const postgres = '/usr/lib/postgresql/15/bin';
const python = '/usr/bin/python3';

/** The folder of PostgreSQL 15's programs, where it is installed. */
export const findPostgres = (): string | undefined => (existsSync(`${postgres}/initdb`) ? postgres : undefined);

/** nginx, of whichever of Debian's packages. */
export const findNginx = (): string | undefined => (existsSync('/usr/sbin/nginx') ? '/usr/sbin/nginx' : undefined);

/** A Python that can load this module. */
export function findPython(module: string): string | undefined {
  return spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0 ? python : undefined;
}

/** A program on the PATH of Debian's packages. */
export const findProgram = (name: string): string | undefined =>
  existsSync(`/usr/bin/${name}`) ? `/usr/bin/${name}` : undefined;

const packages: { name: string; isThere(): boolean }[] = [
  { name: 'postgresql-15', isThere: () => findPostgres() !== undefined },
  { name: 'python3-vobject', isThere: () => findPython('vobject') !== undefined },
  { name: 'python3-openpyxl', isThere: () => findPython('openpyxl') !== undefined },
  { name: 'vdirsyncer', isThere: () => findProgram('vdirsyncer') !== undefined },
  { name: 'khard', isThere: () => findProgram('khard') !== undefined },
  { name: 'radicale', isThere: () => findProgram('radicale') !== undefined },
  { name: 'xandikos', isThere: () => findProgram('xandikos') !== undefined },
  // Its programs without a service: a server of the tests' own is started by them.
  { name: 'mariadb-server-core', isThere: () => existsSync('/usr/sbin/mariadbd') },
  { name: 'mariadb-client-core', isThere: () => findProgram('my_print_defaults') !== undefined },
  { name: 'nginx-light', isThere: () => findNginx() !== undefined },
  { name: 'dovecot-imapd', isThere: () => existsSync('/usr/lib/dovecot/imap') },
];

const missing = (): string[] => packages.filter((one) => !one.isThere()).map(({ name }) => name);

/**
 * Installs what is missing of the peers where that is possible: as root, on Debian.
 * @returns the packages that are still missing, whose tests are skipped
 */
export function bringPeers(): string[] {
  const wanted = missing();
  if (wanted.length === 0 || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return wanted;
  process.stdout.write(`Installing ${wanted.join(', ')} (once)…\n`);
  // The package would make a server of its own and start it on the usual port: its programs are all we want.
  if (wanted.includes('postgresql-15')) {
    mkdirSync('/etc/postgresql-common/createcluster.d', { recursive: true });
    writeFileSync('/etc/postgresql-common/createcluster.d/entregent.conf', 'create_main_cluster = false\n');
  }
  const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
  // Nor is nginx wanted as a service: Debian asks this program before it starts one (invoke-rc.d(8)).
  const policy = '/usr/sbin/policy-rc.d';
  const mine = !existsSync(policy);
  if (mine) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  spawnSync('apt-get', ['update', '-qq'], options);
  // One by one: a distribution without one of them may have the others.
  for (const name of wanted) spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], options);
  if (mine) rmSync(policy);
  return missing();
}
