import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { App } from '../../kernel/app.ts';
import { AppError } from '../../kernel/errors.ts';
import type { Scan, ScanAnswer, ScanQuestion } from './messages.ts';

export interface ScannerLimits {
  /** Milliseconds for one picture: a card takes 1 to 3 s, 14 s on a machine that ten others wait for. */
  each: number;
  /** Milliseconds without a picture after which the thread ends and gives back its 200 MB. */
  rest: number;
}

/**
 * Reads pictures of cards in a thread of its own, one after the other. The thread is started when first asked, and ended when at rest
 * or when a picture takes too long.
 */
export class Scanner {
  private readonly limits: ScannerLimits;
  private worker: Worker | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private resting: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(limits: ScannerLimits = { each: 60_000, rest: 60_000 }) {
    this.limits = limits;
  }

  /** Whether the thread is there: only while there is work, and a while after. */
  get awake(): boolean {
    return this.worker !== undefined;
  }

  /** @throws AppError unreadable_picture, picture_too_large; unavailable once closed */
  async read(question: ScanQuestion): Promise<Scan> {
    const answer = this.turn.then(() => this.ask(question));
    this.turn = answer.catch(() => {});
    const found = await answer;
    if ('scan' in found) return found.scan;
    if ('error' in found) throw new Error(found.error);
    throw new AppError(found.refused === 'too_many_points' ? 'picture_too_large' : 'unreadable_picture');
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.end();
  }

  private async ask(question: ScanQuestion): Promise<ScanAnswer> {
    if (this.closed) throw new AppError('unavailable');
    clearTimeout(this.resting);
    const worker = this.running();
    const stop = new AbortController();
    const { signal } = stop;
    const late = setTimeout(() => stop.abort(new AppError('unreadable_picture')), this.limits.each);
    const onExit = () => stop.abort(this.closed ? new AppError('unavailable') : new Error('The thread ended.'));
    worker.once('exit', onExit);
    try {
      worker.postMessage(question);
      const [answer] = (await once(worker, 'message', { signal })) as [ScanAnswer];
      return answer;
    } catch (error) {
      // Whatever it was at, it is not at it any more.
      await this.end();
      throw signal.aborted ? signal.reason : error;
    } finally {
      clearTimeout(late);
      worker.off('exit', onExit);
      this.resting = setTimeout(() => void this.end(), this.limits.rest);
      this.resting.unref();
    }
  }

  private running(): Worker {
    // Unbuilt and built code differ in the ending only.
    const file = new URL(import.meta.url.replace(/scanner\.(ts|js)$/, 'thread.$1'));
    if (this.worker) return this.worker;
    const worker = new Worker(file, { resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 } });
    // Of itself it keeps no process alive; whoever waits for an answer holds a connection that does.
    worker.unref();
    // Who waits hears of an error by `once`; between pictures nobody does, and the next one gets a new thread.
    worker.on('error', () => {});
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = undefined;
    });
    this.worker = worker;
    return worker;
  }

  private async end(): Promise<void> {
    clearTimeout(this.resting);
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }
}

const scanners = new WeakMap<App, Scanner>();

/** The application's thread for pictures; not started before it is asked. */
export function scannerOf(app: App): Scanner {
  let scanner = scanners.get(app);
  if (!scanner) {
    scanner = new Scanner();
    scanners.set(app, scanner);
  }
  return scanner;
}
