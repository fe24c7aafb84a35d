import { pointOf } from '../cards/facts.ts';
import { getOwnCardOf } from '../cards/own-card.ts';
import { findPersonCards, findUsedCards } from '../cards/persons.ts';
import { addContactPoints } from '../cards/rows.ts';
import { recordAudit } from '../identity/audit.ts';
import { getMember } from '../identity/queries.ts';
import type { Parsed } from '../kernel/contract.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import * as contracts from './contract.ts';
import { describeAttribute, describeValues, getAttribute } from './describing.ts';
import { listVisible } from './index.ts';
import * as queries from './queries.ts';
import { isRefusal, readValue } from './rules.ts';

type Said = Omit<Parsed<typeof contracts.updateAttribute>, 'attributeId' | 'version'>;

const wrong = (field: string, why: string) => new AppError('invalid_input', { fields: { [field]: why } });

/** @throws AppError invalid_input for what does not go together */
async function check(
  { tx, actor }: Context,
  { type, many }: { type: contracts.AttributeType; many: boolean },
  { choices, bounds, unit, sensitivity, specialBasis, access }: Said,
): Promise<void> {
  if ((type === 'choice') !== choices.length > 0 || (type === 'choice' && choices.length < 2))
    throw wrong('choices', 'choice');
  if (many && type !== 'choice') throw wrong('many', 'choice');
  if (new Set(choices.map(({ key }) => key)).size < choices.length) throw wrong('choices', 'twice');
  if (unit !== null && type !== 'number') throw wrong('unit', 'number');
  const { min, max, from, to } = bounds;
  if ((min !== undefined && max !== undefined && min > max) || (from !== undefined && to !== undefined && from > to))
    throw wrong('bounds', 'reversed');
  if ((sensitivity === 'special') !== (specialBasis !== null)) throw wrong('specialBasis', 'special');
  if (sensitivity === 'special' && access.some(({ kind }) => kind === 'workspace')) throw wrong('access', 'special');
  if ((await queries.findUnknown(tx, actor, access)).length > 0) throw wrong('access', 'unknown');
}

/** Whatever names it is computed anew: it may be open to others, or to nobody, from now on. */
const buildAnew = ({ app, tx, actor }: Context) =>
  app.enqueue(tx, {
    workspaceId: actor.workspaceId,
    task: 'segments.build',
    payload: {},
    queue: `segments ${actor.workspaceId}`,
  });

const entryOf = ({ access: _access, ...entry }: Said): queries.Entry => entry;

const dictionary: Operation[] = [
  implement(contracts.listAttributes, async ({ ended }, { tx, actor }) => {
    await queries.enterAttributes(tx);
    return { items: (await queries.listAttributes(tx, actor.workspaceId, { ended })).map(describeAttribute) };
  }),

  implement(contracts.getAttribute, async ({ attributeId }, context) =>
    describeAttribute(await getAttribute(context, attributeId)),
  ),

  implement(contracts.addAttribute, async ({ key, type, many, ...said }, context) => {
    const { tx, actor } = context;
    await check(context, { type, many }, said);
    const attributeId = newId();
    await queries.addAttribute(tx, actor, { attribute_id: attributeId, key, type, many }, entryOf(said));
    await queries.setAccess(tx, actor, attributeId, said.access);
    await recordAudit(tx, actor, 'attribute.added', attributeId, { name: said.name });
    return describeAttribute(await getAttribute(context, attributeId));
  }),

  implement(contracts.updateAttribute, async ({ attributeId, version, ...said }, context) => {
    const { tx, actor } = context;
    const before = await getAttribute(context, attributeId);
    await check(context, before, said);
    const offered = new Set(said.choices.map((one) => one.key));
    if (before.choices.some((one) => !offered.has(one.key))) throw wrong('choices', 'offered');
    if (!(await queries.updateAttribute(tx, actor, attributeId, version, entryOf(said))))
      throw new AppError('conflict');
    await queries.setAccess(tx, actor, attributeId, said.access);
    await recordAudit(tx, actor, 'attribute.changed', attributeId, { name: said.name });
    await buildAnew(context);
    return describeAttribute(await getAttribute(context, attributeId));
  }),

  implement(contracts.endAttribute, async ({ attributeId }, context) => {
    const { tx, actor } = context;
    const { name } = await getAttribute(context, attributeId);
    await queries.setEnded(tx, actor, attributeId, true);
    await recordAudit(tx, actor, 'attribute.ended', attributeId, { name });
    await buildAnew(context);
    return describeAttribute(await getAttribute(context, attributeId));
  }),

  implement(contracts.restoreAttribute, async ({ attributeId }, context) => {
    const { tx, actor } = context;
    const { restorableUntil, name } = describeAttribute(await getAttribute(context, attributeId));
    if (restorableUntil === null) throw new AppError('not_undoable');
    await queries.setEnded(tx, actor, attributeId, false);
    await recordAudit(tx, actor, 'attribute.restored', attributeId, { name });
    await buildAnew(context);
    return describeAttribute(await getAttribute(context, attributeId));
  }),
];

/** Takes back what the actor's own cards say of a person. */
async function takeBack({ tx, actor }: Context, personId: string, attributeNo: number): Promise<void> {
  const found = await findPersonCards(tx, actor, personId);
  if (!found) throw notFound();
  const own = (await findUsedCards(tx, actor, found.cardIds)).filter(({ mine }) => mine).map(({ card_id }) => card_id);
  await queries.deleteValues(tx, actor.workspaceId, own, attributeNo);
}

type Items = Parsed<typeof contracts.setValues>['items'];

/** What the items of a batch are about: contact points, made where there are none, and cards of the actor's own. */
async function findSubjects({ app, tx, actor }: Context, items: Items) {
  const { workspaceId } = actor;
  const country = (await getMember(tx, actor))?.country ?? 'FR';
  const ids = items.flatMap(({ cardId }) => cardId ?? []);
  const own = new Map(
    (await findUsedCards(tx, actor, ids)).flatMap((card) => (card.mine ? [[card.card_id, card] as const] : [])),
  );
  const points = new Map<string, 'email' | 'phone'>();
  const subjects = items.map(({ cardId, email, phone }) => {
    if ([cardId, email, phone].filter((one) => one !== undefined).length !== 1) return null;
    if (cardId !== undefined) return own.has(cardId) ? { subjectId: cardId, card: own.get(cardId) } : null;
    const point = pointOf(app, workspaceId, country, { email, phone });
    if (point) points.set(point, email === undefined ? 'phone' : 'email');
    return point ? { subjectId: point } : null;
  });
  return { subjects, points };
}

const values: Operation[] = [
  implement(contracts.listValues, async ({ personId }, context) => ({
    items: await describeValues(context, personId),
  })),

  implement(contracts.setValue, async ({ personId, attributeId, value }, context) => {
    const { tx, actor } = context;
    const attribute = (await listVisible(tx, actor)).find((one) => one.attribute_id === attributeId);
    if (!attribute) throw notFound();
    if (!attribute.writes) throw new AppError('forbidden');
    if (value === null) await takeBack(context, personId, attribute.attribute_no);
    else {
      const read = readValue(attribute, value);
      if (isRefusal(read)) throw wrong('value', read);
      const card = await getOwnCardOf(context, personId);
      const said = { subjectId: card.card_id, card, attributeNo: attribute.attribute_no, value: read };
      await queries.writeValues(tx, actor.workspaceId, { origin: 'member', saidBy: actor.memberId }, [said]);
    }
    return { items: await describeValues(context, personId) };
  }),

  implement(contracts.setValues, async ({ items }, context) => {
    const { tx, actor } = context;
    const attributes = new Map((await listVisible(tx, actor)).map((one) => [one.key, one]));
    const { subjects, points } = await findSubjects(context, items);
    const refused: {
      index: number;
      reason: (typeof contracts.refusals)[number] | 'unknown_attribute' | 'unknown_subject';
    }[] = [];
    const possible = items.flatMap((item, index): queries.NewValue[] => {
      const attribute = attributes.get(item.attribute);
      const subject = subjects[index];
      const value = attribute?.writes ? readValue(attribute, item.value) : 'unknown_attribute';
      const reason = typeof value === 'string' ? value : subject ? null : 'unknown_subject';
      if (reason !== null) refused.push({ index, reason });
      if (reason !== null || typeof value === 'string' || !subject || !attribute) return [];
      return [{ ...subject, attributeNo: attribute.attribute_no, value }];
    });
    await addContactPoints(tx, actor.workspaceId, points);
    await queries.writeValues(tx, actor.workspaceId, { origin: 'api', saidBy: actor.memberId }, possible);
    return { taken: possible.length, refused };
  }),
];

export const attributesOperations: Operation[] = [...dictionary, ...values];
