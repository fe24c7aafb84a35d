import { getRequest, listAsked, listRequests } from '../../../../server/compliance/contract.ts';
import { listTasks } from '../../../../server/tasks/contract.ts';
import { reading, refresh } from '../../queries.ts';

export const requestsQuery = reading(listRequests, {});
export const requestQuery = (requestId: string) => reading(getRequest, { requestId });
export const askedQuery = reading(listAsked, {});
export const refreshDesk = () => refresh(listRequests, getRequest);
export const refreshAsked = () => refresh(listAsked, listTasks);
