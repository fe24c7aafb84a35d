import type { AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Locale } from '../kernel/messages.ts';
import { findStanding } from './facts.ts';
import type { Letter } from './letters.ts';
import { queueSending } from './members.ts';
import * as queries from './queries.ts';

/** A mail that somebody asks for at their own address, such as a link by which they come in. */
export interface AskedMail {
  contactPointId: string;
  address: string;
  /** A word for what it is, in the queue. */
  kind: 'sign_in' | 'feedback' | 'privacy';
  locale: Locale;
  letter: Letter;
}

/** So many to one address within an hour: somebody else may be asking. */
const mostAnHour = 5;

/**
 * Queues a mail that its reader asked for, in a keeper's transaction: it passes no gate, because nobody's contact is used. The address and what only
 * its reader is to see stand sealed until it has left, and are erased then.
 * @returns false, and nothing is queued, when there is no outgoing mail, the address is dead, suppressed, objects to all mail, or got many
 */
export async function mailAsked(app: AppInside, tx: Tx, workspaceId: string, mail: AskedMail): Promise<boolean> {
  const { contactPointId, address, kind, locale, letter } = mail;
  const sender = await queries.findSender(tx, workspaceId);
  const { suppressed, health, consent } = await findStanding(tx, workspaceId, contactPointId);
  if (!sender || suppressed || health === 'dead' || (consent === 'objected' && kind === 'feedback')) return false;
  if ((await queries.countAsked(tx, workspaceId, contactPointId, kind)) >= mostAnHour) return false;
  const messageId = newId();
  const { action, ...words } = letter;
  await queries.addMessage(
    tx,
    workspaceId,
    { messageId, purpose: kind, sender: sender.address, to: { asking: contactPointId } },
    { ...words, locale, sealed: app.secrets.encrypt(JSON.stringify({ address, action })) },
  );
  await queueSending(app, tx, workspaceId, messageId);
  return true;
}
