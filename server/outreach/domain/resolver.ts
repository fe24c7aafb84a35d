import { Resolver as Asker } from 'node:dns/promises';

/** What the domain name system says: what was found, that there is nothing, or that nobody answered. */
export type Answer<T> = { found: T[] } | { none: 'nxdomain' | 'nodata' } | { failed: 'timeout' | 'server' };

interface Mx {
  exchange: string;
  priority: number;
}

export interface Resolver {
  /** Each record whole: the pieces of up to 255 octets that it is made of are put together (RFC 7208, 3.3). */
  txt(name: string): Promise<Answer<string>>;
  a(name: string): Promise<Answer<string>>;
  aaaa(name: string): Promise<Answer<string>>;
  mx(name: string): Promise<Answer<Mx>>;
  /** Names of an address. */
  ptr(ip: string): Promise<Answer<string>>;
}

/** Milliseconds for an answer, asked twice. */
const patience = { timeout: 2500, tries: 2 };

/** Asks the servers of this machine, or one of these addresses with its port. */
export function openResolver(server?: string): Resolver {
  const asker = new Asker(patience);
  if (server) asker.setServers([server]);
  const ask = async <T>(work: () => Promise<T[]>): Promise<Answer<T>> => {
    try {
      const found = await work();
      return found.length > 0 ? { found } : { none: 'nodata' };
    } catch (error) {
      const { code } = error as { code?: string };
      // A name that no name can be is there as little as one that is not.
      if (code === 'ENOTFOUND' || code === 'EBADNAME' || code === 'ERR_INVALID_ARG_VALUE') return { none: 'nxdomain' };
      if (code === 'ENODATA') return { none: 'nodata' };
      return { failed: code === 'ETIMEOUT' ? 'timeout' : 'server' };
    }
  };
  return {
    txt: (name) => ask(async () => (await asker.resolveTxt(name)).map((pieces) => pieces.join(''))),
    a: (name) => ask(() => asker.resolve4(name)),
    aaaa: (name) => ask(() => asker.resolve6(name)),
    mx: (name) => ask(() => asker.resolveMx(name)),
    ptr: (ip) => ask(() => asker.reverse(ip)),
  };
}
