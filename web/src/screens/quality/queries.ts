import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import {
  countDead,
  getDecay,
  getFacets,
  getPerson,
  listArchived,
  listDead,
  listEmployments,
  listHistory,
  listPeople,
  listStaff,
  listToVerify,
} from '../../../../server/cards/contract.ts';
import type { Input } from '../../../../server/kernel/contract.ts';
import {
  countProposals,
  explainPair,
  getHealth,
  listProposals,
  listVerdicts,
} from '../../../../server/matching/contract.ts';
import { call } from '../../api.ts';
import { reading, refresh } from '../../queries.ts';
import type { ArchiveSearch, HuntFilter } from './search.ts';

/** Pairs held ready: at three seconds each, two minutes of work. */
const ahead = 40;

function inputOf({ kind, mine }: HuntFilter): Input<typeof countProposals> {
  return { ...(kind && { kind }), ...(mine && { mine: 'true' }) };
}

export const proposalsQuery = (filter: HuntFilter) =>
  queryOptions({ ...reading(listProposals, { ...inputOf(filter), limit: ahead }), staleTime: 0 });

export const countsQuery = (filter: HuntFilter) => reading(countProposals, inputOf(filter));

export const groupsQuery = (filter: HuntFilter) => reading(countProposals, { ...inputOf(filter), examples: 3 });

export const groupQuery = (filter: HuntFilter, group: string, limit: number) =>
  queryOptions({ ...reading(listProposals, { ...inputOf(filter), group, limit }), placeholderData: keepPreviousData });

export const verdictsQuery = infiniteQueryOptions({
  queryKey: [listVerdicts.name, 'pages'],
  queryFn: ({ pageParam }) => call(listVerdicts, { limit: 50, ...(pageParam && { after: pageParam }) }),
  initialPageParam: '',
  getNextPageParam: (page) => page.next,
});

/** Asked again while a full run is under way; not more often, because the whole report is counted each time. */
export const healthQuery = queryOptions({
  ...reading(getHealth, {}),
  refetchInterval: ({ state }) => (state.data?.run?.state === 'running' ? 4000 : false),
});

export const explanationQuery = (pair: string) => reading(explainPair, { pair });

/** How many one looks through before one decides; more follow. */
const deadAtOnce = 100;

export const deadQuery = ({ months, reason }: ArchiveSearch) =>
  queryOptions({
    ...reading(listDead, { ...(months && { months }), ...(reason && { reason }), limit: deadAtOnce }),
    placeholderData: keepPreviousData,
  });

export const deadCountQuery = ({ months }: ArchiveSearch) => reading(countDead, { ...(months && { months }) });

export const archivedQuery = infiniteQueryOptions({
  queryKey: [listArchived.name, 'pages'],
  queryFn: ({ pageParam }) => call(listArchived, { limit: 50, ...(pageParam && { after: pageParam }) }),
  initialPageParam: '',
  getNextPageParam: (page) => page.next,
});

export const toVerifyQuery = infiniteQueryOptions({
  queryKey: [listToVerify.name, 'pages'],
  queryFn: ({ pageParam }) => call(listToVerify, { limit: 50, ...(pageParam && { after: pageParam }) }),
  initialPageParam: '',
  getNextPageParam: (page) => page.next,
});

export const refreshToVerify = (): Promise<unknown> => refresh(listToVerify, getPerson, listHistory);

export const decayQuery = reading(getDecay, {});

/** The name of a pair of cards, whichever comes first. */
export function pairOf(one: string, other: string): string {
  return one < other ? `${one}.${other}` : `${other}.${one}`;
}

/** After a decision: the queue, and everything that shows persons. */
export function refreshReference(): Promise<unknown> {
  return refresh(
    listProposals,
    countProposals,
    listVerdicts,
    getHealth,
    explainPair,
    getPerson,
    listEmployments,
    listStaff,
    listHistory,
    listPeople,
    getFacets,
    listDead,
    countDead,
    listArchived,
    listToVerify,
  );
}

let due: ReturnType<typeof setTimeout> | undefined;

/**
 * The same while one decides pair after pair: the queue at once, because a decision may answer other pairs too; what costs
 * the server a second to count only when the hand rests.
 */
export function refreshAsOneDecides(): void {
  void refresh(listProposals);
  clearTimeout(due);
  due = setTimeout(() => void refreshReference(), 4000);
}
