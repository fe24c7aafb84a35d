/** Minutes until the next attempt, after so many failures in a row. */
const pauses = [1, 5, 15, 60, 180, 360, 720];
const daily = 1440;

/** So many failures in a row, over a day, and admins are told; from then on it is tried once a day. */
export const failsUntilTold = 8;

/**
 * When a destination is tried again that was not reached.
 * @param failures in a row, this one included
 * @param afterSeconds what it asked for itself
 */
export function nextTry(failures: number, now: Date, afterSeconds?: number): Date {
  const minutes = failures >= failsUntilTold ? daily : (pauses[failures - 1] ?? daily);
  return new Date(now.getTime() + Math.max(minutes * 60_000, Math.min(afterSeconds ?? 0, 86_400) * 1000));
}

/** After these nothing has arrived: the door was shut before anything was said. */
const shut = new Set([
  'bad_address',
  'private_network',
  'not_encrypted',
  'certificate',
  'refused',
  'forbidden',
  'place_gone',
  'elsewhere',
  'busy',
  'host_changed',
]);

/** Whether it is certain that nothing of what left has arrived. */
export const isShut = (trouble: string): boolean => shut.has(trouble);
