import { queryOptions } from '@tanstack/react-query';
import { getPerson, listHistory, listPeople } from '../../../../server/cards/contract.ts';
import { getRound, listForgets, listLinks } from '../../../../server/self-update/contract.ts';
import { listTasks } from '../../../../server/tasks/contract.ts';
import { reading, refresh } from '../../queries.ts';

export const linksQuery = (personId: string) => reading(listLinks, { personId });
export const forgetsQuery = reading(listForgets, {});

/** Asked again each second while a round is under way. */
export const roundQuery = (bookId: string) =>
  queryOptions({
    ...reading(getRound, { bookId }),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.round?.state === 'running' ? 1000 : false),
  });

export const refreshOwnWord = () => refresh(listLinks, listForgets, listTasks, getPerson, listPeople, listHistory);
