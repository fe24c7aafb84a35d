import { existsSync } from 'node:fs';
import pg from 'pg';
import { type Attached, attach } from '../server/kernel/attach.ts';
import type { Config } from '../server/kernel/config.ts';
import { ConfigError, readConfig } from '../server/kernel/config.ts';
import { Explained, pickLocale, type Translate, translator } from '../server/kernel/messages.ts';
import { startWithOptions } from '../server/kernel/root.ts';
import { explain } from '../server/kernel/trouble.ts';
import { language } from './language.ts';

export interface Session {
  config: Config;
  t: Translate;
  say(key: string, values?: Record<string, unknown>): void;
  /** What is left of the arguments when those of the configuration are taken. */
  args: string[];
}

/** Arguments that every command takes, because they say which installation is meant. */
const shared = ['--data', '--port', '--host', '--public-url', '--backup-to', '--backup-every', '--backup-key'];

function split(args: string[]): { ours: string[]; configuration: string[] } {
  const ours: string[] = [];
  const configuration: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const name = args[at]!.split('=')[0]!;
    if (!shared.includes(name)) ours.push(args[at]!);
    else configuration.push(...(args[at]!.includes('=') ? [args[at]!] : [args[at]!, args[++at] ?? '']));
  }
  return { ours, configuration };
}

/**
 * Runs a command that works on an installation: arguments, messages and errors in one place.
 * @returns the exit code; 2 for wrong arguments
 */
export async function withSession(args: string[], work: (session: Session) => Promise<number>): Promise<number> {
  const t = translator(pickLocale(language()));
  const { ours, configuration } = split(args);
  let config: Config | undefined;
  try {
    config = readConfig(configuration, process.env);
    const say: Session['say'] = (key, values) => void process.stdout.write(`${t(`cli.${key}`, values)}\n`);
    return await work({ config, t, say, args: ours });
  } catch (error) {
    process.stderr.write(`${describe(error, t, config)}\n`);
    return error instanceof ConfigError ? 2 : 1;
  }
}

function describe(error: unknown, t: Translate, config: Config | undefined): string {
  const explained = error instanceof Explained ? error : config?.databaseUrl && explain(error, config);
  if (explained) return t(explained.key, { program: startWithOptions, ...explained.values });
  const { code, message } = error as { code?: string; message: string };
  const known = [
    'not_a_backup',
    'damaged',
    'sealed',
    'other_backup_key',
    'differs',
    'not_empty',
    'newer',
    'other_key',
    'ENOENT',
    'ENOTDIR',
    'EACCES',
    'ENOSPC',
    'EISDIR',
  ];
  if (code && known.includes(code)) return t(`cli.problem.${code}`, { message });
  return t('cli.problem.other', { message });
}

/** Whether there is anything to work on: a command that reads must not make it. */
export const isInstalled = (config: Config): boolean => config.databaseUrl !== undefined || existsSync(config.dataDir);

/** Reaches the database for a while. */
export async function withDatabase<T>(config: Config, work: (database: Attached) => Promise<T>): Promise<T> {
  const database = await attach(config);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** A connection of one's own to the database. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
