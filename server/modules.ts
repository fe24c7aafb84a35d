import type { Accounts } from './identity/accounts.ts';
import { identityOperations } from './identity/operations.ts';
import type { Operation, Routes } from './kernel/http.ts';
import type { Task } from './kernel/jobs.ts';

/** The table of contents: what each module brings. */
export interface Modules {
  operations: Operation[];
  routes: Routes[];
  tasks: Task[];
}

export function allModules(accounts: Accounts): Modules {
  return { operations: [...identityOperations(accounts)], routes: [], tasks: [] };
}
