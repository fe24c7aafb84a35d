import { listMembers } from '../../../../server/identity/contract.ts';
import { getCampaign, getPlan } from '../../../../server/plan/contract.ts';
import { getJourney, listFindings, listJourneys } from '../../../../server/plan/journeys-contract.ts';
import { reading, refresh } from '../../queries.ts';

export const planQuery = reading(getPlan, {});
export const archiveQuery = reading(getPlan, { archived: 'true' });
export const campaignQuery = (campaignId: string) => reading(getCampaign, { campaignId });
export const journeysQuery = reading(listJourneys, {});
export const journeyArchiveQuery = reading(listJourneys, { archived: 'true' });
export const journeyQuery = (journeyId: string) => reading(getJourney, { journeyId });
export const findingsQuery = (journeyId: string) => reading(listFindings, { journeyId });
export const membersQuery = reading(listMembers, {});
export const refreshPlan = () => refresh(getPlan, getCampaign, listJourneys, getJourney, listFindings);
