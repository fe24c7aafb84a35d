import { z } from 'zod';
import { findOpportunityRef, type OpportunityRef } from '../cards/participants.ts';
import { findPersonCards, findUsedCards } from '../cards/persons.ts';
import * as viewpoints from '../cards/viewpoints.ts';
import { recordUses } from '../delegation/ledger.ts';
import { id, instant } from '../kernel/contract.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import * as contracts from './contract.ts';
import { differencesOf } from './rules.ts';

/** The cards of a person that the viewer may see. @throws AppError not_found when there is none */
async function cardsOf({ tx, actor }: Context, personId: string): Promise<string[]> {
  const found = await findPersonCards(tx, actor, personId);
  if (!found) throw notFound();
  return found.cardIds;
}

/** The opportunity that is asked about; null: none. @throws AppError not_found for one that the viewer does not see */
async function opportunityOf({ tx, actor }: Context, opportunityId?: string): Promise<OpportunityRef | null> {
  if (opportunityId === undefined) return null;
  const found = await findOpportunityRef(tx, actor, opportunityId);
  if (!found) throw notFound();
  return found;
}

function describe({ actor }: Context, row: viewpoints.ViewpointRow): contracts.Viewpoint {
  const { author_id, author, created_at, ended_at, ...said } = row;
  return {
    member: { id: author_id, name: author },
    mine: author_id === actor.memberId,
    roles: said.roles as contracts.Role[],
    importance: said.importance,
    influence: said.influence,
    stance: said.stance,
    closeness: said.closeness,
    callable: said.callable,
    note: said.note,
    shared: said.shared,
    since: created_at.toISOString(),
    until: ended_at?.toISOString() ?? null,
  };
}

/** What is said of closeness is part of how well one knows somebody. */
async function weighSoon({ app, tx, actor }: Context): Promise<void> {
  const { workspaceId, memberId } = actor;
  await app.enqueue(tx, { workspaceId, task: 'relations.weigh', payload: { memberId } });
}

export const relationsOperations: Operation[] = [
  implement(contracts.listViewpoints, async ({ personId, opportunityId }, context) => {
    const { tx, actor } = context;
    const cardIds = await cardsOf(context, personId);
    const about = await opportunityOf(context, opportunityId);
    const items = (await viewpoints.listViewpoints(tx, actor, cardIds, about)).map((row) => describe(context, row));
    const past = await viewpoints.listPastViewpoints(tx, actor, cardIds, about, null, 1);
    return { items, differences: differencesOf(items), past: past.length > 0 };
  }),

  implement(contracts.listPastViewpoints, async ({ personId, opportunityId, after, limit }, context) => {
    const before = after ? decodeCursor(after, z.tuple([instant, id])) : null;
    const cardIds = await cardsOf(context, personId);
    const about = await opportunityOf(context, opportunityId);
    const beyond = before && { at: before[0], id: before[1] };
    const rows = await viewpoints.listPastViewpoints(context.tx, context.actor, cardIds, about, beyond, limit + 1);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: rows.slice(0, limit).map((row) => describe(context, row)),
      next: last ? encodeCursor([last.cursor, last.viewpoint_id]) : null,
    };
  }),

  implement(contracts.writeViewpoint, async ({ personId, opportunityId, ...said }, context) => {
    const { tx, actor } = context;
    // What a member thinks is no program's to say.
    if (actor.app) throw new AppError('forbidden');
    const cardIds = await cardsOf(context, personId);
    const about = await opportunityOf(context, opportunityId);
    const standing = (await viewpoints.listViewpoints(tx, actor, cardIds, about)).find(
      (one) => one.author_id === actor.memberId,
    );
    const cards = await findUsedCards(tx, actor, cardIds);
    // Where it stands already, so that nobody is left with the one of before; else on a card of one's own.
    const on = cards.find((card) => card.card_id === standing?.card_id) ?? cards.find((card) => card.mine) ?? cards[0]!;
    await viewpoints.writeViewpoint(tx, actor, cardIds, on, about, said);
    if (said.shared) await recordUses(tx, actor, 'viewpoint', [on]);
    await weighSoon(context);
    return {};
  }),

  implement(contracts.endViewpoint, async ({ personId, opportunityId }, context) => {
    const { tx, actor } = context;
    const cardIds = await cardsOf(context, personId);
    const about = await opportunityOf(context, opportunityId);
    if (!(await viewpoints.endViewpoints(tx, actor, cardIds, about))) throw notFound();
    await weighSoon(context);
    return {};
  }),
];
