import { Worker } from 'node:worker_threads';
import type { App } from '../../kernel/app.ts';
import type { Outcome } from '../answers.ts';
import type { Line, Mail, MailServer } from '../deliver.ts';
import type { MailingAnswer, MailingQuestion } from './messages.ts';

/** Milliseconds without a conversation after which the thread ends and gives back its memory. */
const rest = 30_000;

/**
 * Holds conversations with mail servers in a thread of its own. Writing and signing a mail (2048 bits) takes twice the time of all else that a campaign
 * needs of the process: beside it, the next are claimed meanwhile. The thread is started when first asked, and ended when at rest.
 */
export class Mailer {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, (outcome: Outcome) => void>();
  private opened = 0;
  private open = 0;
  private resting: NodeJS.Timeout | undefined;

  /** Begins a conversation. Whatever befalls the thread, each mail has its outcome: of those it had in hand then nobody knows whether they left. */
  openLine(server: MailServer): Line {
    clearTimeout(this.resting);
    const worker = this.running();
    const line = ++this.opened;
    this.open++;
    const say = (question: MailingQuestion) => worker.postMessage(question);
    say({ ask: 'open', line, server });
    return {
      deliver: (mail: Mail) =>
        new Promise((resolve) => {
          if (this.worker !== worker) return resolve({ state: 'later', answer: 'connection' });
          this.waiting.set(line, resolve);
          say({ ask: 'deliver', line, mail });
        }),
      close: () => {
        say({ ask: 'close', line });
        if (--this.open > 0) return;
        this.resting = setTimeout(() => void this.end(), rest);
        this.resting.unref();
      },
    };
  }

  /** Ends the thread, whatever it is at. */
  async end(): Promise<void> {
    clearTimeout(this.resting);
    const { worker } = this;
    if (!worker) return;
    this.lost(worker);
    await worker.terminate();
  }

  private running(): Worker {
    if (this.worker) return this.worker;
    // Unbuilt and built code differ in the ending only.
    const file = new URL(import.meta.url.replace(/mailer\.(ts|js)$/, 'thread.$1'));
    const worker = new Worker(file, { resourceLimits: { maxYoungGenerationSizeMb: 6, maxOldGenerationSizeMb: 128 } });
    // Of itself it keeps no process alive; whoever waits for an outcome is a job that does.
    worker.unref();
    worker.on('message', ({ line, outcome }: MailingAnswer) => {
      const resolve = this.waiting.get(line);
      this.waiting.delete(line);
      resolve?.(outcome);
    });
    worker.on('error', () => this.lost(worker));
    worker.on('exit', () => this.lost(worker));
    this.worker = worker;
    return worker;
  }

  private lost(worker: Worker): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    for (const resolve of this.waiting.values()) resolve({ state: 'in_doubt', answer: 'no_answer' });
    this.waiting.clear();
  }
}

const mailers = new WeakMap<App, Mailer>();

/** The application's thread for mail; not started before it is asked. */
export function mailerOf(app: App): Mailer {
  let mailer = mailers.get(app);
  if (!mailer) {
    mailer = new Mailer();
    mailers.set(app, mailer);
  }
  return mailer;
}
