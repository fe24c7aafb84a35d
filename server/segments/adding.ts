import { AppError } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import * as queries from './queries.ts';
import { queueBuild } from './queueing.ts';
import { keyFrom } from './rules.ts';

/** Adds a segment, and has it computed. @throws AppError conflict where its key is taken */
export async function add(
  context: Context,
  one: Omit<queries.NewSegment, 'segmentId' | 'key'> & { key?: string | undefined },
): Promise<{ id: string; key: string }> {
  const { tx, actor } = context;
  const taken = new Set(await queries.listKeys(tx, actor, one.audienceId));
  if (one.key && taken.has(one.key)) throw new AppError('conflict');
  const key = one.key ?? keyFrom(one.name, taken);
  const segmentId = newId();
  if (!(await queries.addSegment(tx, actor, { ...one, segmentId, key }))) throw new AppError('conflict');
  await queueBuild(context, segmentId);
  return { id: segmentId, key };
}

/**
 * A segment of the whole company's that another module brings along: where the audience has one under its key, that one as it stands.
 * @returns its id
 */
export async function beginSegment(
  context: Context,
  one: { key: string; name: string; filter: string },
): Promise<string> {
  const { tx, actor } = context;
  const there = await queries.findByKey(tx, actor, one.key);
  if (there) return there;
  const { workspaceId } = actor;
  const more = {
    description: '',
    kind: 'filter' as const,
    audienceKind: 'workspace' as const,
    audienceId: workspaceId,
    shownTo: [],
  };
  return (await add(context, { ...one, ...more })).id;
}
