#!/usr/bin/env node
import '../server/kernel/node20.ts';
import { keepCompiled } from '../server/kernel/compiled.ts';
import { keepNurserySmall, keepSmall } from '../server/kernel/memory.ts';
import { pickLocale, translator } from '../server/kernel/messages.ts';
import { language } from './language.ts';

interface Command {
  /** Loaded only when it is called: `read` must not load the database. */
  load(): Promise<{ run(args: string[]): Promise<number> }>;
  /** Key of what `--help` says; absent: the command says it itself. */
  usage?: string;
}

keepCompiled();

const COMMANDS: Record<string, Command> = {
  start: {
    load: () => {
      keepSmall();
      return import('./start.ts');
    },
  },
  read: {
    load: () => {
      keepNurserySmall(4);
      return import('./read.ts');
    },
    usage: 'read.usage',
  },
  match: { load: () => import('./match.ts'), usage: 'match.usage' },
  backup: { load: () => import('./backup.ts'), usage: 'cli.backup.usage' },
  restore: { load: () => import('./restore.ts'), usage: 'cli.restore.usage' },
  'reset-access': { load: () => import('./reset-access.ts'), usage: 'cli.reset.usage' },
  verify: { load: () => import('./verify.ts'), usage: 'cli.verify.usage' },
  doctor: { load: () => import('./doctor.ts'), usage: 'cli.doctor.usage' },
};

/** The reader of our output may leave before the end (`| head`): that is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode ?? 0);
});

const t = translator(pickLocale(language()));
const isHelp = (argument: string | undefined) => argument === '--help' || argument === '-h';

function tellUsage(command: string): void {
  const asked = command === '' || command === 'help' || isHelp(command);
  if (!asked) process.stderr.write(`${t('cli.unknown', { command })}\n`);
  process[asked ? 'stdout' : 'stderr'].write(`${t('cli.usage')}\n`);
  process.exitCode = asked ? 0 : 2;
}

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (!command) tellUsage(name);
else if (command.usage && args.some(isHelp)) process.stdout.write(`${t(command.usage)}\n`);
else process.exitCode = await (await command.load()).run(args);
