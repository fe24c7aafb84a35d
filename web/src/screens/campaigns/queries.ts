import { infiniteQueryOptions } from '@tanstack/react-query';
import { getBrought, getBroughtToObjective } from '../../../../server/campaigns/brought-contract.ts';
import {
  getChange,
  getResults,
  getSending,
  getVariants,
  listRecipients,
  type Recipient,
  type SendingOf,
  type WhyNot,
} from '../../../../server/campaigns/contract.ts';
import { call } from '../../api.ts';
import { reading, refresh } from '../../queries.ts';

/** While it runs it is looked at again and again. */
export const isRunning = (of: SendingOf | undefined): boolean => {
  const state = of?.sending?.state;
  if (state === 'gathering' || state === 'sending') return true;
  return (of?.numbers?.waiting ?? 0) > 0 && state !== 'paused' && state !== 'draft' && state !== 'scheduled';
};

export const sendingQuery = (campaignId: string) => ({
  ...reading(getSending, { campaignId }),
  refetchInterval: ({ state }: { state: { data: SendingOf | undefined } }) => (isRunning(state.data) ? 2000 : false),
});
/** @param running it is looked at again and again */
export const resultsQuery = (campaignId: string, running: boolean) => ({
  ...reading(getResults, { campaignId }),
  refetchInterval: running ? (4000 as const) : (false as const),
});

export const broughtQuery = (programmeId: string) => reading(getBrought, { programmeId });
export const broughtToQuery = (objectiveId: string) => reading(getBroughtToObjective, { objectiveId });

export const variantsQuery = (campaignId: string) => reading(getVariants, { campaignId });

export const changeQuery = (campaignId: string) => reading(getChange, { campaignId });

export interface Which {
  outcome: Recipient['outcome'] | 'unsubscribed' | 'bounced' | 'replied';
  reason?: WhyNot;
  variant?: number;
}
export const recipientsQuery = (campaignId: string, { outcome, reason, variant }: Which) =>
  infiniteQueryOptions({
    queryKey: [listRecipients.name, { campaignId, outcome, reason, variant }] as const,
    queryFn: ({ pageParam }) =>
      call(listRecipients, {
        ...{ campaignId, outcome, limit: 50 },
        ...(reason ? { reason } : {}),
        ...(variant ? { variant } : {}),
        ...(pageParam ? { after: pageParam } : {}),
      }),
    initialPageParam: '',
    getNextPageParam: (last: { next: string | null }) => last.next,
  });

export const refreshSending = () =>
  refresh(getSending, getBrought, getBroughtToObjective, getResults, getChange, getVariants, listRecipients);
