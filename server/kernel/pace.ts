import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';

/** Requests that are being answered by this process. */
let open = 0;
const most = 500;

/** Counts a request while it is answered. */
export async function whileAnswering<T>(work: () => Promise<T>): Promise<T> {
  open++;
  try {
    return await work();
  } finally {
    open--;
  }
}

/** Work that nobody waits for steps back between its pieces while requests are being answered, half a second at most. */
export async function letRequestsPass(): Promise<void> {
  await turn();
  for (let waited = 0; open > 0 && waited < most; waited += 5) await sleep(5);
}
