import { queryOptions } from '@tanstack/react-query';
import { getDeparture, getMyDeparture, listDepartures } from '../../../../server/leaving/contract.ts';
import { reading } from '../../queries.ts';

export const departuresQuery = reading(listDepartures, {});
export const myDepartureQuery = reading(getMyDeparture, {});

/** Asked again each second while it is under way. */
export const departureQuery = (departureId: string) =>
  queryOptions({
    ...reading(getDeparture, { departureId }),
    refetchInterval: ({ state }) => (/^(leaving|returning)$/.test(state.data?.state ?? '') ? 1000 : false),
  });
