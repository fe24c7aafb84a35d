import { z } from 'zod';
import { reason } from './contract.ts';

/** How many people: exactly where the margin is 0; else the number lies within it on either side 19 times in 20 (Wilson, 1927). */
export const figure = z.object({ people: z.number().int(), margin: z.number().int() });
export type Figure = z.output<typeof figure>;

/** Why somebody would not be written to: a reason of the gate, or none of their addresses is seen. */
const estimateReason = z.enum(['no_address', ...reason.options]);
export type EstimateReason = z.output<typeof estimateReason>;

/** What the gate would say of many people, if they were written to at an instant. */
export const estimate = z.object({
  /** Of the target, those whom the asker sees; each once. */
  people: figure,
  allowed: figure,
  refused: figure,
  /** A person counts under each of the reasons against them; most first. */
  reasons: z.array(figure.extend({ reason: estimateReason })),
  /** Of those who may be written to, how many only after that instant: quiet hours and days, quotas of domains and of the mailbox. */
  later: figure,
  /** Of the refused for pressure, those who would get it but for what is planned, or waits, and goes before. */
  yields: figure,
  /** Of those who may be written to, those in whose case something planned or waiting that matters less would find no room any more. */
  displaces: figure,
  /** Whether every number is exact. */
  exact: z.boolean(),
});
export type Estimate = z.output<typeof estimate>;
