import { pickLocale, translator } from '../server/kernel/messages.ts';
import { language } from './language.ts';

/** Each command is loaded only when it is called: `read` must not load the database. */
const COMMANDS: Record<string, () => Promise<{ run(args: string[]): Promise<number> }>> = {
  read: () => import('./read.ts'),
  match: () => import('./match.ts'),
  backup: () => import('./backup.ts'),
  restore: () => import('./restore.ts'),
  'reset-access': () => import('./reset-access.ts'),
  doctor: () => import('./doctor.ts'),
};

/** The reader of our output may leave before the end (`| head`): that is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode ?? 0);
});

const [command = '', ...args] = process.argv.slice(2);
const load = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
if (load) {
  process.exitCode = await (await load()).run(args);
} else {
  const t = translator(pickLocale(language()));
  const asked = command === '' || command === 'help' || command === '--help';
  if (!asked) process.stderr.write(`${t('cli.unknown', { command })}\n`);
  process[asked ? 'stdout' : 'stderr'].write(`${t('cli.usage')}\n`);
  process.exitCode = asked ? 0 : 2;
}
