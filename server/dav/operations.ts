import { listHeldRemovals } from '../cards/holding.ts';
import { decideRemoval } from '../cards/taking-out.ts';
import { getMember } from '../identity/queries.ts';
import { notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import type { Device } from './contract.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { newDevicePassword, plainPassword } from './rules.ts';

const describe = (row: queries.DeviceRow): Device => ({
  id: row.device_id,
  name: row.name,
  writes: row.writes,
  lent: row.lent,
  createdAt: row.created_at.toISOString(),
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  client: row.client,
});

async function connectionOf({ app, tx, actor }: Context): Promise<{ server: string; user: string }> {
  return { server: app.config.publicUrl, user: (await getMember(tx, actor))?.email ?? '' };
}

/** @throws AppError not_found */
async function getDevice({ tx, actor }: Context, deviceId: string): Promise<Device> {
  const row = await queries.findOwnDevice(tx, actor, deviceId);
  if (!row) throw notFound();
  return describe(row);
}

export const davOperations: Operation[] = [
  implement(contracts.listDevices, async (_input, context) => ({
    items: (await queries.listDevices(context.tx, context.actor)).map(describe),
    connection: await connectionOf(context),
  })),

  implement(contracts.addDevice, async ({ name, writes }, context) => {
    const { tx, actor } = context;
    const [deviceId, sourceId, password] = [newId(), newId(), newDevicePassword()];
    const secret = plainPassword(password);
    await queries.addDevice(tx, actor, { deviceId, sourceId, name, password: secret, writes });
    return { device: await getDevice(context, deviceId), password, connection: await connectionOf(context) };
  }),

  implement(contracts.updateDevice, async ({ deviceId, ...values }, context) => {
    await queries.updateDevice(context.tx, context.actor, deviceId, values);
    return getDevice(context, deviceId);
  }),

  implement(contracts.endDevice, async ({ deviceId }, { tx, actor }) => {
    if (!(await queries.deleteDevice(tx, actor, deviceId))) throw notFound();
    return {};
  }),

  implement(contracts.listHeldRemovals, async (_input, { tx, actor }) => ({
    items: (await listHeldRemovals(tx, actor)).map(({ removalId, device, book, count, heldAt }) => ({
      id: removalId,
      device,
      book,
      contacts: count,
      at: heldAt.toISOString(),
    })),
  })),

  implementOutside(contracts.decideRemoval, async ({ removalId, decision }, { app, actor }) => {
    const done = await app.db.asSystem('keeper', (tx) => decideRemoval(app, tx, actor, removalId, decision));
    if (!done) throw notFound();
    return {};
  }),
];
