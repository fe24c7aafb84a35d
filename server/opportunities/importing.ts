import { z } from 'zod';
import { addParticipants } from '../cards/participants.ts';
import { recordUses, type UsedCard } from '../delegation/ledger.ts';
import { UnreadableFile } from '../formats/contact.ts';
import { openTables } from '../formats/index.ts';
import { getMember } from '../identity/queries.ts';
import { id } from '../kernel/contract.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import * as brought from './brought.ts';
import * as contracts from './contract.ts';
import { today } from './finding.ts';
import { changesOf, organizationOf, ownerIn, type Plan, planImport, stageKey, toSaid, toState } from './planning.ts';
import * as queries from './queries.ts';
import { NoTable, type ReadLine, type ReadTable, readTable } from './reading.ts';
import { audienceOf, isCurrency, isShared, reversedDate } from './rules.ts';
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

/** What is to be done with each line. */
interface Work {
  fresh: ReadLine[];
  /** Taken out of sight before: it comes back. */
  back: { line: ReadLine; row: brought.KnownRow }[];
  changed: { line: ReadLine; row: brought.KnownRow; columns: Partial<brought.SaidColumns> }[];
  /** Of these at most what the file said is kept anew. */
  unchanged: { line: ReadLine; row: brought.KnownRow }[];
}

function sort(plan: Plan, memberId: string): Work {
  const work: Work = { fresh: [], back: [], changed: [], unchanged: [] };
  const seen = new Set<string>();
  for (const line of plan.table.lines) {
    // A file that names one id twice: the first line counts.
    if (seen.has(line.externalId)) continue;
    seen.add(line.externalId);
    const row = plan.known.get(line.externalId);
    if (!row) work.fresh.push(line);
    else if (row.removed_at !== null) work.back.push({ line, row });
    else {
      const columns = row.imported_by === memberId ? soundChanges(row, changesOf(row, toSaid(plan, line))) : {};
      if (Object.keys(columns).length > 0) work.changed.push({ line, row, columns });
      else work.unchanged.push({ line, row });
    }
  }
  return work;
}

/** Without what would leave the row with dates that contradict each other, or a state that it does not have. */
function soundChanges(row: brought.KnownRow, columns: Partial<brought.SaidColumns>): Partial<brought.SaidColumns> {
  const { opened_on, closed_on, stage_id, ...others } = columns;
  const outcome = 'outcome' in others ? others.outcome! : row.outcome;
  const opened = opened_on ?? row.opened_on;
  const closed = outcome === null ? null : (closed_on ?? row.closed_on ?? (today() < opened ? opened : today()));
  const expected = 'expected_on' in others ? others.expected_on! : row.expected_on;
  const dates = { openedOn: opened, expectedOn: expected, closedOn: closed };
  const { expected_on, ...undated } = others;
  const sound = reversedDate(dates) === null;
  return {
    ...undated,
    ...(stage_id ? { stage_id } : {}),
    ...(sound && expected_on !== undefined ? { expected_on } : {}),
    ...(sound && opened_on ? { opened_on } : {}),
    ...('outcome' in others || (sound && closed_on) ? { closed_on: sound ? closed : closed && row.opened_on } : {}),
  };
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

/** A new row of what a line says. */
function toRow(plan: Plan, line: ReadLine, actor: Context['actor'], visibility: contracts.Visibility) {
  const said = toSaid(plan, line);
  // What its importer alone sees is theirs: a colleague named as the owner would have what nobody gave them.
  const named = visibility.kind === 'owner' ? undefined : ownerIn(plan.owners, line.owner);
  const owner = named ?? actor.memberId;
  const open = plan.stages.filter(({ ended_at }) => ended_at === null);
  const stage = said.stage_id ?? (line.outcome === null ? open[0]! : open.at(-1)!).stage_id;
  const opened = said.opened_on ?? [said.expected_on, said.closed_on, today()].filter((one) => one !== null).sort()[0]!;
  const closed = line.outcome && (said.closed_on ?? (today() < opened ? opened : today()));
  return {
    ...said,
    opportunity_id: newId(),
    organization_card: organizationOf(plan, line)?.card_id ?? null,
    stage_id: stage,
    opened_on: opened,
    closed_on: closed,
    owner_id: owner,
    audience_id: audienceOf(visibility, owner, actor.workspaceId),
    source: plan.table.source,
    external_id: line.externalId,
    source_state: JSON.stringify(toState(plan, line)),
    imported_by: actor.memberId,
  };
}

async function addFresh(context: Context, plan: Plan, lines: readonly ReadLine[], visibility: contracts.Visibility) {
  const { tx, actor } = context;
  const made = lines.map((line) => ({ line, row: toRow(plan, line, actor, visibility) }));
  const written = await queries.addOpportunities(
    tx,
    actor,
    made.map(({ row }) => row),
  );
  const added = made.filter(({ row }) => written.has(row.opportunity_id));
  const parts = added.flatMap(({ line, row }) =>
    (plan.contacts.get(line.line) ?? []).map((card) => ({ ...row, ...card, roles: [] })),
  );
  await addParticipants(tx, actor, parts);
  await queries.addMoves(
    tx,
    actor,
    added.flatMap(({ row }): queries.NewMove[] => [
      { of: row, kind: 'opened', to: row.stage_id },
      ...(row.outcome
        ? [{ of: row, kind: row.outcome, from: row.stage_id, reasons: row.reasons, note: row.outcome_note }]
        : []),
    ]),
  );
  const used: UsedCard[] = added
    .filter(({ row }) => isShared(row))
    .flatMap(({ line }) => [...(plan.contacts.get(line.line) ?? []), organizationOf(plan, line) ?? []].flat());
  return { ids: added.map(({ row }) => row.opportunity_id), used };
}

async function change(context: Context, plan: Plan, { line, row, columns }: Work['changed'][number]) {
  const { tx, actor } = context;
  const state = JSON.stringify(toState(plan, line));
  const organization =
    columns.organization_name === undefined ? {} : { organization_card: organizationOf(plan, line)?.card_id ?? null };
  const { stage_id, opened_on, ...others } = columns;
  const set = { ...others, ...(stage_id ? { stage_id } : {}), ...(opened_on ? { opened_on } : {}) };
  await queries.updateOpportunity(tx, actor, row, { ...set, ...organization, source_state: state });
  const moves: queries.NewMove[] = [];
  if (stage_id && stage_id !== row.stage_id) moves.push({ of: row, kind: 'moved', from: row.stage_id, to: stage_id });
  if (columns.outcome !== undefined && columns.outcome !== row.outcome)
    moves.push({ of: row, kind: columns.outcome ?? 'reopened', reasons: columns.reasons ?? [] });
  await queries.addMoves(tx, actor, moves);
  const before = Object.fromEntries(Object.keys(columns).map((key) => [key, row[key as keyof brought.SaidColumns]]));
  return { opportunity_id: row.opportunity_id, before, after: columns };
}

/** Writes what a file brings, in one transaction. @returns the id of the import */
async function run(context: Context, file: File & { visibility: contracts.Visibility }, plan: Plan): Promise<string> {
  const { tx, actor } = context;
  const work = sort(plan, actor.memberId);
  const importId = newId();
  const { ids, used } = await addFresh(context, plan, work.fresh, file.visibility);
  for (const { row } of work.back) {
    await queries.updateOpportunity(tx, actor, row, { removed_at: null });
    ids.push(row.opportunity_id);
  }
  const changes: brought.ImportChange[] = [];
  for (const one of work.changed) changes.push(await change(context, plan, one));
  const mine = work.unchanged.filter(({ row }) => row.imported_by === actor.memberId);
  const states = mine.map(({ line, row }) => ({
    opportunityId: row.opportunity_id,
    state: toState(plan, line),
  }));
  await brought.keepStates(tx, actor, states);
  await brought.addImport(tx, actor, {
    import_id: importId,
    file_name: file.fileName,
    source: plan.table.source,
    created: ids.length,
    updated: changes.length,
    unchanged: plan.table.lines.length - ids.length - changes.length,
    problems: plan.table.problems.slice(0, mostProblems),
  });
  const created = ids.map((opportunity_id) => ({ opportunity_id, before: null, after: null }));
  await brought.addChanges(tx, actor, importId, [...created, ...changes]);
  const distinct = new Map(used.map((card) => [card.card_id, card]));
  await recordUses(tx, actor, 'opportunity', [...distinct.values()], { together: importId });
  return importId;
}

/** Problems that are kept and shown; a file with more is better mended and read again. */
const mostProblems = 500;

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

/** What an import changed goes back to what it was, where nobody has changed it since. */
async function takeBack({ tx, actor }: Context, importId: string): Promise<void> {
  await brought.removeBrought(tx, actor, importId);
  for (const { row, before, after } of await brought.listChanged(tx, actor, importId)) {
    const now = row as Partial<brought.SaidColumns>;
    const keys = Object.keys(before!) as (keyof brought.SaidColumns)[];
    if (!keys.every((key) => JSON.stringify(now[key]) === JSON.stringify(after![key]))) continue;
    const said = { ...row.source_state.said, ...before };
    const columns = before as Omit<Partial<brought.SaidColumns>, 'stage_id' | 'opened_on'> & {
      stage_id?: string;
      opened_on?: string;
    };
    const state = JSON.stringify({ said, cells: row.source_state.cells } satisfies brought.SourceState);
    await queries.updateOpportunity(tx, actor, row, { ...columns, source_state: state });
  }
}

export const importOperations: Operation[] = [
  implement(contracts.readImport, async (file, context) => {
    const plan = await planImport(context, await readFile(context, file));
    const { table } = plan;
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
    return getImport(context, await run(context, file, plan));
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

  implement(contracts.undoImport, async ({ importId }, context) => {
    const { tx, actor } = context;
    const record = await getImport(context, importId);
    if (record.undoableUntil === null || !(await brought.markUndone(tx, actor, importId)))
      throw new AppError('not_undoable');
    await takeBack(context, importId);
    return getImport(context, importId);
  }),
];
