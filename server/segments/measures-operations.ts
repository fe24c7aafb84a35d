import { AppError } from '../kernel/errors.ts';
import { implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { isClosed } from '../relations/knowing.ts';
import { Compiler } from './compiling.ts';
import * as computing from './computing.ts';
import * as contracts from './contract.ts';
import { type Bench, benchFor, measureProblem, openBench, openPerson, readFilter } from './describing.ts';
import { type Filter, parseFilter, type Value } from './language-contract.ts';
import * as queries from './queries.ts';
import { queueBuild } from './queueing.ts';
import { problemOf, usualStages } from './rules.ts';

const company = { kind: 'workspace' } as const;

/** @throws AppError forbidden where it asks for ties, and the viewer lets nothing be known of theirs */
async function checkTies(context: OutsideContext, bench: Bench, ...asked: (Value | Filter)[]): Promise<void> {
  const compiler = new Compiler(bench.dictionary);
  for (const one of asked) {
    if (one.is === 'name') compiler.value(one);
    else compiler.filter(one as Filter);
  }
  if (compiler.asksTies && (await context.asCaller(({ tx, actor }) => isClosed(tx, actor))))
    throw new AppError('forbidden');
}

/** @throws AppError invalid_input where it can never be answered: what is only not there yet may come */
function checkDefinition(bench: Bench, key: string, definition: contracts.MeasureDefinition): void {
  const problem = measureProblem(bench.dictionary, key, definition);
  if (problem) throw new AppError('invalid_input', { fields: { definition: problem.problem } });
}

const isNever = (value: string | null) => value === null || value === 'NaN';

/** A measure's value, and for a score which of its rules hold, of somebody as the viewer sees them. */
function askedOf(
  bench: Bench,
  row: queries.MeasureRow,
  closed: boolean,
): { value: Value; rules: { points: number; text: string; filter: Filter }[] } | null {
  try {
    const compiler = new Compiler(bench.dictionary);
    const value: Value = { is: 'name', name: row.key };
    compiler.value(value);
    if (closed && compiler.asksTies) return null;
    const rules = row.definition.kind === 'score' ? row.definition.rules : [];
    return {
      value,
      rules: rules.map(({ points, filter, why }) => ({ points, text: why || filter, filter: parseFilter(filter) })),
    };
  } catch (error) {
    problemOf(error);
    return null;
  }
}

async function describeKnowledge(bench: Bench, closed: boolean, ask: computing.Ask) {
  const measures = bench.nameable.measures.map((row) => ({ row, asked: askedOf(bench, row, closed) }));
  const stage: Filter = { is: 'test', value: { is: 'name', name: 'stage' }, op: 'known', to: [] };
  const isTold =
    'filter' in readFilter(bench.dictionary, 'stage is known') &&
    !(closed && computing.asksTies(bench.dictionary, stage));
  const stageParts = isTold ? [{ filter: stage, value: { is: 'name', name: 'stage' } as Value }] : [];
  const everyone: Filter = { is: 'everyone' };
  const parts = measures.flatMap(({ asked }) =>
    asked
      ? [{ filter: everyone, value: asked.value }, ...asked.rules.map(({ filter }) => ({ filter, value: null }))]
      : [],
  );
  const found = await ask([...stageParts, ...parts]);
  const answers = found[Symbol.iterator]();
  const next = () => answers.next().value ?? { holds: false, shown: null };
  const stageKey = stageParts.length > 0 ? next().shown : null;
  const said = measures.map(({ row, asked }) => {
    const shown = asked ? next().shown : null;
    return {
      ...{ id: row.measure_id, key: row.key, kind: row.kind, name: row.name, unit: row.unit },
      value: isNever(shown) ? null : Number(shown),
      why: (asked?.rules ?? []).map(({ points, text }) => ({ points, text, holds: next().holds })),
    };
  });
  const stages = bench.nameable.stages.length > 0 ? bench.nameable.stages : usualStages;
  const at = stages.find(({ key }) => key === stageKey);
  return { stage: at ? { key: at.key, name: at.name } : null, measures: said };
}

export const measuresOperations: Operation[] = [
  implementOutside(contracts.listMeasures, async (_input, context) => {
    const bench = await benchFor(context, company);
    return {
      items: bench.nameable.measures.map(({ measure_id, changed_at: _changed, ...row }) => ({
        ...row,
        id: measure_id,
        problem: measureProblem(bench.dictionary, row.key, row.definition),
      })),
    };
  }),

  implementOutside(contracts.addMeasure, async (input, context) => {
    checkDefinition(await benchFor(context, company), input.key, input.definition);
    const measureId = newId();
    return context.asCaller(async (inside) => {
      const added = await queries.addMeasure(inside.tx, inside.actor, {
        ...input,
        measureId,
        kind: input.definition.kind,
      });
      if (!added) throw new AppError('conflict');
      await queueBuild(inside);
      return { id: measureId };
    });
  }),

  implementOutside(contracts.changeMeasure, async ({ measureId, version, ...said }, context) => {
    const bench = await benchFor(context, company);
    const row = bench.nameable.measures.find((one) => one.measure_id === measureId);
    if (!row) throw new AppError('not_found');
    if (row.kind !== said.definition.kind) throw new AppError('invalid_input', { fields: { definition: 'kind' } });
    checkDefinition(bench, row.key, said.definition);
    return context.asCaller(async (inside) => {
      if (!(await queries.changeMeasure(inside.tx, inside.actor, measureId, version, said)))
        throw new AppError('conflict');
      await queueBuild(inside);
      return {};
    });
  }),

  implement(contracts.removeMeasure, async ({ measureId }, context) => {
    if (!(await queries.deleteMeasure(context.tx, context.actor, measureId))) throw new AppError('not_found');
    await queueBuild(context);
    return {};
  }),

  implementOutside(contracts.checkScore, async ({ measureId, outcome, daysAgo }, context) => {
    const bench = await benchFor(context, company);
    const row = bench.nameable.measures.find((one) => one.measure_id === measureId && one.kind === 'score');
    if (!row) throw new AppError('not_found');
    const read = readFilter(bench.dictionary, outcome);
    const problem = 'problem' in read ? read.problem : measureProblem(bench.dictionary, row.key, row.definition);
    if (problem || 'problem' in read) return { problem, tenths: [], auc: null };
    const at = new Date(Date.now() - daysAgo * 86_400_000);
    const value: Value = { is: 'name', name: row.key };
    await checkTies(context, bench, value, read.filter);
    const found = await context.asSystem('keeper', (tx) =>
      computing.checkScore(tx, bench.dictionary, value, read.filter, at, bench.scope),
    );
    return { problem: null, ...found };
  }),

  implementOutside(contracts.listStages, async (_input, context) => {
    const bench = await benchFor(context, company);
    const usual = bench.nameable.stages.length === 0;
    const items = (usual ? usualStages : bench.nameable.stages).map((one) => {
      const read = readFilter(bench.dictionary, one.filter);
      return { ...one, problem: 'problem' in read ? read.problem : null };
    });
    return { items, usual };
  }),

  implementOutside(contracts.changeStages, async ({ stages }, context) => {
    const bench = await benchFor(context, company);
    if (new Set(stages.map(({ key }) => key)).size < stages.length)
      throw new AppError('invalid_input', { fields: { stages: 'key' } });
    // A stage that names the stage goes round in a circle.
    const dictionary = {
      ...bench.dictionary,
      stages: stages.flatMap(({ key, filter }) => {
        const read = readFilter({ ...bench.dictionary, stages: [] }, filter);
        if ('problem' in read) throw new AppError('invalid_input', { fields: { stages: read.problem.problem } });
        return [{ key, filter: read.filter }];
      }),
    };
    const whole = readFilter(dictionary, 'stage is known');
    if ('problem' in whole) throw new AppError('invalid_input', { fields: { stages: whole.problem.problem } });
    return context.asCaller(async (inside) => {
      await queries.replaceStages(inside.tx, inside.actor, stages);
      await queueBuild(inside);
      return {};
    });
  }),

  implementOutside(contracts.countStages, async (_input, context) => {
    const bench = await benchFor(context, company);
    const read = readFilter(bench.dictionary, 'stage is known');
    if ('problem' in read) return { items: [], none: 0 };
    await checkTies(context, bench, read.filter);
    const found = await context.asSystem('keeper', (tx) =>
      computing.countBy(tx, bench.dictionary, { is: 'name', name: 'stage' }, bench.scope),
    );
    return {
      items: bench.dictionary.stages.map(({ key }) => ({ key, people: found.get(key) ?? 0 })),
      none: found.get(null) ?? 0,
    };
  }),

  implementOutside(contracts.describeKnowledge, async ({ personId }, context) => {
    const { cardIds, closed, reach } = await context.asCaller(async ({ tx, actor }) => ({
      cardIds: await openPerson(tx, actor, personId),
      closed: await isClosed(tx, actor),
      reach: await queries.findReach(tx),
    }));
    const { workspaceId, memberId } = context.actor;
    const known = await context.asSystem('keeper', async (tx) => {
      const bench = await openBench(tx, workspaceId, { kind: 'member', id: memberId }, reach);
      return describeKnowledge(bench, closed, (parts) =>
        computing.explain(tx, bench.dictionary, parts, { ...bench.scope, cardIds }),
      );
    });
    const segments = await context.asCaller(async ({ tx, actor }) => {
      const rows = new Map((await queries.listSegments(tx, actor)).map((row) => [row.segment_id, row]));
      const found = await queries.findSegmentsOf(tx, actor, cardIds);
      return found.flatMap(({ segment_id, since }) => {
        const row = rows.get(segment_id);
        if (!row || (closed && row.asks_ties)) return [];
        return [{ id: segment_id, name: row.name, since: since.toISOString() }];
      });
    });
    return { ...known, segments };
  }),
];
