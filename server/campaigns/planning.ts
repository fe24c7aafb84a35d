import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { chooseAddresses } from '../outreach/choosing.ts';
import { askForPlans, dropPlansOf, planMessages } from '../outreach/planning.ts';
import { channelOf } from '../outreach/ways-contract.ts';
import { getPlannedCampaign } from '../plan/index.ts';
import { findInPages } from '../segments/index.ts';
import * as queries from './queries.ts';
import { looking, type Turn } from './running.ts';
import { wishOf } from './writing.ts';

// A campaign that is to begin later takes its place before what is of lesser priority: its people are planned in the gate.

/** People who are planned in one transaction. */
const atOnce = 500;

/** Has a campaign planned, from where it has come on. */
export const queuePlanning = (app: Pick<App, 'enqueue'>, tx: Tx, turn: Turn) =>
  app.enqueue(tx, {
    ...{ workspaceId: turn.workspaceId, task: 'campaigns.plan', queue: `campaign ${turn.campaignId}` },
    payload: { campaignId: turn.campaignId, chain: turn.chain },
  });

/** Milliseconds for which a job plans before it makes room for others. */
const shift = 5000;
/** Before all ids. */
const first = '00000000-0000-0000-0000-000000000000';

/**
 * Plans the people of a campaign that is scheduled, some hundreds a transaction, each of which says how far it has come: whoever comes again, after a crash,
 * goes on from there, and nobody is planned twice. What the gate refuses now is kept, so that *Why did she not get it?* has its answer; when its time comes
 * it is asked anew.
 */
export async function planSome(app: App, turn: Turn): Promise<void> {
  const { workspaceId, campaignId } = turn;
  const row = await app.db.asSystem('keeper', async (tx) => {
    const now = await queries.findSending(tx, workspaceId, campaignId, true);
    if (now?.chain !== turn.chain || now.state !== 'scheduled' || !now.approved_segment_id) return undefined;
    if (now.planned_after !== null) return now;
    // Whatever was planned before goes, once.
    await dropPlansOf(tx, workspaceId, campaignId);
    await queries.setPlanned(tx, workspaceId, campaignId, first);
    return { ...now, planned_after: first };
  });
  if (!row) return;
  const sender = { workspaceId, memberId: row.sender_id };
  const until = Date.now() + shift;
  let from = row.planned_after!;
  const pages = findInPages(looking(app, sender), row.approved_segment_id!, from, atOnce);
  try {
    for await (const some of pages) {
      if (!(await app.db.asActor(sender, (tx) => planPage(tx, sender, turn, from, some)))) return;
      from = some.at(-1)!;
      if (Date.now() > until) return void (await app.db.asSystem('keeper', (tx) => queuePlanning(app, tx, turn)));
    }
  } catch (error) {
    // The segment is gone, or the sender: it will be seen when its time comes.
    if (!(error instanceof AppError)) throw error;
  }
}

/** Plans some people in one transaction with how far it has come. @returns false where it is not to go on from there any more */
async function planPage(
  tx: Tx,
  sender: Actor,
  { workspaceId, campaignId, chain }: Turn,
  from: string,
  some: readonly string[],
): Promise<boolean> {
  const now = await queries.findSending(tx, workspaceId, campaignId, true);
  if (now?.chain !== chain || now.state !== 'scheduled' || now.planned_after !== from) return false;
  const { way, ...wish } = wishOf(campaignId, await getPlannedCampaign(tx, sender, campaignId), now.way);
  const chosen = await chooseAddresses(
    tx,
    sender,
    some.map((personId) => ({ ...wish, personId })),
    way,
  );
  const wishes = chosen.flatMap((one, at) => {
    const contactPointId = one?.contactPointId;
    return contactPointId ? [{ ...wish, way, personId: some[at]!, contactPointId }] : [];
  });
  const answers = await askForPlans(tx, sender, wishes);
  const plannedAt = now.starts_at!;
  await planMessages(
    tx,
    sender,
    wishes.flatMap(({ contactPointId }, at) => {
      const asked = answers[at];
      if (!asked?.allowed) return [];
      const channel = channelOf(way);
      return [{ campaignId, contactPointId, plannedAt, channel, weight: asked.weight, priority: asked.priority }];
    }),
  );
  await queries.setPlanned(tx, workspaceId, campaignId, some.at(-1)!);
  return true;
}
