import { MutationCache, type Query, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import { listBooks } from '../../server/delegation/contract.ts';
import { getMe, getStatus } from '../../server/identity/contract.ts';
import type { Contract, Input } from '../../server/kernel/contract.ts';
import { ApiError, call } from './api.ts';

type Listener = () => void;
let sessionEnded: Listener = () => {};

/** The router says here what is to happen when the session has ended. */
export function onSessionEnd(listener: Listener): void {
  sessionEnded = listener;
}

function noticeEnd(error: unknown): void {
  if (!(error instanceof ApiError)) return;
  if (error.code === 'unauthenticated') sessionEnded();
  // A charter was published while one worked: it is shown, and what was open comes after it.
  if (error.code === 'charter_due') location.assign('/charter');
  // Another tab went to another workspace: what this page shows is not where one is any more.
  if (error.code === 'workspace_changed') location.assign('/');
}

/** What one may not see any more is not shown from memory either. */
function forgetLost(error: unknown, query: Query<unknown, unknown>): void {
  if (error instanceof ApiError && error.code === 'not_found' && query.state.data !== undefined)
    query.setState({ data: undefined });
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      noticeEnd(error);
      forgetLost(error, query);
    },
  }),
  mutationCache: new MutationCache({ onError: noticeEnd }),
  defaultOptions: {
    queries: {
      staleTime: 20_000,
      gcTime: 15 * 60_000,
      retry: (count, error) => count < 2 && error instanceof ApiError && error.code === 'unavailable',
    },
  },
});

/** The query of a reading operation: its name and input are the key, so that `[name]` invalidates all its answers. */
export function reading<C extends Contract>(contract: C, input: Input<C>) {
  return queryOptions({ queryKey: [contract.name, input] as const, queryFn: () => call(contract, input) });
}

/** Marks every answer of these operations as out of date. */
export function refresh(...contracts: Contract[]): Promise<unknown> {
  return Promise.all(contracts.map(({ name }) => queryClient.invalidateQueries({ queryKey: [name] })));
}

export const meQuery = reading(getMe, {});
export const statusQuery = reading(getStatus, {});

/** Books, asked for again each second while the lists of those they are lent to have yet to follow. */
export const booksQuery = queryOptions({
  ...reading(listBooks, {}),
  refetchInterval: ({ state }) => (state.data?.items.some(({ following }) => following) ? 1000 : false),
});
