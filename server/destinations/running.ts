import { setTimeout as sleep } from 'node:timers/promises';
import { Trouble, troubleOf } from '../connectors/connector.ts';
import { recordUses, type UsedCard } from '../delegation/ledger.ts';
import type { App } from '../kernel/app.ts';
import { openGuarded } from '../kernel/guarded.ts';
import { newId } from '../kernel/ids.ts';
import { type Candidate, composeSome, makePlan, type Plan } from './gathering.ts';
import { type Access, type AnyKind, type Batch, OwnTrouble, type Upsert } from './kind.ts';
import { kindOf } from './kinds.ts';
import { failsUntilTold, isShut, nextTry } from './rules.ts';
import * as sent from './sent.ts';

/** Milliseconds of one go: then others have their turn, and the rest follows. */
const longest = 240_000;

interface Run {
  app: App;
  held: sent.Held;
  kind: AnyKind;
  access: Access;
  signal: AbortSignal;
  until: number;
  /** When the last batch left. */
  left: number;
}

/** The run was taken over, or the destination was paused or changed meanwhile. */
class Over extends Error {}

/** What went wrong, as a code; null: a fault of ours. */
export const codeOf = (error: unknown): string | null =>
  error instanceof OwnTrouble ? error.code : (troubleOf(error)?.code ?? null);

/** Sends what differs to one destination, if its turn has come and nobody else is at it. */
export async function runDestination(
  app: App,
  which: Pick<sent.Held, 'workspace_id' | 'destination_id'>,
  signal: AbortSignal,
): Promise<void> {
  const held = await app.db.asSystem('keeper', (tx) => sent.hold(tx, which, newId()));
  if (!held) return;
  try {
    const whole = await goThrough(app, held, signal);
    if (whole && (!held.sound || held.ending_at)) await app.db.asSystem('keeper', (tx) => sent.endWhole(tx, held));
    else await end(app, held, whole ? 'ok' : 'interrupted', whole ? inMinutes(held.every_minutes) : new Date(), 0);
  } catch (error) {
    await failed(app, held, error, signal);
  }
}

const inMinutes = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);

const end = (app: App, held: sent.Held, outcome: string, dueAt: Date, failures: number) =>
  app.db.asSystem('keeper', async (tx) => {
    const failing = failures >= failsUntilTold;
    await sent.endRun(tx, held, { outcome, dueAt, failures, failing });
    if (failures !== failsUntilTold) return;
    const memberIds = await sent.findConcerned(tx, held.workspace_id);
    const payload = { kind: 'destination_failed', memberIds, subjectId: held.destination_id, actorId: null };
    const occasion = new Date().toISOString().slice(0, 10);
    await app.enqueue(tx, { workspaceId: held.workspace_id, task: 'notices.tell', payload: { ...payload, occasion } });
  });

async function failed(app: App, held: sent.Held, error: unknown, signal: AbortSignal): Promise<void> {
  if (error instanceof Over || signal.aborted) return end(app, held, 'interrupted', new Date(), held.failures);
  const trouble = codeOf(error) ?? 'internal';
  if (trouble === 'internal') app.log.error('a destination was not served', { error });
  const after = error instanceof Trouble ? error.afterSeconds : undefined;
  const failures = Math.min(held.failures + 1, 1000);
  await end(app, held, trouble, nextTry(failures, new Date(), after), failures);
}

/** @returns false where its time is over and there is more */
async function goThrough(app: App, held: sent.Held, signal: AbortSignal): Promise<boolean> {
  const kind = kindOf(held.kind);
  const access: Access = {
    settings: held.settings,
    secret: JSON.parse(app.secrets.decrypt(held.secret)),
    guarded: openGuarded(app.config.privateNetworks),
    signal,
  };
  const run: Run = { app, held, kind, access, signal, until: 0, left: 0 };
  const rows = await app.db.asSystem('keeper', (tx) => sent.listSent(tx, held.workspace_id, held.destination_id));
  const plan = await planFor(run, rows);
  // A large segment takes its time to be planned; what leaves has all of its own.
  run.until = Date.now() + longest;
  const standing = await forgetAbsent(run, rows, plan.removals);
  // Who may stand there no longer goes first.
  for (let from = 0; from < standing.length; from += kind.together) {
    if (signal.aborted || Date.now() > run.until) return false;
    await takeAway(run, standing.slice(from, from + kind.together));
  }
  for (let from = 0; from < plan.upserts.length; from += kind.together) {
    if (signal.aborted || Date.now() > run.until) return false;
    await putThere(run, plan.upserts.slice(from, from + kind.together));
  }
  if (plan.gone) throw new OwnTrouble('segment_gone');
  return true;
}

const planFor = ({ app, held, kind, signal }: Run, rows: readonly sent.SentRow[]): Promise<Plan> => {
  const all = { upserts: [], removals: rows.map(({ key }) => key), unchanged: 0, unfit: 0, gone: false };
  if (!held.sound || held.ending_at) return Promise.resolve(all);
  return makePlan(app, held, kind, rows, held.state !== 'draft', async () => {
    signal.throwIfAborted();
    if (!(await app.db.asSystem('keeper', (tx) => sent.goOn(tx, held)))) throw new Over();
  });
};

/** What surely never arrived is not taken away there. @returns the others */
async function forgetAbsent({ app, held }: Run, rows: readonly sent.SentRow[], removals: readonly string[]) {
  const absent = new Set(rows.filter(({ arrived, state }) => !arrived && state === 'waiting').map(({ key }) => key));
  const removed = removals.filter((key) => absent.has(key));
  if (removed.length > 0)
    await app.db.asSystem('keeper', (tx) => sent.forget(tx, held.workspace_id, held.destination_id, removed));
  return removals.filter((key) => !absent.has(key));
}

async function takeAway(run: Run, keys: readonly string[]): Promise<void> {
  const { app, held } = run;
  if (!(await app.db.asSystem('keeper', (tx) => sent.markRemoving(tx, held, keys)))) throw new Over();
  await ship(run, { upserts: [], removals: keys });
  const nothing = { sent: [], refused: [], counts: { added: 0, changed: 0 } };
  await app.db.asSystem('keeper', (tx) => sent.settle(tx, held, { ...nothing, removed: keys }));
}

/** What may be said is read once more right before it leaves; holders are told in the transaction that writes down that it does. */
async function putThere(run: Run, upserts: Plan['upserts']): Promise<void> {
  const { app, held, kind } = run;
  const { candidates, grants } = await composeSome(
    app,
    held,
    kind,
    upserts.map(({ personId }) => personId),
  );
  const byKey = new Map(candidates.map((one) => [one.key, one]));
  const leaving = upserts.flatMap(({ key, change }) => {
    const one = byKey.get(key);
    return one ? [{ ...one, change }] : [];
  });
  if (leaving.length === 0) return;
  const doubtful = await app.db.asSystem('keeper', async (tx) => {
    const marked = await sent.markLeaving(tx, held, leaving);
    if (!marked) throw new Over();
    const user = { workspaceId: held.workspace_id, memberId: held.created_by };
    await recordUses(tx, user, 'sent_out', usedIn(leaving.filter(({ key }) => marked.fresh.has(key))), { grants });
    return marked.doubtful;
  });
  const refused = await ship(run, { upserts: leaving, removals: [] }, doubtful);
  const arrived = leaving.filter(({ key }) => !refused.has(key));
  const count = (change: Upsert['change']) => arrived.filter((one) => one.change === change).length;
  await app.db.asSystem('keeper', (tx) =>
    sent.settle(tx, held, {
      sent: arrived.map(({ key }) => key),
      refused: [...refused],
      removed: [],
      counts: { added: count('added'), changed: count('changed') },
    }),
  );
}

const usedIn = (all: readonly Candidate[]): UsedCard[] => [
  ...new Map(all.flatMap(({ used }) => used.map((card) => [card.card_id, card]))).values(),
];

/** @param doubtful what may stand there since an earlier try: a door that is shut now says nothing of that */
async function ship(
  run: Run,
  { upserts, removals }: Pick<Batch, 'upserts' | 'removals'>,
  doubtful: ReadonlySet<string> = new Set(),
) {
  const { app, held, kind, access, signal } = run;
  const wait = run.left + kind.pace - Date.now();
  if (wait > 0) await sleep(wait, undefined, { signal });
  try {
    const said = upserts.map(({ key, change, said: about }) => ({ key, change, said: about }));
    return await kind.send(access, { id: newId(), at: new Date(), upserts: said, removals });
  } catch (error) {
    const code = codeOf(error);
    const keys = [...upserts.map(({ key }) => key), ...removals].filter((key) => !doubtful.has(key));
    if (kind.whole && code && isShut(code)) await app.db.asSystem('keeper', (tx) => sent.markUnsent(tx, held, keys));
    throw error;
  } finally {
    run.left = Date.now();
  }
}

/** Milliseconds between two looks at whose turn it is. */
const often = 500;
/** Destinations that are served at once: each waits for its own service alone, and for the database only in between. */
const atOnce = 32;

/** Serves destinations whose turn has come, again and again. Several processes may: they share the rows. */
export function startServing(app: App): { stop(): Promise<void> } {
  const stop = new AbortController();
  const { signal } = stop;
  const underWay = new Map<string, Promise<void>>();
  async function look(): Promise<void> {
    const room = atOnce - underWay.size;
    if (room <= 0) return;
    for (const due of await app.db.asSystem('keeper', (tx) => sent.findDue(tx, room))) {
      const id = due.destination_id;
      if (underWay.has(id)) continue;
      const going = runDestination(app, due, signal)
        .catch((error) => {
          if (!signal.aborted) app.log.error('a destination was not served', { error });
        })
        .finally(() => underWay.delete(id));
      underWay.set(id, going);
    }
  }
  async function go(): Promise<void> {
    while (!signal.aborted) {
      await look().catch((error) => app.log.error('destinations not served', { error }));
      await sleep(often, undefined, { signal, ref: false }).catch(() => {});
    }
  }
  const going = go();
  return {
    async stop() {
      stop.abort();
      await going;
      await Promise.all(underWay.values());
    },
  };
}
