import { announce } from '../kernel/announce.ts';
import type { Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { recordAudit } from './audit.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { unique } from './rules.ts';

interface Terms {
  name: string;
  purpose: string;
  endsAt: string | null;
  memberIds: string[];
}

/** @throws AppError not_found */
async function getProcess({ tx, actor }: Context, processId: string) {
  const found = (await queries.listProcesses(tx, actor.workspaceId)).find((one) => one.id === processId);
  if (!found) throw notFound();
  return describe(found);
}

function describe({ purpose, members, ...one }: Awaited<ReturnType<typeof queries.listProcesses>>[number]) {
  return { ...one, purpose: purpose ?? '', members: members.map(({ id, name }) => ({ id, name })) };
}

/** Row security lets admins write here; marketing, whom the contract admits as well, writes as the identity role. */
function write<T>({ app, tx, role }: Context, work: (by: Tx) => Promise<T>): Promise<T> {
  return role === 'admin' ? work(tx) : app.db.asSystem('identity', work);
}

/** The lists of who runs it follow, now and when it ends; what it opens is asked for at each request (`delegation.enter`). */
async function follow(
  { app, tx, actor }: Context,
  processId: string,
  endsAt: string | null,
  memberIds: readonly string[],
): Promise<void> {
  await announce(tx, actor.workspaceId, [...new Set(memberIds)], 'visibility');
  const job = { workspaceId: actor.workspaceId, task: 'cards.refreshTeam', payload: { teamIds: [processId] } };
  await app.enqueue(tx, job);
  const delaySeconds = endsAt === null ? 0 : (Date.parse(endsAt) - Date.now()) / 1000;
  if (delaySeconds > 0) await app.enqueue(tx, { ...job, delaySeconds });
}

/** Who lends to a use hears that it is for something else, until another day, or run by others. */
function tellLenders({ app, tx, actor }: Context, processId: string): Promise<string> {
  const payload = {
    kind: 'use_changed',
    subjectId: processId,
    actorId: actor.memberId,
    occasion: new Date().toISOString(),
  };
  return app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'notices.tell', payload });
}

async function save(
  context: Context,
  processId: string,
  { memberIds, ...terms }: Terms,
  before: readonly { id: string }[] = [],
) {
  const { workspaceId } = context.actor;
  await write(context, async (by) => {
    await queries.saveProcess(by, workspaceId, { id: processId, ...terms }).catch(unique);
    await queries.setTeamMembers(by, workspaceId, processId, memberIds, []);
  });
  await recordAudit(context.tx, context.actor, 'use.said', processId);
  await follow(context, processId, terms.endsAt, [...memberIds, ...before.map(({ id }) => id)]);
  return getProcess(context, processId);
}

/** Named uses: audiences with a purpose and, mostly, an end, that their members enter with while they stand. */
export const processOperations: Operation[] = [
  implement(contracts.listProcesses, async (_input, { tx, actor }) => ({
    items: (await queries.listProcesses(tx, actor.workspaceId)).map(describe),
  })),

  implement(contracts.createProcess, (terms, context) => save(context, newId(), terms)),

  implement(contracts.changeProcess, async ({ processId, ...terms }, context) => {
    const { members, over } = await getProcess(context, processId);
    // What was lent to it was lent until its end: it does not begin again.
    if (over) throw new AppError('conflict');
    const changed = await save(context, processId, terms, members);
    await tellLenders(context, processId);
    return changed;
  }),

  implement(contracts.endProcess, async ({ processId }, context) => {
    const { members } = await getProcess(context, processId);
    await write(context, (by) => queries.endProcess(by, context.actor.workspaceId, processId));
    await recordAudit(context.tx, context.actor, 'use.ended', processId);
    await follow(
      context,
      processId,
      null,
      members.map(({ id }) => id),
    );
    return {};
  }),
];
