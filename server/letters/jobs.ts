import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import type { WriteContents } from '../outreach/content-port.ts';
import { callBackOverdue, makeBatch } from './making.ts';

/** @param writeContents what stands above the queue and is handed to its tasks */
export const lettersTasks = (writeContents: WriteContents): Task[] => [
  defineTask({
    name: 'letters.makeBatch',
    payload: z.object({ batchId: z.uuid() }),
    run: ({ batchId }, { app, workspaceId }) => makeBatch(app, writeContents, workspaceId, batchId),
  }),
];

export const lettersCrons: Cron[] = [{ name: 'letters.callBackOverdue', schedule: '50 3 * * *', run: callBackOverdue }];
