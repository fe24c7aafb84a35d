import type { Context } from '../kernel/http.ts';

/** Has a job compute a segment at once; without one, all of which the words mean something else now. */
export const queueBuild = ({ app, tx, actor }: Context, segmentId?: string): Promise<string> =>
  app.enqueue(tx, {
    workspaceId: actor.workspaceId,
    task: 'segments.build',
    payload: { ...(segmentId && { segmentId }) },
    queue: `segments ${actor.workspaceId}`,
  });
