import { AlreadyRunning } from './kernel/attach.ts';
import { type Config, readConfig } from './kernel/config.ts';
import { Explained, pickLocale, translator } from './kernel/messages.ts';
import { startWithOptions as program } from './kernel/root.ts';
import { explain, hasNoRoom } from './kernel/trouble.ts';
import { start } from './start.ts';

const t = translator(pickLocale(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG));
const say = (line: string) => void process.stderr.write(`${line}\n`);

async function run(config: Config): Promise<void> {
  const running = await start(config, (key, values) => say(t(`start.${key}`, values)));
  // Whoever read what it prints may have gone: that ends nothing, least of all without stopping the database.
  process.stderr.on('error', () => {});
  let stopping = false;
  const stop = async (code: number) => {
    if (stopping) return;
    stopping = true;
    say(t('start.stopping'));
    await running.stop();
    process.exit(code);
  };
  // Ctrl-C may arrive twice, from the terminal's group and from the launcher.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
  running.onLost((why) => {
    say(t(`start.${why === 'database_died' && hasNoRoom(config.dataDir) ? 'database_died_full' : why}`));
    void stop(1);
  });
}

function describe(error: unknown, config: Config | undefined): string {
  const explained = error instanceof Explained ? error : config && explain(error, config);
  if (explained) return t(explained.key, { program, ...explained.values });
  if (error instanceof AlreadyRunning) return t('start.already_running', { folder: error.folder });
  const { code, port, stack } = error as NodeJS.ErrnoException & { port?: number };
  return code === 'EADDRINUSE' ? t('start.port_taken', { port: port ?? 0, program }) : `${stack}`;
}

/** Runs the product until it is told to stop; ends the process when it cannot start, having said why. */
export async function serve(args: string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${t('start.usage', { program })}\n`);
    return;
  }
  let config: Config | undefined;
  try {
    config = readConfig(args, process.env);
    await run(config);
  } catch (error) {
    say(describe(error, config));
    process.exit(1);
  }
}
