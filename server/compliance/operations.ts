import { nameCards } from '../cards/persons.ts';
import type { AppInside } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import type { Locale } from '../kernel/messages.ts';
import { findSender } from '../outreach/queries.ts';
import { openAnswer, sendAnswer } from './answering.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { answerAsked, endRequest, extendRequest, isReady, NotSent, recordRequest, takeReady } from './requests.ts';

/** Whose it is, the desk alone reads: who oversees sees that it is answered in time. */
function describe(
  { app: { secrets }, role }: Pick<Context, 'app' | 'role'>,
  row: queries.Request,
): contracts.PrivacyRequest {
  return {
    id: row.request_id,
    kind: row.kind as contracts.RequestKind,
    state: row.state as contracts.PrivacyRequest['state'],
    address: role === 'admin' && row.address ? secrets.decrypt(row.address) : null,
    locale: row.locale as Locale,
    receivedOn: row.received_on,
    dueOn: row.due_on,
    extended: row.extended_at !== null,
    asked: row.asked,
    answered: row.answered,
    ready: isReady(row),
    closedAt: row.closed_at?.toISOString() ?? null,
  };
}

async function getRow(tx: Tx, actor: Actor, requestId: string): Promise<queries.Request> {
  const row = await queries.findRequest(tx, actor.workspaceId, requestId);
  if (!row) throw notFound();
  return row;
}

const describeStep = ({ kind, by, detail, at }: Awaited<ReturnType<typeof queries.listSteps>>[number]) => ({
  kind,
  by,
  at: at.toISOString(),
  counts: (detail.counts ?? {}) as Record<string, number>,
  reason: (detail.reason as string | undefined) ?? null,
});

/** The desk's own transaction: it writes what row security lets nobody write, of whom contract and row have said that they may. */
const atDesk = <T>(
  { app, actor, asSystem }: OutsideContext,
  work: (desk: { app: AppInside; tx: Tx; actor: Actor }) => Promise<T>,
): Promise<T> => asSystem('keeper', (tx) => work({ app, tx, actor }));

/** @returns what could not be done because no mail goes to the person; the transaction is taken back */
async function unlessNotSent<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof NotSent) return null;
    throw error;
  }
}

/** What is asked of a member, with the names of their cards as they see them. */
async function describeAsked(tx: Tx, actor: Actor): Promise<contracts.AskedOfMe[]> {
  const rows = await queries.listAskedOf(tx, actor);
  const names = await nameCards(
    { tx, actor },
    rows.flatMap(({ card_ids }) => card_ids),
  );
  return rows.map((row) => ({
    id: row.asked_id,
    kind: row.kind as contracts.RequestKind,
    dueOn: row.due_on,
    cards: row.card_ids.map((id) => ({ id, name: names.get(id) ?? null, leftOut: row.left_out.includes(id) })),
    outcome: row.outcome as contracts.Outcome | null,
    answeredAt: row.answered_at?.toISOString() ?? null,
  }));
}

export const complianceOperations: Operation[] = [
  implement(contracts.listRequests, async (_input, { app, role, tx, actor }) => ({
    items: (await queries.listRequests(tx, actor.workspaceId)).map((row) => describe({ app, role }, row)),
    mail: (await findSender(tx, actor.workspaceId)) !== undefined,
  })),

  implement(contracts.getRequest, async ({ requestId }, { app, role, tx, actor }) => {
    const row = await getRow(tx, actor, requestId);
    const steps = await queries.listSteps(tx, actor.workspaceId, requestId);
    return { ...describe({ app, role }, row), steps: steps.map(describeStep) };
  }),

  implementOutside(contracts.recordRequest, async (wish, context) => {
    const requestId = await atDesk(context, (desk) => recordRequest(desk, wish));
    return context.asCaller(async ({ app, role, tx, actor }) =>
      describe({ app, role }, await getRow(tx, actor, requestId)),
    );
  }),

  implementOutside(contracts.extendRequest, async ({ requestId, reason }, context) => {
    const dueOn = await unlessNotSent(atDesk(context, (desk) => extendRequest(desk, requestId, reason)));
    if (dueOn) return { sent: true, dueOn };
    const row = await context.asCaller(({ tx, actor }) => getRow(tx, actor, requestId));
    return { sent: false, dueOn: row.due_on };
  }),

  implementOutside(contracts.sendAnswer, async ({ requestId }, context) => ({
    sent: (await unlessNotSent(atDesk(context, (desk) => sendAnswer(desk, requestId).then(() => true)))) === true,
  })),

  implementOutside(contracts.eraseAll, async ({ requestId }, context) => {
    await atDesk(context, async ({ app, tx, actor }) => {
      const { workspaceId, memberId } = actor;
      await takeReady({ tx, actor }, requestId, ['erasure']);
      await queries.setErasing(tx, workspaceId, requestId);
      await queries.addStep(tx, workspaceId, requestId, 'erasing', memberId);
      await app.enqueue(tx, { workspaceId, task: 'compliance.erase', payload: { requestId } });
    });
    return {};
  }),

  implementOutside(contracts.closeRequest, async ({ requestId }, context) => ({
    sent: await atDesk(context, async (desk) =>
      endRequest(desk, await takeReady(desk, requestId, ['rectification', 'restriction']), 'done'),
    ),
  })),

  implementOutside(contracts.refuseRequest, async ({ requestId, reason }, context) => ({
    sent: await atDesk(context, async (desk) => {
      const request = await queries.lockRequest(desk.tx, desk.actor.workspaceId, requestId);
      if (!request) throw notFound();
      if (request.state !== 'asking') throw new AppError('conflict');
      return endRequest(desk, request, 'refused', reason);
    }),
  })),

  implement(contracts.listAsked, async (_input, { tx, actor }) => ({ items: await describeAsked(tx, actor) })),

  implementOutside(contracts.answerAsked, async ({ askedId, outcome, leftOut }, context) => {
    const asked = await context.asCaller(({ tx, actor }) => queries.findAskedOf(tx, actor, askedId));
    if (!asked) throw notFound();
    await atDesk(context, (desk) => answerAsked(desk, asked, { outcome, leftOut }));
    return {};
  }),

  implement(contracts.openAnswer, async ({ token }, { app }) => {
    const { content, expiresAt } = await openAnswer(app, token);
    return { content, expiresAt: expiresAt.toISOString() };
  }),
];
