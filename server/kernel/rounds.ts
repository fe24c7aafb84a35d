/** Somebody whose turn has not come. */
interface Waiting<T, R> {
  item: T;
  resolve(result: R): void;
  reject(reason: unknown): void;
}

/**
 * Does in one go what arrives together: in each lane one round is under way, and what comes meanwhile makes the next. Everybody is
 * answered when their round has been done. One that fails fails alone: the others of its round are done one after the other.
 * @param work does a round: a result for each item, in their order; all of it or nothing @param clash whether two must not be in one round
 */
export function inRounds<T, R>(
  work: (items: T[]) => Promise<R[]>,
  clash: (one: T, another: T) => boolean,
  most: number,
): (lane: string, item: T) => Promise<R> {
  const lanes = new Map<string, Waiting<T, R>[]>();

  async function doRound(round: Waiting<T, R>[]): Promise<void> {
    try {
      const results = await work(round.map(({ item }) => item));
      for (const [index, { resolve }] of round.entries()) resolve(results[index]!);
    } catch (error) {
      if (round.length === 1) round[0]!.reject(error);
      else for (const one of round) await doRound([one]);
    }
  }
  async function drive(lane: string, waiting: Waiting<T, R>[]): Promise<void> {
    while (waiting.length > 0) {
      const round: Waiting<T, R>[] = [];
      while (waiting.length > 0 && round.length < most && !round.some(({ item }) => clash(item, waiting[0]!.item)))
        round.push(waiting.shift()!);
      await doRound(round);
    }
    lanes.delete(lane);
  }
  return (lane, item) =>
    new Promise((resolve, reject) => {
      const one = { item, resolve, reject };
      const waiting = lanes.get(lane);
      if (waiting) waiting.push(one);
      else {
        const made = [one];
        lanes.set(lane, made);
        void drive(lane, made);
      }
    });
}
