import { sayConsent } from '../cards/consent.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import * as queries from './queries.ts';
import { tellOfObjection } from './unsubscribe.ts';

/**
 * A provider reports that somebody called a message of ours unwanted: they object to all mail, and those whose cards were used and whoever wrote hear
 * of it. Reported again, it is done once. Only who got a message can know its Message-ID, which holds 74 random bits: that is what a report is
 * believed by. As the keeper.
 *
 * @param mailId the Message-ID of the message that was reported
 * @returns false where no message that left here had it
 */
export async function takeComplaint(
  app: Pick<App, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  mailId: string,
): Promise<boolean> {
  const found = await queries.findLeft(tx, workspaceId, mailId);
  if (!found) return false;
  const { message_id: messageId, ...message } = found;
  const contactPointId = message.contact_point_id!;
  await queries.addComplaint(tx, workspaceId, contactPointId, messageId);
  const added = await queries.addObjection(tx, workspaceId, { contactPointId, purpose: message.purpose, messageId });
  const stopped = await sayConsent(tx, workspaceId, contactPointId, 'objected', `complaint ${messageId}`);
  if (!added && !stopped) return true;
  await tellOfObjection(tx, { workspaceId, messageId, message });
  const told = { kind: 'complained', memberIds: [message.author_id], subjectId: message.card_id, actorId: null };
  await app.enqueue(tx, { workspaceId, task: 'notices.tell', payload: { ...told, occasion: messageId } });
  return true;
}
