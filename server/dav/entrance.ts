import type { FastifyRequest } from 'fastify';
import type { App } from '../kernel/app.ts';
import { sha256 } from '../kernel/ids.ts';
import { DavError } from './errors.ts';
import { type Device, findDevice } from './queries.ts';
import { plainPassword, readBasic } from './rules.ts';

/** Milliseconds for which who showed a password is remembered: as often as its use is noted. */
const remembers = 60_000;
/** Devices that are remembered at most. */
const most = 5000;

/** Methods that look themselves whether the device is let in still, in the statement that finds their book. */
const lookThemselves = new Set(['GET', 'HEAD', 'PUT', 'REPORT']);

/** Finds out whose password a request shows. Who was let in a moment ago is not looked up again where the method looks itself. */
export function openEntrance(app: App): (request: FastifyRequest) => Promise<Device> {
  const known = new Map<string, { device: Device; until: number }>();

  return async (request) => {
    const basic = readBasic(request.headers.authorization);
    if (!basic) throw new DavError(401);
    const password = plainPassword(basic.password);
    const hash = sha256(password).toString('hex');
    const before = known.get(hash);
    if (before && before.until > Date.now() && lookThemselves.has(request.method)) return before.device;
    known.delete(hash);
    const client = request.headers['user-agent'] ?? null;
    const device = await app.db.asSystem('keeper', (tx) => findDevice(tx, password, client));
    if (!device) throw new DavError(401);
    if (known.size >= most) known.delete(known.keys().next().value!);
    known.set(hash, { device, until: Date.now() + remembers });
    return device;
  };
}
