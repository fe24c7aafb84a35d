import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Input } from '../../../../server/kernel/contract.ts';
import {
  askGate,
  getGateRules,
  getMailHealth,
  getMailSetup,
  getPressure,
  getPressureOf,
  listDecisionsAbout,
  listMessagesTo,
  listMyMessages,
  listOutbox,
  type Message,
} from '../../../../server/outreach/contract.ts';
import { call } from '../../api.ts';
import { reading, refresh } from '../../queries.ts';

/** Asked again each two seconds while something is on its way. */
const whileMoving = (items: readonly Message[] | undefined) =>
  items?.some(
    ({ state, nextAt }) => state === 'sending' || (state === 'queued' && Date.parse(nextAt ?? '') < Date.now()),
  )
    ? 2000
    : (false as const);

/** Always asked anew: a grant may have been withdrawn a moment ago. */
export const gateQuery = (input: Input<typeof askGate>) => queryOptions({ ...reading(askGate, input), staleTime: 0 });

export const messagesToQuery = (personId: string) =>
  queryOptions({
    ...reading(listMessagesTo, { personId }),
    staleTime: 0,
    refetchInterval: ({ state }) => whileMoving(state.data?.mine),
  });

export const myMessagesQuery = infiniteQueryOptions({
  queryKey: [listMyMessages.name, 'pages'],
  queryFn: ({ pageParam }) => call(listMyMessages, { ...(pageParam && { after: pageParam }) }),
  initialPageParam: '',
  getNextPageParam: ({ next }) => next,
  refetchInterval: ({ state }) => whileMoving(state.data?.pages[0]?.items),
});

export const outboxQuery = infiniteQueryOptions({
  queryKey: [listOutbox.name, 'pages'],
  queryFn: ({ pageParam }) => call(listOutbox, { ...(pageParam && { after: pageParam }) }),
  initialPageParam: '',
  getNextPageParam: ({ next }) => next,
  refetchInterval: ({ state }) => whileMoving(state.data?.pages[0]?.items),
});

export const decisionsQuery = (personId: string) =>
  infiniteQueryOptions({
    queryKey: [listDecisionsAbout.name, personId],
    queryFn: ({ pageParam }) => call(listDecisionsAbout, { personId, ...(pageParam && { after: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    staleTime: 0,
  });
export const pressureOfQuery = (personId: string) => reading(getPressureOf, { personId });
export const rulesQuery = reading(getGateRules, {});
export const pressureQuery = reading(getPressure, {});

export const setupQuery = reading(getMailSetup, {});
export const healthQuery = reading(getMailHealth, {});

/** After something was written, stopped or settled. */
export const refreshMessages = () =>
  refresh(askGate, listDecisionsAbout, getPressureOf, listMessagesTo, listMyMessages, listOutbox, getMailHealth);
