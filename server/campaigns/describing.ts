import { type Brief, findBriefly } from '../content/index.ts';
import { AppError } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { getPlannedCampaign, type PlannedCampaign } from '../plan/index.ts';
import type { Numbers, Sending, SendingOf } from './contract.ts';
import * as queries from './queries.ts';
import { sharesOf } from './variants.ts';

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

/** The contents of a campaign, the first one first. */
export const contentsOf = (row: Pick<queries.SendingRow, 'content_id' | 'variants'>): string[] => [
  row.content_id,
  ...row.variants.map(({ contentId }) => contentId),
];

/** The contents of a campaign as they are now, by id: those that are there, and shown to whoever asks. */
export async function findContents(
  { tx, actor }: Pick<Viewer, 'tx' | 'actor'>,
  row: Pick<queries.SendingRow, 'content_id' | 'variants'>,
): Promise<Map<string, Brief>> {
  const found = new Map<string, Brief>();
  for (const contentId of contentsOf(row)) {
    const brief = await findBriefly(tx, actor, contentId);
    if (brief) found.set(contentId, brief);
  }
  return found;
}

/**
 * What of what was approved has changed since. @param contents as they are now; one that is gone, or not shown to whoever asks, counts as it was
 * @param filter that of its segment as it is now; undefined: nobody looked
 */
export function changedSince(
  row: queries.SendingRow,
  planned: Pick<PlannedCampaign, 'segmentId' | 'purpose'>,
  contents: ReadonlyMap<string, Brief>,
  filter?: string | null,
): Sending['changed'] {
  if (row.approved_version === null) return [];
  const approved = [
    { no: 1, contentId: row.approved_content_id, version: row.approved_version },
    ...row.approved_variants,
  ];
  const now = contentsOf(row);
  const stays =
    approved.length === now.length &&
    approved.every(
      ({ contentId, version }, at) => contentId === now[at] && (contents.get(now[at])?.version ?? version) === version,
    );
  return [
    ...(stays ? [] : ['content' as const]),
    ...(row.approved_segment_id === planned.segmentId && isSameFilter(row, filter) ? [] : ['segment' as const]),
    ...(row.approved_sender_id === row.sender_id ? [] : ['sender' as const]),
    ...(row.approved_purpose === planned.purpose ? [] : ['purpose' as const]),
  ];
}

/** Whoever changes what a segment finds changes to whom a campaign goes. One that was approved before filters were kept is not held to any. */
const isSameFilter = ({ approved_filter }: queries.SendingRow, filter: string | null | undefined): boolean =>
  filter === undefined || approved_filter === null || approved_filter === filter;

/** Whether its sender said of its contents that they go in their name. */
export const isAgreed = (row: queries.SendingRow): boolean =>
  contentsOf(row).every((contentId) => row.agreed_ids.includes(contentId));

/** It stands still for want of somebody in whose name, or by whose word, it goes: another takes it over, and it is approved anew. */
export const isOrphaned = ({ state, problem }: Pick<queries.SendingRow, 'state' | 'problem'>): boolean =>
  state === 'paused' && (problem === 'sender_gone' || problem === 'not_approved');

const at = (time: Date | null): string | null => time?.toISOString() ?? null;

/** The contents that are dealt out by lot, and what is said of them. */
function describeVariants(row: queries.SendingRow, contents: ReadonlyMap<string, Brief>, dealtOut: boolean) {
  const shares = sharesOf(row.variants.map(({ share }) => share));
  const several = row.variants.length > 0;
  return {
    variants: several
      ? contentsOf(row).map((id, at) => ({
          no: at + 1,
          content: { id, name: contents.get(id)?.name ?? null },
          share: shares[at]!,
        }))
      : [],
    ...{ testShare: row.test_share, aim: row.aim },
    chosen: row.chosen_no
      ? {
          no: row.chosen_no,
          by: { id: row.chosen_by!, name: row.chosen_by_name ?? '' },
          at: row.chosen_at!.toISOString(),
        }
      : null,
    toChoose: waitsForChoice(row) && dealtOut,
  };
}

/** Somebody has to say which variant those get to whom none was dealt. */
export const waitsForChoice = (row: queries.SendingRow): boolean =>
  row.gathered && row.test_share < 100 && row.chosen_no === null && (row.state === 'sending' || row.state === 'paused');

/**
 * How a campaign is sent. @param numbers what became of its people; for who handles it alone
 * @param dealtOut everybody to whom a variant was dealt has been written to @param filter that of its segment as it is now
 */
export async function describe(
  viewer: Viewer,
  campaignId: string,
  numbers: Numbers | null,
  { dealtOut, filter }: { dealtOut: boolean; filter: string | null },
): Promise<SendingOf> {
  const { tx, actor } = viewer;
  const planned = await getPlannedCampaign(tx, actor, campaignId);
  const row = await queries.findSending(tx, actor.workspaceId, campaignId);
  const may = mayHandle(viewer, planned, row);
  if (!row) return { sending: null, numbers: null, mayHandle: may };
  const contents = await findContents(viewer, row);
  const changed = changedSince(row, planned, contents, filter);
  return {
    sending: {
      ...{ state: row.state, problem: row.problem, edition: row.edition, changed },
      content: { id: row.content_id, name: contents.get(row.content_id)?.name ?? null },
      contents: contentsOf(row).flatMap((id) => {
        const one = contents.get(id);
        return one ? [{ id, edition: one.edition }] : [];
      }),
      agreed: isAgreed(row),
      way: row.way,
      sender: { id: row.sender_id, name: row.sender },
      mine: row.sender_id === actor.memberId,
      seeds: row.seeds,
      seedAddresses: may ? row.seed_addresses : [],
      pace: { perHour: row.per_hour, lots: row.lots, overHours: row.over_hours },
      holdout: { percent: row.holdout, days: row.watch_days },
      ...describeVariants(row, contents, dealtOut),
      approved: row.approved_version !== null && changed.length === 0 && planned.done.includes('approval'),
      ...{ startsAt: at(row.starts_at), startedAt: at(row.started_at), endedAt: at(row.ended_at) },
      estimate: may ? row.estimate : null,
    },
    numbers: may ? numbers : null,
    mayHandle: may,
  };
}
