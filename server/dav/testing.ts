import type { Member, TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

/** A device as it connects: speaks HTTP to the running application with a password of its own. */
export interface TestDevice {
  id: string;
  base: string;
  user: string;
  password: string;
  /** Any request; `path` is absolute, or below the member's address books. */
  send(method: string, path: string, body?: string, headers?: Record<string, string>): Promise<Response>;
  /** Path of a book: the main one, or of this name in URLs. */
  book(slug?: string): Promise<string>;
}

export async function addDevice(app: TestApp, member: Member, writes = true): Promise<TestDevice> {
  const { device, password, connection } = await member.call(contracts.addDevice, { name: 'Phone', writes });
  const { port } = app.server.server.address() as { port: number };
  const base = `http://127.0.0.1:${port}`;
  const authorization = `Basic ${Buffer.from(`${connection.user}:${password}`).toString('base64')}`;
  const home = `/dav/books/${member.me.memberId}/`;
  const send: TestDevice['send'] = (method, path, body, headers = {}) =>
    fetch(base + (path.startsWith('/') ? path : home + path), {
      method,
      headers: { authorization, ...headers },
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    });
  return {
    id: device.id,
    base,
    user: connection.user,
    password,
    send,
    async book(slug) {
      if (slug) return `${home}${slug}/`;
      const answer = await send('PROPFIND', home, undefined, { depth: '1' });
      const books = [...(await answer.text()).matchAll(/<D:href>([^<]*)<\/D:href>/g)].map((match) => match[1]!);
      return books.filter((href) => href.startsWith(home) && href !== home)[0]!;
    },
  };
}

/** What a device learns of a book since a token: names that are there, names that are gone, and the next token. */
export async function syncBook(phone: TestDevice, book: string, token = '') {
  const body = `<D:sync-collection xmlns:D="DAV:"><D:sync-token>${token}</D:sync-token><D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>`;
  const answer = await phone.send('REPORT', book, body, { 'content-type': 'application/xml' });
  const text = await answer.text();
  if (answer.status !== 207) throw new Error(`${answer.status} ${text}`);
  const responses = [...text.matchAll(/<D:response><D:href>([^<]*)<\/D:href>(.*?)<\/D:response>/gs)];
  const those = (mark: string) =>
    responses
      .filter(([, , rest]) => rest!.includes(mark))
      .map(([, href]) => decodeURIComponent(href!.slice(book.length)))
      .sort();
  return { there: those('getetag'), gone: those(' 404 '), token: /<D:sync-token>([^<]*)</.exec(text)![1]! };
}
