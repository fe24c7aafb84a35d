import { once } from 'node:events';
import { createServer, type IncomingMessage, request as requestOf, type ServerResponse } from 'node:http';
import { type AddressInfo, connect as connectSocket, createServer as createSocketServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { type Member, ProblemAnswer } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

/** Allows tests to connect what stands on this machine. */
export const onLoopback = ['--private-network', '127.0.0.0/8'];

export interface Account {
  address: string;
  username: string;
  password: string;
}

export const entered = ({ address, username, password }: Account) => ({
  kind: 'address_book',
  settings: { service: 'other', address, username },
  secret: { password },
});

let books = 0;

interface Options {
  twoWay?: boolean;
  name?: string;
  bookId?: string;
  deals?: contracts.Connection['deals'];
}

/** Connects the first address book of an account, or the one of this name, with a book of its own, and waits for its contacts. */
export const connect = (member: Member, account: Account, options?: Options) =>
  connectService(member, entered(account), options);

/** The same for any kind of service. */
export async function connectService(
  member: Member,
  account: { kind: string; settings: Record<string, unknown>; secret: Record<string, unknown> },
  options: Options = {},
): Promise<{ id: string; bookId: string }> {
  const { twoWay = false, name, deals = null } = options;
  const bookId = options.bookId ?? (await member.call(delegation.createBook, { name: `Connected ${++books}` })).id;
  const from = { headers: { 'x-forwarded-for': `198.51.200.${(++books % 250) + 1}` } };
  const { items } = await member.call(contracts.listPlaces, account, from);
  const place = items.find((one) => name === undefined || one.name === name)!.id;
  const to = { ...account, name: 'Account', place, bookId, twoWay, deals };
  const made = await member.call(contracts.addConnection, to, from);
  await rest(member, made.id);
  return { id: made.id, bookId };
}

/** Waits until a connection rests; matching goes on behind it. @returns how it went */
export async function rest(member: Member, connectionId: string) {
  for (let waited = 0; waited < 30_000; waited += 20) {
    const { runs, ...connection } = await member.call(contracts.getConnection, { connectionId });
    if (!connection.running) return { ...connection, counts: runs[0]!.counts, outcome: runs[0]!.outcome };
    await sleep(20);
  }
  throw new Error('It was still synchronising after half a minute.');
}

/** Synchronises now. @returns how it went */
export async function sync(member: Member, connectionId: string, removals = false) {
  await member.call(contracts.syncConnection, { connectionId, removals });
  return rest(member, connectionId);
}

/** What a service would not do when an account of it was tried. */
export const problemOf = (call: Promise<unknown>): Promise<string | undefined> =>
  call.then(
    () => undefined,
    (error) => (error instanceof ProblemAnswer ? (error.problem.fields?.problem ?? error.problem.code) : String(error)),
  );

/** What a member's book holds, by name. */
export async function readBook(member: Member, bookId: string) {
  const people = [];
  for (let after: string | null | undefined; after !== null; ) {
    const page = await member.call(cards.listPeople, { bookId, limit: 200, ...(after && { after }) });
    people.push(...page.items);
    after = page.next;
  }
  return people.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export const namesIn = async (member: Member, bookId: string): Promise<string[]> =>
  (await readBook(member, bookId)).map(({ name }) => name);

/** The card of a person in a book, and what it says by kind of value. */
export async function readCard(member: Member, bookId: string, name: string) {
  const personId = (await readBook(member, bookId)).find((one) => one.name === name)!.id;
  const person = await member.call(cards.getPerson, { personId });
  const card = await member.call(cards.getCard, { cardId: person.cards.find(({ book }) => book.id === bookId)!.id });
  const values = (kind: string) =>
    card.fields.filter((field) => field.kind === kind).map(({ value }) => value as Record<string, unknown>);
  return { ...card, values };
}

interface Passing {
  request: IncomingMessage;
  body: Buffer;
  answer: ServerResponse;
  /** Has the server answer, and gives its answer before anybody else gets it. */
  forward(headers?: Record<string, string>): Promise<{ status: number; headers: Record<string, string>; body: Buffer }>;
}

/** Stands between the application and a server, and lets a test say what becomes of a request. */
export interface Between {
  address: string;
  /** Requests that came by: method and path. */
  seen: string[];
  /** Deals with a request, or returns false to let it pass. */
  meddle: ((passing: Passing) => Promise<boolean> | boolean) | null;
  close(): void;
}

export async function openBetween(target: string): Promise<Between> {
  const server = createServer(async (request, answer) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    between.seen.push(`${request.method} ${request.url}`);
    const forward: Passing['forward'] = (headers = {}) => pass(target, request, body, headers);
    if (await between.meddle?.({ request, body, answer, forward })) return;
    const { status, headers, body: said } = await forward();
    answer.writeHead(status, headers).end(said);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const between: Between = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    meddle: null,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return between;
}

function pass(target: string, { method, url, headers }: IncomingMessage, body: Buffer, more: Record<string, string>) {
  return new Promise<{ status: number; headers: Record<string, string>; body: Buffer }>((done, failed) => {
    const sent = requestOf(`${target}${url}`, { method, headers: { ...headers, host: new URL(target).host, ...more } });
    sent.on('error', failed);
    sent.on('response', async (answer) => {
      const pieces: Buffer[] = [];
      for await (const piece of answer) pieces.push(piece as Buffer);
      const told = { ...(answer.headers as Record<string, string>) };
      delete told['transfer-encoding'];
      done({ status: answer.statusCode!, headers: told, body: Buffer.concat(pieces) });
    });
    sent.end(body);
  });
}

/** The PostgreSQL of the tests, which listens on a socket in a folder, made to be reached by address as one elsewhere is. */
export async function openByAddress(url: string): Promise<{ address: string; close(): void }> {
  const { searchParams, hostname, port } = new URL(url.replace(/^\w+:/, 'http:').replace('@/', '@localhost/'));
  const folder = searchParams.get('host');
  const server = createSocketServer((from) => {
    const to = folder
      ? connectSocket(`${folder}/.s.PGSQL.${port || 5432}`)
      : connectSocket(Number(port || 5432), hostname);
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
