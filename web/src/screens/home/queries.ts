import { infiniteQueryOptions } from '@tanstack/react-query';
import { getReturn, listHappenings, listReplies } from '../../../../server/home/contract.ts';
import { call } from '../../api.ts';
import { netInterval } from '../../live.ts';
import { reading } from '../../queries.ts';

/** What happened with my contacts; the server says when it must be asked again. */
export const happeningsQuery = infiniteQueryOptions({
  queryKey: [listHappenings.name],
  queryFn: ({ pageParam }) => call(listHappenings, { limit: 30, ...(pageParam ? { after: pageParam } : {}) }),
  initialPageParam: '',
  getNextPageParam: ({ next }) => next,
  refetchInterval: netInterval,
});
export const returnQuery = reading(getReturn, { days: 30 });
export const unseenQuery = reading(listReplies, { unseen: 'true' });
