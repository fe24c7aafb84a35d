import { z } from 'zod';
import { nameCards } from '../cards/persons.ts';
import { beginContent } from '../content/index.ts';
import { enterFacts } from '../facts/index.ts';
import { getMember } from '../identity/queries.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { lockPlanned, moveCampaignStep, planScenario } from '../plan/index.ts';
import { beginSegment } from '../segments/index.ts';
import { beginSurvey } from '../surveys/beginning.ts';
import { queueCalls } from './calling.ts';
import { lookAt } from './checking.ts';
import type { Definition } from './contract.ts';
import * as contracts from './contract.ts';
import * as describing from './describing.ts';
import * as effects from './effects.ts';
import { queueTakeBack } from './ending.ts';
import { letIn } from './entering.ts';
import { wakeScenario } from './jobs.ts';
import * as journeys from './journeys.ts';
import { approve, publish } from './publishing.ts';
import * as queries from './queries.ts';
import { readyScenarios } from './ready.ts';
import { nodesOf } from './rules.ts';
import { dryRun } from './trying.ts';

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
    // Who approves waits: either they approve what was before, which falls with this, or they are told that it has changed.
    await lockPlanned(tx, actor, scenarioId);
    const planned = await describing.getMine(context, scenarioId);
    if (planned.archived) throw new AppError('conflict');
    const row = await queries.lockScenario(tx, actor, scenarioId);
    if (row?.edition === edition && describing.isSameDrawing(row.draft, definition)) return edition;
    if (planned.done.includes('content')) await openContentAgain(context, scenarioId);
    return queries.saveDraft(tx, actor, scenarioId, edition, definition);
  });
  if (saved === null) throw new AppError('conflict');
  return { edition: saved, problems: (await lookAt(outside, definition)).problems };
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

  implement(contracts.approve, (asked, context) => approve(context, asked)),

  implementOutside(contracts.publish, (asked, context) => publish(context, asked)),

  implement(contracts.setState, async ({ scenarioId, state }, context) => {
    const { app, tx, actor } = context;
    await describing.getMine(context, scenarioId);
    const row = await queries.lockScenario(tx, actor, scenarioId);
    if (!row || row.version === 0 || row.state === 'ended' || row.state === state) throw new AppError('conflict');
    await queries.setState(tx, actor, scenarioId, state);
    if (state === 'ended') {
      await journeys.endJourneys(tx, actor.workspaceId, scenarioId, 'all', 'stopped', {}, new Date());
      await callBack(context, scenarioId, null);
    }
    if (state === 'running') await wakeScenario(app, tx, actor.workspaceId, scenarioId);
    return {};
  }),

  implementOutside(contracts.dryRun, (asked, context) => dryRun(context, asked)),
];

/** Seconds until the worker takes up what the request does itself after its commit. */
const ownTime = 20;

/** What has not left, or was not done, is taken back before the answer. */
async function callBack({ app, tx, actor, afterCommit }: Context, scenarioId: string, journeyId: string | null) {
  const outboxId = await queueTakeBack(app, tx, actor.workspaceId, scenarioId, journeyId, ownTime);
  afterCommit((whole) => whole.runNow(actor.workspaceId, outboxId, 'scenarios.takeBack'));
}

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
    // Why each step went as it did rests on what another sees.
    if (!row.by_me) throw new AppError('forbidden', { fields: { owner: 'others' } });
    const [traveller] = await describing.describeTravellers(context, [row]);
    const passed = await journeys.listPassages(tx, actor, journeyId);
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
      (await journeys.endJourneys(
        tx,
        actor.workspaceId,
        scenarioId,
        { journeyIds: [journeyId] },
        'taken_out',
        said,
        new Date(),
      )) === 0
    )
      throw new AppError('conflict');
    await callBack(context, scenarioId, journeyId);
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
          null,
        ).nodes.length,
        mails: Object.keys(contents).length,
      };
    }),
  })),

  implement(contracts.addReady, async ({ key, programmeId }, context) => {
    const { tx, actor } = context;
    const { purpose, contents, draw, segment, survey } = readyScenarios[key];
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
      survey ? await beginSurvey(context, { ...survey, name: survey.name[locale] }) : null,
    );
    await queries.saveDraft(tx, actor, scenarioId, 0, drawn);
    return { id: scenarioId };
  }),
];

export const scenariosOperations: Operation[] = [...drawing, ...people, ...asking, ...outside, ...ready];
