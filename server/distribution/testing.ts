import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sayConsent } from '../cards/consent.ts';
import type { TestApp } from '../kernel/testing.ts';
import type { Message } from './contract.ts';

/** What a receiver got. */
interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  message: Message;
}

/** A program on loopback that takes messages. */
export interface Receiver {
  url: string;
  got: Received[];
  /** What it answers from now on; usually 204. */
  answer(how: (answer: ServerResponse) => void): void;
  /** The events that it got, with what was said of each. */
  said(): [string, Record<string, unknown>][];
  close(): void;
}

export async function openReceiver(host = '127.0.0.1'): Promise<Receiver> {
  let how: (answer: ServerResponse) => void = (answer) => answer.writeHead(204).end();
  const got: Received[] = [];
  const server = createServer((request, answer) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString('utf8');
      got.push({ headers: request.headers, body, message: JSON.parse(body || 'null') });
      how(answer);
    });
  }).listen(0, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/hook`,
    got,
    answer: (next) => {
      how = next;
    },
    said: () => got.map(({ message }) => [message.type, message.data]),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Whoever has the e-mail address of this card objects to being written to there. */
export async function objects(app: TestApp, workspaceId: string, cardId: string): Promise<void> {
  const [point] = await app.query<{ id: string }>(
    `select contact_point_id as id from cards.card_field where card_id = $1 and kind = 'email'`,
    [cardId],
  );
  await app.app.db.asSystem('keeper', (tx) => sayConsent(tx, workspaceId, point!.id, 'objected', 'said so'));
}
