import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';

/** The checkout's or package's root folder. */
export const root = resolve(import.meta.dirname, '../..');

export const version: string = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')).version;

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
  /** A PostgreSQL of one's own; absent: the embedded one. */
  databaseUrl?: string;
  /** Addresses or networks of reverse proxies whose X-Forwarded-* headers are believed. */
  trustedProxies: string[];
  demo: boolean;
  dev: boolean;
}

export class ConfigError extends Error {}

const options = {
  port: { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  'public-url': { type: 'string' },
  'trust-proxy': { type: 'string', multiple: true },
  demo: { type: 'boolean' },
  dev: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export const usage = `npm start -- [--port N] [--host ADDRESS] [--data FOLDER] [--public-url URL] [--trust-proxy ADDRESS]… [--demo]

  --port N            port to listen on (8080; PORT)
  --host ADDRESS      address to listen on (127.0.0.1; HOST)
  --data FOLDER       where the embedded database and the master key live (./data; ENTREGENT_DATA)
  --public-url URL    the address people type, e.g. https://contacts.example.com (PUBLIC_URL)
  --trust-proxy A     a reverse proxy whose X-Forwarded-* headers are believed (TRUSTED_PROXIES, comma-separated)
  --demo              a fictional company to look around in
  DATABASE_URL        a PostgreSQL (15 or later) of your own instead of the embedded one`;

/**
 * Reads arguments and environment.
 * @throws ConfigError with a sentence for the person who started it
 */
export function readConfig(argv: string[], env: NodeJS.ProcessEnv): Config {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(argv);
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\n\n${usage}`);
  }
  if (values.help) throw new ConfigError(usage);
  const port = z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .safeParse(values.port ?? env.PORT ?? 8080);
  if (!port.success) throw new ConfigError(`--port: ${values.port ?? env.PORT} is not a port number.`);
  const host = values.host ?? env.HOST ?? '127.0.0.1';
  const chosen = values['public-url'] ?? env.PUBLIC_URL;
  return {
    port: port.data,
    host,
    publicUrl: chosen ? readOrigin(chosen) : `http://${host === '127.0.0.1' ? 'localhost' : host}:${port.data}`,
    publicUrlChosen: chosen !== undefined,
    dataDir: resolve(values.data ?? env.ENTREGENT_DATA ?? resolve(root, 'data')),
    ...(env.DATABASE_URL ? { databaseUrl: env.DATABASE_URL } : {}),
    trustedProxies: values['trust-proxy'] ?? env.TRUSTED_PROXIES?.split(',').map((part) => part.trim()) ?? [],
    demo: values.demo ?? false,
    dev: (values.dev ?? false) && existsSync(resolve(root, 'web')),
  };
}

function parse(argv: string[]) {
  return parseArgs({ args: argv, options, allowPositionals: false }).values;
}

function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.hash) {
    throw new ConfigError(`--public-url: ${text} is not an origin such as https://contacts.example.com`);
  }
  return url.origin;
}
