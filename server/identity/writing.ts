import type { Context, OutsideContext } from '../kernel/http.ts';

/** A transaction in which teams and named uses are written: the caller's, or the identity role's for them. */
export type Writing = Pick<Context, 'app' | 'tx' | 'actor'>;

/**
 * One transaction that writes teams or named uses. Row security lets admins write them; of others (a team's leads, marketing) the
 * operation says who may, and the identity role does all of it, what follows included.
 */
export function writing<T>(context: OutsideContext, work: (by: Writing) => Promise<T>): Promise<T> {
  const { app, actor, role } = context;
  return role === 'admin' ? context.asCaller(work) : context.asSystem('identity', (tx) => work({ app, actor, tx }));
}
