import { findPersonCards, findUsedCards } from '../cards/persons.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { findOpportunity, type OpportunityRow } from './queries.ts';
import { ensureStages } from './stages.ts';

type Viewer = Pick<Context, 'tx' | 'actor'>;

/** A day of the calendar, UTC. */
export const today = (): string => new Date().toISOString().slice(0, 10);

/** @throws AppError not_found for one that the viewer does not see */
export async function getOpportunity({ tx, actor }: Viewer, opportunityId: string): Promise<OpportunityRow> {
  const row = await findOpportunity(tx, actor, opportunityId);
  if (!row) throw notFound();
  return row;
}

/** The cards of a person or organisation that the viewer may see. @throws AppError not_found when there is none */
export async function cardsOf({ tx, actor }: Viewer, personId: string): Promise<string[]> {
  const found = await findPersonCards(tx, actor, personId);
  if (!found) throw notFound();
  return found.cardIds;
}

/** The card on which something about a person is hung: one of the actor's own first. */
export async function cardFor(viewer: Viewer, personId: string) {
  const cards = await findUsedCards(viewer.tx, viewer.actor, await cardsOf(viewer, personId));
  return cards.find(({ mine }) => mine) ?? cards[0]!;
}

/** The stage of this id, or the first. @throws AppError invalid_input for one to which nothing goes */
export async function getOpenStage({ tx, actor }: Viewer, stageId: string | undefined): Promise<string> {
  const stages = (await ensureStages(tx, actor)).filter(({ ended_at }) => ended_at === null);
  const stage = stageId === undefined ? stages[0] : stages.find(({ stage_id }) => stage_id === stageId);
  if (!stage) throw new AppError('invalid_input', { fields: { stageId: 'unknown' } });
  return stage.stage_id;
}
