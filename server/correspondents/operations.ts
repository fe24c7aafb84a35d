import { z } from 'zod';
import { learnNew } from '../cards/learning.ts';
import { splitName } from '../formats/normalise/name.ts';
import { id } from '../kernel/contract.ts';
import { notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import * as contracts from './contract.ts';
import { acceptProposal, declineProposal, describeProposals, mainBook, reopenProposal } from './deciding.ts';
import { tagged, tagOf } from './dropping.ts';
import * as lists from './lists.ts';
import { findWaitingSignature, listWaiting } from './proposals.ts';
import { findDropBox, renewDropTag } from './queries.ts';
import { leastReceived } from './rules.ts';

const cursor = z.tuple([z.string().max(40), id]);
const pageFrom = (after: string | undefined) => {
  if (!after) return null;
  const [at, last] = decodeCursor(after, cursor);
  return { at, id: last };
};

function describe(row: lists.CorrespondentRow): contracts.Correspondent {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    received: row.received,
    sent: row.sent,
    beside: row.beside,
    firstAt: row.first_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    lastReceivedAt: row.last_received_at?.toISOString() ?? null,
    lastSentAt: row.last_sent_at?.toISOString() ?? null,
    awayUntil: row.away_until,
    leftAt: row.left_at?.toISOString() ?? null,
    setAside: row.set_aside,
    cardId: row.card_id,
  };
}

export const correspondentsOperations: Operation[] = [
  implement(contracts.listMailboxes, async (_input, { tx, actor }) => ({
    items: (await lists.listMailboxes(tx, actor)).map((row) => ({
      id: row.source_id,
      name: row.name,
      read: row.read_count,
      machines: row.machine_count,
      private: row.private_count,
      correspondents: row.correspondents,
      since: row.created_at.toISOString(),
      caughtUpAt: row.caught_up_at?.toISOString() ?? null,
    })),
  })),

  implement(contracts.listCorrespondents, async ({ q, show, after, limit }, { tx, actor }) => {
    const rows = await lists.listCorrespondents(tx, actor, { q, show, leastReceived }, pageFrom(after), limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map(describe),
      next: rows.length > limit && last ? encodeCursor([last.cursor, last.id]) : null,
    };
  }),

  implement(contracts.makeCard, async ({ correspondentId }, context) => {
    const { tx, actor } = context;
    const show = { id: correspondentId };
    const [one] = await lists.listCorrespondents(tx, actor, { show, leastReceived }, null, 1);
    if (!one) throw notFound();
    if (one.card_id) return { id: one.card_id, personId: one.card_id, proposalId: null };
    const waiting = await findWaitingSignature(tx, actor, one.id);
    if (waiting) {
      const cardId = await acceptProposal(context, waiting.proposal_id, undefined);
      return { id: cardId, personId: cardId, proposalId: waiting.proposal_id };
    }
    const sourceId = await lists.findSourceOf(tx, actor, one.id);
    const { cardId } = await learnNew(context, await mainBook(context), sourceId, `mail ${one.id}`, [
      ...(one.name ? [{ kind: 'name' as const, value: splitName(one.name) }] : []),
      { kind: 'email', value: { value: one.email } },
    ]);
    return { id: cardId, personId: cardId, proposalId: null };
  }),

  implement(contracts.setAside, async ({ correspondentId, aside }, { tx, actor }) => {
    if (!(await lists.setAside(tx, actor, correspondentId, aside))) throw notFound();
    return {};
  }),

  implement(contracts.listProposals, async ({ after, limit }, context) => {
    const rows = await listWaiting(context.tx, context.actor, pageFrom(after), leastReceived, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: await describeProposals(context, shown),
      next: rows.length > limit && last ? encodeCursor([last.cursor, last.proposal_id]) : null,
    };
  }),

  implement(contracts.acceptProposal, async ({ proposalId, values }, context) => {
    const cardId = await acceptProposal(context, proposalId, values);
    return { id: cardId, personId: cardId };
  }),

  implement(contracts.declineProposal, async ({ proposalId }, context) => {
    await declineProposal(context, proposalId);
    return {};
  }),

  implement(contracts.reopenProposal, async ({ proposalId }, context) => {
    await reopenProposal(context, proposalId);
    return {};
  }),

  implement(contracts.getDropBox, async (_input, context) => ({ address: await dropAddress(context) })),

  implement(contracts.renewDropBox, async (_input, context) => {
    await renewDropTag(context.tx, context.actor);
    return { address: await dropAddress(context) };
  }),
];

async function dropAddress({ app, tx, actor }: Context): Promise<string | null> {
  const box = await findDropBox(tx, actor);
  return box ? tagged(box.address, tagOf(app.secrets, actor.workspaceId, actor.memberId, box.version)) : null;
}
