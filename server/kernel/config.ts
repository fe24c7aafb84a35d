import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { toBlockList } from './guarded.ts';
import { Explained } from './messages.ts';
import { packaged, root } from './root.ts';
import { isDatabaseUrl } from './trouble.ts';

export { root, version } from './root.ts';

/** Where the embedded PostgreSQL listens for BI programs; of a PostgreSQL of one's own, how they call it where that differs. */
export interface BiPlace {
  /** Absent: it listens on no port. */
  port?: number;
  /** Address to listen on, loopback unless told. */
  host: string;
}

/** Everything that can be chosen at start; parsed once, from arguments first, then from the environment. */
export interface Config {
  port: number;
  /** Address to listen on. Nothing beyond loopback unless told. */
  host: string;
  /** Origin that browsers use, without trailing slash. */
  publicUrl: string;
  /** Whether `publicUrl` was chosen; only then is it fixed (passkeys, CardDAV and camera need it). */
  publicUrlChosen: boolean;
  dataDir: string;
  /** Where BI programs reach the database. @see docs/guides/operator.en.md */
  bi: BiPlace;
  /** What this process does of all that is done: it answers (`http`), it works behind (`worker`), or both. */
  role: Role;
  /** A PostgreSQL of one's own; absent: the embedded one. */
  databaseUrl?: string;
  /** Addresses or networks of reverse proxies whose X-Forwarded-* headers are believed. */
  trustedProxies: string[];
  /** Identity providers on this machine may be reached without encryption: for trying things out, and tests. */
  localIssuers: boolean;
  /** Networks that are not the internet and may be asked all the same, where members type in addresses (guarded.ts). */
  privateNetworks: string[];
  /** What a program bears that reads figures (`/metrics`); absent: nobody reads any. */
  metricsToken?: string;
  /** Where the product puts backups by itself; absent: it takes none. */
  backupTo?: string;
  /** Hours from one to the next. */
  backupEvery: number;
  /** File with what seals backups, and opens them (sealing.ts). */
  backupKeyFile?: string;
  /** A folder whose files admins may connect; absent: none. */
  watchedFolder?: string;
  /** Where services stand whose addresses are fixed otherwise, by name: for tests, which play them. */
  serviceAddresses: Record<string, string>;
  demo: boolean;
  dev: boolean;
}

const roles = ['all', 'http', 'worker'] as const;
type Role = (typeof roles)[number];

export class ConfigError extends Explained {}

const options = {
  port: { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  role: { type: 'string' },
  'public-url': { type: 'string' },
  'bi-port': { type: 'string' },
  'bi-host': { type: 'string' },
  'trust-proxy': { type: 'string', multiple: true },
  'local-issuers': { type: 'boolean' },
  'private-network': { type: 'string', multiple: true },
  'metrics-token': { type: 'string' },
  'watched-folder': { type: 'string' },
  'backup-to': { type: 'string' },
  'backup-every': { type: 'string' },
  'backup-key': { type: 'string' },
  'service-address': { type: 'string', multiple: true },
  demo: { type: 'boolean' },
  dev: { type: 'boolean' },
} as const;

/**
 * Reads arguments and environment.
 * @throws ConfigError with what is wrong
 */
export function readConfig(argv: string[], env: NodeJS.ProcessEnv): Config {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(argv);
  } catch {
    throw new ConfigError('start.arguments', { given: argv.join(' ') });
  }
  const port = z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .safeParse(values.port ?? env.PORT ?? 8080);
  if (!port.success) throw new ConfigError('start.bad_port', { given: values.port ?? env.PORT });
  const biPort = values['bi-port'] ?? env.BI_PORT;
  const bi = z.coerce.number().int().min(1).max(65535).optional().safeParse(biPort);
  if (!bi.success) throw new ConfigError('start.bad_port', { given: biPort });
  // The address holds a password, and is not said again.
  if (env.DATABASE_URL && !isDatabaseUrl(env.DATABASE_URL)) throw new ConfigError('start.bad_database');
  const host = values.host ?? env.HOST ?? '127.0.0.1';
  const chosen = values['public-url'] ?? env.PUBLIC_URL;
  const metricsToken = values['metrics-token'] ?? env.METRICS_TOKEN;
  // Whoever listens at the port may guess as long as they like.
  if (metricsToken !== undefined && metricsToken.length < 16) throw new ConfigError('start.short_token');
  const watched = values['watched-folder'] ?? env.WATCHED_FOLDER;
  const backupTo = values['backup-to'] ?? env.BACKUP_TO;
  const backupKeyFile = values['backup-key'] ?? env.BACKUP_KEY_FILE;
  return {
    port: port.data,
    host,
    publicUrl: chosen ? readOrigin(chosen) : `http://${host === '127.0.0.1' ? 'localhost' : host}:${port.data}`,
    publicUrlChosen: chosen !== undefined,
    dataDir: resolve(values.data ?? env.ENTREGENT_DATA ?? (packaged ? 'data' : resolve(root, 'data'))),
    role: readRole(values.role ?? env.ENTREGENT_ROLE ?? 'all', chosen !== undefined && env.DATABASE_URL !== undefined),
    bi: { host: values['bi-host'] ?? env.BI_HOST ?? '127.0.0.1', ...(bi.data ? { port: bi.data } : {}) },
    ...(env.DATABASE_URL ? { databaseUrl: env.DATABASE_URL } : {}),
    trustedProxies: values['trust-proxy'] ?? splitList(env.TRUSTED_PROXIES),
    localIssuers: values['local-issuers'] ?? false,
    privateNetworks: readNetworks(values['private-network'] ?? splitList(env.PRIVATE_NETWORKS)),
    ...(metricsToken === undefined ? {} : { metricsToken }),
    ...(backupTo ? { backupTo: resolve(backupTo) } : {}),
    backupEvery: readHours(values['backup-every'] ?? env.BACKUP_EVERY ?? '24'),
    ...(backupKeyFile ? { backupKeyFile: resolve(backupKeyFile) } : {}),
    ...(watched ? { watchedFolder: resolve(watched) } : {}),
    serviceAddresses: Object.fromEntries((values['service-address'] ?? []).map(readService)),
    demo: values.demo ?? false,
    dev: (values.dev ?? false) && existsSync(resolve(root, 'web')),
  };
}

function parse(argv: string[]) {
  return parseArgs({ args: argv, options, allowPositionals: false }).values;
}

const splitList = (text: string | undefined): string[] => text?.split(',').map((part) => part.trim()) ?? [];

function readNetworks(networks: string[]): string[] {
  for (const network of networks) {
    try {
      toBlockList([network]);
    } catch {
      throw new ConfigError('start.bad_network', { given: network });
    }
  }
  return networks;
}

/** @param shared whether there are a database that several may work on and an address that all of them name */
function readRole(given: string, shared: boolean): Role {
  const role = roles.find((one) => one === given);
  if (!role) throw new ConfigError('start.bad_role', { given });
  if (role !== 'all' && !shared) throw new ConfigError('start.role_alone', { given });
  return role;
}

function readHours(given: string): number {
  const hours = z.coerce.number().min(1).max(744).safeParse(given);
  if (!hours.success) throw new ConfigError('start.bad_hours', { given });
  return hours.data;
}

function readService(text: string): [string, string] {
  const [name = '', ...address] = text.split('=');
  return [name, readOrigin(address.join('='))];
}

function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.hash) {
    throw new ConfigError('start.bad_url', { given: text });
  }
  return url.origin;
}
