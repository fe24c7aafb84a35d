import { infiniteQueryOptions } from '@tanstack/react-query';
import { getReturn, listHappenings, listReplies } from '../../../../server/home/contract.ts';
import { call } from '../../api.ts';
import { reading } from '../../queries.ts';

/** What happened with my contacts. Asked again every ten seconds while the page is looked at. */
export const happeningsQuery = infiniteQueryOptions({
  queryKey: [listHappenings.name],
  queryFn: ({ pageParam }) => call(listHappenings, { limit: 30, ...(pageParam ? { after: pageParam } : {}) }),
  initialPageParam: '',
  getNextPageParam: ({ next }) => next,
  refetchInterval: 10_000,
});
export const returnQuery = reading(getReturn, { days: 30 });
export const unseenQuery = reading(listReplies, { unseen: 'true' });
