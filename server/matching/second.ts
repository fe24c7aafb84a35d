// The second thread of a full run: it shares the memory of the first and works beside it.
import { parentPort } from 'node:worker_threads';
import '../kernel/node20.ts';
import { BlockIndex, Comparer, type Holders, Population, Scorer, scoreParts, survey } from './engine/index.ts';
import { readHalf } from './halves.ts';
import type { SecondAnswer, SecondQuestion } from './threads.ts';

const port = parentPort!;
let population: Population | undefined;
let holders: Holders | undefined;

async function answer(question: SecondQuestion): Promise<SecondAnswer[SecondQuestion['ask']]> {
  switch (question.ask) {
    case 'read':
      return readHalf(question.half);
    case 'survey': {
      population = new Population(question.population.fields, question.population);
      const surveyed = survey(population, question.seed);
      holders = surveyed.holders;
      return surveyed;
    }
    case 'score': {
      if (!population || !holders) throw new Error('The cards were not surveyed.');
      const scorer = new Scorer(population, new Comparer(population, holders), question.model);
      const index = new BlockIndex(undefined, question.index);
      return scoreParts(population.size, index, scorer, () => Atomics.add(question.taken, 0, 1));
    }
  }
}

port.on('message', (question: SecondQuestion) => {
  answer(question).then(
    (found) => port.postMessage({ found }),
    (error: unknown) => port.postMessage({ error }),
  );
});
