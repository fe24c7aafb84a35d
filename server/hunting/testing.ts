import type { Member } from '../kernel/testing.ts';
import * as plan from '../plan/contract.ts';
import { aCampaign } from '../plan/testing.ts';

export const aHunt = {
  language: 'en' as const,
  subject: 'News for {{ person.givenName | default: "you" }}',
  letter: 'Dear {{ person.givenName | default: "reader" }},\n\nwe have news. Shall we talk?\n\n{{ sender.name }}',
  endsOn: '2035-12-31',
  pace: 5,
};

/** A campaign to a segment that has gone through its steps up to its approval. @param approver somebody who has not written it */
export async function approvedCampaign(planner: Member, approver: Member, segmentId: string): Promise<string> {
  const { id: programmeId } = await planner.call(plan.saveProgramme, { name: 'Keeping in touch', objectiveIds: [] });
  const { id: campaignId } = await planner.call(plan.saveCampaign, { programmeId, ...aCampaign, segmentId });
  for (const step of ['brief', 'content', 'check'] as const)
    await planner.call(plan.moveStep, { campaignId, step, done: true });
  await approver.call(plan.moveStep, { campaignId, step: 'approval', done: true });
  return campaignId;
}
