import { z } from 'zod';
import { announce } from '../kernel/announce.ts';
import type { App } from '../kernel/app.ts';
import type { Actor } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { mailMember } from '../outreach/members.ts';
import { noticeKind } from './contract.ts';
import { digestCron, digestTask } from './digest.ts';
import { letterOf } from './letter.ts';
import { pushTask } from './push.ts';
import * as queries from './queries.ts';
import { mailKindOf, waysOf } from './rules.ts';
import { writeSentences } from './sentences.ts';

const kept = 90;

const telling = z.object({
  kind: noticeKind,
  /** Left out for grants and named uses: whom they concern is found when they are told. */
  memberIds: z.array(z.uuid()).optional(),
  subjectId: z.uuid(),
  actorId: z.uuid().nullable(),
  /** Of a grant: its version; of a use: when it was changed. */
  occasion: z.string().default(''),
});
type Telling = z.output<typeof telling>;

export const noticesTasks: Task[] = [
  digestTask,
  pushTask,
  defineTask({
    name: 'notices.tell',
    payload: telling,
    async run(told, { app, workspaceId }) {
      const members = told.memberIds ?? (await findConcerned(app, workspaceId, told));
      for (const memberId of new Set(members)) {
        if (memberId !== told.actorId) await tell(app, { workspaceId, memberId }, told);
      }
    },
  }),
];

export const noticesCrons: Cron[] = [
  digestCron,
  {
    name: 'notices.forget',
    schedule: '25 3 * * *',
    run: (app) => app.db.asSystem('keeper', (tx) => queries.deleteOld(tx, kept)),
  },
];

function findConcerned(app: App, workspaceId: string, { kind, subjectId, occasion }: Telling): Promise<string[]> {
  return app.db.asSystem('keeper', (tx) =>
    kind === 'use_changed'
      ? queries.findLenders(tx, workspaceId, subjectId)
      : queries.findGrantees(tx, workspaceId, subjectId, Number(occasion), kind === 'grant_ended'),
  );
}

/** The row, and with it what leaves by mail: both or neither, once. Its words are those that the reader may read. */
async function tell(app: App, actor: Actor, { kind, subjectId, actorId, occasion }: Telling): Promise<void> {
  const told = { kind, subject_id: subjectId, actor_id: actorId };
  const write = await app.db
    .asActor(actor, (tx) => writeSentences(tx, actor, [told]))
    .catch((error: unknown) => {
      // Suspended, or gone: nobody to tell.
      if (error instanceof AppError && error.code === 'unauthenticated') return null;
      throw error;
    });
  if (!write) return;
  await app.db.asSystem('keeper', async (tx) => {
    const ways = waysOf(kind, await queries.listPreferences(tx, actor));
    if (!(await queries.addNotice(tx, actor, { ...told, occasion, in_app: ways.app }))) return;
    if (ways.app) await announce(tx, actor.workspaceId, [actor.memberId], 'notices');
    if (ways.push)
      for (const deviceId of await queries.listDevices(tx, actor))
        await app.enqueue(tx, {
          workspaceId: actor.workspaceId,
          task: 'notices.push',
          payload: { deviceId, kind, subjectId },
        });
    if (ways.mail)
      await mailMember(app, tx, {
        ...actor,
        kind: mailKindOf(kind),
        write: (t) => letterOf(app, t, actor, told, write(t, told)),
      });
  });
}
