import { infiniteQueryOptions } from '@tanstack/react-query';
import { getResults, getSurvey, listAnswers, listSurveys } from '../../../../server/surveys/contract.ts';
import { call } from '../../api.ts';
import { reading, refresh } from '../../queries.ts';

export const surveysQuery = reading(listSurveys, {});
export const surveyQuery = (surveyId: string) => reading(getSurvey, { surveyId });
export const resultsQuery = (surveyId: string) => reading(getResults, { surveyId });
export const answersQuery = (surveyId: string) =>
  infiniteQueryOptions({
    queryKey: [listAnswers.name, surveyId],
    queryFn: ({ pageParam }) => call(listAnswers, { surveyId, limit: 30, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
export const refreshSurveys = () => refresh(listSurveys, getSurvey, getResults, listAnswers);
