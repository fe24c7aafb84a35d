import { z } from 'zod';
import { findDealSource } from '../connectors/deals.ts';
import { UnreadableFile } from '../formats/contact.ts';
import { openTables } from '../formats/index.ts';
import { getMember } from '../identity/queries.ts';
import { id } from '../kernel/contract.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { bring, mostProblems, sort, takeBack } from './bringing.ts';
import * as brought from './brought.ts';
import * as contracts from './contract.ts';
import { organizationOf, ownerIn, type Plan, planImport, stageKey } from './planning.ts';
import * as queries from './queries.ts';
import { NoTable, type ReadLine, type ReadTable, readTable } from './reading.ts';
import { isCurrency } from './rules.ts';
import { addStages, ensureStages } from './stages.ts';

type File = Pick<
  z.output<typeof contracts.readImport.input>,
  'fileName' | 'content' | 'targets' | 'currency' | 'dayFirst'
>;

/** Where dates are written month first, ISO 3166-1. */
const monthFirst: ReadonlySet<string> = new Set(['US', 'PH', 'CA']);

/** Reads the first table of a file that holds opportunities. @throws AppError invalid_input when none does, or it has too many lines */
async function readFile({ tx, actor }: Context, file: File): Promise<ReadTable> {
  const refuse = (code: string) => new AppError('invalid_input', { fields: { content: code } });
  const octets = Buffer.from(file.content, 'base64');
  if (file.currency !== undefined && !isCurrency(file.currency))
    throw new AppError('invalid_input', { fields: { currency: 'unknown' } });
  const country = (await getMember(tx, actor))?.country ?? 'FR';
  const habits = {
    targets: file.targets,
    currency: file.currency ?? 'EUR',
    dayFirst: file.dayFirst ?? !monthFirst.has(country),
  };
  try {
    const tables = await openTables(async function* () {
      yield octets;
    }, file.fileName);
    for await (const { rows } of tables ?? []) {
      try {
        return await readTable(rows, habits);
      } catch (error) {
        if (!(error instanceof NoTable) || error.code !== 'no_table') throw error;
      }
    }
  } catch (error) {
    if (error instanceof NoTable) throw refuse(error.code);
    if (!(error instanceof UnreadableFile)) throw error;
  }
  throw refuse('no_table');
}

/** Brings the stages that the importer chose for names of the file into the plan. @throws AppError forbidden for new ones, which admins add */
async function settleStages(
  context: Context,
  plan: Plan,
  chosen: z.output<typeof contracts.runImport.input>['stages'],
) {
  const open = new Set(plan.stages.filter(({ ended_at }) => ended_at === null).map(({ stage_id }) => stage_id));
  const wanted = new Map(chosen.map(({ name, stageId }) => [stageKey(name), stageId]));
  const added: string[] = [];
  for (const { name } of plan.unknownStages) {
    const stageId = wanted.get(stageKey(name));
    if (stageId === null) added.push(name.slice(0, 80));
    else if (stageId !== undefined && !open.has(stageId))
      throw new AppError('invalid_input', { fields: { stages: 'unknown' } });
    else if (stageId !== undefined) plan.stageOf.set(stageKey(name), stageId);
  }
  if (added.length === 0) return;
  if (context.role !== 'admin') throw new AppError('forbidden');
  const ids = await addStages(context.tx, context.actor, plan.stages, added);
  for (const { name } of plan.unknownStages) {
    const stageId = ids.get(name.slice(0, 80));
    if (stageId) plan.stageOf.set(stageKey(name), stageId);
  }
}

function describeImport(row: brought.ImportRow): contracts.ImportRecord {
  const until = new Date(row.at.getTime() + contracts.restorableFor * 86_400_000);
  const undoable = row.undone_at === null && row.created + row.updated > 0 && until > new Date();
  return {
    id: row.import_id,
    fileName: row.file_name,
    source: row.source,
    created: row.created,
    updated: row.updated,
    unchanged: row.unchanged,
    problems: row.problems,
    at: row.at.toISOString(),
    undoneAt: row.undone_at?.toISOString() ?? null,
    undoableUntil: undoable ? until.toISOString() : null,
  };
}

async function getImport({ tx, actor }: Context, importId: string): Promise<contracts.ImportRecord> {
  const [row] = await brought.listImports(tx, actor, null, 1, importId);
  if (!row) throw notFound();
  return describeImport(row);
}

export const importOperations: Operation[] = [
  implement(contracts.readImport, async (file, context) => {
    const table = await readFile(context, file);
    const plan = await planImport(context, table);
    const work = sort(plan, context.actor.memberId);
    const named = table.lines.filter(({ organization }) => organization !== '');
    const owned = table.lines.filter(({ owner }) => owner !== '');
    const countFound = (lines: readonly ReadLine[], isFound: (line: ReadLine) => boolean) => {
      const found = lines.filter(isFound).length;
      return { found, typed: lines.length - found };
    };
    return {
      source: table.source,
      columns: table.columns,
      currency: table.currency,
      dayFirst: table.dayFirst,
      lines: table.lines.length,
      new: work.fresh.length + work.back.length,
      changed: work.changed.length,
      unchanged: table.lines.length - work.fresh.length - work.back.length - work.changed.length,
      stages: plan.unknownStages,
      organizations: countFound(named, (line) => organizationOf(plan, line) !== undefined),
      contacts: plan.contactCounts,
      owners: countFound(owned, ({ owner }) => ownerIn(plan.owners, owner) !== undefined),
      rows: table.lines
        .slice(0, 10)
        .map(({ line, name, organization, stage, value, outcome, closedOn, expectedOn }) => ({
          ...{ line, name, organization, stage, value, outcome },
          closesOn: closedOn ?? expectedOn,
        })),
      problems: table.problems.slice(0, mostProblems),
      problemCount: table.problems.length,
    };
  }),

  implement(contracts.runImport, async ({ stages, ...file }, context) => {
    const { tx, actor } = context;
    await brought.lockImports(tx, actor);
    if (file.visibility.kind === 'team' && !(await queries.findTeamName(tx, actor, file.visibility.teamId))?.mine)
      throw new AppError('invalid_input', { fields: { teamId: 'unknown' } });
    const table = await readFile(context, file);
    await ensureStages(tx, actor);
    const plan = await planImport(context, table);
    await settleStages(context, plan, stages);
    const importId = newId();
    await bring(context, plan, { importId, name: file.fileName, visibility: file.visibility });
    return getImport(context, importId);
  }),

  implement(contracts.listImports, async ({ after, limit }, { tx, actor }) => {
    const before = after ? decodeCursor(after, z.tuple([id]))[0] : null;
    const rows = await brought.listImports(tx, actor, before, limit + 1);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: rows.slice(0, limit).map(describeImport),
      next: last ? encodeCursor([last.import_id]) : null,
    };
  }),

  implement(contracts.countBrought, async ({ connectionId }, { tx, actor }) => {
    if (!(await findDealSource(tx, actor, connectionId))) throw notFound();
    return { here: await brought.countBrought(tx, actor, connectionId) };
  }),

  implement(contracts.undoImport, async ({ importId }, context) => {
    const { tx, actor } = context;
    const record = await getImport(context, importId);
    if (record.undoableUntil === null || !(await brought.markUndone(tx, actor, importId)))
      throw new AppError('not_undoable');
    await takeBack(context, importId);
    return getImport(context, importId);
  }),
];
