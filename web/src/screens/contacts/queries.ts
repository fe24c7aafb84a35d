import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import {
  countToVerify,
  type Entry,
  getFacets,
  getPerson,
  listEmployments,
  listHistory,
  listPeople,
  listStaff,
} from '../../../../server/cards/contract.ts';
import type { Input } from '../../../../server/kernel/contract.ts';
import { apiBase, call } from '../../api.ts';
import { queryClient, reading, refresh } from '../../queries.ts';

export type Kind = Entry['kind'];

/** A list, page after page, by the server's cursor. The lines of the last search stay until the next ones come. */
export function peopleQuery(input: Omit<Input<typeof listPeople>, 'after' | 'limit'>) {
  return infiniteQueryOptions({
    queryKey: [listPeople.name, 'pages', input],
    queryFn: ({ pageParam }) => call(listPeople, { ...input, limit: 100, ...(pageParam && { after: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}

export function facetsQuery(input: Input<typeof getFacets>) {
  return queryOptions({ ...reading(getFacets, input), placeholderData: keepPreviousData });
}

export const personQuery = (personId: string) => reading(getPerson, { personId });
export const historyQuery = (personId: string) => reading(listHistory, { personId, limit: 100 });

export const employmentsQuery = (personId: string) => reading(listEmployments, { personId });
export const staffQuery = (personId: string) => reading(listStaff, { personId });

/** After a write: the person anew, and every list that may show it. */
export async function refreshPerson(personId: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: personQuery(personId).queryKey });
  await queryClient.invalidateQueries({ queryKey: historyQuery(personId).queryKey });
  await refresh(listPeople, getFacets, countToVerify, listEmployments, listStaff);
}

/** Address of the photo; the hash makes it cacheable for ever. */
export function photoOf({ id, photo }: { id: string; photo: string | null }): string | null {
  return photo === null ? null : `${apiBase}/people/${id}/photo?v=${photo}`;
}
