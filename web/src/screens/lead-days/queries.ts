import { queryOptions } from '@tanstack/react-query';
import { getDay, getRound, listDays } from '../../../../server/lead-days/contract.ts';
import { reading, refresh } from '../../queries.ts';

export const daysQuery = reading(listDays, {});

/** Asked again while the day is under way, so that one sees the others come. */
export const dayQuery = (dayId: string) =>
  queryOptions({
    ...reading(getDay, { dayId }),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.state === 'open' ? 10_000 : false),
  });

export const roundQuery = (dayId: string) => queryOptions({ ...reading(getRound, { dayId }), staleTime: 0 });

export const refreshDays = () => refresh(listDays, getDay, getRound);
