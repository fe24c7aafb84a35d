import type { Block } from '../content/blocks-contract.ts';
import * as content from '../content/contract.ts';
import { aSaying } from '../content/testing.ts';
import type { Member } from '../kernel/testing.ts';
import * as plan from '../plan/contract.ts';
import { aCampaign, anObjective } from '../plan/testing.ts';
import * as segments from '../segments/contract.ts';
import * as contracts from './contract.ts';

/** A programme of `owner`, written down by an admin. */
export async function aProgramme(admin: Member, owner: Member): Promise<string> {
  const { id } = await admin.call(plan.saveObjective, anObjective);
  const programme = { name: 'Fidélité', objectiveIds: [id], ownerId: owner.me.memberId };
  return (await admin.call(plan.saveProgramme, programme)).id;
}

/** A content that the whole company sees. */
async function aContent(
  by: Member,
  text = 'Bonjour {{ person.givenName | default: "à vous" }},',
  more: Block[] = [],
  kind: 'email' | 'letter' = 'email',
) {
  const { id } = await by.call(content.addContent, { name: 'Lettre', kind, audience: { kind: 'workspace' } });
  const { edition } = await by.call(content.saveContent, {
    contentId: id,
    edition: 1,
    said: { fr: kind === 'letter' ? { ...aSaying(text, more), preheader: '' } : aSaying(text, more) },
  });
  return { contentId: id, edition };
}

/** A segment of one's own: whoever is called like that. */
export const aSegment = (of: Member, filter: string) =>
  of.call(segments.addSegment, { name: filter.slice(0, 100), kind: 'filter', filter, audience: { kind: 'mine' } });

export interface Prepared {
  campaignId: string;
  contentId: string;
  edition: number;
}

/** A campaign of `sender`'s, to their segment and in their name, up to the approval. */
export async function aPreparedCampaign(
  sender: Member,
  programmeId: string,
  segmentId: string,
  more: {
    text?: string;
    pace?: contracts.Pace;
    holdout?: contracts.Holdout;
    seedIds?: string[];
    seedAddresses?: string[];
    /** Texts of contents besides the first, with their shares. */
    variants?: { text: string; share: number }[];
    testShare?: number;
    aim?: contracts.Aim;
    priority?: number;
    purpose?: 'newsletter' | 'service';
    /** It goes on paper. */
    letter?: boolean;
  } = {},
): Promise<Prepared> {
  const { text, pace, holdout, seedIds, seedAddresses, variants = [], testShare, aim, letter = false, ...of } = more;
  const plannedOn = new Date().toISOString().slice(0, 10);
  const { id: campaignId } = await sender.call(plan.saveCampaign, {
    ...{ programmeId, ...aCampaign, name: 'Lettre de mars', segmentId, plannedOn, ...of },
    ...(letter && { channel: 'letter' as const }),
  });
  const { contentId, edition } = await aContent(sender, text, [], letter ? 'letter' : 'email');
  const others: { contentId: string; share: number }[] = [];
  for (const { text: words, share } of variants)
    others.push({ contentId: (await aContent(sender, words)).contentId, share });
  await sender.call(contracts.saveSending, {
    ...{ campaignId, contentId, variants: others },
    ...(testShare && { testShare }),
    ...(aim && { aim }),
    ...(pace && { pace }),
    ...(holdout && { holdout }),
    ...(seedIds && { seedIds }),
    ...(seedAddresses && { seedAddresses }),
  });
  for (const step of ['brief', 'content', 'check'] as const)
    await sender.call(plan.moveStep, { campaignId, step, done: true });
  return { campaignId, contentId, edition };
}

/** The same, approved by somebody else. */
export async function anApprovedCampaign(
  approver: Member,
  sender: Member,
  ...rest: [string, string, Parameters<typeof aPreparedCampaign>[3]?]
): Promise<Prepared> {
  const prepared = await aPreparedCampaign(sender, ...rest);
  await approveAsSeen(approver, prepared.campaignId);
  return prepared;
}

/** Approves a campaign as it stands. */
export async function approveAsSeen(approver: Member, campaignId: string) {
  const { sending } = await approver.call(contracts.getSending, { campaignId });
  const { edition, contents } = sending!;
  return approver.call(contracts.approveSending, { campaignId, edition, contents });
}
