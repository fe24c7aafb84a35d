import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { chooseAddresses } from '../outreach/choosing.ts';
import { askForPlans, dropPlansOf, planMessages } from '../outreach/planning.ts';
import { channelOf } from '../outreach/ways-contract.ts';
import { getPlannedCampaign } from '../plan/index.ts';
import { findEverybody } from '../segments/index.ts';
import * as queries from './queries.ts';
import { looking, type Turn } from './running.ts';
import { wishOf } from './writing.ts';

// A campaign that is to begin later takes its place before what is of lesser priority: its people are planned in the gate.

/** People who are planned in one transaction. */
const atOnce = 500;

/** Has a campaign planned from the first person on. */
export const queuePlanning = (app: Pick<App, 'enqueue'>, tx: Tx, turn: Turn, after: string | null = null) =>
  app.enqueue(tx, {
    ...{ workspaceId: turn.workspaceId, task: 'campaigns.plan', queue: `campaign ${turn.campaignId}` },
    payload: { campaignId: turn.campaignId, chain: turn.chain, after },
  });

/**
 * Plans some people of a campaign that is scheduled, in one transaction with the word that the next are to be. What the gate refuses now is kept, so that
 * *Why did she not get it?* has its answer; when its time comes it is asked anew.
 * @param after the last who has been planned; null: whatever was planned before goes
 */
export async function planSome(app: App, turn: Turn, after: string | null): Promise<void> {
  const { workspaceId, campaignId } = turn;
  const row = await app.db.asSystem('keeper', (tx) => queries.findSending(tx, workspaceId, campaignId));
  if (row?.chain !== turn.chain || row.state !== 'scheduled' || !row.approved_segment_id) return;
  const sender = { workspaceId, memberId: row.sender_id };
  const everybody = await findEverybody(looking(app, sender), row.approved_segment_id).catch((error) => {
    // The segment is gone, or the sender: it will be seen when its time comes.
    if (error instanceof AppError) return [];
    throw error;
  });
  const rest = everybody.sort().filter((id) => after === null || id > after);
  const some = rest.slice(0, atOnce);
  if (after === null) await app.db.asSystem('keeper', (tx) => dropPlansOf(tx, workspaceId, campaignId));
  if (some.length === 0) return;
  await app.db.asActor(sender, async (tx) => {
    const now = await queries.findSending(tx, workspaceId, campaignId, true);
    if (now?.chain !== turn.chain || now.state !== 'scheduled') return;
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
    if (rest.length > some.length) await queuePlanning(app, tx, turn, some.at(-1)!);
  });
}
