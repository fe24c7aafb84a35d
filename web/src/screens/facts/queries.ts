import { infiniteQueryOptions } from '@tanstack/react-query';
import { listKinds, listPersonFacts, summarisePerson } from '../../../../server/facts/contract.ts';
import { getHealth } from '../../../../server/facts/sources-contract.ts';
import { call } from '../../api.ts';
import { reading, refresh } from '../../queries.ts';

export const kindsQuery = reading(listKinds, {});
export const healthQuery = reading(getHealth, {});
export const summaryQuery = (personId: string) => reading(summarisePerson, { personId });
export const factsQuery = (personId: string, kind: string) =>
  infiniteQueryOptions({
    queryKey: [listPersonFacts.name, personId, kind],
    queryFn: ({ pageParam }) =>
      call(listPersonFacts, {
        ...{ personId, limit: 20 },
        ...(kind ? { kind } : {}),
        ...(pageParam ? { after: pageParam } : {}),
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });

export const refreshFacts = () => refresh(listKinds, getHealth);
export const refreshFactsOf = () => refresh(listPersonFacts, summarisePerson);
