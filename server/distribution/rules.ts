/** Seconds between attempts (Standard Webhooks 1.0, "Retry schedule"): nearly three days in all. */
const pauses = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 72_000];

/** How long a message is tried, in milliseconds. */
export const triedFor = 3 * 86_400_000;

/** So much more or less than the schedule, so that what failed together does not come again together. */
const jitter = 0.2;

/** The longest that a receiver may ask us to wait, in seconds. */
const longestWait = 86_400;

/**
 * When a message that did not arrive is tried again; null: not any more.
 * @param attempts those that failed, this one included
 * @param since when it was tried first
 * @param chance from 0 to 1
 * @param retryAfter what the receiver asked for (RFC 9110, 10.2.3), where it says seconds
 */
export function nextAttempt(
  attempts: number,
  since: Date,
  now: Date,
  chance: number,
  retryAfter: string | null = null,
): Date | null {
  const pause = pauses[attempts - 1];
  if (pause === undefined) return null;
  const asked = /^\d{1,6}$/.test(retryAfter ?? '') ? Math.min(Number(retryAfter), longestWait) : 0;
  const seconds = Math.max(pause * (1 - jitter + 2 * jitter * chance), asked);
  const next = new Date(now.getTime() + seconds * 1000);
  return next.getTime() > since.getTime() + triedFor ? null : next;
}

/** Whether an event is wanted of one of these (books, segments…). */
export const isWanted = (only: readonly string[] | null, ids: readonly (string | null)[]): boolean =>
  only === null || ids.some((id) => id !== null && only.includes(id));

/** So many messages are looked at together at most. */
const mostLooked = 500;

/**
 * How many messages are looked at for so many to leave: more, where few of those looked at last were open to whom they are for.
 * @param room how many may leave now
 * @param last the look before; undefined: there was none
 */
export function pieceFor(room: number, last: { claimed: number; ready: number } | undefined): number {
  if (!last) return room;
  return Math.max(room, Math.min(mostLooked, Math.ceil((room * last.claimed) / Math.max(last.ready, 0.5))));
}
