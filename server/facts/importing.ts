import { UnreadableFile } from '../formats/contact.ts';
import { openTables } from '../formats/index.ts';
import { getCountry } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import { AppError } from '../kernel/errors.ts';
import * as imports from './imports.ts';
import type { ImportOptions, ImportProblem } from './imports-contract.ts';
import { loadRules } from './kinds.ts';
import { guessTargets, isEmpty, isZone, toFact } from './reading.ts';
import { record } from './recording.ts';
import { type Judging, readFacts } from './rules.ts';

/** Lines of one transaction. */
const together = 1000;
/** Lines of a file, and problems that are told with theirs. */
const mostLines = 1_000_000;
const mostTold = 100;

interface ReadFile {
  headers: string[];
  targets: string[];
  /** Facts as lines say them, `together` at a time, with the place of the first line in the file. */
  batches: AsyncGenerator<{ line: number; facts: Record<string, unknown>[]; cells: string[][] }>;
}

/** Reads the first table of a file. @throws AppError unreadable_file */
export async function openFile(
  octets: Buffer,
  fileName: string,
  { kinds }: Judging,
  options: ImportOptions,
): Promise<ReadFile> {
  if (!isZone(options.zone)) throw new AppError('invalid_input', { fields: { zone: 'unknown' } });
  const rows = await firstTable(octets, fileName);
  const first = await rows.next();
  if (first.done) throw new AppError('unreadable_file');
  const headers = first.value.map((header) => header.trim().slice(0, 200));
  const guessed = guessTargets(headers, kinds.get(options.kind));
  const targets = headers.map((_, column) => options.targets?.[column] ?? guessed[column]!);
  async function* batches() {
    let cells: string[][] = [];
    let [line, start] = [1, 2];
    const cut = () => ({ line: start, facts: cells.map((one) => toFact(one, targets, kinds, options)), cells });
    for await (const row of rows) {
      line++;
      if (line > mostLines) throw new AppError('unreadable_file');
      cells.push(row);
      if (cells.length < together) continue;
      yield cut();
      [cells, start] = [[], line + 1];
    }
    if (cells.length > 0) yield cut();
  }
  return { headers, targets, batches: batches() };
}

async function firstTable(octets: Buffer, fileName: string): Promise<AsyncGenerator<string[]>> {
  async function* rowsOf(): AsyncGenerator<string[]> {
    try {
      const tables = await openTables(async function* () {
        yield octets;
      }, fileName);
      for await (const { rows } of tables ?? []) {
        let any = false;
        for await (const { cells } of rows) {
          if (isEmpty(cells)) {
            // An empty line keeps its number.
            if (any) yield [];
            continue;
          }
          any = true;
          yield cells;
        }
        if (any) return;
      }
    } catch (error) {
      if (error instanceof UnreadableFile) throw new AppError('unreadable_file');
      throw error;
    }
  }
  return rowsOf();
}

/** Who judges the lines of a company's files. */
export function loadJudging(app: App, workspaceId: string): Promise<Judging> {
  return app.db.asSystem('keeper', async (tx) => ({
    kinds: await loadRules(tx, workspaceId),
    country: await getCountry(tx, workspaceId),
    now: new Date(),
  }));
}

/** What is understood of a file. */
export async function previewFile(file: ReadFile, judging: Judging) {
  const samples: Record<string, unknown>[] = [];
  const problems: ImportProblem[] = [];
  const examples: string[][] = file.headers.map(() => []);
  let [lines, problemCount] = [0, 0];
  for await (const { line, facts, cells } of file.batches) {
    const { refused } = readFacts(facts, judging);
    const real = cells.filter((one) => !isEmpty(one)).length;
    lines += real;
    const told = refused.filter(({ no }) => !isEmpty(cells[no]!));
    problemCount += told.length;
    for (const { no, code, field } of told)
      if (problems.length < mostTold) problems.push({ line: line + no, code, field });
    for (const row of cells.slice(0, 3))
      row.forEach((cell, column) => {
        if (cell.trim() !== '' && examples[column] && examples[column].length < 3)
          examples[column].push(cell.slice(0, 100));
      });
    if (samples.length === 0) samples.push(...facts.slice(0, 5));
  }
  const columns = file.headers.map((header, column) => ({
    header,
    target: file.targets[column]!,
    examples: examples[column]!,
  }));
  return { columns, lines, good: lines - problemCount, samples, problems, problemCount };
}

/** As often as the worker tries a job. */
const mostTries = 5;

/**
 * Brings in what a file says, in batches, each a transaction with how far it came. Interrupted, it goes on behind them. What cannot be read, or
 * comes to no end however often it is tried, has failed; what came until then can be taken out.
 */
export async function runImport(app: App, workspaceId: string, importId: string, signal: AbortSignal): Promise<void> {
  const row = await app.db.asSystem('keeper', (tx) => imports.beginImport(tx, workspaceId, importId));
  if (!row) return;
  try {
    if (row.tried > mostTries) throw new AppError('unreadable_file');
    await bringIn(app, workspaceId, row, signal);
  } catch (error) {
    const unreadable = error instanceof AppError && error.code === 'unreadable_file';
    if (!unreadable && (signal.aborted || row.tried < mostTries)) throw error;
    await app.db.asSystem('keeper', (tx) => imports.settleImport(tx, workspaceId, importId, 'failed'));
  }
}

async function bringIn(app: App, workspaceId: string, row: imports.Begun, signal: AbortSignal): Promise<void> {
  const { import_id: importId, file_name: fileName, options, done_lines: done } = row;
  const judging = await loadJudging(app, workspaceId);
  const octets = await app.db.asSystem('keeper', (tx) => imports.readParts(tx, workspaceId, importId));
  const file = await openFile(octets, fileName, judging, options);
  for await (const { line, facts, cells } of file.batches) {
    signal.throwIfAborted();
    if (line + cells.length - 1 <= done) continue;
    const kept = cells.flatMap((one, at) => (isEmpty(one) ? [] : [{ fact: facts[at]!, line: line + at }]));
    await app.db.asSystem('keeper', async (tx) => {
      const from = { kind: 'file' as const, ref: options.system, name: options.system };
      const said = await record(
        app,
        tx,
        workspaceId,
        from,
        kept.map(({ fact }) => fact),
        { cards: new Set(), points: 'all' },
      );
      const problems = said.lines.flatMap(({ no, code, field = '' }) =>
        code ? [{ line: kept[no]!.line, code, field }] : [],
      );
      const states = Object.groupBy(said.lines, ({ state }) => state);
      await imports.noteBatch(tx, workspaceId, importId, {
        doneLines: line + cells.length - 1,
        added: said.added,
        counts: {
          ...{ kept: states.kept?.length ?? 0, changed: states.changed?.length ?? 0 },
          ...{ unchanged: states.unchanged?.length ?? 0, refused: states.refused?.length ?? 0 },
        },
        problems,
        mostTold,
      });
    });
  }
  await app.db.asSystem('keeper', (tx) => imports.settleImport(tx, workspaceId, importId, 'done'));
}
