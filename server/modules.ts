import { cardsTasks } from './cards/jobs.ts';
import { cardsOperations } from './cards/operations.ts';
import { cardsRoutes } from './cards/routes.ts';
import { delegationOperations } from './delegation/operations.ts';
import type { Accounts } from './identity/accounts.ts';
import { identityOperations } from './identity/operations.ts';
import type { Operation, Routes } from './kernel/http.ts';
import type { Task } from './kernel/jobs.ts';
import { matchingTasks } from './matching/jobs.ts';
import { sourcesTasks } from './sources/jobs.ts';
import { sourcesOperations } from './sources/operations.ts';
import { sourcesRoutes } from './sources/routes.ts';

/** The table of contents: what each module brings. */
export interface Modules {
  operations: Operation[];
  routes: Routes[];
  tasks: Task[];
}

export function allModules(accounts: Accounts): Modules {
  return {
    operations: [...identityOperations(accounts), ...delegationOperations, ...cardsOperations, ...sourcesOperations],
    routes: [cardsRoutes, sourcesRoutes],
    tasks: [...cardsTasks, ...matchingTasks, ...sourcesTasks],
  };
}
