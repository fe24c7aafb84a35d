import { infiniteQueryOptions } from '@tanstack/react-query';
import { getLetters, listAsks, listRequests } from '../../../../server/introductions/contract.ts';
import { call } from '../../api.ts';
import { netInterval } from '../../live.ts';
import { reading } from '../../queries.ts';

export const requestsQuery = infiniteQueryOptions({
  queryKey: [listRequests.name],
  queryFn: ({ pageParam }) => call(listRequests, pageParam ? { after: pageParam } : {}),
  initialPageParam: '',
  getNextPageParam: ({ next }) => next,
});
export const asksQuery = infiniteQueryOptions({
  queryKey: [listAsks.name, 'pages'],
  queryFn: ({ pageParam }) => call(listAsks, pageParam ? { after: pageParam } : {}),
  initialPageParam: '',
  getNextPageParam: ({ next }) => next,
});
export const waitingQuery = { ...reading(listAsks, { waiting: 'true', limit: 100 }), refetchInterval: netInterval };
export const lettersQuery = (askId: string, contactId: string) => reading(getLetters, { askId, contactId });
