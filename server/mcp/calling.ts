import { findApp } from '../identity/apps.ts';
import type { App } from '../kernel/app.ts';
import type { Contract, Input, Output } from '../kernel/contract.ts';
import { AppError } from '../kernel/errors.ts';
import { type Asking, asCaller, type Caller, type Context, type Operation, perform } from '../kernel/http.ts';
import type { Translate } from '../kernel/messages.ts';

/**
 * A call of an assistant. Details of contacts are read as the app, so that the ledger says which; what its member knows besides is read, and what
 * they write is written, as the member. Either way row security shows what both reach, and nothing else (`Actor.within`).
 */
export interface Call {
  app: App;
  t: Translate;
  /** The app itself. */
  own: Asking;
  /** Who authorised it. */
  member: Asking;
  run<C extends Contract>(as: Asking, contract: C, input: Input<C>): Promise<Output<C>>;
  within<T>(as: Asking, work: (context: Context) => Promise<T>): Promise<T>;
  operation<C extends Contract>(contract: C): Operation<C>;
  /** What the app is called. */
  program(): Promise<string>;
}

export function openCall(
  app: App,
  operations: ReadonlyMap<string, Operation>,
  caller: Caller & Required<Pick<Caller, 'behalf'>>,
  { request, reply }: Pick<Asking, 'request' | 'reply'>,
  t: Translate,
): Call {
  const { actor, charterDue, workspaces, behalf } = caller;
  const common = { charterDue, workspaces, request, reply };
  const { workspaceId, memberId: appId } = actor;
  const member = { workspaceId, memberId: behalf.memberId, within: appId };
  const operation = <C extends Contract>(contract: C) => operations.get(contract.name) as Operation<C>;
  const within: Call['within'] = (as, work) => asCaller(app, as, work);
  const asMember: Asking = { ...common, actor: member, role: behalf.role };
  return {
    app,
    t,
    operation,
    within,
    member: asMember,
    own: { ...common, actor: { ...actor, within: behalf.memberId }, role: 'member' },
    run(as, contract, input) {
      // What members do an app never does by itself.
      if (as.actor.app && !contract.apps) throw new AppError('forbidden');
      return perform(app, operation(contract), as, input);
    },
    program: async () => (await within(asMember, ({ tx }) => findApp(tx, workspaceId, appId)))?.name ?? '',
  };
}
