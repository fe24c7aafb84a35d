import { sayConsent } from '../cards/consent.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { pauseAfter } from './answers.ts';
import { type Carried, type Carrier, type Parcel, wantsNothing } from './carrier-port.ts';
import { claimForContacts } from './claiming.ts';
import type { WriteContents } from './content-port.ts';
import { giveBack } from './facts.ts';
import { queueMany } from './members.ts';
import * as queries from './queries.ts';
import { noteUndelivered } from './returns.ts';
import { tellOfObjection } from './unsubscribe.ts';

// What is no mail: claimed like mail before its platform hears of it, and handed to a channel of the conversations.

/** Messages in hand at once: so many a crash leaves in doubt. */
const inHandAtOnce = 20;
/** Requests to the platform at once. */
const requests = 4;

interface Carrying {
  app: App;
  ports: { writeContents: WriteContents; carrier: Carrier };
  workspaceId: string;
  signal: AbortSignal;
}

/** Sends what is due and no mail, as its authors. Whoever comes later, after a crash too, finds it in hand and leaves it alone. */
export async function carryMany(carrying: Carrying, due: readonly queries.WaitingMessage[]): Promise<void> {
  const { app, ports, workspaceId, signal } = carrying;
  for (const [authorId, of] of Map.groupBy(due, ({ author_id }) => author_id!))
    for (let from = 0; from < of.length; from += inHandAtOnce) {
      signal.throwIfAborted();
      const messages = of.slice(from, from + inHandAtOnce);
      const inHand = await claimForContacts(app, ports.writeContents, workspaceId, authorId, messages);
      const waiting = messages.filter(({ message_id }) => inHand.has(message_id));
      const work = async () => {
        for (let message = waiting.shift(); message; message = waiting.shift()) {
          const { parcel, attempts } = inHand.get(message.message_id)!;
          const carried = await carry(carrying, parcel);
          await app.db.asSystem('keeper', (tx) => conclude(carrying, tx, message!, carried, attempts));
        }
      };
      await Promise.all(Array.from({ length: requests }, work));
    }
}

const carry = async ({ app, ports, workspaceId, signal }: Carrying, parcel: Parcel | undefined): Promise<Carried> =>
  parcel ? ports.carrier.carry(app, workspaceId, parcel, signal) : { outcome: { state: 'failed', answer: 'nobody' } };

/** Hours at most that a platform may ask us to wait. */
const longestWait = 24;

/** What will never arrive gives back what it took; who told the platform that they want nothing has told us. */
async function conclude(
  { app, ports, workspaceId }: Carrying,
  tx: Tx,
  { message_id: messageId, contact_point_id }: queries.WaitingMessage,
  { outcome, as, afterSeconds = 0 }: Carried,
  attempts: number,
): Promise<void> {
  if (outcome.state === 'sent') {
    await queries.settleSent(tx, workspaceId, [messageId]);
    if (!as) return;
    await queries.noteLeftAs(tx, workspaceId, messageId, as);
    const reason = await ports.carrier.heardOf(tx, workspaceId, as);
    if (reason !== null) await noteUndelivered(tx, workspaceId, as, reason);
    return;
  }
  const { answer } = outcome;
  const pause = outcome.state === 'later' ? pauseAfter(attempts) : null;
  if (pause !== null) {
    const minutes = Math.max(pause, Math.min(Math.ceil(afterSeconds / 60), longestWait * 60));
    await queries.settle(tx, workspaceId, messageId, { state: 'queued', answer, minutes });
    const at = new Date(Date.now() + minutes * 60_000);
    return queueMany(app, tx, workspaceId, [{ messageId, at }]);
  }
  if (outcome.state === 'in_doubt') return queries.settle(tx, workspaceId, messageId, { state: 'in_doubt', answer });
  await queries.settle(tx, workspaceId, messageId, { state: 'failed', answer });
  if (answer === wantsNothing) await objectFor(tx, workspaceId, messageId, contact_point_id!);
  await giveBack(tx, workspaceId, messageId);
}

/** They have told the platform. Who lent their card for the message hears of it, before it gives back what it took. */
async function objectFor(tx: Tx, workspaceId: string, messageId: string, contactPointId: string): Promise<void> {
  if (!(await sayConsent(tx, workspaceId, contactPointId, 'objected', `message ${messageId}`))) return;
  const message = await queries.findMessage(tx, workspaceId, messageId);
  if (message) await tellOfObjection(tx, { workspaceId, messageId, message });
}
