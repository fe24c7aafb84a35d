import { listAttributes } from '../../../../server/attributes/contract.ts';
import { listContents } from '../../../../server/content/contract.ts';
import { listKinds } from '../../../../server/facts/contract.ts';
import {
  getPath,
  getScenario,
  listEffects,
  listPeople,
  listQuestions,
  listScenarios,
} from '../../../../server/scenarios/contract.ts';
import { listSurveys } from '../../../../server/surveys/contract.ts';
import { reading, refresh } from '../../queries.ts';

export const scenariosQuery = reading(listScenarios, {});
export const scenarioQuery = (scenarioId: string) => reading(getScenario, { scenarioId });
export const peopleQuery = (scenarioId: string, nodeId: string | null) =>
  reading(listPeople, { scenarioId, ...(nodeId ? { nodeId } : {}) } as never);
export const pathQuery = (scenarioId: string, journeyId: string) => reading(getPath, { scenarioId, journeyId });
export const questionsQuery = reading(listQuestions, {});
export const effectsQuery = (scenarioId: string) => reading(listEffects, { scenarioId });
export const contentsQuery = reading(listContents, {});
export const surveysQuery = reading(listSurveys, {});
export const kindsQuery = reading(listKinds, {});
export const attributesQuery = reading(listAttributes, {});
export const refreshScenarios = () =>
  refresh(listScenarios, getScenario, listPeople, getPath, listQuestions, listEffects);
