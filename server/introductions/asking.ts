import type { z } from 'zod';
import { findUsedCards } from '../cards/persons.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { mostRequests, remindedAfter } from './rules.ts';

const day = 86_400;

/**
 * Asks for an introduction: the same work and the same answer, whoever and however many the request will reach.
 * @throws AppError not_found for a card that nobody lends, too_many_requests
 */
export async function makeRequest(
  { app, tx, actor }: Pick<Context, 'app' | 'tx' | 'actor'>,
  { sought, kind, cardId, purpose, message }: z.output<typeof contracts.askForIntroduction.input>,
): Promise<{ requestId: string; earlier: boolean }> {
  if (cardId && (await findUsedCards(tx, actor, [cardId])).every(({ mine }) => mine)) throw notFound();
  // Counted under a lock, which two clicks at once take one after the other.
  const recent = await queries.countRecent(tx, actor);
  const open = cardId && (await queries.findOpen(tx, actor, cardId, sought));
  if (open) return { requestId: open, earlier: true };
  if (recent >= mostRequests) throw new AppError('too_many_requests');
  const { workspaceId } = actor;
  const requestId = newId();
  await queries.addRequest(tx, actor, {
    request_id: requestId,
    sought,
    kind: kind ?? null,
    card_id: cardId ?? null,
    purpose,
    message,
    expires_at: new Date(Date.now() + contracts.expiresAfter * day * 1000),
  });
  await app.enqueue(tx, { workspaceId, task: 'introductions.match', payload: { requestId } });
  const steps = [...remindedAfter.map((after) => [after, after] as const), [contracts.expiresAfter, 'end'] as const];
  for (const [after, step] of steps)
    await app.enqueue(tx, {
      workspaceId,
      task: 'introductions.step',
      payload: { requestId, step },
      delaySeconds: after * day,
    });
  return { requestId, earlier: false };
}
