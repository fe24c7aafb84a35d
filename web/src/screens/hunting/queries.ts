import { infiniteQueryOptions } from '@tanstack/react-query';
import {
  type ApproachState,
  getHunt,
  listApproaches,
  listHunts,
  listWritten,
} from '../../../../server/hunting/contract.ts';
import { call } from '../../api.ts';
import { reading, refresh } from '../../queries.ts';

export const huntQuery = (campaignId: string) => reading(getHunt, { campaignId });
export const huntsQuery = reading(listHunts, {});
export const writtenQuery = (huntId: string) =>
  infiniteQueryOptions({
    queryKey: [listWritten.name, huntId],
    queryFn: ({ pageParam }) => call(listWritten, { huntId, limit: 50, ...(pageParam && { after: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
export const approachesQuery = (huntId: string, state: ApproachState | '') =>
  infiniteQueryOptions({
    queryKey: [listApproaches.name, huntId, state],
    queryFn: ({ pageParam }) =>
      call(listApproaches, { huntId, ...(state && { states: state }), ...(pageParam && { after: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
export const refreshHunts = () => refresh(getHunt, listHunts, listApproaches, listWritten);
