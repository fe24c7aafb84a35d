import { mayAsk } from './rules.ts';

const seconds = 10;
const largest = 1 << 20;

/** A fetch for addresses that an admin, or a provider's configuration, has named. */
export type RemoteFetch = (url: string, init?: object) => Promise<Response>;

async function readAll(answer: Response): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of answer.body ?? []) {
    size += piece.length;
    if (size > largest) throw new Error('The answer is too large.');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/**
 * Encrypted (see `mayAsk`), without following redirects, which could lead into the network that this machine stands in; ten seconds
 * and a megabyte at most.
 * @throws Error for what is not allowed or not answered
 */
export function openRemote(localIssuers: boolean): RemoteFetch {
  return async (url, init = {}) => {
    if (!URL.canParse(url) || !mayAsk(new URL(url), localIssuers)) throw new Error('This address is not asked.');
    const signal = AbortSignal.timeout(seconds * 1000);
    const answer = await fetch(url, { ...init, redirect: 'manual', signal });
    const { status, headers } = answer;
    const body = await readAll(answer);
    // Decoded already.
    const told = new Headers(headers);
    told.delete('content-encoding');
    told.delete('content-length');
    return new Response([204, 304].includes(status) ? null : body, { status, headers: told });
  };
}
