import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { forgetEarly, tellAgents } from './arrivals.ts';
import type { AnyChannel } from './channels/channel.ts';
import { claimDue, listDue } from './channels.ts';
import { eraseExpired } from './erasing.ts';
import { fetchFile } from './fetching.ts';
import { forgetLoose } from './files.ts';
import { runImport } from './importing.ts';
import { forgetImports } from './imports.ts';
import { doubtStranded, forgetPresence, wakeSnoozed } from './leaving.ts';
import { pull } from './pulling.ts';
import { sendMessage, wakeNext } from './sending.ts';

export const conversationsTasks = (channels: readonly AnyChannel[]): Task[] => [
  defineTask({
    name: 'conversations.send',
    payload: z.object({ conversationId: z.uuid(), messageId: z.uuid() }),
    run: (ref, { app, workspaceId, signal }) => sendMessage(app, channels, workspaceId, ref, signal),
  }),
  defineTask({
    name: 'conversations.pull',
    payload: z.object({ channelId: z.uuid() }),
    run: ({ channelId }, { app, workspaceId, signal }) => pull(app, channels, { workspaceId, channelId }, signal),
  }),
  defineTask({
    name: 'conversations.fetchFile',
    payload: z.object({ fileId: z.uuid(), tried: z.int().default(0) }),
    run: (file, { app, workspaceId, signal }) => fetchFile(app, channels, workspaceId, file, signal),
  }),
  defineTask({
    name: 'conversations.import',
    payload: z.object({ importId: z.uuid() }),
    run: ({ importId }, { app, workspaceId, signal }) => runImport(app, workspaceId, importId, signal),
  }),
];

export const conversationsCrons: Cron[] = [
  {
    name: 'conversations.wake',
    schedule: '* * * * *',
    async run(app) {
      await app.db.asSystem('keeper', async (tx) => {
        const stranded = await doubtStranded(tx);
        for (const row of stranded) await wakeNext(app, tx, row.workspace_id, row.conversation_id);
        for (const row of [...(await wakeSnoozed(tx)), ...stranded])
          await tellAgents(tx, { workspaceId: row.workspace_id, channelId: row.channel_id }, [row.conversation_id]);
      });
      for (const { workspace_id: workspaceId, channel_id: channelId } of await app.db.asSystem('keeper', listDue))
        await app.db.asSystem('keeper', async (tx) => {
          if (!(await claimDue(tx, workspaceId, channelId))) return;
          await app.enqueue(tx, {
            workspaceId,
            task: 'conversations.pull',
            payload: { channelId },
            queue: `channel ${channelId}`,
          });
        });
    },
  },
  {
    name: 'conversations.retain',
    schedule: '15 2 * * *',
    run: eraseExpired,
  },
  {
    name: 'conversations.forget',
    schedule: '35 3 * * *',
    run: (app) =>
      app.db.asSystem('keeper', async (tx) => {
        await forgetEarly(tx);
        await forgetLoose(tx);
        await forgetPresence(tx);
        await forgetImports(tx);
      }),
  },
];
