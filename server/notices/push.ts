import webpush from 'web-push';
import { z } from 'zod';
import type { App } from '../kernel/app.ts';
import { defineTask, type Task } from '../kernel/jobs.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { noticeKind, subscription } from './contract.ts';
import * as queries from './queries.ts';
import { pathOf } from './rules.ts';

/** Seconds for which a push service keeps what it cannot deliver at once. */
const keptFor = 86_400;
/** Milliseconds to wait for a push service. */
const patience = 10_000;

/** The installation's keys to push services (VAPID, RFC 8292), made when first needed; the private one is kept sealed. */
export async function vapidKeys(app: App): Promise<webpush.VapidKeys> {
  const open = ({ publicKey, sealed }: queries.KeptVapid) => ({
    publicKey,
    privateKey: app.secrets.decrypt(Buffer.from(sealed, 'hex')),
  });
  return app.db.asSystem('identity', async (tx) => {
    const here = await queries.findVapid(tx);
    if (here) return open(here);
    const { publicKey, privateKey } = webpush.generateVAPIDKeys();
    // Of two that make them at once the first ones stay.
    return open(await queries.keepVapid(tx, { publicKey, sealed: app.secrets.encrypt(privateKey).toString('hex') }));
  });
}

export const pushTask: Task = defineTask({
  name: 'notices.push',
  payload: z.object({ deviceId: z.uuid(), kind: noticeKind, subjectId: z.uuid() }),
  async run({ deviceId, kind, subjectId }, { app, workspaceId }) {
    const device = await app.db.asSystem('keeper', (tx) => queries.findDevice(tx, workspaceId, deviceId));
    if (!device) return;
    const t = translator(device.locale as Locale);
    const to = subscription.parse(JSON.parse(app.secrets.decrypt(device.subscription)));
    const payload = { body: t(`notice.plain.${kind}`), path: pathOf(kind, subjectId), tag: kind };
    if ((await send(app, to, JSON.stringify(payload))) === 'gone')
      await app.db.asSystem('keeper', (tx) => queries.deleteDevice(tx, workspaceId, deviceId));
  },
});

/**
 * Hands a message to a browser's push service (RFC 8030), encrypted for that browser (RFC 8291). What fails is not tried again:
 * the notice stands in the list anyway, and a service whose answer was lost may have taken it.
 * @returns `gone` when there is no such browser any more
 */
async function send(
  app: App,
  to: z.output<typeof subscription>,
  payload: string,
): Promise<'taken' | 'gone' | 'failed'> {
  const { publicUrl } = app.config;
  const subject = publicUrl.startsWith('https:') ? publicUrl : 'mailto:push@localhost';
  const vapidDetails = { subject, ...(await vapidKeys(app)) };
  const request = webpush.generateRequestDetails(to, payload, { vapidDetails, TTL: keptFor });
  const { 'Content-Length': _length, ...headers } = request.headers;
  try {
    const answer = await fetch(request.endpoint, {
      method: 'POST',
      headers,
      body: new Uint8Array(request.body!),
      redirect: 'manual',
      signal: AbortSignal.timeout(patience),
    });
    await answer.body?.cancel();
    if (answer.status === 404 || answer.status === 410) return 'gone';
    return answer.ok ? 'taken' : 'failed';
  } catch {
    return 'failed';
  }
}
