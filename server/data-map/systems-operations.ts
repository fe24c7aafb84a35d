import { listWanted } from '../collection/progress.ts';
import { listMembers } from '../identity/queries.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { rounded } from '../kernel/rounded.ts';
import { gapsOf, isStranded, keptFlows } from './rules.ts';
import * as systems from './systems.ts';
import * as contracts from './systems-contract.ts';

/** Who answers for it is a member, and its flows lead to systems that are there. @throws AppError invalid_input */
async function checkSaid({ tx, actor }: Context, said: systems.Said, systemId: string): Promise<void> {
  if (said.ownerId && !(await listMembers(tx, actor.workspaceId)).some(({ member_id }) => member_id === said.ownerId))
    throw new AppError('invalid_input', { fields: { ownerId: 'unknown' } });
  const known = new Set((await systems.listSystems(tx, actor)).map(({ id }) => id));
  known.delete(systemId);
  for (const { other } of said.flows)
    if (other !== contracts.reference && !known.has(other))
      throw new AppError('invalid_input', { fields: { flows: 'unknown' } });
}

/** One name, one system. */
function unique(error: unknown): never {
  if ((error as { code?: string }).code === '23505') throw new AppError('conflict');
  throw error;
}

export const systemsOperations: Operation[] = [
  implementOutside(contracts.getSystems, async (_input, { actor, role, asCaller, asSystem }) => {
    const { workspaceId } = actor;
    const declared = await asCaller(({ tx }) => systems.listSystems(tx, actor));
    const counted = await asSystem('keeper', async (tx) => ({
      connected: await systems.countConnected(tx, workspaceId),
      fields: await systems.countFields(tx, actor),
      wanted: await systems.countWanted(tx, workspaceId),
      needed: await listWanted(tx, workspaceId),
    }));
    const people = counted.fields.find(({ group }) => group === null)!.people;
    const shown = declared.map((one) => ({
      ...one,
      changedAt: one.changedAt.toISOString(),
      flows: keptFlows(one.flows, declared),
    }));
    const groups = new Set([...counted.fields.map(({ group }) => group), ...shown.flatMap(({ fields }) => fields)]);
    return {
      systems: shown,
      connected: counted.connected.map(({ count, items, ...one }) => ({
        ...one,
        count: rounded(count),
        items: rounded(items),
      })),
      fields: [...groups].flatMap((group) => {
        if (group === null) return [];
        const having = rounded(counted.fields.find((row) => row.group === group)?.people ?? 0);
        const holding = shown.filter(({ fields }) => fields.includes(group));
        return {
          group,
          share: having === null ? 0 : Math.min(100, Math.round((100 * having) / (rounded(people) ?? having))),
          systems: holding.map(({ id }) => id),
          stranded: holding.length > 0 && holding.every((one) => isStranded(one, shown)),
        };
      }),
      wanted: counted.wanted.map(({ name, known }) => ({ name, known: rounded(known) })),
      gaps: gapsOf(counted.needed, shown),
      people: rounded(people),
      mayEdit: role === 'admin' || role === 'marketing',
    };
  }),

  implement(contracts.addSystem, async (said, context) => {
    const id = newId();
    await checkSaid(context, said, id);
    await systems.addSystem(context.tx, context.actor, id, said).catch(unique);
    return { id };
  }),

  implement(contracts.changeSystem, async ({ systemId, version, ...said }, context) => {
    const there = (await systems.listSystems(context.tx, context.actor)).some(({ id }) => id === systemId);
    if (!there) throw notFound();
    await checkSaid(context, said, systemId);
    const changed = await systems.changeSystem(context.tx, context.actor, systemId, version, said).catch(unique);
    if (!changed) throw new AppError('conflict');
    return {};
  }),

  implement(contracts.removeSystem, async ({ systemId }, { tx, actor }) => {
    if (!(await systems.setRemoved(tx, actor, systemId, true))) throw notFound();
    return {};
  }),

  implement(contracts.restoreSystem, async ({ systemId }, { tx, actor }) => {
    if (!(await systems.setRemoved(tx, actor, systemId, false).catch(unique))) throw notFound();
    return {};
  }),
];
