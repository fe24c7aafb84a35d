import type { ProblemCode } from './contract.ts';

/** Seconds after the first failure; doubled with each one that follows. */
const first = 60;
/** Seconds: four times a day. */
const longest = 6 * 3600;

/** What passes by itself. Everything else waits for somebody to do something about it. */
const passing: ReadonlySet<ProblemCode> = new Set([
  'unreachable',
  'timeout',
  'server_error',
  'busy',
  'malformed',
  'too_large',
  'internal',
]);

/** A share of the time up to a fifth more or less, so that what failed together does not come back together. @param random 0 to 1 */
const withJitter = (seconds: number, random: number): number => seconds * (0.8 + 0.4 * random);

export interface Health {
  state: 'ok' | 'retrying' | 'attention';
  problem: ProblemCode | null;
  failures: number;
  nextAt: Date;
}

/** After a synchronisation that came to its end. @param every seconds between two of them */
export const afterSuccess = (every: number, now: Date, random: number): Health => ({
  state: 'ok',
  problem: null,
  failures: 0,
  nextAt: later(now, withJitter(every, random)),
});

/**
 * After one that failed. @param failures in a row before this one @param afterSeconds what the service asked for (Retry-After, RFC 9110,
 * 10.2.3); believed up to a day
 */
export function afterFailure(
  problem: ProblemCode,
  failures: number,
  now: Date,
  random: number,
  afterSeconds = 0,
): Health {
  const backOff = withJitter(Math.min(longest, first * 2 ** Math.min(failures, 20)), random);
  return {
    state: passing.has(problem) ? 'retrying' : 'attention',
    problem,
    failures: failures + 1,
    nextAt: later(now, Math.max(backOff, Math.min(afterSeconds, 86_400))),
  };
}

const later = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000);
