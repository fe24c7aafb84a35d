import { z } from 'zod';
import { restorableDays } from '../cards/rows.ts';
import type { Recognised } from '../formats/contact.ts';
import { id, instant } from '../kernel/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { businessCardOperations } from './business-cards.ts';
import * as contracts from './contract.ts';
import {
  deleteFruitless,
  findImport,
  type ImportRow,
  listImports,
  listOwnBooks,
  listSources,
  listWarnings,
  setImport,
} from './queries.ts';
import { summarise } from './rules.ts';
import { noReport, type Report } from './state.ts';

const firstId = '00000000-0000-0000-0000-000000000000';

/** Previews made before identical lines were counted say nothing of them. */
type StoredPreview = Omit<Preview, 'identical'> & Partial<Pick<Preview, 'identical'>>;
type Preview = NonNullable<contracts.ImportRecord['preview']>;

/** States shown under a public name of their own. */
const publicState: Record<string, contracts.ImportRecord['state']> = {
  uploading: 'analysing',
  undoing: 'running',
};

export function describeImport(row: ImportRow): contracts.ImportRecord {
  const recognised = row.recognised as Recognised | null;
  const preview = row.preview as StoredPreview | null;
  const report = { ...noReport, ...(row.report as Partial<Report>) };
  const brought = report.created + report.updated + report.ended > 0;
  const until = row.finished_at ? new Date(row.finished_at.getTime() + restorableDays * 86_400_000) : null;
  return {
    id: row.import_id,
    fileName: row.file_name,
    size: row.size,
    state: publicState[row.state] ?? (row.state as contracts.ImportRecord['state']),
    format: recognised?.format ?? null,
    layout: recognised?.layout ?? null,
    charset: recognised?.charset ?? null,
    problem: row.problem as contracts.ImportRecord['problem'],
    sheets: (recognised?.sheets ?? []).map((sheet) => ({
      ...sheet,
      mapping: (row.mapping as Record<string, typeof sheet.mapping> | null)?.[sheet.name] ?? sheet.mapping,
    })),
    preview: preview && { ...preview, identical: preview.identical ?? 0 },
    bookId: row.book_id,
    sourceId: row.source_id,
    sourceName: row.source_name,
    country: row.country,
    basis: row.basis as contracts.ImportRecord['basis'],
    obtainedAt: row.obtained_at,
    progress: { read: row.progress_read, total: row.progress_total },
    report,
    undoableUntil: row.state === 'done' && brought && until && until > new Date() ? until.toISOString() : null,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

async function getImport(tx: Tx, actor: Actor, importId: string): Promise<ImportRow> {
  const row = await findImport(tx, actor.workspaceId, importId);
  if (!row) throw notFound();
  return row;
}

async function answerImport({ tx, actor }: Context, importId: string): Promise<contracts.ImportRecord> {
  return describeImport(await getImport(tx, actor, importId));
}

/** Moves an import from one of the given states on. Locked, so that two clicks at once move it once. */
async function move(
  context: Context,
  importId: string,
  from: string[],
  to: string,
  otherwise: 'already_running' | 'not_undoable',
): Promise<ImportRow> {
  const { tx, actor } = context;
  const row = await getImport(tx, actor, importId);
  if (!(await setImport(tx, actor.workspaceId, importId, { state: to }, ...from))) throw new AppError(otherwise);
  return row;
}

/** Whether the book of an import is (still) the caller's: stewards change, and a leaver who returns takes theirs back. */
async function holdsBook({ tx, actor }: Context, { book_id }: ImportRow): Promise<boolean> {
  return (await listOwnBooks(tx, actor)).some((book) => book.book_id === book_id);
}

export const sourcesOperations: Operation[] = [
  ...businessCardOperations,

  implement(contracts.listSources, async (_input, { tx, actor }) => ({
    items: (await listSources(tx, actor)).map((row) => ({
      id: row.source_id,
      name: row.name,
      kind: row.kind,
      mine: row.holder_id === actor.memberId,
      cards: row.cards,
      lastImportAt: row.last_import_at?.toISOString() ?? null,
    })),
  })),

  implement(contracts.listImports, async ({ after, limit }, { tx, actor }) => {
    const cursor = after ? decodeCursor(after, z.tuple([instant, id])) : null;
    const rows = await listImports(tx, actor, cursor ? { createdAt: cursor[0], id: cursor[1] } : null, limit + 1);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: rows.slice(0, limit).map(describeImport),
      next: last ? encodeCursor([last.cursor, last.import_id]) : null,
    };
  }),

  implement(contracts.getImport, (input, context) => answerImport(context, input.importId)),

  implement(contracts.updateImport, async ({ importId, ...input }, context) => {
    const { tx, actor, app } = context;
    const again = input.mapping !== undefined || input.country !== undefined || input.sourceId !== undefined;
    const row = await move(context, importId, ['ready'], again ? 'analysing' : 'ready', 'already_running');
    if (input.bookId && !(await listOwnBooks(tx, actor)).some((book) => book.book_id === input.bookId))
      throw notFound();
    if (input.sourceId && !(await listSources(tx, actor)).some((source) => source.source_id === input.sourceId))
      throw notFound();
    const mapping = input.mapping && { ...(row.mapping as object | null), ...input.mapping };
    const changes = {
      ...(input.bookId && { book_id: input.bookId }),
      ...(input.sourceId !== undefined && { source_id: input.sourceId }),
      ...(input.sourceName && { source_name: input.sourceName }),
      ...(input.country && { country: input.country }),
      ...(input.basis && { basis: input.basis }),
      ...(input.obtainedAt !== undefined && { obtained_at: input.obtainedAt }),
      ...(mapping && { mapping }),
    };
    if (Object.keys(changes).length > 0) await setImport(tx, actor.workspaceId, importId, changes);
    if (again)
      await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'sources.analyseImport', payload: { importId } });
    return answerImport(context, importId);
  }),

  implement(contracts.startImport, async ({ importId }, context) => {
    const { tx, actor, app } = context;
    const row = await move(context, importId, ['ready'], 'queued', 'already_running');
    if (!row.book_id) {
      const [main] = await listOwnBooks(tx, actor);
      if (!main) throw notFound();
      await setImport(tx, actor.workspaceId, importId, { book_id: main.book_id });
    } else if (!(await holdsBook(context, row))) throw notFound();
    // One import of a source after the other: the second must see what the first brought.
    await app.enqueue(tx, {
      workspaceId: actor.workspaceId,
      task: 'sources.runImport',
      payload: { importId },
      queue: `import ${actor.memberId}`,
    });
    return answerImport(context, importId);
  }),

  implement(contracts.cancelImport, async ({ importId }, context) => {
    const { tx, actor, app } = context;
    await move(context, importId, ['uploading', 'analysing', 'ready', 'queued', 'running'], 'undoing', 'not_undoable');
    await app.enqueue(tx, {
      workspaceId: actor.workspaceId,
      task: 'sources.undoImport',
      payload: { importId, finalState: 'cancelled' },
    });
    return answerImport(context, importId);
  }),

  implement(contracts.removeImport, async ({ importId }, { tx, actor }) => {
    await getImport(tx, actor, importId);
    if (!(await deleteFruitless(tx, actor, importId))) throw new AppError('not_removable');
    return {};
  }),

  implement(contracts.listWarnings, async ({ importId, after, limit }, { tx, actor }) => {
    await getImport(tx, actor, importId);
    const [from] = after ? decodeCursor(after, z.tuple([id])) : [firstId];
    const rows = await listWarnings(tx, actor, importId, from, limit + 1);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: rows.slice(0, limit).map((row) => {
        const { name, emails, phones } = summarise(row.kind, row.fields);
        return { personId: row.card_id, name: name || emails[0] || phones[0] || '', codes: row.codes };
      }),
      next: last ? encodeCursor([last.card_id]) : null,
    };
  }),

  implement(contracts.undoImport, async ({ importId }, context) => {
    const { tx, actor, app } = context;
    const row = await getImport(tx, actor, importId);
    if (!describeImport(row).undoableUntil || !(await holdsBook(context, row))) throw new AppError('not_undoable');
    await move(context, importId, ['done'], 'undoing', 'not_undoable');
    await app.enqueue(tx, {
      workspaceId: actor.workspaceId,
      task: 'sources.undoImport',
      payload: { importId, finalState: 'undone' },
    });
    return answerImport(context, importId);
  }),
];
