import { followGrants } from '../delegation/copies.ts';
import type { App } from '../kernel/app.ts';
import { AppError } from '../kernel/errors.ts';
import { hashedId } from '../kernel/ids.ts';
import type { Follower } from '../kernel/stirring.ts';
import { type TellKind, tell } from '../kernel/telling.ts';
import type { ChosenEvent } from './contract.ts';
import * as told from './told.ts';

/** Which event each thing that happened is. */
const eventOf: Record<Exclude<TellKind, 'grant'>, ChosenEvent> = {
  card_change: 'person.changed',
  consent: 'consent.changed',
  fact: 'fact.recorded',
  entered: 'segment.entered',
  left: 'segment.left',
  move: 'opportunity.moved',
};

/** Rows of what happened that are spread in one transaction. */
const together = 20;

// Whose grants changed hears what is open no longer, once the change is committed.
followGrants((tx, workspaceId, bookId) => tell(tx, workspaceId, 'grant', [bookId]));

/**
 * Spreads what happened over whoever listens: what happened is forgotten in the transaction that writes what each is to be told. What they may
 * hear of it is asked when it leaves.
 */
export const spread: Follower = async (app, workspaceId) => {
  // Before it is forgotten that a grant changed: after a crash it is looked again.
  if (await app.db.asSystem('keeper', (tx) => told.hasGrants(tx, workspaceId))) await withdraw(app, workspaceId);
  return app.db.asSystem('keeper', async (tx) => {
    const rows = await told.takeTold(tx, workspaceId, together);
    if (rows.length === 0) return false;
    const listeners = await told.listListeners(tx, workspaceId);
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
const piece = 1000;

/** Tells each endpoint of whom it was told before and whom it may hear of no longer. @param workspaceId null: in all workspaces */
export async function withdraw(app: App, workspaceId: string | null): Promise<void> {
  for (const knowing of await app.db.asSystem('keeper', (tx) => told.listKnowing(tx, workspaceId)))
    await withdrawFrom(app, knowing);
}

async function withdrawFrom(app: App, knowing: told.Knowing): Promise<void> {
  const { workspace_id: workspaceId, endpoint_id: endpointId, grantee_id: granteeId } = knowing;
  for (let after: string | null = first; after !== null; ) {
    const from: string = after;
    const known = await app.db.asSystem('keeper', (tx) => told.listKnown(tx, workspaceId, endpointId, from, piece));
    const cardIds = known.map(({ card_id }) => card_id);
    const reached = await app.db
      .asActor({ workspaceId, memberId: granteeId }, (tx) => told.keepReached(tx, workspaceId, cardIds), 'export')
      .catch((error: unknown) => {
        // Nothing is lent to it any more, or it is not there.
        if (error instanceof AppError && error.code === 'unauthenticated') return new Set<string>();
        throw error;
      });
    const gone = known.filter(({ card_id }) => !reached.has(card_id));
    if (gone.length > 0) await tellWithdrawn(app, knowing, gone);
    after = known.length === piece ? cardIds.at(-1)! : null;
  }
}

/** In one transaction it is told and forgotten: whoever is told of again is known again. */
function tellWithdrawn(app: App, knowing: told.Knowing, gone: readonly { card_id: string; since: string }[]) {
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
