import { defineConfig } from 'vitest/config';

if (!('groupBy' in Map))
  throw new Error('This Node is too old for the tests. Run them by: npm test -- server/cards/cards.test.ts');

const slow = 60_000;

/** From which tests draw by lot: always the same, so that what passed passes again; another seed tries something else (CONTRIBUTING.md). */
const seed = process.env.SEED ?? '130968662';

/** Suites: `unit` (and over HTTP), `model` (random worlds against a reference), `peers` (real servers of others), `e2e`. */
export default defineConfig({
  test: {
    globalSetup: ['server/kernel/testing-database.ts'],
    setupFiles: ['tools/seed.ts'],
    env: { SEED: seed },
    // PostgreSQL and the tests share the machine; more workers than this only wait for each other.
    maxWorkers: 2,
    // Each file has an application and a database of its own; the modules they are made of are loaded once a worker (half of the time else).
    isolate: false,
    // What is waited for comes soon, or late on a busy machine: a second, the library's own patience, is not enough there.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{server,cli,tools,web,bench}/**/*.test.ts'],
          exclude: ['**/*.{model,peers}.test.ts', '**/node_modules/**'],
          testTimeout: slow,
          hookTimeout: 3 * slow,
        },
      },
      {
        extends: true,
        test: { name: 'model', include: ['server/**/*.model.test.ts'], testTimeout: 5 * slow, hookTimeout: 3 * slow },
      },
      {
        extends: true,
        test: { name: 'peers', include: ['server/**/*.peers.test.ts'], testTimeout: 5 * slow, hookTimeout: 3 * slow },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          testTimeout: 3 * slow,
          hookTimeout: 3 * slow,
          // One product at a time: two browsers that draw without a graphics card only wait for each other, and steps run out of time.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
