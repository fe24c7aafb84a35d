import { z } from 'zod';
import { nameCards } from '../cards/persons.ts';
import { beginContent, findCompiled, getContent, sealContent } from '../content/index.ts';
import { enterFacts } from '../facts/index.ts';
import { getMember } from '../identity/queries.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { findApproval, markBegun, moveCampaignStep, planScenario } from '../plan/index.ts';
import { beginSegment } from '../segments/index.ts';
import { queueCalls } from './calling.ts';
import { lookAt } from './checking.ts';
import type { Definition, Problem } from './contract.ts';
import * as contracts from './contract.ts';
import * as describing from './describing.ts';
import * as effects from './effects.ts';
import { letIn } from './entering.ts';
import { wakeScenario } from './jobs.ts';
import * as journeys from './journeys.ts';
import * as queries from './queries.ts';
import { readyScenarios } from './ready.ts';
import { nodesOf } from './rules.ts';
import { givenLater } from './steps.ts';
import { dryRun } from './trying.ts';

const wrong = (field: string, why: string) => new AppError('invalid_input', { fields: { [field]: why } });

/** Whatever is drawn anew is written, checked and approved anew: who may open the step of the content again, may draw. */
async function openContentAgain(context: Context, scenarioId: string): Promise<void> {
  const { app, tx, actor, role, afterCommit } = context;
  const { workspaceId, memberId } = actor;
  const outboxId = await moveCampaignStep({ app, tx, workspaceId, memberId, role }, scenarioId, 'content', false);
  afterCommit((whole) => whole.runNow(workspaceId, outboxId, 'plan.followTasks'));
}

async function saveDraft(outside: OutsideContext, scenarioId: string, edition: number, definition: Definition) {
  const saved = await outside.asCaller(async (context) => {
    const { tx, actor } = context;
    const planned = await describing.getMine(context, scenarioId);
    if (planned.archived) throw new AppError('conflict');
    const row = await queries.lockScenario(tx, actor, scenarioId);
    if (
      row &&
      describing.withoutVersions(row.draft) === describing.withoutVersions(definition) &&
      row.edition === edition
    )
      return edition;
    if (planned.done.includes('content')) await openContentAgain(context, scenarioId);
    return queries.saveDraft(tx, actor, scenarioId, edition, definition);
  });
  if (saved === null) throw new AppError('conflict');
  return { edition: saved, problems: (await lookAt(outside, definition)).problems };
}

/** A page, or an event, that a content asks for and a scenario does not give: everybody would be set aside. */
async function findPage({ tx, actor }: Context, contentId: string, version: number): Promise<string | undefined> {
  const compiled = Object.values(await findCompiled(tx, actor.workspaceId, contentId, version));
  const asked = compiled.flatMap(({ needs }) =>
    needs.filter(({ when }) => when === null).map(({ variable }) => variable),
  );
  return asked.find((one) => /^(?:link|event)\./.test(one) && !(one in givenLater));
}

/** Seals what is sent, as it is now. @returns the definition with the versions, or what stands against it */
async function seal(
  context: Context,
  definition: Definition,
  approvedAt: Date,
): Promise<Definition | { problems: Problem[] }> {
  const problems: Problem[] = [];
  const versions = new Map<string, number>();
  for (const node of definition.nodes) {
    if (node.kind !== 'message' || node.contentId === null || versions.has(node.contentId)) continue;
    const say = (code: Problem['code'], about: string) => problems.push({ nodeId: node.id, code, about });
    const content = await getContent(context, node.contentId);
    // What was written after it was approved is not what was approved.
    if (new Date(content.changedAt) > approvedAt) say('content_changed', content.name);
    const sealed = await sealContent(context, node.contentId);
    if ('stops' in sealed) {
      say('content_stops', content.name);
      continue;
    }
    versions.set(node.contentId, sealed.version);
    const page = await findPage(context, node.contentId, sealed.version);
    if (page) say('content_page', page);
  }
  if (problems.length > 0) return { problems };
  return {
    ...definition,
    nodes: definition.nodes.map((node) =>
      node.kind === 'message' ? { ...node, contentVersion: versions.get(node.contentId!)! } : node,
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

async function publish(
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
    return row.draft;
  });
  const { problems } = await lookAt(outside, draft);
  if (problems.length > 0) throw wrong('definition', problems[0]!.code);
  return outside.asCaller(async (context) => {
    const { app, tx, actor } = context;
    const planned = await describing.getMine(context, scenarioId);
    const row = await queries.lockScenario(tx, actor, scenarioId);
    if (!row || row.edition !== edition || planned.archived || row.state === 'ended') throw new AppError('conflict');
    const approval = await findApproval(tx, actor, scenarioId);
    if (!approval) throw new AppError('conflict', { fields: { step: 'approval' } });
    // Four eyes: who drew it has not approved it, unless nobody else is there.
    if (!approval.alone && approval.by !== null && row.writer_ids.includes(approval.by))
      throw new AppError('forbidden', { fields: { step: 'four_eyes' } });
    const sealed = await seal(context, row.draft, approval.at);
    if ('problems' in sealed) throw wrong('definition', sealed.problems[0]!.code);
    const version = row.version + 1;
    const shared = await sharedNodes(context, scenarioId, sealed);
    await queries.addVersion(tx, actor, scenarioId, {
      version,
      definition: sealed,
      takeIn: takeIn && sealed.entry.kind === 'segment',
    });
    const moved = await journeys.moveToVersion(tx, actor, scenarioId, version, shared, inFlight === 'move');
    await markBegun(tx, actor.workspaceId, scenarioId, new Date().toISOString().slice(0, 10), actor.memberId);
    await wakeScenario(app, tx, actor.workspaceId, scenarioId);
    return { version, ...moved };
  });
}

const drawing: Operation[] = [
  implement(contracts.listScenarios, async (_input, context) => ({
    items: await describing.describeScenarios(context),
  })),

  implementOutside(contracts.getScenario, async ({ scenarioId }, context) => {
    const scenario = await context.asCaller((inside) => describing.describeScenario(inside, scenarioId));
    const { problems, names } = await lookAt(context, scenario.draft);
    return { ...scenario, names, problems: scenario.mine ? problems : [] };
  }),

  implementOutside(contracts.saveDraft, ({ scenarioId, edition, definition }, context) =>
    saveDraft(context, scenarioId, edition, definition),
  ),

  implementOutside(contracts.publish, (asked, context) => publish(context, asked)),

  implement(contracts.setState, async ({ scenarioId, state }, context) => {
    const { app, tx, actor } = context;
    await describing.getMine(context, scenarioId);
    const row = await queries.lockScenario(tx, actor, scenarioId);
    if (!row || row.version === 0 || row.state === 'ended' || row.state === state) throw new AppError('conflict');
    await queries.setState(tx, actor, scenarioId, state);
    if (state === 'ended')
      await journeys.endJourneys(tx, actor.workspaceId, scenarioId, 'all', 'stopped', {}, new Date());
    if (state === 'running') await wakeScenario(app, tx, actor.workspaceId, scenarioId);
    return {};
  }),

  implementOutside(contracts.dryRun, (asked, context) => dryRun(context, asked)),
];

const pageSize = (limit: number | undefined): number => limit ?? 50;

const people: Operation[] = [
  implement(contracts.enter, async ({ scenarioId, personIds }, context) => {
    const { app, tx, actor } = context;
    await describing.getMine(context, scenarioId);
    const row = await queries.lockScenario(tx, actor, scenarioId);
    if (row?.state !== 'running' || !row.published) throw new AppError('conflict');
    const running = { actor, scenarioId, version: row.version, definition: row.published };
    const arrivals = [...new Set(personIds)].map((cardId) => ({
      ...{ cardId, contactPointId: null, occasion: `hand ${newId()}`, said: 'hand' as const },
    }));
    const entered = await letIn(tx, running, arrivals, new Date());
    await wakeScenario(app, tx, actor.workspaceId, scenarioId);
    return { entered };
  }),

  implement(contracts.listPeople, async ({ scenarioId, nodeId, done, after, limit }, context) => {
    await describing.getMine(context, scenarioId);
    const cursor = after ? decodeCursor(after, z.tuple([z.uuid()]))[0] : null;
    const size = pageSize(limit);
    const rows = await journeys.listTravellers(
      context.tx,
      context.actor,
      scenarioId,
      { nodeId, done, after: cursor },
      size + 1,
    );
    const items = await describing.describeTravellers(context, rows.slice(0, size));
    return { items, next: rows.length > size ? encodeCursor([rows[size - 1]!.journey_id]) : null };
  }),

  implement(contracts.getPath, async ({ scenarioId, journeyId }, context) => {
    const { tx, actor } = context;
    await describing.getMine(context, scenarioId);
    const [row] = await journeys.listTravellers(tx, actor, scenarioId, { journeyId }, 1);
    if (!row) throw notFound();
    const [traveller] = await describing.describeTravellers(context, [row]);
    const passed = await journeys.listPassages(tx, actor.workspaceId, journeyId);
    const versions = new Map(
      (await queries.listVersions(tx, actor.workspaceId, scenarioId)).map((one) => [
        one.version,
        nodesOf(one.definition),
      ]),
    );
    const steps = passed.map(({ step_no, at, version, node_id, result, said }) => {
      const node = versions.get(version)?.get(node_id);
      return {
        no: step_no,
        at: at.toISOString(),
        version,
        nodeId: node_id,
        kind: node?.kind ?? '',
        name: node?.name ?? '',
        result,
        said,
      };
    });
    return { traveller: traveller!, steps };
  }),

  implement(contracts.takeOut, async ({ scenarioId, journeyId }, context) => {
    const { tx, actor } = context;
    await describing.getMine(context, scenarioId);
    const [row] = await journeys.listTravellers(tx, actor, scenarioId, { journeyId }, 1);
    if (!row) throw notFound();
    const said = { memberId: actor.memberId };
    if (
      (await journeys.endJourneys(tx, actor.workspaceId, scenarioId, { journeyId }, 'taken_out', said, new Date())) ===
      0
    )
      throw new AppError('conflict');
    return {};
  }),
];

const asking: Operation[] = [
  implement(contracts.listQuestions, async (_input, context) => {
    const rows = await journeys.listQuestions(context.tx, context.actor);
    const names = await nameCards(
      context,
      rows.map(({ card_id }) => card_id),
    );
    return {
      items: rows.map((row) => ({
        ...{ id: row.question_id, personId: row.card_id, name: names.get(row.card_id) ?? '', words: row.words },
        ...{ scenario: row.scenario, askedBy: row.asked_by },
        ...{ askedAt: row.asked_at.toISOString(), expiresAt: row.expires_at.toISOString() },
      })),
    };
  }),

  implement(contracts.answerQuestion, async ({ questionId, answer }, { app, tx, actor }) => {
    const { workspaceId } = actor;
    const [row] = await journeys.listQuestions(tx, actor, questionId);
    if (!row) throw notFound();
    if (!(await journeys.answer(tx, actor, row, answer))) throw new AppError('conflict');
    const payload = { scenarioId: row.scenario_id, journeyIds: [row.journey_id] };
    await app.enqueue(tx, { workspaceId, task: 'scenarios.withdraw', payload });
    await wakeScenario(app, tx, workspaceId, row.scenario_id);
    return {};
  }),
];

const outside: Operation[] = [
  implement(contracts.listEffects, async ({ scenarioId }, context) => {
    await describing.getMine(context, scenarioId);
    return {
      items: (await effects.listEffects(context.tx, context.actor, scenarioId)).map((row) => ({
        ...{ id: row.effect_id, nodeId: row.node_id, host: new URL(row.url).host, state: row.state },
        ...{ attempts: row.attempts, answer: row.answer, madeAt: row.made_at.toISOString() },
      })),
    };
  }),

  implement(contracts.settleEffect, async ({ scenarioId, effectId, as }, context) => {
    const { app, tx, actor } = context;
    await describing.getMine(context, scenarioId);
    const there = (await effects.listEffects(tx, actor, scenarioId)).some(({ effect_id }) => effect_id === effectId);
    if (!there) throw notFound();
    if (!(await effects.decideEffect(tx, actor, scenarioId, effectId, as))) throw new AppError('conflict');
    if (as === 'again') await queueCalls(app, tx, actor.workspaceId, [effectId]);
    return {};
  }),
];

const ready: Operation[] = [
  implement(contracts.listReady, async () => ({
    items: contracts.readyKeys.map((key) => {
      const { contents, draw } = readyScenarios[key];
      return {
        key,
        steps: draw(
          (_fr, en) => en,
          () => newId(),
          null,
        ).nodes.length,
        mails: Object.keys(contents).length,
      };
    }),
  })),

  implement(contracts.addReady, async ({ key, programmeId }, context) => {
    const { tx, actor } = context;
    const { purpose, contents, draw, segment } = readyScenarios[key];
    const locale = ((await getMember(tx, actor))?.locale ?? 'fr') as Locale;
    const t = translator(locale);
    const plan = { name: t(`scenarios.ready.${key}`), purpose, brief: t(`scenarios.ready.${key}.why`) };
    const scenarioId = await planScenario(context, programmeId, plan);
    // What every company's facts are called is made when it is first asked for.
    await enterFacts(tx);
    const contentIds = new Map<string, string>();
    for (const [name, { name: called, said }] of Object.entries(contents))
      contentIds.set(name, await beginContent(context, { name: called[locale], said }));
    const segmentId =
      segment &&
      (await beginSegment(context, { key: segment.key, name: segment.name[locale], filter: segment.filter }));
    const drawn = draw(
      (fr, en) => (locale === 'fr' ? fr : en),
      (name) => contentIds.get(name)!,
      segmentId ?? null,
    );
    await queries.saveDraft(tx, actor, scenarioId, 0, drawn);
    return { id: scenarioId };
  }),
];

export const scenariosOperations: Operation[] = [...drawing, ...people, ...asking, ...outside, ...ready];
