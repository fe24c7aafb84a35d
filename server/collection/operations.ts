import { listDictionary, setUses } from '../attributes/index.ts';
import { recordAudit } from '../identity/audit.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import * as contracts from './contract.ts';
import { describeItem, describeMechanism, describeResults, getMechanism, mayChange } from './describing.ts';
import { listProgress } from './progress.ts';
import * as queries from './queries.ts';
import { describeFilling } from './rules.ts';

const wrong = (field: string, why: string) => new AppError('invalid_input', { fields: { [field]: why } });

/** @throws AppError invalid_input for what there is not */
async function checkItem({ tx, actor }: Context, kind: string, ref: string): Promise<void> {
  if (kind === 'field' && !(contracts.fields as readonly string[]).includes(ref)) throw wrong('ref', 'unknown');
  if (kind !== 'attribute') return;
  const found = (await listDictionary(tx, actor.workspaceId)).some(({ attribute_id }) => attribute_id === ref);
  if (!found) throw wrong('ref', 'unknown');
}

const describeOne = async (context: Context, mechanismId: string) =>
  describeMechanism(context, await getMechanism(context, mechanismId));

const plan: Operation[] = [
  implement(contracts.getPlan, async (_input, context) => {
    const { tx, actor } = context;
    const needs = await queries.listNeeds(tx, actor);
    return {
      needs: needs.map(({ need_id, item_ids, ...need }) => ({ id: need_id, ...need, itemIds: item_ids })),
      items: (await queries.listItems(tx, actor)).map(describeItem),
      touchpoints: await queries.listTouchpoints(tx, actor),
      mechanisms: (await queries.listMechanisms(tx, actor)).map((row) => describeMechanism(context, row)),
    };
  }),

  implement(contracts.saveNeed, async ({ needId, itemIds, ...need }, { tx, actor }) => {
    const wanted = [...new Set(itemIds)];
    if ((await queries.countItems(tx, actor, wanted)) < wanted.length) throw wrong('itemIds', 'unknown');
    const id = needId ?? newId();
    if (!(await queries.saveNeed(tx, actor, id, need, wanted, needId === undefined))) throw notFound();
    return { id };
  }),

  implement(contracts.saveItem, async (item, context) => {
    const { tx, actor } = context;
    await checkItem(context, item.kind, item.ref);
    const id = await queries.saveItem(tx, actor, newId(), item);
    if (item.kind === 'attribute') await setUses(tx, actor.workspaceId, 'plan', id, [item.ref]);
    return { id };
  }),

  implement(contracts.saveTouchpoint, async ({ touchpointId, name }, { tx, actor }) => {
    const id = touchpointId ?? newId();
    if (!(await queries.saveTouchpoint(tx, actor, id, name, touchpointId === undefined))) throw notFound();
    return { id };
  }),

  implement(contracts.setEnded, async ({ part, id, ended }, { tx, actor }) => {
    if (!(await queries.setEnded(tx, actor, part, id, ended))) throw notFound();
    return {};
  }),

  implement(contracts.getProgress, async ({ itemId }, { tx, actor }) => {
    if ((await queries.countItems(tx, actor, [itemId])) === 0) throw notFound();
    return { items: (await listProgress(tx, actor.workspaceId, itemId)).map(describeFilling) };
  }),

  implement(contracts.countNow, async (_input, { app, tx, actor, afterCommit }) => {
    const { workspaceId } = actor;
    const outboxId = await app.enqueue(tx, { workspaceId, task: 'collection.count', payload: {}, delaySeconds: 20 });
    afterCommit(() => app.runNow(workspaceId, outboxId, 'collection.count'));
    return {};
  }),
];

const mechanisms: Operation[] = [
  implement(contracts.proposeMechanism, async ({ itemId, touchpointId, kind, idea }, context) => {
    const { tx, actor } = context;
    const touchpoints = await queries.listTouchpoints(tx, actor);
    if ((await queries.countItems(tx, actor, [itemId])) === 0) throw wrong('itemId', 'unknown');
    if (!touchpoints.some(({ id }) => id === touchpointId)) throw wrong('touchpointId', 'unknown');
    const mechanism_id = newId();
    await queries.addMechanism(tx, actor, { mechanism_id, item_id: itemId, touchpoint_id: touchpointId, kind, idea });
    return describeOne(context, mechanism_id);
  }),

  implement(contracts.updateMechanism, async ({ mechanismId, version, responsibleId, channelId, ...said }, context) => {
    const { tx, actor } = context;
    const before = await getMechanism(context, mechanismId);
    if (!mayChange(context, before)) throw new AppError('forbidden');
    const found = await queries.checkRefs(tx, actor, { memberId: responsibleId, channelId });
    if (!found.member) throw wrong('responsibleId', 'unknown');
    if (!found.form) throw wrong('channelId', 'unknown');
    const { question, businessNote, itNote, costEuros, dueOn, ...rest } = said;
    const change = {
      ...rest,
      ...{ question_fr: question.fr, question_en: question.en, business_note: businessNote, it_note: itNote },
      ...{ cost_euros: costEuros, due_on: dueOn, responsible_id: responsibleId, channel_id: channelId },
    };
    if (!(await queries.updateMechanism(tx, actor, mechanismId, version, change))) throw new AppError('conflict');
    return describeOne(context, mechanismId);
  }),

  implement(contracts.startTest, async ({ mechanismId }, context) => {
    const { tx, actor } = context;
    const { kind, question_fr, question_en } = await getMechanism(context, mechanismId);
    // What no page of ours asks is tested elsewhere, and its decision written down here.
    if (!contracts.askedKinds.includes(kind)) throw wrong('kind', 'not_asked');
    if (question_fr === '' || question_en === '') throw wrong('question', 'required');
    if (!(await queries.startTest(tx, actor, mechanismId, newId()))) throw new AppError('conflict');
    return describeOne(context, mechanismId);
  }),

  implement(contracts.decide, async ({ mechanismId, outcome, why }, context) => {
    const { tx, actor } = context;
    const { kind, question_fr, question_en, idea } = await getMechanism(context, mechanismId);
    if (outcome === 'rolled_out' && contracts.askedKinds.includes(kind) && (question_fr === '' || question_en === ''))
      throw wrong('question', 'required');
    await queries.decide(tx, actor, mechanismId, outcome, why);
    await recordAudit(tx, actor, `collection.${outcome}`, mechanismId, { name: idea.slice(0, 80) });
    return describeOne(context, mechanismId);
  }),

  implementOutside(contracts.getResults, async ({ mechanismId }, { app, actor, asCaller }) => {
    const { cost_euros } = await asCaller((context) => getMechanism(context, mechanismId));
    const tallied = await app.db.asSystem('keeper', (tx) => queries.tallyTest(tx, actor.workspaceId, mechanismId));
    return { results: tallied && describeResults(tallied, cost_euros) };
  }),
];

export const collectionOperations: Operation[] = [...plan, ...mechanisms];
