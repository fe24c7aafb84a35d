import { AppError, notFound } from '../kernel/errors.ts';
import { implement, implementOutside, localeOf, type Operation, type OutsideContext } from '../kernel/http.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { forgetFacts } from './forgetting.ts';
import { loadJudging, openFile, previewFile } from './importing.ts';
import * as imports from './imports.ts';
import * as contracts from './imports-contract.ts';

const dayMs = 86_400_000;

const tellProblems = (locale: Locale, problems: readonly contracts.ImportProblem[]) => {
  const t = translator(locale);
  return problems.map((one) => ({ ...one, message: t(`facts.refused.${one.code}`, { field: one.field }) }));
};

function describe(row: imports.ImportRow, locale: Locale): contracts.FactImport {
  const { report, finished_at: finished, state } = row;
  const until = finished && new Date(finished.getTime() + imports.undoDays * dayMs);
  const undoable = (state === 'done' || (state === 'failed' && report)) && until && until > new Date();
  return {
    id: row.import_id,
    fileName: row.file_name,
    state,
    report: report && {
      kept: report.kept,
      changed: report.changed,
      unchanged: report.unchanged,
      refused: report.refused,
    },
    problems: tellProblems(locale, report?.problems ?? []),
    createdAt: row.created_at.toISOString(),
    undoableUntil: undoable ? until.toISOString() : null,
  };
}

/** A file that waits, with its octets. @throws AppError not_found, conflict for one that was brought in */
async function getWaiting({ actor, asSystem }: OutsideContext, importId: string) {
  return asSystem('keeper', async (tx) => {
    const row = await imports.findImport(tx, actor.workspaceId, importId);
    if (!row) throw notFound();
    if (row.state !== 'ready' && row.state !== 'failed') throw new AppError('conflict');
    return { row, octets: await imports.readParts(tx, actor.workspaceId, importId) };
  });
}

export const importsOperations: Operation[] = [
  implement(contracts.listImports, async (_input, { tx, actor, request }) => ({
    items: (await imports.listImports(tx, actor)).map((row) => describe(row, localeOf(request))),
  })),

  implementOutside(contracts.previewImport, async ({ importId, ...options }, context) => {
    const { row, octets } = await getWaiting(context, importId);
    const judging = await loadJudging(context.app, context.actor.workspaceId);
    const { problems, ...read } = await previewFile(await openFile(octets, row.file_name, judging, options), judging);
    return { ...read, problems: tellProblems(localeOf(context.request), problems) };
  }),

  implementOutside(contracts.runImport, async ({ importId, ...options }, context) => {
    const { app, actor, asSystem, request } = context;
    const { row, octets } = await getWaiting(context, importId);
    // What cannot be read, or says neither when nor of whom, is not queued.
    const { targets } = await openFile(octets, row.file_name, await loadJudging(app, actor.workspaceId), options);
    if (!targets.includes('at') || !['email', 'phone', 'customerId'].some((one) => targets.includes(one)))
      throw new AppError('invalid_input', { fields: { targets: 'required' } });
    return asSystem('keeper', async (tx) => {
      const { workspaceId } = actor;
      if (!(await imports.queueImport(tx, workspaceId, importId, options))) throw new AppError('conflict');
      await app.enqueue(tx, {
        workspaceId,
        task: 'facts.import',
        payload: { importId },
        queue: `facts ${workspaceId}`,
      });
      return describe((await imports.findImport(tx, workspaceId, importId))!, localeOf(request));
    });
  }),

  implementOutside(contracts.undoImport, async ({ importId }, { actor, asSystem, request }) =>
    asSystem('keeper', async (tx) => {
      const { workspaceId } = actor;
      if (!(await imports.findImport(tx, workspaceId, importId))) throw notFound();
      const factIds = await imports.undoImport(tx, workspaceId, importId);
      if (!factIds) throw new AppError('not_undoable');
      await forgetFacts(tx, workspaceId, factIds);
      return describe((await imports.findImport(tx, workspaceId, importId))!, localeOf(request));
    }),
  ),
];
