import { contactPointId } from '../cards/writing.ts';
import type { AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, type Translate, translator } from '../kernel/messages.ts';
import type { ContentRef } from './content-port.ts';
import type { MemberMailKind } from './contract.ts';
import { findStanding } from './facts.ts';
import { type Letter, oneLine } from './letters.ts';
import * as queries from './queries.ts';

export type { Letter } from './letters.ts';

export interface MemberMail {
  workspaceId: string;
  /** Whom it goes to: the address is the one that stands in their account when it is sent. */
  memberId: string;
  kind: MemberMailKind;
  /** Writes it in the member's language: who, what, why one gets it, one action, how to stop it. Not called when nothing is sent. */
  write(t: Translate, locale: Locale): Letter;
}

/**
 * Queues a mail to a member about their own affairs, in the caller's transaction, a member's or the keeper's: both or neither
 * happen. It passes no gate. To be called once per cause: called again, it sends again.
 * @returns false, and nothing is queued, when this workspace has no outgoing mail or the member is not active (any more)
 */
export async function mailMember(app: AppInside, tx: Tx, mail: MemberMail): Promise<boolean> {
  const { workspaceId, memberId, kind } = mail;
  const [sender, member] = [
    await queries.findSender(tx, workspaceId),
    await queries.findRecipient(tx, workspaceId, memberId),
  ];
  if (!sender || !member) return false;
  const messageId = newId();
  const letter = mail.write(translator(member.locale), member.locale);
  await queries.addMessage(
    tx,
    workspaceId,
    { messageId, purpose: kind, sender: sender.address, to: { recipientId: memberId } },
    { ...letter, locale: member.locale },
  );
  await queueSending(app, tx, workspaceId, messageId);
  return true;
}

/**
 * Queues a content for members who look at it, written for somebody made up: a trial, or a copy of what leaves to contacts. Who is not active gets none.
 * @param subject what it is called until it has left
 * @returns how many are queued; none where this workspace has no outgoing mail
 */
export async function mailContent(
  app: AppInside,
  tx: Tx,
  workspaceId: string,
  memberIds: readonly string[],
  mail: { kind: 'trial' | 'copy'; content: ContentRef; subject: string },
): Promise<number> {
  const sender = await queries.findSender(tx, workspaceId);
  if (!sender) return 0;
  const { contentId, version, variables } = mail.content;
  let queued = 0;
  for (const memberId of new Set(memberIds)) {
    const member = await queries.findRecipient(tx, workspaceId, memberId);
    if (!member) continue;
    const messageId = newId();
    await queries.addMessage(
      tx,
      workspaceId,
      { messageId, purpose: mail.kind, sender: sender.address, to: { recipientId: memberId } },
      {
        ...{ subject: oneLine(mail.subject), paragraphs: [], locale: member.locale, of: { contentId, version } },
        ...(variables && { sealed: app.secrets.encrypt(JSON.stringify(variables)) }),
      },
    );
    await queueSending(app, tx, workspaceId, messageId);
    queued++;
  }
  return queued;
}

/**
 * Queues a copy of a content for an address that is nobody's card here, as somebody made up would get it: it is in no campaign's numbers, weighs nothing,
 * and no card is made of it. The address stands sealed with the message until it has left. As the keeper.
 * @param address normalised
 * @returns false, and nothing is queued, without outgoing mail, or where the address is dead, suppressed, or objects
 */
export async function copyToAddress(
  app: AppInside,
  tx: Tx,
  workspaceId: string,
  address: string,
  { content, subject, locale }: { content: ContentRef; subject: string; locale: Locale },
): Promise<boolean> {
  const sender = await queries.findSender(tx, workspaceId);
  const pointId = contactPointId(app.secrets, workspaceId, { channel: 'email', address });
  const { suppressed, health, consent, objectedTo } = await findStanding(tx, workspaceId, pointId);
  if (!sender || suppressed || health === 'dead' || consent === 'objected' || objectedTo.length > 0) return false;
  const { contentId, version, variables } = content;
  const messageId = newId();
  await queries.addMessage(
    tx,
    workspaceId,
    { messageId, purpose: 'copy', sender: sender.address, to: { asking: pointId } },
    {
      ...{ subject: oneLine(subject), paragraphs: [], locale, of: { contentId, version } },
      sealed: app.secrets.encrypt(JSON.stringify({ address, variables })),
    },
  );
  await queueSending(app, tx, workspaceId, messageId);
  return true;
}

/** Has a queued message sent, one after the other in each workspace. */
export async function queueSending(
  app: AppInside,
  tx: Tx,
  workspaceId: string,
  messageId: string,
  delaySeconds = 0,
): Promise<void> {
  await app.enqueue(tx, {
    workspaceId,
    task: 'outreach.send',
    payload: { messageId },
    queue: `mail ${workspaceId}`,
    ...(delaySeconds > 0 ? { delaySeconds } : {}),
  });
}

/** Messages that one job sends: so many are lost to a job that breaks off, and found again by the next. */
const together = 200;

/** Has queued messages to contacts sent, together those that leave at the same time. */
export async function queueMany(
  app: AppInside,
  tx: Tx,
  workspaceId: string,
  messages: readonly { messageId: string; at: Date | null }[],
): Promise<void> {
  for (const [time, of] of Map.groupBy(messages, ({ at }) => at?.getTime() ?? 0)) {
    const delaySeconds = time > 0 ? Math.max(1, Math.ceil((time - Date.now()) / 1000) + 1) : 0;
    for (let from = 0; from < of.length; from += together)
      await app.enqueue(tx, {
        ...{ workspaceId, task: 'outreach.sendMany', queue: `mail ${workspaceId}` },
        payload: { messageIds: of.slice(from, from + together).map(({ messageId }) => messageId) },
        ...(delaySeconds > 0 ? { delaySeconds } : {}),
      });
  }
}
