import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  method: string;
  /** Path and query. */
  url: URL;
  authorization: string;
  body: string;
}

export interface Answered {
  status?: number;
  headers?: Record<string, string>;
  /** JSON, or text as it is. */
  body?: unknown;
}

/** A service of the outside world on this machine. */
export interface Fake {
  url: string;
  asked: Asked[];
  /** Answers in the service's stead; undefined lets it answer itself. */
  meddle: ((asked: Asked) => Answered | undefined | Promise<Answered | undefined>) | null;
  close(): void;
}

/** @param answer what the service says, as its public API description has it */
export async function openFake(answer: (asked: Asked) => Answered): Promise<Fake> {
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const asked: Asked = {
      method: request.method!,
      url: new URL(request.url!, 'http://service.test'),
      authorization: request.headers.authorization ?? '',
      body: Buffer.concat(pieces).toString(),
    };
    fake.asked.push(asked);
    const { status = 200, headers = {}, body = {} } = (await fake.meddle?.(asked)) ?? answer(asked);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const fake: Fake = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    meddle: null,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return fake;
}
