import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { findCompiled, getContent, sealContent } from '../content/index.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import type { Context, OutsideContext } from '../kernel/http.ts';
import { findApproval, lockPlanned, markBegun, moveCampaignStep } from '../plan/index.ts';
import { isGone, lookAt } from './checking.ts';
import type * as contracts from './contract.ts';
import type { Definition, Problem } from './contract.ts';
import * as describing from './describing.ts';
import { wakeScenario } from './jobs.ts';
import * as journeys from './journeys.ts';
import * as queries from './queries.ts';
import { nodesOf } from './rules.ts';
import { givenLater } from './steps.ts';

// From a draft to what runs: somebody else approves what they have seen, and exactly that is published.

const wrong = (field: string, why: string) => new AppError('invalid_input', { fields: { [field]: why } });

/**
 * A page, or an event, that a content asks for and a scenario does not give: everybody would be set aside. On paper it gives none: nobody types a personal
 * link.
 */
async function findPage(
  { tx, actor }: Context,
  { contentId, channel, surveyId }: Messages[number],
  version: number,
): Promise<string | undefined> {
  const onPaper = channel === 'letter';
  const given = onPaper ? [] : ['link.update', ...(surveyId ? ['link.survey'] : [])];
  const compiled = Object.values(await findCompiled(tx, actor.workspaceId, contentId!, version));
  const asked = compiled.flatMap(({ needs }) =>
    needs.filter(({ when }) => onPaper || when === null).map(({ variable }) => variable),
  );
  return asked.find((one) => /^(?:link|event)\./.test(one) && !(one in givenLater) && !given.includes(one));
}

type Messages = Extract<Definition['nodes'][number], { kind: 'message' }>[];
const messagesOf = ({ nodes }: Definition): Messages => nodes.filter((node) => node.kind === 'message');

/** Approves what the caller has seen: contents are sealed as they stand, and nothing else may be published. */
export async function approve(
  context: Context,
  { scenarioId, edition, contents }: z.output<typeof contracts.approve.input>,
): Promise<{ problems: Problem[] }> {
  const { app, tx, actor, role, afterCommit } = context;
  const { workspaceId, memberId } = actor;
  await lockPlanned(tx, actor, scenarioId);
  const planned = await describing.getPlanned(context, scenarioId);
  const row = await queries.lockScenario(tx, actor, scenarioId);
  if (!row || planned.archived) throw new AppError('conflict');
  if (row.edition !== edition) throw new AppError('conflict', { fields: { edition: 'changed' } });
  if (!(await describing.isSecondPair(context, row)))
    throw new AppError('forbidden', { fields: { step: 'four_eyes' } });
  const seen = new Map(contents.map((one) => [one.id, one.edition]));
  const problems: Problem[] = [];
  const versions: Record<string, number> = {};
  for (const message of messagesOf(row.draft)) {
    const { id: nodeId, contentId } = message;
    if (contentId === null) continue;
    const sealed = await sealContent(context, contentId).catch(isGone);
    if (!sealed) throw new AppError('conflict', { fields: { content: 'not_shown' } });
    // Sealing holds it: nobody writes in it until this is committed.
    const content = await getContent(context, contentId);
    if (seen.get(contentId) !== content.edition) throw new AppError('conflict', { fields: { content: 'changed' } });
    if (!('version' in sealed)) {
      problems.push({ nodeId, code: 'content_stops', about: content.name });
      continue;
    }
    versions[contentId] = sealed.version;
    const page = await findPage(context, message, sealed.version);
    if (page) problems.push({ nodeId, code: page === 'link.survey' ? 'no_survey' : 'content_page', about: page });
  }
  if (problems.length > 0) return { problems };
  const moving = { app, tx, workspaceId, memberId, role };
  // Said before of something else, or by hand: it is said anew.
  if (planned.done.includes('approval')) await moveCampaignStep(moving, scenarioId, 'approval', false);
  const outboxId = await moveCampaignStep(moving, scenarioId, 'approval', true);
  afterCommit((whole) => whole.runNow(workspaceId, outboxId, 'plan.followTasks'));
  const { at } = (await findApproval(tx, actor, scenarioId))!;
  await queries.setApproved(tx, actor, scenarioId, { edition, versions, at: at.toISOString() });
  return { problems };
}

/** What was approved, with the versions that were sealed then, or what stands against it. */
async function asApproved(
  context: Context,
  definition: Definition,
  { versions }: queries.Approved,
): Promise<Definition | { problems: Problem[] }> {
  const problems: Problem[] = [];
  for (const { id: nodeId, contentId } of messagesOf(definition)) {
    const content = await getContent(context, contentId!);
    const version = versions[contentId!];
    // What was written after it was approved is not what was approved.
    if (version !== content.version) problems.push({ nodeId, code: 'content_changed', about: content.name });
  }
  if (problems.length > 0) return { problems };
  return {
    ...definition,
    nodes: definition.nodes.map((node) =>
      node.kind === 'message' ? { ...node, contentVersion: versions[node.contentId!]! } : node,
    ),
  };
}

/** Steps of a new version at which those on their way may go on: they are there, and of the same kind. */
async function sharedNodes({ tx, actor }: Context, scenarioId: string, definition: Definition): Promise<string[]> {
  const before = (await queries.listVersions(tx, actor.workspaceId, scenarioId)).map((one) => nodesOf(one.definition));
  return definition.nodes
    .filter(({ id, kind }) => before.every((nodes) => !nodes.has(id) || nodes.get(id)!.kind === kind))
    .map(({ id }) => id);
}

export async function publish(
  outside: OutsideContext,
  { scenarioId, edition, inFlight, takeIn }: z.output<typeof contracts.publish.input>,
) {
  const draft = await outside.asCaller(async (context) => {
    const planned = await describing.getMine(context, scenarioId);
    // It runs with the rights of whoever answers for it, who alone gives them.
    if (planned.programme.ownerId !== context.actor.memberId)
      throw new AppError('forbidden', { fields: { owner: 'others' } });
    const [row] = await queries.listScenarios(context.tx, context.actor, scenarioId);
    if (!row) throw notFound();
    if (row.edition !== edition) throw new AppError('conflict');
    return row.draft;
  });
  const { problems } = await lookAt(outside, draft);
  if (problems.length > 0) throw wrong('definition', problems[0]!.code);
  return outside.asCaller(async (context) => {
    const { app, tx, actor } = context;
    await lockPlanned(tx, actor, scenarioId);
    const planned = await describing.getMine(context, scenarioId);
    const row = await queries.lockScenario(tx, actor, scenarioId);
    if (!row || row.edition !== edition || planned.archived || row.state === 'ended') throw new AppError('conflict');
    const approval = await findApproval(tx, actor, scenarioId);
    // Who moved the step by hand has approved nothing: what they saw is not known.
    if (!approval || !describing.isAsApproved(row, approval.at))
      throw new AppError('conflict', { fields: { step: 'approval' } });
    const sealed = await asApproved(context, row.draft, row.approved!);
    if ('problems' in sealed) throw wrong('definition', sealed.problems[0]!.code);
    const version = row.version + 1;
    const shared = await sharedNodes(context, scenarioId, sealed);
    await queries.addVersion(tx, actor, scenarioId, {
      version,
      definition: sealed,
      takeIn: takeIn && sealed.entry.kind === 'segment',
      anew: row.state !== 'running' || !row.published || !isDeepStrictEqual(row.published.entry, sealed.entry),
    });
    const moved = await journeys.moveToVersion(tx, actor, scenarioId, version, shared, inFlight === 'move');
    await markBegun(tx, actor.workspaceId, scenarioId, new Date().toISOString().slice(0, 10), actor.memberId);
    await wakeScenario(app, tx, actor.workspaceId, scenarioId);
    return { version, ...moved };
  });
}
