import { infiniteQueryOptions, keepPreviousData, useQuery } from '@tanstack/react-query';
import { getPerson, listPeople } from '../../../../server/cards/contract.ts';
import { type Connection, listConnections } from '../../../../server/connectors/contract.ts';
import {
  getDropBox,
  listCalendars,
  listCorrespondents,
  listExchanges,
  listMailboxes,
  listProposals,
} from '../../../../server/correspondents/contract.ts';
import type { Input } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { reading, refresh } from '../../queries.ts';

export const connectionsQuery = reading(listConnections, {});
export const mailboxesQuery = reading(listMailboxes, {});
export const calendarsQuery = reading(listCalendars, {});

/** Asked every two seconds while one of these is read, and once more when that has come to its end: only then the numbers are whole. */
export function whileRead<Q extends { queryKey: readonly unknown[] }>(query: Q, connections: readonly Connection[]) {
  const states = connections.map(({ running, syncedAt }) => `${running} ${syncedAt}`);
  return {
    ...query,
    queryKey: [...query.queryKey, ...states],
    placeholderData: keepPreviousData,
    refetchInterval: connections.some(({ running }) => running) ? 2000 : (false as const),
  };
}
export const exchangesQuery = (personId: string) => reading(listExchanges, { personId });
export const dropBoxQuery = reading(getDropBox, {});

export const proposalsQuery = infiniteQueryOptions({
  queryKey: [listProposals.name],
  queryFn: ({ pageParam }) => call(listProposals, { limit: 30, ...(pageParam && { after: pageParam }) }),
  initialPageParam: '',
  getNextPageParam: ({ next }) => next,
});

type Wanted = Pick<Input<typeof listCorrespondents>, 'show' | 'q'>;

export const correspondentsQuery = ({ show, q }: Wanted) =>
  infiniteQueryOptions({
    queryKey: [listCorrespondents.name, show, q],
    queryFn: ({ pageParam }) =>
      call(listCorrespondents, { show, ...(q && { q }), limit: 50, ...(pageParam && { after: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });

/** Whether anything of mine is read, mail or calendar; undefined: not known yet. */
export function useIsRead(): boolean | undefined {
  const mailboxes = useQuery(mailboxesQuery).data?.items.length;
  const calendars = useQuery(calendarsQuery).data?.items.length;
  return mailboxes === undefined || calendars === undefined ? undefined : mailboxes + calendars > 0;
}

/** After a decision: cards have changed too. */
export const refreshMail = (): Promise<unknown> => refresh(listProposals, listCorrespondents, getPerson, listPeople);

export const refreshMailboxes = (): Promise<unknown> =>
  refresh(listConnections, listMailboxes, listCalendars, getDropBox, listCorrespondents, listProposals, listExchanges);
