import { infiniteQueryOptions } from '@tanstack/react-query';
import { getCase, listCases, listQuotes, listThresholds } from '../../../../server/decisions/contract.ts';
import { listRaised } from '../../../../server/decisions/loop-contract.ts';
import { listTrackers } from '../../../../server/decisions/trackers-contract.ts';
import { call } from '../../api.ts';
import { reading, refresh } from '../../queries.ts';

export const caseQuery = (caseId: string) => reading(getCase, { caseId });
export const thresholdsQuery = reading(listThresholds, {});
export const trackersQuery = reading(listTrackers, {});
export const casesQuery = (state: 'open' | 'settled') =>
  infiniteQueryOptions({
    queryKey: [listCases.name, state],
    queryFn: ({ pageParam }) => call(listCases, { state, limit: 30, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });

export const quotesQuery = (caseId: string) =>
  infiniteQueryOptions({
    queryKey: [listQuotes.name, caseId],
    queryFn: ({ pageParam }) => call(listQuotes, { caseId, limit: 20, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });

export const raisedQuery = (caseId: string, which: 'unanswered' | 'answered') =>
  infiniteQueryOptions({
    queryKey: [listRaised.name, caseId, which],
    queryFn: ({ pageParam }) =>
      call(listRaised, { caseId, which, limit: 100, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });

export const refreshCases = () => refresh(getCase, listCases, listQuotes, listRaised);
