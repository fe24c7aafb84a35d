import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDelivering } from '../server/distribution/delivering.ts';
import { addEndpoint } from '../server/distribution/queries.ts';
import { newSecret } from '../server/distribution/signing.ts';
import { spread } from '../server/distribution/spreading.ts';
import { findTold } from '../server/distribution/told.ts';
import { newId } from '../server/kernel/ids.ts';
import { startFollowing } from '../server/kernel/stirring.ts';
import { tell } from '../server/kernel/telling.ts';
import { print, quantile } from './figures.ts';
import { openStage, type Stage } from './stage.ts';

export const about =
  'operation: how soon a webhook arrives after the commit of what it tells, ten receivers of which one hangs; --count N events';

const receivers = 10;
const perSecond = 20;

/** A receiver that notes when each contact was told of first. @param hangs it never answers */
async function openReceiver(arrived: Map<string, number>, hangs: boolean) {
  const server = createServer((request, answer) => {
    let body = '';
    request.on('data', (piece: Buffer) => {
      body += piece.toString('utf8');
    });
    request.on('end', () => {
      if (hangs) return;
      const { data } = JSON.parse(body) as { data: { personId: string } };
      arrived.set(data.personId, performance.now());
      answer.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}

/** One contact for each event, whose change is told of. */
async function addCards({ owner, workspaceId, bookNo }: Stage, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  await owner.query(
    `insert into cards.card (workspace_id, card_id, cluster_id, book_no, source_id, source_key, kind, change_no, content_hash, created_at, seen_at)
     select $1, id, id, $2, id, id::text, 'person', 0, '', now(), now() from unnest($3::uuid[]) id`,
    [workspaceId, bookNo, ids],
  );
  return ids;
}

async function measure(stage: Stage, count: number): Promise<void> {
  const { app, workspaceId, memberId, bookNo } = stage;
  app.config.privateNetworks = ['127.0.0.1'];
  const cards = await addCards(stage, count);
  const all = await Promise.all(
    Array.from({ length: receivers }, async (_, at) => {
      const arrived = new Map<string, number>();
      return { arrived, hangs: at === 0, ...(await openReceiver(arrived, at === 0)) };
    }),
  );
  for (const { url } of all)
    await app.db.asSystem('keeper', (tx) =>
      addEndpoint(tx, workspaceId, {
        ...{ endpointId: newId(), name: 'Bench', url, kind: 'member', granteeId: memberId, createdBy: memberId },
        ...{ events: [{ event: 'person.changed', only: null }], hook: false },
        secret: app.secrets.encrypt(newSecret()),
      }),
    );
  const loops = [startFollowing(app, spread, findTold), startDelivering(app)];
  const told = new Map<string, number>();
  for (const cardId of cards) {
    await app.db.asSystem('keeper', async (tx) => {
      await tx
        .insertInto('cards.card_change')
        .values({
          ...{ workspace_id: workspaceId, card_id: cardId, change_id: newId(), change_no: 1, book_no: bookNo },
          ...{ exposure: 0, kind: 'edited', member_id: memberId, fields: [], before: null },
        })
        .execute();
      await tell(tx, workspaceId, 'card_change', [cardId]);
    });
    told.set(cardId, performance.now());
    await sleep(1000 / perSecond);
  }
  const quick = all.filter(({ hangs }) => !hangs);
  for (let waited = 0; waited < 60 && quick.some(({ arrived }) => arrived.size < count); waited++) await sleep(500);
  for (const loop of loops) await loop.stop();
  for (const { server } of all) {
    server.closeAllConnections();
    server.close();
  }
  const taken = quick.flatMap(({ arrived }) => [...arrived].map(([id, at]) => (at - told.get(id)!) / 1000));
  const events = `${perSecond} events a second to ${receivers} receivers, of which one hangs`;
  print({ name: `webhook delivery p95, ${events}`, measured: quantile(taken, 0.95), unit: 's', asked: 2 });
  print({ name: '… median', measured: quantile(taken, 0.5), unit: 's' });
  print({ name: '… arrived, of what was to', measured: taken.length / (count * quick.length), unit: '', atLeast: 1 });
}

export async function run(args: readonly string[]): Promise<void> {
  const at = args.indexOf('--count');
  const stage = await openStage();
  try {
    await measure(stage, at >= 0 ? Number(args[at + 1]) : 600);
  } finally {
    await stage.close();
  }
}
