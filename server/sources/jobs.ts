import { z } from 'zod';
import { defineTask, type Task } from '../kernel/jobs.ts';
import { analyseImport } from './analyse.ts';
import { runImport } from './run.ts';
import { undoImport } from './undo.ts';

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
