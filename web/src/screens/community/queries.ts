import { infiniteQueryOptions } from '@tanstack/react-query';
import {
  getIdea,
  getQueue,
  listActs,
  listCommunities,
  listIdeas,
  listPeople,
  type Status,
} from '../../../../server/community/contract.ts';
import { call } from '../../api.ts';
import { reading, refresh } from '../../queries.ts';

export const communitiesQuery = reading(listCommunities, {});
export const queueQuery = (communityId: string) => reading(getQueue, { communityId });
export const ideaQuery = (communityId: string, postId: string) => reading(getIdea, { communityId, postId });
export const peopleQuery = (communityId: string) => reading(listPeople, { communityId, limit: 200 });
export const actsQuery = (communityId: string) => reading(listActs, { communityId });
export const ideasQuery = (communityId: string, spaceId: string | undefined, status: Status | undefined) =>
  infiniteQueryOptions({
    queryKey: [listIdeas.name, communityId, spaceId, status],
    queryFn: ({ pageParam }) =>
      call(listIdeas, {
        ...{ communityId, limit: 30, ...(spaceId ? { spaceId } : {}), ...(status ? { status } : {}) },
        ...(pageParam ? { after: pageParam } : {}),
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
export const refreshCommunity = () => refresh(listCommunities, getQueue, getIdea, listIdeas, listPeople, listActs);
