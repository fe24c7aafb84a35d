import { infiniteQueryOptions } from '@tanstack/react-query';
import { countUnread, getSettings, listNotices } from '../../../../server/notices/contract.ts';
import { call } from '../../api.ts';
import { netInterval } from '../../live.ts';
import { reading } from '../../queries.ts';

export const noticesQuery = infiniteQueryOptions({
  queryKey: [listNotices.name],
  queryFn: ({ pageParam }) => call(listNotices, { limit: 50, ...(pageParam ? { after: pageParam } : {}) }),
  initialPageParam: '',
  getNextPageParam: ({ next }) => next,
});
export const unreadQuery = { ...reading(countUnread, {}), refetchInterval: netInterval };
export const settingsQuery = reading(getSettings, {});
