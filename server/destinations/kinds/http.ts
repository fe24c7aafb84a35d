import { z } from 'zod';
import { passingTrouble, Trouble } from '../../connectors/connector.ts';
import { newSecret, signedHeaders } from '../../distribution/signing.ts';
import { type Access, type Kind, nothingRefused } from '../kind.ts';

/** https, or http within a network that the operator allows. */
export const address = z
  .string()
  .trim()
  .max(2000)
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, username, password, hash } = new URL(text);
    return /^https?:$/.test(protocol) && !username && !password && !hash;
  }, 'address');

const settings = z.object({ url: address });
/** What messages are signed with (Standard Webhooks 1.0); without one, one is made. */
const secret = z.object({
  secret: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/=]{32,100}$/)
    .default(newSecret),
});
type HttpAccess = Access<z.output<typeof settings>, z.output<typeof secret>>;

async function post({ settings: { url }, secret: held, guarded, signal }: HttpAccess, id: string, said: object) {
  const body = JSON.stringify(said);
  const answer = await guarded.fetch(url, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', 'user-agent': 'Entregent' },
      ...signedHeaders([held.secret], `msg_${id}`, Date.now(), body),
    },
    body,
    ...{ seconds: 60, limit: 64 * 1024, signal },
  });
  await answer.body?.cancel();
  const { status } = answer;
  if (status >= 200 && status < 300) return;
  if (status === 401) throw new Trouble('refused');
  if (status === 403) throw new Trouble('forbidden');
  if (status === 404 || status === 410) throw new Trouble('place_gone');
  if (status >= 300 && status < 400) throw new Trouble('elsewhere');
  throw passingTrouble(answer) ?? new Trouble('malformed');
}

/**
 * A program of one's own that takes signed JSON (Standard Webhooks 1.0): `contacts.changed` with whom to keep and whom to delete. The same contact
 * always has the same `id`; what comes once more changes nothing.
 */
export const http: Kind<z.output<typeof settings>, z.output<typeof secret>> = {
  kind: 'http',
  settings,
  secret,
  whole: true,
  together: 100,
  pace: 0,
  keyOf: ({ id }) => id,
  async check(access) {
    const timestamp = new Date().toISOString();
    await post(access, crypto.randomUUID(), { type: 'test.ping', timestamp, data: {} });
    return access.settings;
  },
  async send(access, { id, at, upserts, removals }) {
    const contacts = upserts.map(({ change, said }) => ({ change, ...said }));
    const data = { contacts, removed: removals };
    await post(access, id, { type: 'contacts.changed', timestamp: at.toISOString(), data });
    return nothingRefused;
  },
};
