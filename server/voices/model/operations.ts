import { Trouble } from '../../connectors/connector.ts';
import { enterConversations } from '../../conversations/queries.ts';
import { recordAudit } from '../../identity/audit.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { implement, implementOutside, type Operation } from '../../kernel/http.ts';
import * as contracts from '../model-contract.ts';
import { loadTopics } from '../tree.ts';
import { askModel } from './asking.ts';
import * as queries from './queries.ts';
import { requestOf } from './request.ts';

/** What is asked where no message is named, and when a model is set up. */
const example = {
  text: 'Bonjour, ici Léa Martin (lea.martin@example.com, 06 12 34 56 78). Ma commande est arrivée avec une semaine de retard.',
  name: 'Léa Martin',
};

const describe = ({
  most_a_day,
  problem,
  problem_since,
  changed_by,
  changed_at,
  ...row
}: queries.ModelRow): contracts.Model => ({
  ...row,
  mostADay: most_a_day,
  problem: problem ? { code: problem, since: problem_since!.toISOString() } : null,
  changedBy: changed_by,
  changedAt: changed_at.toISOString(),
});

const hostOf = (url: string): string => new URL(url).host;

export const modelOperations: Operation[] = [
  implement(contracts.getModel, async (_input, { tx, actor }) => {
    const row = await queries.findModel(tx, actor.workspaceId);
    return { model: row ? describe(row) : null };
  }),

  implementOutside(contracts.setModel, async ({ key, ...said }, { app, actor, asCaller, asSystem }) => {
    const before = await asSystem('keeper', async (tx) => ({
      model: await queries.findModel(tx, actor.workspaceId),
      key: await queries.findKey(tx, actor.workspaceId),
    }));
    // A key is for the host that it was given for.
    const kept = before.model && hostOf(before.model.url) === hostOf(said.url) ? before.key : null;
    if (key === undefined && before.key && !kept) throw new AppError('invalid_input', { fields: { key: 'required' } });
    const plain = key ?? (kept ? app.secrets.decrypt(kept).toString() : '');
    const topics = await asCaller(({ tx }) => loadTopics(tx, actor.workspaceId));
    if (said.state === 'working')
      await askModel(
        app,
        { ...said, key: plain },
        topics.filter(({ ended }) => !ended),
        example,
      ).catch((error) => {
        if (!(error instanceof Trouble)) throw error;
        throw new AppError('connection_failed', { fields: { problem: error.code } });
      });
    return asCaller(async ({ tx }) => {
      const sealed = key === undefined ? undefined : key === '' ? null : app.secrets.encrypt(key);
      await queries.saveModel(tx, actor, { ...said, key: sealed });
      await recordAudit(tx, actor, 'model.set', actor.workspaceId, { name: said.name });
      return { model: describe((await queries.findModel(tx, actor.workspaceId))!) };
    });
  }),

  implement(contracts.removeModel, async (_input, { tx, actor }) => {
    const row = await queries.findModel(tx, actor.workspaceId);
    if (!row) throw notFound();
    await queries.deleteModel(tx, actor);
    await recordAudit(tx, actor, 'model.removed', actor.workspaceId, { name: row.name });
    return {};
  }),

  implement(contracts.previewRequest, async ({ conversationId, messageId, name }, { tx, actor }) => {
    await enterConversations(tx);
    const asked =
      conversationId && messageId ? await queries.findAskable(tx, actor, { conversationId, messageId }) : undefined;
    if (!asked && (conversationId || messageId)) throw notFound();
    const topics = (await loadTopics(tx, actor.workspaceId)).filter(({ ended }) => !ended);
    const message = asked ? { text: asked.text, name: asked.author } : example;
    return { body: JSON.stringify(requestOf(name, topics, message), null, 2) };
  }),
];
