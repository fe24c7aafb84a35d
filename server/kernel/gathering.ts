/** One of those who asked at the same time. */
interface Asked<I, O> {
  item: I;
  done: PromiseWithResolvers<O>;
}

/**
 * Does together what is asked for at the same time, so that a flood costs few transactions: who comes first is served at once, whoever
 * comes meanwhile waits for that and goes in the next round. Of one key, one round at a time runs in this process.
 *
 * @param work answers each item of a round, in their order. When it fails, each goes alone, so that what cannot be done keeps nobody else
 * from theirs: what it did must be undone with its failure.
 * @param most items of a round
 */
export function gathering<I, O>(work: (key: string, items: readonly I[]) => Promise<readonly O[]>, most = 100) {
  const waiting = new Map<string, Asked<I, O>[]>();

  async function settle(key: string, round: readonly Asked<I, O>[]): Promise<void> {
    try {
      const answers = await work(
        key,
        round.map(({ item }) => item),
      );
      for (const [at, { done }] of round.entries()) done.resolve(answers[at]!);
    } catch (error) {
      if (round.length === 1) round[0]!.done.reject(error);
      else for (const one of round) await settle(key, [one]);
    }
  }

  async function serve(key: string, queue: Asked<I, O>[]): Promise<void> {
    while (queue.length > 0) await settle(key, queue.splice(0, most));
    waiting.delete(key);
  }

  return (key: string, item: I): Promise<O> => {
    const asked = { item, done: Promise.withResolvers<O>() };
    const queue = waiting.get(key);
    if (queue) queue.push(asked);
    else {
      const begun = [asked];
      waiting.set(key, begun);
      void serve(key, begun);
    }
    return asked.done.promise;
  };
}
