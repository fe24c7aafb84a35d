import type { Attribute } from '../attributes/contract.ts';
import type { Member } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

const both = (text: string) => ({ fr: `${text} (fr)`, en: text });

/** Has a planner want an attribute, and study a mechanism that asks it in these words. */
export async function planQuestion(
  planner: Member,
  attribute: Pick<Attribute, 'id' | 'name'>,
  question: string,
  more: { kind?: contracts.MechanismKind; channelId?: string; costEuros?: number; staleMonths?: number } = {},
): Promise<contracts.Mechanism> {
  const { kind = 'form_question', channelId = null, costEuros = null, staleMonths = null } = more;
  const item = await planner.call(contracts.saveItem, { kind: 'attribute', ref: attribute.id, staleMonths });
  await planner.call(contracts.saveNeed, {
    name: `Need of ${attribute.name}`,
    kind: 'personalisation',
    itemIds: [item.id],
  });
  const { touchpoints } = await planner.call(contracts.getPlan, {});
  const touchpointId = touchpoints[0]?.id ?? (await planner.call(contracts.saveTouchpoint, { name: 'Site' })).id;
  const idea = `Ask ${attribute.name}`;
  const proposed = await planner.call(contracts.proposeMechanism, { itemId: item.id, touchpointId, kind, idea });
  return planner.call(contracts.updateMechanism, {
    ...{ mechanismId: proposed.id, version: proposed.version, kind, idea, question: both(question), channelId },
    ...{
      business: 4,
      businessNote: 'Sales wants it',
      it: 5,
      itNote: 'Nothing to build',
      costEuros,
      responsibleId: null,
      dueOn: null,
    },
  });
}

export const rollOut = (planner: Member, { id }: contracts.Mechanism) =>
  planner.call(contracts.decide, { mechanismId: id, outcome: 'rolled_out', why: 'It works' });
