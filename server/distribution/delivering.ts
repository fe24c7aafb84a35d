import { findGrantsFor, recordUses, type UsedCard } from '../delegation/ledger.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { openGuarded, Unreached } from '../kernel/guarded.ts';
import { type ChosenEvent, type Message, narrowedBy } from './contract.ts';
import * as deliveries from './deliveries.ts';
import { isWanted, nextAttempt, pieceFor } from './rules.ts';
import { findUsed, look, type Seen } from './seen.ts';
import { signedHeaders } from './signing.ts';
import { addKnown } from './told.ts';

/** Seconds in which a receiver has to answer (Standard Webhooks 1.0 asks for 15 to 30). */
const timeOut = 15;
/** Seconds for which a message is nobody else's to look at or to send: the time-out, and what writing down takes. */
const lease = 60;
/** Messages that are on their way to one receiver at once: so one that hangs holds up nobody else. */
const perEndpoint = 4;
/** The same of one that took its last message at once, within so many milliseconds. */
const perQuickEndpoint = 24;
const quickly = 1000;
/** Receivers for which is looked at once: each takes a connection to the database. */
const together = 4;
/** Octets of an answer that are waited for; none is read or kept. */
const mostOctets = 64 * 1024;

/** What a message says, with the contacts of whom it tells. */
interface Ready {
  claimed: deliveries.Claimed;
  data: Record<string, unknown>;
  used: UsedCard[];
}

/** In whose name it is told: an app in its own, whoever authorised it. */
const makerOf = (to: deliveries.Leaving): string => (to.grantee_kind === 'app' ? to.grantee_id : to.created_by);

type Grants = Awaited<ReturnType<typeof findGrantsFor>>;

/** Reads, as the grantee, what these messages may say; those of which nothing is open now are missing. */
async function read(app: App, to: deliveries.Leaving, all: readonly deliveries.Claimed[]) {
  const ready: Ready[] = [];
  const grants: Grants = new Map();
  const actor = { workspaceId: to.workspace_id, memberId: to.grantee_id };
  for (const [event, of] of Map.groupBy(all, (one) => one.event)) {
    if (event === 'test.ping') ready.push(...of.map((claimed) => ({ claimed, data: {}, used: [] })));
    else if (event === 'person.withdrawn')
      ready.push(...of.map((claimed) => ({ claimed, data: { personId: claimed.subject_id }, used: [] })));
    else {
      const only = to.events.find((one) => one.event === event)?.only;
      // It was taken off the list meanwhile.
      if (only === undefined) continue;
      const read = (tx: Tx) => readOf(tx, to, { event, only, of });
      const found = await app.db.asActor(actor, read, 'export').catch((error: unknown) => {
        // Nothing is lent to whom it is for any more, or they are not there.
        if (error instanceof AppError && error.code === 'unauthenticated') return null;
        throw error;
      });
      ready.push(...(found?.ready ?? []));
      for (const [bookId, grant] of found?.grants ?? []) grants.set(bookId, grant);
    }
  }
  return { ready, grants };
}

async function readOf(
  tx: Tx,
  to: deliveries.Leaving,
  { event, only, of }: { event: ChosenEvent; only: string[] | null; of: readonly deliveries.Claimed[] },
) {
  const actor = { workspaceId: to.workspace_id, memberId: to.grantee_id };
  const seen = await look(tx, event, { actor, deliveryIds: of.map(({ delivery_id }) => delivery_id) });
  const all = new Map(
    (await findUsed(tx, actor, makerOf(to), [...new Set([...seen.values()].flatMap(({ cardIds }) => cardIds))])).map(
      (card) => [card.card_id, card],
    ),
  );
  const ready = of.flatMap((claimed): Ready[] => {
    const one: Seen | undefined = seen.get(claimed.delivery_id);
    if (!one) return [];
    const used = one.cardIds.flatMap((id) => all.get(id) ?? []);
    const about = narrowedBy[event] === 'book' ? used.map((c) => c.book_id) : one.about;
    return isWanted(only, about) ? [{ claimed, data: one.data, used }] : [];
  });
  const bookIds = [...new Set(ready.flatMap(({ used }) => used.map(({ book_id }) => book_id)))];
  return { ready, grants: await findGrantsFor(tx, actor, 'sent_out', bookIds) };
}

const usedIn = (all: readonly Ready[]): UsedCard[] => [
  ...new Map(all.flatMap(({ used }) => used.map((card) => [card.card_id, card]))).values(),
];

/**
 * Writes down what is about to leave, before it does: the holders are told, once for each message, and that the receiver knows of these
 * contacts. What there is no room for stands where it stood. @returns what leaves
 */
async function note(
  app: App,
  to: deliveries.Leaving,
  all: readonly deliveries.Claimed[],
  { ready, grants, room }: { ready: readonly Ready[]; grants: Grants; room: number },
): Promise<Ready[]> {
  const workspaceId = to.workspace_id;
  const open = new Set(ready.map(({ claimed }) => claimed));
  return app.db.asSystem('keeper', async (tx) => {
    const unseen = all.filter((one) => !open.has(one)).map(({ delivery_id }) => delivery_id);
    if (unseen.length > 0) await deliveries.dropUnseen(tx, workspaceId, unseen);
    const [first, rest] = [ready.slice(0, room), ready.slice(room)];
    if (rest.length > 0)
      await deliveries.giveBack(
        tx,
        workspaceId,
        rest.map(({ claimed }) => claimed),
      );
    if (first.length === 0) return [];
    const held = await deliveries.markLeaving(
      tx,
      workspaceId,
      first.map(({ claimed }) => claimed),
      lease,
    );
    const leaving = first.filter(({ claimed }) => held.has(claimed.delivery_id));
    const user = { workspaceId, memberId: makerOf(to) };
    const known = usedIn(leaving).map(({ card_id }) => card_id);
    // Told again of somebody who was withdrawn and is lent anew, they know of them again.
    if (known.length > 0) await addKnown(tx, workspaceId, to.endpoint_id, known);
    const fresh = leaving.filter(({ claimed }) => !claimed.told);
    const used = usedIn(fresh);
    if (used.length > 0) await recordUses(tx, user, 'sent_out', used, { grants });
    return leaving.map((one) => ({ ...one, claimed: { ...one.claimed, attempts: one.claimed.attempts + 1 } }));
  });
}

interface Answer {
  status: number | null;
  trouble: string | null;
  retryAfter: string | null;
}

async function post(app: App, to: deliveries.Leaving, { claimed, data }: Ready, signal: AbortSignal): Promise<Answer> {
  const said: Message = { type: claimed.event, timestamp: claimed.happened_at.toISOString(), data };
  const body = JSON.stringify(said);
  try {
    const secrets = [to.secret, to.former_secret].flatMap((sealed) => (sealed ? [app.secrets.decrypt(sealed)] : []));
    const answer = await openGuarded(app.config.privateNetworks).fetch(to.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Entregent',
        ...signedHeaders(secrets, `msg_${claimed.delivery_id}`, Date.now(), body),
      },
      body,
      ...{ seconds: timeOut, limit: mostOctets, signal },
    });
    await answer.body?.cancel();
    const redirected = answer.status >= 300 && answer.status < 400;
    return {
      status: answer.status,
      trouble: redirected ? 'redirected' : null,
      retryAfter: answer.headers.get('retry-after'),
    };
  } catch (error) {
    if (error instanceof Unreached) return { status: null, trouble: error.code, retryAfter: null };
    if (signal.aborted) throw error;
    app.log.error('a webhook was not sent', { error });
    return { status: null, trouble: 'internal', retryAfter: null };
  }
}

/** Sends one and writes down what came of it. A crash in between, and it leaves once more, under the same id. @returns whether it was taken at once */
async function send(app: App, to: deliveries.Leaving, ready: Ready, signal: AbortSignal): Promise<boolean> {
  const began = performance.now();
  const { status, trouble, retryAfter } = await post(app, to, ready, signal);
  const tookMs = Math.round(performance.now() - began);
  const { claimed } = ready;
  const arrived = status !== null && status >= 200 && status < 300;
  const now = new Date();
  const dueAt = arrived ? null : nextAttempt(claimed.attempts, claimed.since, now, Math.random(), retryAfter);
  const state = arrived ? 'sent' : dueAt ? 'waiting' : 'dead';
  await app.db.asSystem('keeper', async (tx) => {
    const workspaceId = to.workspace_id;
    const counts = await deliveries.settle(tx, workspaceId, claimed, { state, dueAt, status, trouble, tookMs });
    if (!counts) return;
    if (status === 410) await deliveries.markGone(tx, workspaceId, to.endpoint_id);
    if (status === 410 || state === 'dead')
      await tellAdmins(app, tx, to, status === 410 ? 'gone' : now.toISOString().slice(0, 10));
  });
  return arrived && tookMs < quickly;
}

/** Once a day for each endpoint, however much fails there. */
async function tellAdmins(app: App, tx: Tx, to: deliveries.Leaving, occasion: string): Promise<void> {
  const memberIds = await deliveries.findConcerned(tx, to.workspace_id);
  const payload = { kind: 'webhook_failed', memberIds, subjectId: to.endpoint_id, actorId: null, occasion };
  await app.enqueue(tx, { workspaceId: to.workspace_id, task: 'notices.tell', payload });
}

/** What came of a look at what is due for one endpoint. */
interface Begun {
  claimed: number;
  ready: number;
  /** Each ends by itself. */
  sendings: Promise<boolean>[];
}

/** Takes what is due for one endpoint, and starts sending as much of it as there is room for. @param piece so many are looked at */
async function begin(
  app: App,
  to: deliveries.Leaving,
  room: number,
  piece: number,
  signal: AbortSignal,
): Promise<Begun> {
  const claimed = await app.db.asSystem('keeper', (tx) => deliveries.claim(tx, to, piece, lease));
  if (claimed.length === 0) return { claimed: 0, ready: 0, sendings: [] };
  const found = await read(app, to, claimed);
  const leaving = await note(app, to, claimed, { ...found, room });
  const sendings = leaving.map((ready) => send(app, to, ready, signal));
  return { claimed: claimed.length, ready: found.ready.length, sendings };
}

/** Milliseconds between two looks at what is due. */
const often = 300;

/** What is on its way to each receiver, and which of them take messages at once. */
class Traffic {
  readonly all = new Set<Promise<void>>();
  readonly #under = new Map<string, number>();
  readonly #quick = new Set<string>();
  readonly #looks = new Map<string, Pick<Begun, 'claimed' | 'ready'>>();

  /** How many more may leave for it now. */
  roomFor(endpointId: string): number {
    const most = this.#quick.has(endpointId) ? perQuickEndpoint : perEndpoint;
    return most - (this.#under.get(endpointId) ?? 0);
  }

  /** How many are looked at, for so many to leave. */
  pieceFor(endpointId: string, room: number): number {
    return pieceFor(room, this.#looks.get(endpointId));
  }

  saw(endpointId: string, look: Pick<Begun, 'claimed' | 'ready'>): void {
    if (look.claimed > 0) this.#looks.set(endpointId, look);
  }

  follow(endpointId: string, sending: Promise<boolean>, ended: () => void, failed: (error: unknown) => void): void {
    this.#under.set(endpointId, (this.#under.get(endpointId) ?? 0) + 1);
    const done = sending
      .catch((error) => {
        failed(error);
        return false;
      })
      .then((quick) => {
        if (quick) this.#quick.add(endpointId);
        else this.#quick.delete(endpointId);
        const left = this.#under.get(endpointId)! - 1;
        if (left > 0) this.#under.set(endpointId, left);
        else this.#under.delete(endpointId);
        this.all.delete(done);
        ended();
      });
    this.all.add(done);
  }
}

/** Sends what is due, again and again. Several processes may: they share the rows. */
export function startDelivering(app: App): { stop(): Promise<void> } {
  const end = new AbortController();
  const { signal } = end;
  const traffic = new Traffic();
  let woken = false;
  let resume = () => {};
  const wake = () => {
    woken = true;
    resume();
  };
  const complain = (error: unknown) => {
    if (!signal.aborted) app.log.error('webhooks not sent', { error });
  };

  async function serve(to: deliveries.Leaving): Promise<void> {
    const room = traffic.roomFor(to.endpoint_id);
    if (room <= 0 || signal.aborted) return;
    const piece = traffic.pieceFor(to.endpoint_id, room);
    const begun = await begin(app, to, room, piece, signal);
    traffic.saw(to.endpoint_id, begun);
    for (const sending of begun.sendings) traffic.follow(to.endpoint_id, sending, wake, complain);
    // Nothing leaves whose end would wake: of who sees little of what happens, the rest is looked at right away.
    if (begun.claimed === piece && begun.sendings.length < room) wake();
  }

  async function look(): Promise<void> {
    const leaving = await app.db.asSystem('keeper', deliveries.findLeaving);
    const next = leaving.values();
    // What cannot be read for one keeps none of the others waiting.
    const some = async () => {
      for (const to of next) await serve(to).catch(complain);
    };
    await Promise.all(Array.from({ length: together }, some));
  }

  async function go(): Promise<void> {
    while (!signal.aborted) {
      woken = false;
      await look().catch(complain);
      if (signal.aborted) return;
      if (!woken)
        await new Promise<void>((done) => {
          resume = done;
          setTimeout(done, often).unref();
        });
    }
  }
  const going = go();
  return {
    async stop() {
      end.abort();
      wake();
      await going;
      await Promise.all(traffic.all);
    },
  };
}
