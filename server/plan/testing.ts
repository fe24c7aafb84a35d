import { newId } from '../kernel/ids.ts';
import type { Member } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import * as journeys from './journeys-contract.ts';

export const anObjective = {
  ...{ name: 'Twelve customers', kind: 'winning' as const, measuredBy: 'hand' as const, unit: 'customers' },
  ...{ from: 0, to: 12, startsOn: '2026-01-01', dueOn: '2027-12-31' },
};
export const aCampaign = { name: 'Letter', purpose: 'newsletter' as const, channel: 'email' as const };

/** A plan with one of each: an objective, a programme, a campaign, a journey of one stage. */
export async function aPlan(planner: Member) {
  const { id: objectiveId } = await planner.call(contracts.saveObjective, anObjective);
  const { id: programmeId } = await planner.call(contracts.saveProgramme, {
    ...{ name: 'Keeping in touch', objectiveIds: [objectiveId] },
  });
  const { id: campaignId } = await planner.call(contracts.saveCampaign, { programmeId, ...aCampaign });
  const stageId = newId();
  const { id: journeyId } = await planner.call(journeys.saveJourney, {
    ...{ name: 'Of a customer', stages: [{ id: stageId, name: 'Begin', touchpoints: [] }] },
  });
  return { objectiveId, programmeId, campaignId, journeyId, stageId };
}
