import { addParticipants, listParticipants } from '../cards/participants.ts';
import { recordUses, type UsedCard } from '../delegation/ledger.ts';
import type { Context } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { toJsonb } from '../kernel/jsonb.ts';
import * as brought from './brought.ts';
import type * as contracts from './contract.ts';
import { today } from './finding.ts';
import { queueHearings } from './interviewing.ts';
import { changesOf, organizationOf, ownerIn, type Plan, toSaid, toState } from './planning.ts';
import * as queries from './queries.ts';
import type { ReadLine } from './reading.ts';
import { audienceOf, isShared, reversedDate } from './rules.ts';

/** What a file or a connection brings, written: new opportunities, changed ones, and the way back. */

type Importer = Pick<Context, 'tx' | 'actor'>;

/** What is to be done with each line. */
export interface Work {
  fresh: ReadLine[];
  /** Taken out of sight before: it comes back. */
  back: { line: ReadLine; row: brought.KnownRow }[];
  changed: { line: ReadLine; row: brought.KnownRow; columns: Partial<brought.SaidColumns> }[];
  /** Of these at most what the file said is kept anew. */
  unchanged: { line: ReadLine; row: brought.KnownRow }[];
}

/** @param left ids at the source of what was taken out of sight here and stays so */
export function sort(plan: Plan, memberId: string, left: ReadonlySet<string> = new Set()): Work {
  const work: Work = { fresh: [], back: [], changed: [], unchanged: [] };
  const seen = new Set<string>();
  for (const line of plan.table.lines) {
    // A file that names one id twice: the first line counts.
    if (seen.has(line.externalId) || left.has(line.externalId)) continue;
    seen.add(line.externalId);
    const row = plan.known.get(line.externalId);
    if (!row) work.fresh.push(line);
    else if (row.removed_at !== null) work.back.push({ line, row });
    else {
      const columns =
        row.imported_by === memberId ? soundChanges(row, changesOf(row, toSaid(plan, line), plan.complete)) : {};
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

/** A new row of what a line says. */
function toRow(plan: Plan, line: ReadLine, actor: Importer['actor'], visibility: contracts.Visibility) {
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
    source_state: toJsonb(toState(plan, line)),
    imported_by: actor.memberId,
  };
}

async function addFresh(context: Importer, plan: Plan, lines: readonly ReadLine[], visibility: contracts.Visibility) {
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
  return { made: added.map(({ row: { opportunity_id, external_id } }) => ({ opportunity_id, external_id })), used };
}

async function change(context: Importer, plan: Plan, { line, row, columns }: Work['changed'][number]) {
  const { tx, actor } = context;
  const state = toJsonb(toState(plan, line));
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
  return { opportunity_id: row.opportunity_id, external_id: row.external_id, before, after: columns };
}

/** People who came to what is here already, since its source was read last; who was taken out here is none of them. */
async function addComers(
  { tx, actor }: Importer,
  plan: Plan,
  rows: readonly { line: ReadLine; row: brought.KnownRow }[],
) {
  const used: UsedCard[] = [];
  for (const { line, row } of rows) {
    const met = new Set(row.source_state.contacts);
    const comers = (plan.contacts.get(line.line) ?? []).filter(({ key }) => key !== undefined && !met.has(key));
    if (comers.length === 0) continue;
    const here = new Set((await listParticipants(tx, actor, row.opportunity_id)).map(({ card_id }) => card_id));
    const added = comers.filter(({ card_id }) => !here.has(card_id));
    await addParticipants(
      tx,
      actor,
      added.map((card) => ({ ...row, ...card, roles: [] })),
    );
    if (isShared(row)) used.push(...added);
  }
  return used;
}

/** What is brought, and by what. */
export interface Bringing {
  importId: string;
  /** As people know it: the name of a file, or of a connection. */
  name: string;
  visibility: contracts.Visibility;
  /** A connection goes on bringing under one id; of what it brought, this was taken out of sight here. */
  connected?: { left: ReadonlySet<string> };
}

/** Writes what a file or a connection says, in one transaction. */
export async function bring(context: Importer, plan: Plan, { importId, name, ...how }: Bringing): Promise<void> {
  const { tx, actor } = context;
  const work = sort(plan, actor.memberId, how.connected?.left);
  const { made, used } = await addFresh(context, plan, work.fresh, how.visibility);
  for (const { row } of work.back) {
    await queries.updateOpportunity(tx, actor, row, { removed_at: null });
    made.push({ opportunity_id: row.opportunity_id, external_id: row.external_id });
  }
  const changes: brought.ImportChange[] = [];
  for (const one of work.changed) changes.push(await change(context, plan, one));
  const mine = work.unchanged.filter(({ row }) => row.imported_by === actor.memberId);
  used.push(...(await addComers(context, plan, [...work.changed, ...mine])));
  const states = mine.map(({ line, row }) => ({
    opportunityId: row.opportunity_id,
    state: toState(plan, line),
  }));
  await brought.keepStates(tx, actor, states);
  await brought.addImport(tx, actor, {
    import_id: importId,
    file_name: name,
    connected: how.connected !== undefined,
    source: plan.table.source,
    created: made.length,
    updated: changes.length,
    unchanged: plan.table.lines.length - made.length - changes.length,
    problems: plan.table.problems.slice(0, mostProblems),
  });
  const created = made.map((one) => ({ ...one, before: null, after: null }));
  await brought.addChanges(tx, actor, importId, [...created, ...changes]);
  const stood = [...work.back, ...work.changed].map(({ row }) => row.opportunity_id);
  await queueHearings(tx, actor, stood);
  const distinct = new Map(used.map((card) => [card.card_id, card]));
  await recordUses(tx, actor, 'opportunity', [...distinct.values()], { together: importId });
}

/** Problems that are kept and shown; a file with more is better mended and read again. */
export const mostProblems = 500;

/** What an import changed goes back to what it was, where nobody has changed it since. */
export async function takeBack({ tx, actor }: Importer, importId: string): Promise<void> {
  const touched = await brought.removeBrought(tx, actor, importId);
  for (const { row, before, after } of await brought.listChanged(tx, actor, importId)) {
    const now = row as Partial<brought.SaidColumns>;
    const keys = Object.keys(before!) as (keyof brought.SaidColumns)[];
    if (!keys.every((key) => JSON.stringify(now[key]) === JSON.stringify(after![key]))) continue;
    const said = { ...row.source_state.said, ...before };
    const columns = before as Omit<Partial<brought.SaidColumns>, 'stage_id' | 'opened_on'> & {
      stage_id?: string;
      opened_on?: string;
    };
    const state = JSON.stringify({ ...row.source_state, said } satisfies brought.SourceState);
    await queries.updateOpportunity(tx, actor, row, { ...columns, source_state: state });
    touched.push(row.opportunity_id);
  }
  await queueHearings(tx, actor, touched);
}
