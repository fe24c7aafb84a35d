import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { analyseImport } from './analyse.ts';
import { dropStaleFiles } from './files.ts';
import { runImport } from './run.ts';
import { undoImport } from './undo.ts';
import { forgetValues } from './values.ts';

export const sourcesTasks: Task[] = [
  defineTask({
    name: 'sources.analyseImport',
    payload: z.object({ importId: z.uuid() }),
    run: ({ importId }, { app, workspaceId, signal }) => analyseImport(app, workspaceId, importId, signal),
  }),
  defineTask({
    name: 'sources.runImport',
    payload: z.object({ importId: z.uuid() }),
    run: ({ importId }, { app, workspaceId, signal }) => runImport(app, workspaceId, importId, signal),
  }),
  defineTask({
    name: 'sources.undoImport',
    payload: z.object({ importId: z.uuid(), finalState: z.enum(['undone', 'cancelled', 'failed']) }),
    run: ({ importId, finalState }, { app, workspaceId, signal }) =>
      undoImport(app, workspaceId, importId, finalState, signal),
  }),
];

/** Files whose upload broke off, and previews that nobody acted on, are let go after a week; the record of the import stays. */
export const sourcesCrons: Cron[] = [
  {
    name: 'sources.forgetValues',
    schedule: '25 3 * * *',
    run: (app) => app.db.asSystem('keeper', forgetValues),
  },
  {
    name: 'sources.dropFiles',
    schedule: '20 3 * * *',
    run: (app) => app.db.asSystem('keeper', dropStaleFiles),
  },
];
