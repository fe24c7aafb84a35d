import { findPersonCards, nameCards } from '../cards/persons.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { implement, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { isClosed } from './knowing.ts';
import { findNear, type Near } from './near.ts';
import * as contracts from './paths-contract.ts';
import { drawPicture } from './picture.ts';
import * as queries from './queries.ts';

/** Days of work that a week's suggestions look back on, and days for which they are shown. */
const lookedBack = 30;
const shownFor = 7;
/** Persons whose surroundings are looked at, and suggestions of a week. */
const subjects = 5;
const ofWeek = 5;

const describe = ({ cardId, name, reason, organization, through }: Near): contracts.Near => ({
  person: { id: cardId, name },
  reason,
  organization,
  through,
});

/** Those suggested this week that still stand: said again of what the member sees now. */
async function describeSuggested(viewer: { tx: Tx; actor: Actor }) {
  const rows = await queries.listSuggested(viewer.tx, viewer.actor, shownFor);
  const names = await nameCards(viewer, [...new Set(rows.map(({ subject_id }) => subject_id))]);
  const nearOf = new Map<string, Near[]>();
  for (const subjectId of names.keys()) nearOf.set(subjectId, await findNear(viewer, subjectId).catch(none));
  return rows.flatMap(({ subject_id, card_id, reason }) => {
    const one = nearOf.get(subject_id)?.find((near) => near.cardId === card_id && near.reason === reason);
    return one ? [{ ...describe(one), subject: { id: subject_id, name: names.get(subject_id)! } }] : [];
  });
}

/** A subject that went out of sight meanwhile has no surroundings. */
function none(error: unknown): Near[] {
  if (error instanceof AppError && error.code === 'not_found') return [];
  throw error;
}

/** The week's suggestions of a member, as they see things; done again it changes nothing but the day. */
export async function suggest(app: App, actor: Actor): Promise<void> {
  await app.db.asActor(actor, async (tx) => {
    const found: (Near & { subjectId: string })[] = [];
    for (const subjectId of await queries.listSubjects(tx, actor, lookedBack, subjects))
      for (const near of await findNear({ tx, actor }, subjectId).catch(none)) found.push({ ...near, subjectId });
    found.sort((one, other) => other.weight - one.weight);
    for (const { subjectId, cardId, reason } of found.slice(0, ofWeek))
      await queries.putSuggestion(
        tx,
        actor,
        { suggestion_id: newId(), subject_id: subjectId, card_id: cardId, reason },
        'shown',
      );
  });
}

/** So many people are looked around, and so many near contacts shown. */
const around = 5;
const mostNear = 6;

/** Around the first of some people: the best of each first, nobody twice, none of the people themselves. */
async function nearAround(viewer: { tx: Tx; actor: Actor }, personIds: readonly string[]) {
  const people = [...new Set(personIds)];
  const names = await nameCards(viewer, people);
  const found: { subjectId: string; near: Near; rank: number }[] = [];
  for (const subjectId of people.slice(0, around))
    for (const [rank, near] of (await findNear(viewer, subjectId).catch(none)).entries())
      found.push({ subjectId, near, rank });
  const seen = new Set(people);
  return found
    .sort((one, other) => one.rank - other.rank)
    .filter(({ near: { cardId } }) => !seen.has(cardId) && seen.add(cardId))
    .slice(0, mostNear)
    .map(({ subjectId, near }) => ({
      ...describe(near),
      subject: { id: subjectId, name: names.get(subjectId) ?? '' },
    }));
}

export const nearOperations: Operation[] = [
  implement(contracts.getPicture, async ({ scope, q, most }, context) => {
    if (context.actor.app) throw new AppError('forbidden');
    return drawPicture(context, { scope, q, most, alone: await isClosed(context.tx, context.actor) });
  }),

  implement(contracts.listNear, async ({ personId }, context) => {
    if (context.actor.app) throw new AppError('forbidden');
    const items = await findNear(context, personId);
    return { items: (await isClosed(context.tx, context.actor)) ? [] : items.map(describe) };
  }),

  implement(contracts.listNearPeople, async ({ personIds }, context) => {
    if (context.actor.app) throw new AppError('forbidden');
    return { items: (await isClosed(context.tx, context.actor)) ? [] : await nearAround(context, personIds) };
  }),

  implement(contracts.listSuggested, async (_input, context) => ({
    items: (await isClosed(context.tx, context.actor)) ? [] : await describeSuggested(context),
  })),

  implement(contracts.noteNear, async ({ personId, nearId, reason, became }, { tx, actor }) => {
    if (actor.app) throw new AppError('forbidden');
    for (const one of [personId, nearId]) if (!(await findPersonCards(tx, actor, one))) throw notFound();
    await queries.putSuggestion(
      tx,
      actor,
      { suggestion_id: newId(), subject_id: personId, card_id: nearId, reason },
      became,
    );
    return {};
  }),
];
