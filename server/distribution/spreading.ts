import { followGrants } from '../delegation/copies.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { hashedId } from '../kernel/ids.ts';
import type { Follower } from '../kernel/stirring.ts';
import { type TellKind, tell } from '../kernel/telling.ts';
import type { ChosenEvent } from './contract.ts';
import * as told from './told.ts';

/** Which event each thing that happened is. */
const eventOf: Record<Exclude<TellKind, 'grant'>, ChosenEvent> = {
  card_added: 'person.added',
  card_change: 'person.changed',
  consent: 'consent.changed',
  fact: 'fact.recorded',
  entered: 'segment.entered',
  left: 'segment.left',
  move: 'opportunity.moved',
};

/** Messages that are written in one transaction. */
const together = 5000;

// Whose grants changed hears what is open no longer, once the change is committed.
followGrants((tx, workspaceId, bookId) => tell(tx, workspaceId, 'grant', [bookId]));

/**
 * Spreads what happened over whoever listens: what happened is forgotten in the transaction that writes what each is to be told. What they may
 * hear of it is asked when it leaves.
 */
export const spread: Follower = async (app, workspaceId) => {
  // Grants first; that one changed is forgotten when it has been looked: one that changes meanwhile, or a crash, has it looked again.
  const grants = await app.db.asSystem('keeper', (tx) => told.listGrants(tx, workspaceId));
  if (grants.length > 0 && (await withdraw(app, workspaceId)))
    await app.db.asSystem('keeper', async (tx) => {
      await told.forgetTold(tx, workspaceId, grants);
      await app.enqueue(tx, { workspaceId, task: 'destinations.look', payload: {} });
    });
  return app.db.asSystem('keeper', async (tx) => {
    const listeners = await told.listListeners(tx, workspaceId);
    const rows = await told.takeTold(tx, workspaceId, Math.ceil(together / Math.max(1, listeners.length)));
    if (rows.length === 0) return false;
    // Who is kept elsewhere as they stand here follows at once who comes, goes and objects; what is said of them, in its time.
    if (rows.some(({ kind }) => kind === 'consent' || kind === 'entered' || kind === 'left'))
      await app.enqueue(tx, { workspaceId, task: 'destinations.look', payload: {} });
    const changed = rows.filter(({ kind }) => kind === 'card_change').flatMap(({ subject_ids }) => subject_ids);
    if (changed.length > 0) await told.markChanged(tx, workspaceId, changed);
    const deliveries = rows.flatMap(({ told_id, kind, subject_ids, at }) => {
      if (kind === 'grant') return [];
      const event = eventOf[kind];
      return listeners
        .filter(({ events, created_at }) => events.some((one) => one.event === event) && created_at <= new Date(at))
        .flatMap(({ endpoint_id: endpointId, grantee_id: granteeId }) =>
          subject_ids.map((subjectId) => {
            const deliveryId = hashedId(`${endpointId} ${told_id} ${subjectId}`);
            return { deliveryId, endpointId, granteeId, event, subjectId, at };
          }),
        );
    });
    await told.addDeliveries(tx, workspaceId, deliveries);
    return true;
  });
};

const first = '00000000-0000-0000-0000-000000000000';
const piece = 10_000;

/**
 * Tells each endpoint of whom it was told before and whom it may hear of no longer.
 * @param workspaceId null: in all workspaces
 * @returns false where somebody else is at one of them, who may have begun before what is asked about
 */
export async function withdraw(app: App, workspaceId: string | null): Promise<boolean> {
  let done = true;
  for (const knowing of await app.db.asSystem('keeper', (tx) => told.listKnowing(tx, workspaceId)))
    if (!(await lookAgain(app, knowing))) done = false;
  return done;
}

/** The same of some contacts, who are gone. */
export async function withdrawOf(app: App, workspaceId: string, cardIds: readonly string[]): Promise<void> {
  for (const knowing of await app.db.asSystem('keeper', (tx) => told.listKnowing(tx, workspaceId)))
    await tellUnreached(app, knowing, await app.db.asSystem('keeper', (tx) => told.listKnownOf(tx, knowing, cardIds)));
}

/** All are looked at where what the grantee reaches has changed, and once a day; else those that changed. */
async function lookAgain(app: App, knowing: told.Knowing): Promise<boolean> {
  const held = await app.db.asSystem('keeper', (tx) => told.holdLook(tx, knowing));
  if (!held) return false;
  const [{ marks }, began] = [held, new Date()];
  let seen: Parameters<typeof told.endLook>[2] = null;
  try {
    const reach = await asGrantee(app, knowing, (tx) => told.readReach(tx, knowing.workspace_id), 'nothing');
    const whole = !held.fresh || held.reach !== reach;
    if (whole) await lookAtAll(app, knowing);
    else await lookAtChanged(app, knowing);
    seen = { reach, marks, began, whole };
  } finally {
    await app.db.asSystem('keeper', (tx) => told.endLook(tx, knowing, seen));
  }
  return true;
}

async function lookAtAll(app: App, knowing: told.Knowing): Promise<void> {
  for (let after: string | null = first; after !== null; ) {
    const from: string = after;
    const known = await app.db.asSystem('keeper', (tx) => told.listKnown(tx, knowing, from, piece));
    await tellUnreached(app, knowing, known);
    after = known.length === piece ? known.at(-1)!.card_id : null;
  }
}

async function lookAtChanged(app: App, knowing: told.Knowing): Promise<void> {
  const changed = await app.db.asSystem('keeper', (tx) => told.listChangedKnown(tx, knowing));
  for (let from = 0; from < changed.length; from += piece)
    await tellUnreached(app, knowing, changed.slice(from, from + piece));
}

/** @param otherwise where nothing is lent to it any more, or it is not there, or ends */
function asGrantee<T>(
  app: App,
  { workspace_id: workspaceId, grantee_id: memberId, ending }: told.Knowing,
  work: (tx: Tx) => Promise<T>,
  otherwise: T,
): Promise<T> {
  if (ending) return Promise.resolve(otherwise);
  return app.db.asActor({ workspaceId, memberId }, work, 'export').catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'unauthenticated') return otherwise;
    throw error;
  });
}

async function tellUnreached(app: App, knowing: told.Knowing, known: readonly told.KnownRow[]): Promise<void> {
  if (known.length === 0) return;
  const cardIds = known.map(({ card_id }) => card_id);
  const keep = (tx: Tx) => told.keepReached(tx, knowing.workspace_id, cardIds);
  const reached = await asGrantee(app, knowing, keep, new Set<string>());
  const gone = known.filter(({ card_id }) => !reached.has(card_id));
  if (gone.length > 0) await tellWithdrawn(app, knowing, gone);
}

/** In one transaction it is told and forgotten: whoever is told of again is known again. */
function tellWithdrawn(app: App, knowing: told.Knowing, gone: readonly told.KnownRow[]) {
  const { workspace_id: workspaceId, endpoint_id: endpointId, grantee_id: granteeId } = knowing;
  return app.db.asSystem('keeper', async (tx) => {
    const ids = gone.map(({ card_id }) => card_id);
    const forgotten = await told.forgetKnown(tx, workspaceId, endpointId, ids);
    const at = new Date().toISOString();
    const deliveries = gone
      .filter(({ card_id }) => forgotten.has(card_id))
      .map(({ card_id: subjectId, since }) => {
        const deliveryId = hashedId(`${endpointId} withdrawn ${subjectId} ${since}`);
        return { deliveryId, endpointId, granteeId, event: 'person.withdrawn' as const, subjectId, at };
      });
    await told.addDeliveries(tx, workspaceId, deliveries);
  });
}
