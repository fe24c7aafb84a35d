import { AppError } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { getRow } from './describing.ts';
import * as queries from './queries.ts';

/** The row of an event of one's own, under its lock. @throws AppError not_found, forbidden, conflict where it is called off */
export async function lockMine(context: Context, eventId: string): Promise<queries.CountedRow> {
  const { tx, actor, role } = context;
  await queries.lockEvent(tx, actor.workspaceId, eventId);
  const row = await getRow(context, eventId);
  if (row.owner_id !== actor.memberId && role !== 'admin') throw new AppError('forbidden');
  if (row.cancelled_at) throw new AppError('conflict');
  return row;
}
