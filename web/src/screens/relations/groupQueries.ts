import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import type { Input } from '../../../../server/kernel/contract.ts';
import {
  getGroup,
  listGroupFellows,
  listGroupPeople,
  listGroups,
  listGroupsOf,
} from '../../../../server/relations/contract.ts';
import { call } from '../../api.ts';
import { refresh } from '../../queries.ts';

export function groupsQuery(input: Omit<Input<typeof listGroups>, 'after' | 'limit'>) {
  return infiniteQueryOptions({
    queryKey: [listGroups.name, 'pages', input],
    queryFn: ({ pageParam }) => call(listGroups, { ...input, limit: 50, ...(pageParam && { after: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}

export function groupPeopleQuery(groupId: string) {
  return infiniteQueryOptions({
    queryKey: [listGroupPeople.name, 'pages', groupId],
    queryFn: ({ pageParam }) => call(listGroupPeople, { groupId, limit: 50, ...(pageParam && { after: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

/** After a write: whatever shows groups, and who belongs to them. */
export const refreshGroups = (): Promise<unknown> =>
  refresh(listGroups, getGroup, listGroupPeople, listGroupsOf, listGroupFellows);
