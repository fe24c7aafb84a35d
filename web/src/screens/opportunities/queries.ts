import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import type { Input } from '../../../../server/kernel/contract.ts';
import {
  getOpportunity,
  getSums,
  listImports,
  listOpportunities,
  listStages,
  moveOpportunity,
  type Opportunity,
  removeOpportunity,
  restoreOpportunity,
  type Stage,
} from '../../../../server/opportunities/contract.ts';
import { countOutcomes, getInterview, listOutcomes } from '../../../../server/opportunities/interview-contract.ts';
import { listTasks } from '../../../../server/tasks/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { queryClient, reading, refresh } from '../../queries.ts';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { nameOfStage } from './words.ts';

export type Filter = Pick<Input<typeof listOpportunities>, 'state' | 'whose' | 'q'>;

export const stagesQuery = reading(listStages, {});
export const opportunityQuery = (opportunityId: string) => reading(getOpportunity, { opportunityId });
export const sumsQuery = (filter: Filter) => ({ ...reading(getSums, filter), placeholderData: keepPreviousData });
export const opportunitiesOfQuery = (personId: string, state: 'open' | 'won' | 'lost') =>
  reading(listOpportunities, { personId, state, limit: 20 });

/** A list, page after page; of a stage alone for the board. */
export const opportunitiesQuery = (filter: Filter & { stageId?: string }) =>
  infiniteQueryOptions({
    queryKey: [listOpportunities.name, 'pages', filter],
    queryFn: ({ pageParam }) =>
      call(listOpportunities, { ...filter, limit: 30, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });

export const interviewQuery = (opportunityId: string) => reading(getInterview, { opportunityId });
export const outcomesQuery = reading(countOutcomes, {});
export const outcomeWordsQuery = (which: Omit<Input<typeof listOutcomes>, 'after' | 'limit'>) =>
  infiniteQueryOptions({
    queryKey: [listOutcomes.name, which],
    queryFn: ({ pageParam }) => call(listOutcomes, { ...which, limit: 20, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
export const refreshOutcomes = () => refresh(countOutcomes, listOutcomes);

export const refreshOpportunities = () =>
  refresh(
    ...[listOpportunities, getSums, getOpportunity, listStages, listImports, listTasks],
    ...[countOutcomes, listOutcomes],
  );

/** Moves one to another stage at once, with a way back. */
export async function moveTo(
  one: Pick<Opportunity, 'id' | 'name' | 'version' | 'stageId'>,
  stageId: string,
  stages: readonly Stage[],
): Promise<void> {
  try {
    const moved = await call(moveOpportunity, { opportunityId: one.id, version: one.version, stageId });
    queryClient.setQueryData(opportunityQuery(one.id).queryKey, moved);
    offerUndo(t('opportunities.moved', { name: one.name, stage: nameOfStage(stages, stageId) }), async () => {
      await call(moveOpportunity, { opportunityId: one.id, version: moved.version, stageId: one.stageId });
      await refreshOpportunities();
    });
  } catch (error) {
    sayError(error);
  }
  await refreshOpportunities();
}

/** Takes one out of sight, with a way back. @returns whether that is done */
export async function remove({ id, name }: Pick<Opportunity, 'id' | 'name'>): Promise<boolean> {
  try {
    await call(removeOpportunity, { opportunityId: id });
    queryClient.removeQueries({ queryKey: opportunityQuery(id).queryKey });
    offerUndo(t('opportunities.removed', { name }), async () => {
      await call(restoreOpportunity, { opportunityId: id });
      await refreshOpportunities();
    });
    await refresh(listOpportunities, getSums);
    return true;
  } catch (error) {
    sayError(error);
    return false;
  }
}
