import { AlreadyRunning } from './kernel/attach.ts';
import { ConfigError, readConfig } from './kernel/config.ts';
import { EmbeddedPostgresError } from './kernel/embedded.ts';
import { pickLocale, translator } from './kernel/messages.ts';
import { start } from './start.ts';

const t = translator(pickLocale(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG));
const say = (line: string) => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env);
  const running = await start(config, (key, values) => say(t(`start.${key}`, values)));
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
  running.onDeath(() => {
    say(t('start.database_died'));
    void stop(1);
  });
}

try {
  await main();
} catch (error) {
  if (error instanceof ConfigError || error instanceof EmbeddedPostgresError) say(error.message);
  else if (error instanceof AlreadyRunning) say(t('start.already_running', { folder: error.folder }));
  else if ((error as { code?: string }).code === 'EADDRINUSE')
    say(t('start.port_taken', { port: (error as { port?: number }).port ?? 0 }));
  else say(`${(error as Error).stack}`);
  process.exit(1);
}
