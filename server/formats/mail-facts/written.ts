const DAY = 86_400_000;

/** When a message was written, by its own word unless a wrong clock says it: never later than it arrived. */
export function whenWritten(said: string | undefined, receivedAt: Date): Date {
  const date = new Date(said ?? Number.NaN);
  const sound = date.getUTCFullYear() >= 1990 && date.getTime() <= receivedAt.getTime() + DAY;
  return sound ? date : receivedAt;
}
