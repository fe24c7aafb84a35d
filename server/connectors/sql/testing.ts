import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/** The PostgreSQL of the tests, which listens on a socket in a folder, made to be reached by address as one elsewhere is. */
export async function openByAddress(url: string): Promise<{ address: string; close(): void }> {
  const { searchParams, hostname, port } = new URL(url.replace(/^\w+:/, 'http:').replace('@/', '@localhost/'));
  const folder = searchParams.get('host');
  const server = createServer((from) => {
    const to = folder ? connect(`${folder}/.s.PGSQL.${port || 5432}`) : connect(Number(port || 5432), hostname);
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}
