import { type Brief, findBriefly } from '../content/index.ts';
import { AppError } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { getPlannedCampaign, type PlannedCampaign } from '../plan/index.ts';
import type { Numbers, Sending, SendingOf } from './contract.ts';
import * as queries from './queries.ts';

export type Viewer = Pick<Context, 'tx' | 'actor' | 'role'>;

/** Who handles a campaign: planners, the owner of its programme, who answers for one of its steps, and who sends it. */
function mayHandle(
  { actor, role }: Pick<Viewer, 'actor' | 'role'>,
  planned: PlannedCampaign,
  row: queries.SendingRow | undefined,
): boolean {
  const me = actor.memberId;
  return (
    role === 'admin' ||
    role === 'marketing' ||
    planned.programme.ownerId === me ||
    planned.responsibleIds.includes(me) ||
    row?.sender_id === me
  );
}

export interface Handled {
  planned: PlannedCampaign;
  row: queries.SendingRow | undefined;
}

/** A campaign that the caller handles; locked, nobody else changes how it is sent until the end. @throws AppError not_found, forbidden */
export async function handle(viewer: Viewer, campaignId: string, lock = false): Promise<Handled> {
  const { tx, actor } = viewer;
  const planned = await getPlannedCampaign(tx, actor, campaignId);
  const row = await queries.findSending(tx, actor.workspaceId, campaignId, lock);
  if (!mayHandle(viewer, planned, row)) throw new AppError('forbidden');
  return { planned, row };
}

/** What of what was approved has changed since. @param content as it is now; undefined: it is gone, or not shown to whoever asks */
export function changedSince(
  row: queries.SendingRow,
  planned: Pick<PlannedCampaign, 'segmentId' | 'purpose'>,
  content: Brief | undefined,
): Sending['changed'] {
  if (row.approved_version === null) return [];
  const stays =
    row.approved_content_id === row.content_id && (content === undefined || content.version === row.approved_version);
  return [
    ...(stays ? [] : ['content' as const]),
    ...(row.approved_segment_id === planned.segmentId ? [] : ['segment' as const]),
    ...(row.approved_sender_id === row.sender_id ? [] : ['sender' as const]),
    ...(row.approved_purpose === planned.purpose ? [] : ['purpose' as const]),
  ];
}

const at = (time: Date | null): string | null => time?.toISOString() ?? null;

/** How a campaign is sent. @param numbers what became of its people; for who handles it alone */
export async function describe(viewer: Viewer, campaignId: string, numbers: Numbers | null): Promise<SendingOf> {
  const { tx, actor } = viewer;
  const planned = await getPlannedCampaign(tx, actor, campaignId);
  const row = await queries.findSending(tx, actor.workspaceId, campaignId);
  const may = mayHandle(viewer, planned, row);
  if (!row) return { sending: null, numbers: null, mayHandle: may };
  const content = await findBriefly(tx, actor, row.content_id);
  const changed = changedSince(row, planned, content);
  return {
    sending: {
      ...{ state: row.state, problem: row.problem, edition: row.edition, changed },
      content: { id: row.content_id, name: content?.name ?? null },
      way: row.way,
      sender: { id: row.sender_id, name: row.sender },
      mine: row.sender_id === actor.memberId,
      seeds: row.seeds,
      pace: { perHour: row.per_hour, lots: row.lots, overHours: row.over_hours },
      holdout: { percent: row.holdout, days: row.watch_days },
      approved: row.approved_version !== null && changed.length === 0 && planned.done.includes('approval'),
      ...{ startsAt: at(row.starts_at), startedAt: at(row.started_at), endedAt: at(row.ended_at) },
      estimate: may ? row.estimate : null,
    },
    numbers: may ? numbers : null,
    mayHandle: may,
  };
}
