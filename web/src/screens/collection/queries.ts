import { getPlan, getProgress, getResults } from '../../../../server/collection/contract.ts';
import { reading, refresh } from '../../queries.ts';

export const planQuery = reading(getPlan, {});
export const progressQuery = (itemId: string) => reading(getProgress, { itemId });
export const resultsQuery = (mechanismId: string) => reading(getResults, { mechanismId });
export const refreshPlan = () => refresh(getPlan, getProgress, getResults);
