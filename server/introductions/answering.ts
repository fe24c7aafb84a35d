import { findUsedCards } from '../cards/persons.ts';
import type { AppInside } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import type { AskState, Choice } from './contract.ts';
import * as queries from './queries.ts';
import { nextState } from './rules.ts';

export interface Answering {
  app: AppInside;
  tx: Tx;
  /** The holder. */
  actor: Actor;
}

interface Given {
  choice: Choice;
  contactId?: string | undefined;
  text?: string | undefined;
  days?: number;
}

const aboutOne: readonly Choice[] = ['introduce', 'introduced', 'pass_on', 'lend'];

/**
 * Writes a holder's answer down. What follows from it is a job, which the caller runs at once after the commit.
 * @returns the id of its cause
 * @throws AppError not_found for what one is not asked, conflict for what is no choice any more, invalid_input without a word or a
 *   contact where one is needed
 */
export async function answerAsk({ app, tx, actor }: Answering, askId: string, given: Given): Promise<string> {
  const ask = await queries.findAsk(tx, actor, askId);
  if (!ask) throw notFound();
  const state = nextState(ask.state as AskState, given.choice);
  if (!state) throw new AppError('conflict');
  if (given.choice === 'tell' && !given.text) throw new AppError('invalid_input', { fields: { text: 'required' } });
  const cardId = aboutOne.includes(given.choice) ? await pickCard({ tx, actor }, ask, given.contactId) : null;
  const moved = await queries.moveAsk(tx, actor, askId, ask.state, {
    state,
    card_id: cardId,
    answer_text: given.text || null,
    lend_days: given.choice === 'lend' ? (given.days ?? 7) : null,
    answered_at: new Date(),
  });
  if (!moved) throw new AppError('conflict');
  const { workspaceId } = actor;
  return app.enqueue(tx, { workspaceId, task: 'introductions.settle', payload: { askId }, delaySeconds: 5 });
}

/** The contact that is meant, one of those asked about that the holder still holds: to see it is not enough. */
async function pickCard(
  { tx, actor }: Pick<Answering, 'tx' | 'actor'>,
  ask: queries.AskRow,
  contactId: string | undefined,
) {
  const here = (await findUsedCards(tx, actor, ask.card_ids)).flatMap((card) => (card.mine ? [card.card_id] : []));
  const meant = contactId ?? ask.card_id ?? (here.length === 1 ? here[0] : undefined);
  if (!meant || !here.includes(meant)) throw new AppError('invalid_input', { fields: { contactId: 'required' } });
  return meant;
}
