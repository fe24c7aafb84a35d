import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import {
  type Audience,
  compareSegments,
  countFilter,
  countStages,
  describeKnowledge,
  getLanguage,
  getSegment,
  listMeasures,
  listMembers,
  listMovements,
  listSegments,
  listStages,
} from '../../../../server/segments/contract.ts';
import { call } from '../../api.ts';
import { reading, refresh } from '../../queries.ts';

export const segmentsQuery = reading(listSegments, {});
export const segmentQuery = (segmentId: string) => ({
  ...reading(getSegment, { segmentId }),
  // While it is being computed the page asks again.
  refetchInterval: (query: { state: { data?: { builtAt: string | null } | undefined } }) =>
    query.state.data?.builtAt === null ? 1500 : (false as const),
});
export const membersQuery = (segmentId: string) =>
  infiniteQueryOptions({
    queryKey: [listMembers.name, segmentId],
    queryFn: ({ pageParam }) => call(listMembers, { segmentId, limit: 50, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
export const movementsQuery = (segmentId: string) => reading(listMovements, { segmentId, limit: '20' } as never);
export const comparisonQuery = (ids: readonly string[]) => reading(compareSegments, { ids: ids.join(',') });
export const measuresQuery = reading(listMeasures, {});
export const stagesQuery = reading(listStages, {});
export const stageCountsQuery = reading(countStages, {});
export const knowledgeQuery = (personId: string) => reading(describeKnowledge, { personId });
export const languageQuery = (audience: Audience) =>
  reading(
    getLanguage,
    audience.kind === 'team' ? { audience: 'team', teamId: audience.id } : { audience: audience.kind },
  );
export const countQuery = (filter: string, audience: Audience, exact: boolean) =>
  queryOptions({
    queryKey: [countFilter.name, filter, audience, exact],
    queryFn: () => call(countFilter, { filter, audience, exact }),
    staleTime: 10_000,
    retry: false,
  });
export const refreshSegments = () =>
  refresh(
    listSegments,
    getSegment,
    listMembers,
    listMovements,
    listMeasures,
    listStages,
    countStages,
    describeKnowledge,
  );
