import { Worker } from 'node:worker_threads';
import type { App } from '../../kernel/app.ts';
import type { Answered, Answers, Question } from './messages.ts';

/** Milliseconds without a question. */
const REST = 60_000;
/** Fewer cards than these are read into memory again within some two seconds. */
const READ_AGAIN = 50_000;

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** The way to the thread that holds the index. It is started when first asked, and again after it has died. */
export class Hunter {
  private readonly url: string;
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private readonly opened = new Set<string>();
  private readonly turns = new Map<string, Promise<unknown>>();
  /** Cards of the workspaces in memory. */
  private readonly sizes = new Map<string, number>();
  private rest: NodeJS.Timeout | undefined;
  private asked = 0;
  private closed = false;

  constructor(url: string) {
    this.url = url;
  }

  /** Whether the workspace's index is there: a question will be answered at once. */
  isReady(workspaceId: string): boolean {
    return this.opened.has(workspaceId);
  }

  /** @throws Error when the thread died or the question failed; it may be asked again */
  async ask<Q extends Question>(question: Q): Promise<Answers[Q['ask']]> {
    if (this.closed) throw new Error('The matching thread was closed.');
    const worker = this.running();
    const no = ++this.asked;
    const answer = await new Promise((resolve, reject) => {
      this.waiting.set(no, { resolve, reject });
      worker.postMessage({ ...question, no });
    });
    if (question.ask === 'open' || question.ask === 'learn') {
      this.opened.add(question.workspaceId);
      this.sizes.set(question.workspaceId, answer as number);
    }
    this.endAtRest();
    if (question.ask === 'change' && answer === null) this.opened.delete(question.workspaceId);
    return answer as Answers[Q['ask']];
  }

  /** Runs work about a workspace after all that was begun before; what is asked and what is written keep one order. */
  async inTurn<T>(workspaceId: string, work: () => Promise<T>): Promise<T> {
    const before = this.turns.get(workspaceId) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.turns.set(workspaceId, mine);
    return mine;
  }

  /** Holding what is read again in two seconds would cost 80 MB for nothing; what takes longer to read is kept. */
  private endAtRest(): void {
    clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      const cards = [...this.sizes.values()].reduce((sum, size) => sum + size, 0);
      if (this.waiting.size === 0 && cards < READ_AGAIN) void this.kill();
    }, REST);
    this.rest.unref();
  }

  /** Bytes that the thread's heap and typed arrays take; 0 where it has not been started. */
  async memory(): Promise<number> {
    const used = await this.worker?.getHeapStatistics();
    return used ? used.used_heap_size + used.external_memory : 0;
  }

  /** Ends the thread at once; the next question starts another. */
  async kill(): Promise<void> {
    await this.worker?.terminate();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.kill();
  }

  private running(): Worker {
    if (this.worker) return this.worker;
    // Unbuilt and built code differ in the ending only.
    const file = new URL(import.meta.url.replace(/hunter\.(ts|js)$/, 'thread.$1'));
    // The nursery of a thread grows as far as the main one's, for work that does not need it.
    const worker = new Worker(file, {
      workerData: { url: this.url },
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    // Of itself it keeps no process alive; whoever waits for an answer holds a connection that does.
    worker.unref();
    worker.on('message', ({ no, answer, error }: Answered) => {
      const waiting = this.waiting.get(no);
      this.waiting.delete(no);
      if (error === undefined) waiting?.resolve(answer);
      else waiting?.reject(new Error(error));
    });
    worker.on('error', (error) => this.lost(worker, error));
    worker.on('exit', () => this.lost(worker, new Error('The matching thread ended.')));
    this.worker = worker;
    return worker;
  }

  private lost(worker: Worker, error: Error): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    this.opened.clear();
    this.sizes.clear();
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

const hunters = new WeakMap<App, Hunter>();

/** The application's thread; not started before it is asked. */
export function hunterOf(app: App): Hunter {
  let hunter = hunters.get(app);
  if (!hunter) {
    const { connectionString } = app.db.pool.options;
    hunter = new Hunter(connectionString!);
    hunters.set(app, hunter);
  }
  return hunter;
}
