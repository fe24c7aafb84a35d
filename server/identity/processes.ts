import { announce } from '../kernel/announce.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { implement, implementOutside, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { recordAudit } from './audit.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { unique } from './rules.ts';
import { type Writing, writing } from './writing.ts';

interface Terms {
  name: string;
  purpose: string;
  endsAt: string | null;
  memberIds: string[];
}

/** @throws AppError not_found */
async function getProcess({ tx, actor }: Writing, processId: string) {
  const found = (await queries.listProcesses(tx, actor.workspaceId)).find((one) => one.id === processId);
  if (!found) throw notFound();
  return describe(found);
}

function describe({ purpose, members, ...one }: Awaited<ReturnType<typeof queries.listProcesses>>[number]) {
  return { ...one, purpose: purpose ?? '', members: members.map(({ id, name }) => ({ id, name })) };
}

/** The lists of who runs it follow, now and when it ends; what it opens is asked for at each request (`delegation.enter`). */
async function follow(
  { app, tx, actor }: Writing,
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
function tellLenders({ app, tx, actor }: Writing, processId: string): Promise<string> {
  const payload = {
    kind: 'use_changed',
    subjectId: processId,
    actorId: actor.memberId,
    occasion: new Date().toISOString(),
  };
  return app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'notices.tell', payload });
}

async function save(
  context: Writing,
  processId: string,
  { memberIds, ...terms }: Terms,
  before: readonly { id: string }[] = [],
): Promise<void> {
  const { tx, actor } = context;
  await queries.saveProcess(tx, actor.workspaceId, { id: processId, ...terms }).catch(unique);
  await queries.setTeamMembers(tx, actor.workspaceId, processId, memberIds, []);
  await recordAudit(tx, actor, 'use.said', processId);
  await follow(context, processId, terms.endsAt, [...memberIds, ...before.map(({ id }) => id)]);
}

/** Named uses: audiences with a purpose and, mostly, an end, that their members enter with while they stand. */
export const processOperations: Operation[] = [
  implement(contracts.listProcesses, async (_input, { tx, actor }) => ({
    items: (await queries.listProcesses(tx, actor.workspaceId)).map(describe),
  })),

  implementOutside(contracts.createProcess, async (terms, context) => {
    const processId = newId();
    await writing(context, (by) => save(by, processId, terms));
    return context.asCaller((inside) => getProcess(inside, processId));
  }),

  implementOutside(contracts.changeProcess, async ({ processId, ...terms }, context) => {
    await writing(context, async (by) => {
      const { members, over } = await getProcess(by, processId);
      // What was lent to it was lent until its end: it does not begin again.
      if (over) throw new AppError('conflict');
      await save(by, processId, terms, members);
      await tellLenders(by, processId);
    });
    return context.asCaller((inside) => getProcess(inside, processId));
  }),

  implementOutside(contracts.endProcess, ({ processId }, context) =>
    writing(context, async (by) => {
      const { members } = await getProcess(by, processId);
      await queries.endProcess(by.tx, by.actor.workspaceId, processId);
      await recordAudit(by.tx, by.actor, 'use.ended', processId);
      await follow(
        by,
        processId,
        null,
        members.map(({ id }) => id),
      );
      return {};
    }),
  ),
];
