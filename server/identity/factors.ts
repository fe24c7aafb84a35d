import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { type Accounts, headersOf } from './accounts.ts';
import * as contracts from './contract.ts';
import { tellMember } from './known-devices.ts';
import type { PasskeyRecord } from './passkeys.ts';
import { getMember } from './queries.ts';

/** What opens an account besides or instead of the password. */
export function factorOperations(accounts: Accounts): Operation[] {
  const { secondFactor, passkeys } = accounts;
  async function own({ tx, actor }: Context): Promise<{ accountId: string; email: string }> {
    const member = await getMember(tx, actor);
    if (!member) throw notFound();
    return { accountId: member.account_id, email: member.email };
  }
  /** Who merely finds an open session must not change how one gets in. */
  async function ownByPassword(context: Context, password: string) {
    const mine = await own(context);
    await accounts.attempts.guard(mine.email, context.request.ip, () =>
      accounts.checkPassword(mine.accountId, password).catch(() => {
        throw new AppError('wrong_credentials', { fields: { password: 'wrong' } });
      }),
    );
    return mine;
  }

  const tellChanged = ({ app, tx, actor }: Context) => tellMember(app, tx, actor, 'access_changed');

  return [
    implement(contracts.getSecondFactor, async (_input, context) => {
      const { accountId } = await own(context);
      const state = await secondFactor.state(accountId);
      return {
        hasPassword: await accounts.hasPassword(accountId),
        on: state !== null,
        since: state?.since.toISOString() ?? null,
        recoveryCodesLeft: state?.recoveryCodesLeft ?? 0,
      };
    }),
    implement(contracts.prepareSecondFactor, async ({ password }, context) => {
      const { accountId, email } = await ownByPassword(context, password);
      return secondFactor.prepare(accountId, email);
    }),
    implement(contracts.confirmSecondFactor, async ({ code }, context) => ({
      recoveryCodes: await secondFactor.confirm((await own(context)).accountId, code),
    })),
    implement(contracts.removeSecondFactor, async ({ password }, context) => {
      await secondFactor.remove((await ownByPassword(context, password)).accountId);
      await tellChanged(context);
      return {};
    }),

    implement(contracts.listPasskeys, async (_input, context) => ({
      items: (await passkeys.list((await own(context)).accountId)).map(describePasskey),
    })),
    implement(contracts.startPasskey, async ({ password }, context) => {
      await ownByPassword(context, password);
      const { options, cookies } = await passkeys.startAdding(headersOf(context.request));
      context.reply.header('set-cookie', cookies);
      return { options };
    }),
    implement(contracts.addPasskey, async ({ name, answer }, context) => {
      const added = await passkeys.add(headersOf(context.request), name, answer);
      await tellChanged(context);
      return describePasskey(added);
    }),
    implement(contracts.removePasskey, async ({ passkeyId }, context) => {
      if (!(await passkeys.remove((await own(context)).accountId, passkeyId))) throw notFound();
      await tellChanged(context);
      return {};
    }),
  ];
}

function describePasskey({ id, name, createdAt }: PasskeyRecord) {
  return { id, name, createdAt: createdAt.toISOString() };
}
