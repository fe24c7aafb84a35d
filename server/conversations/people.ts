import { findPersonCards } from '../cards/persons.ts';
import { notFound } from '../kernel/errors.ts';
import type { Viewer } from './describing.ts';
import { findPointsOfCards } from './queries.ts';

/** The contact points of a person as the viewer sees them. @throws AppError not_found */
export async function findPointsOf({ tx, actor }: Viewer, personId: string): Promise<string[]> {
  const person = await findPersonCards(tx, actor, personId);
  if (!person) throw notFound();
  return findPointsOfCards(tx, actor, person.cardIds);
}
