import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import {
  conclude,
  indexAll,
  learnFrom,
  type MatchOptions,
  type MatchResult,
  type Model,
  match,
  type Population,
  type ScoredParts,
  type SharedIndex,
  type SharedPopulation,
  type Survey,
  scoreParts,
} from './engine/index.ts';
import type { Half, HalfRead } from './halves.ts';

/** What the second thread is asked, and what it answers. */
export type SecondQuestion =
  | { ask: 'read'; half: Half }
  | { ask: 'survey'; population: SharedPopulation; seed: number }
  | { ask: 'score'; index: SharedIndex; model: Model; taken: Int32Array };

export interface SecondAnswer {
  read: HalfRead;
  survey: Survey;
  score: ScoredParts;
}

/** Fewer cards are matched sooner than a second thread is there. */
const WORTHWHILE = 20_000;

/** A second thread for full runs, where the machine has a second processor. It is started when first asked. */
export class Second {
  private worker: Worker | undefined;

  /** Whether to expect anything of it. */
  static isPossible(): boolean {
    return availableParallelism() > 1;
  }

  /** Asks one question; the next one only when it is answered. @throws Error what went wrong there */
  async ask<Q extends SecondQuestion>(question: Q): Promise<SecondAnswer[Q['ask']]> {
    // Unbuilt and built code differ in the ending only.
    const file = new URL(import.meta.url.replace(/threads\.(ts|js)$/, 'second.$1'));
    this.worker ??= new Worker(file, { resourceLimits: { maxYoungGenerationSizeMb: 64 } });
    const { worker } = this;
    return await new Promise((resolve, reject) => {
      worker.removeAllListeners();
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('The second thread ended.')));
      worker.on('message', ({ found, error }: { found: SecondAnswer[Q['ask']]; error: unknown }) =>
        error === undefined ? resolve(found) : reject(error),
      );
      worker.postMessage(question);
    });
  }

  async close(): Promise<void> {
    this.worker?.removeAllListeners();
    await this.worker?.terminate();
    this.worker = undefined;
  }
}

/**
 * A full run on two threads: while this one makes the index, the second counts who holds what; both score. The answer is that of
 * `match`, whichever thread scores which cards. Few cards, or no second thread: all is done here.
 *
 * @param second no longer used for anything else; its owner closes it
 * @param least how many cards are worth a second thread
 */
export async function matchOnTwo(
  population: Population,
  second: Second | undefined,
  options: MatchOptions = {},
  least: number = WORTHWHILE,
): Promise<MatchResult> {
  if (!second || population.size < least) return match(population, options);
  const surveyed = second.ask({ ask: 'survey', population: population.toShared(), seed: options.seed ?? 1 });
  // Whatever goes wrong there is told where it is awaited.
  surveyed.catch(() => {});
  const index = indexAll(population);
  const scorer = learnFrom(population, index, await surveyed);
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const theirs = second.ask({ ask: 'score', index: index.toShared(), model: scorer.model, taken });
  theirs.catch(() => {});
  const own = scoreParts(population.size, index, scorer, () => Atomics.add(taken, 0, 1));
  return conclude(population, index, scorer, [own, await theirs], options);
}
