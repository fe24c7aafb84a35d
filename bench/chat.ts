import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { addChannel } from '../server/conversations/channels-contract.ts';
import { openChat, sayInChat, visitorHeader } from '../server/conversations/chat-contract.ts';
import { listConversations, listMessages } from '../server/conversations/contract.ts';
import { acceptInvitation, createInvitation, setUp } from '../server/identity/contract.ts';
import type { Contract } from '../server/kernel/contract.ts';
import { apiPrefix } from '../server/kernel/http.ts';
import { print, quantile } from './figures.ts';
import { makeFolder, type Product, startProduct } from './product.ts';

export const about =
  'a chat message from window to agent’s screen with 200 visitors and 20 agents, and 200 messages a second from a program, also when the product is killed every ten seconds; --seconds N of each (20; the chat 30 at most), --kill';

const visitors = 200;
const agents = 20;
const password = 'seven green bicycles';

interface Caller {
  send<T>(
    contract: Pick<Contract, 'method' | 'path'>,
    input: Record<string, unknown>,
    headers?: Record<string, string>,
  ): Promise<T>;
  cookie: string;
  address: string;
}

/** Somebody with a session and an address of their own: limits count by address. */
function callerOf(url: string, n: number): Caller {
  const caller: Caller = {
    cookie: '',
    address: `10.0.${n >> 8}.${n & 255}`,
    async send(contract, input, headers = {}) {
      const rest = { ...input };
      const path = contract.path.replaceAll(/:(\w+)/g, (_, name: string) => {
        const value = String(rest[name]);
        delete rest[name];
        return value;
      });
      const reads = contract.method === 'GET';
      const answer = await fetch(
        url + apiPrefix + path + (reads ? `?${new URLSearchParams(rest as Record<string, string>)}` : ''),
        {
          method: contract.method,
          headers: {
            'content-type': 'application/json',
            'x-entregent-csrf': '1',
            'x-forwarded-for': caller.address,
            cookie: caller.cookie,
            ...headers,
          },
          ...(reads ? {} : { body: JSON.stringify(rest) }),
        },
      );
      const cookies = answer.headers.getSetCookie();
      if (cookies.length > 0) caller.cookie = cookies.map((one) => one.split(';')[0]).join('; ');
      if (!answer.ok) throw new Error(`${contract.path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
  };
  return caller;
}

async function enter(product: Product): Promise<Caller[]> {
  const first = callerOf(product.url, 1);
  const someone = { workspace: 'Bench', name: 'Agent 0', email: 'a0@bench.example', password, locale: 'en' };
  await first.send(setUp, { ...someone, token: product.setupToken() });
  const all = [first];
  for (let n = 1; n < agents; n++) {
    const { url } = await first.send<{ url: string }>(createInvitation, { role: 'member' });
    const agent = callerOf(product.url, n + 1);
    const token = url.split('#token=')[1];
    await agent.send(acceptInvitation, {
      token,
      name: `Agent ${n}`,
      email: `a${n}@bench.example`,
      password,
      locale: 'en',
    });
    all.push(agent);
  }
  return all;
}

/** An open page: it hears, and asks for the lists again once a second at most. */
function openPage(url: string, agent: Caller, hear: (conversationId: string) => void): void {
  let due = false;
  void (async () => {
    const answer = await fetch(`${url}${apiPrefix}/live`, {
      headers: { cookie: agent.cookie, 'x-forwarded-for': agent.address },
    });
    const decoder = new TextDecoder();
    for await (const piece of answer.body!) {
      for (const [, id] of decoder
        .decode(piece as Uint8Array, { stream: true })
        .matchAll(/event: conversations\ndata: (\S+)/g))
        hear(id!);
      if (due) continue;
      due = true;
      setTimeout(() => {
        due = false;
        void agent.send(listConversations, { limit: 30 }).catch(() => {});
      }, 1000);
    }
  })().catch(() => {});
}

/** From the moment a visitor sends until the agent who has their conversation open has read the message. */
async function measureChat(
  product: Product,
  all: readonly Caller[],
  workspaceId: string,
  seconds: number,
): Promise<number[]> {
  const access = [{ kind: 'workspace' }];
  const { id: channelId } = await all[0]!.send<{ id: string }>(addChannel, {
    kind: 'chat',
    name: 'Site',
    settings: {},
    access,
  });
  const place = { workspaceId, channelId };
  const said = new Map<string, number>();
  const taken: number[] = [];
  const reader = all[0]!;
  // They have each conversation open that speaks, as long as it is measured: twenty agents at once would have one each.
  let reading = true;
  openPage(product.url, reader, (conversationId) => {
    if (!reading) return;
    void reader.send<{ items: { text: string }[] }>(listMessages, { conversationId, limit: 40 }).then(
      ({ items }) => {
        for (const { text } of items) {
          const since = said.get(text);
          if (since === undefined) continue;
          said.delete(text);
          taken.push(performance.now() - since);
        }
      },
      () => {},
    );
  });
  for (const agent of all.slice(1)) openPage(product.url, agent, () => {});
  const guests = await Promise.all(
    Array.from({ length: visitors }, async (_, n) => {
      const guest = callerOf(product.url, 1000 + n);
      const { visitor } = await guest.send<{ visitor: string }>(openChat, place);
      return { guest, headers: { [visitorHeader]: visitor } };
    }),
  );
  const say = async ({ guest, headers }: (typeof guests)[number]) => {
    const text = randomUUID();
    said.set(text, performance.now());
    await guest.send(sayInChat, { ...place, messageId: randomUUID(), text }, headers);
  };
  for (const one of guests) {
    await say(one);
    void fetch(`${product.url}${apiPrefix}/chat/${workspaceId}/${channelId}/live`, {
      headers: { ...one.headers, 'x-forwarded-for': one.guest.address },
    })
      .then(async ({ body }) => {
        for await (const _ of body!);
      })
      .catch(() => {});
  }
  taken.length = 0;
  // Each visitor says something every twenty seconds: ten messages a second.
  const until = performance.now() + seconds * 1000;
  for (let n = 0; performance.now() < until; n++) {
    void say(guests[n % visitors]!).catch(() => {});
    await new Promise((done) => setTimeout(done, 100));
  }
  await new Promise((done) => setTimeout(done, 1500));
  reading = false;
  return taken;
}

interface Flood {
  sent: number;
  seconds: number;
}

/** Brings `rate` messages a second, each in a request of its own, again until it is taken. */
async function flood(hookUrl: string, secret: string, rate: number, seconds: number, marker: string): Promise<Flood> {
  const key = Buffer.from(secret.slice(6), 'base64');
  const deliver = async (n: number) => {
    const from = `f${n % 500}@client.example`;
    const correspondent = { point: { channel: 'email', address: from }, name: `Client ${n % 500}` };
    const message = {
      externalId: `${marker} ${n}`,
      thread: `${marker} ${from}`,
      correspondent,
      direction: 'in',
      text: `message ${n}`,
    };
    const body = JSON.stringify({
      events: [{ kind: 'message', message: { ...message, at: new Date().toISOString() } }],
    });
    for (;;) {
      const seconds = String(Math.floor(Date.now() / 1000));
      const signature = createHmac('sha256', key).update(`${n}.${seconds}.${body}`).digest('base64');
      const headers = { 'webhook-id': String(n), 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
      const status = await fetch(hookUrl, { method: 'POST', headers, body }).then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 204) return;
      await new Promise((done) => setTimeout(done, 300));
    }
  };
  const began = performance.now();
  const all: Promise<void>[] = [];
  for (let n = 0; n < rate * seconds; n++) {
    const due = began + (n * 1000) / rate;
    if (due > performance.now() + 2)
      await new Promise((done) => setTimeout(done, Math.max(0, due - performance.now())));
    all.push(deliver(n));
  }
  await Promise.all(all);
  return { sent: rate * seconds, seconds: (performance.now() - began) / 1000 };
}

async function count(folder: string, marker: string): Promise<{ kept: number; distinct: number }> {
  const client = new pg.Client({ host: join(folder, 'socket'), user: 'postgres', database: 'entregent' });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select count(*)::int as kept, count(distinct external_id)::int as distinct from conversations.message where external_id like $1`,
      [`${marker} %`],
    );
    return rows[0];
  } finally {
    await client.end();
  }
}

export async function run(args: readonly string[]): Promise<void> {
  const seconds = Number(args.includes('--seconds') ? args[args.indexOf('--seconds') + 1] : 20);
  const { folder, remove } = makeFolder();
  const options = ['--trust-proxy', '127.0.0.1'];
  let product = await startProduct(folder, options);
  try {
    const all = await enter(product);
    const me = await all[0]!.send<{ workspace: { id: string } }>({ method: 'GET', path: '/me' }, {});
    const taken = await measureChat(product, all, me.workspace.id, Math.min(seconds, 30));
    print({ name: 'chat message on the agent’s screen, p95', measured: quantile(taken, 0.95), unit: 'ms', asked: 200 });
    print({ name: 'chat message on the agent’s screen, median', measured: quantile(taken, 0.5), unit: 'ms' });
    const signing = `whsec_${randomBytes(32).toString('base64')}`;
    const opened = {
      kind: 'webhook',
      name: 'Program',
      settings: {},
      secret: { signing },
      access: [{ kind: 'workspace' }],
    };
    const { hookUrl } = await all[0]!.send<{ hookUrl: string }>(addChannel, opened);
    const quiet = await flood(hookUrl, signing, 200, seconds, 'quiet');
    print({ name: 'messages a second, sustained', measured: quiet.sent / quiet.seconds, unit: '', atLeast: 195 });
    await tally('none lost or doubled', quiet.sent, 'quiet', folder);
    if (args.includes('--kill')) {
      let over = false;
      const killing = (async () => {
        while (!over) {
          await new Promise((done) => setTimeout(done, 10_000));
          if (over) break;
          await product.kill();
          product = await startProduct(folder, options);
        }
      })();
      const killed = await flood(hookUrl, signing, 200, Math.max(seconds, 30), 'killed');
      over = true;
      await killing;
      print({
        name: 'messages a second while it is killed every ten seconds',
        measured: killed.sent / killed.seconds,
        unit: '',
      });
      await tally('none lost or doubled when it is killed', killed.sent, 'killed', folder);
    }
  } finally {
    await product.stop();
    remove();
  }
}

/** What is missing or there twice: nothing may be. */
async function tally(name: string, sent: number, marker: string, folder: string): Promise<void> {
  const { kept, distinct } = await count(folder, marker);
  print({ name: `${name} (of ${sent})`, measured: sent - distinct + (kept - distinct), unit: '', asked: 0 });
}
