import { findCardsOfPersons, findUsedCards } from '../cards/persons.ts';
import { personVariables } from '../content/index.ts';
import { recordUses } from '../delegation/ledger.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { sendToContact } from '../outreach/contacts.ts';
import { findWorkZone } from '../outreach/gate.ts';
import { getPlannedCampaign } from '../plan/index.ts';
import type { Refusal } from './contract.ts';
import { choose, lettersFor } from './describing.ts';
import * as queries from './queries.ts';
import { atWork } from './rules.ts';

/**
 * Writes the letters of a holder whose time has come, as the holder: what they accepted and may no longer write is refused with the reasons. Locked, decided
 * and queued in one transaction, so that a crash neither loses nor doubles one. One each minute, and in hours of work: what was overdue after a standstill
 * does not leave all at once.
 */
export async function writeDue(app: App, workspaceId: string, holderId: string, now = new Date()): Promise<void> {
  const actor = { workspaceId, memberId: holderId };
  try {
    await app.db.asActor(actor, async (tx) => {
      if (atWork(now, await findWorkZone(tx, workspaceId, now)) > now) return;
      const due = await queries.takeDue(tx, actor, 1);
      for (const { hunt_id, approach_id } of due) await write(app, tx, actor, hunt_id, approach_id);
    });
  } catch (error) {
    // Somebody who has left writes no more.
    if (!(error instanceof AppError && error.code === 'unauthenticated')) throw error;
    await app.db.asSystem('keeper', (tx) => queries.refuseOf(tx, workspaceId, holderId));
  }
}

async function write(app: App, tx: Tx, actor: Actor, huntId: string, approachId: string): Promise<void> {
  const hunt = await queries.findHunt(tx, actor.workspaceId, { huntId });
  const [row] = await queries.listApproaches(tx, actor, huntId, { ids: [approachId], limit: 1 });
  // A card that its holder has removed is not there; its approach goes with it.
  if (!hunt || !row) return refuse(tx, actor, huntId, approachId, ['out_of_sight']);
  const campaign = await getPlannedCampaign(tx, actor, hunt.campaign_id);
  if (campaign.archived || !campaign.done.includes('approval'))
    return refuse(tx, actor, huntId, approachId, ['stopped']);
  const persons = await findCardsOfPersons(tx, actor, [row.card_id]);
  const { contactPointId, reasons } = (await choose({ tx, actor }, [row.card_id], campaign.purpose)).get(row.card_id)!;
  const variables = (await personVariables(tx, actor, [row.card_id])).get(row.card_id) ?? {};
  const { subject, letter, missing } = lettersFor(hunt, row, variables);
  if (missing.length > 0) return refuse(tx, actor, huntId, approachId, ['missing_variable', ...reasons]);
  if (!contactPointId) return refuse(tx, actor, huntId, approachId, reasons);
  const { messageId, reasons: against } = await sendToContact(
    { app, tx, actor },
    {
      ...{ personId: row.card_id, contactPointId, purpose: campaign.purpose, manner: 'personal' },
      ...{ subject, text: letter, locale: hunt.language },
    },
  );
  if (!messageId) return refuse(tx, actor, huntId, approachId, against);
  await recordUses(tx, actor, 'opened', await findUsedCards(tx, actor, persons.get(row.card_id)!));
  await queries.markWritten(tx, actor, huntId, { approachId, messageId, contactPointId, subject, letter });
}

const refuse = (tx: Tx, actor: Actor, huntId: string, approachId: string, reasons: readonly Refusal[]): Promise<void> =>
  queries.setState(tx, actor, huntId, [approachId], { state: 'refused', reasons });
