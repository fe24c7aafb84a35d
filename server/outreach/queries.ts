import { type SqlBool, sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Locale } from '../kernel/messages.ts';
import type { LeftAs } from './carrier-port.ts';
import type { LaterReason, Manner, Reason } from './contract.ts';
import type { Counter } from './facts.ts';
import type { Letter } from './letters.ts';
import { channelOf, type Way } from './ways-contract.ts';

/** From whom this workspace's mail comes; undefined: it has no outgoing mail. */
export async function findSender(tx: Tx, workspaceId: string) {
  return tx
    .selectFrom('outreach.mail_setup')
    .select(['sender_name as name', 'sender_address as address', 'reply_to'])
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
}

/** An active member, to be written to. */
export async function findRecipient(tx: Tx, workspaceId: string, memberId: string) {
  const row = await tx
    .selectFrom('identity.member')
    .select(['name', 'email', 'locale'])
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .where('status', '=', 'active')
    .executeTakeFirst();
  return row && { name: row.name, address: row.email, locale: row.locale as Locale };
}

export interface NewMessage {
  messageId: string;
  purpose: string;
  /** The sender's address, whose domain its Message-ID bears. */
  sender: string;
  to: { recipientId: string } | { asking: string };
}

export type NewContent = Omit<Letter, 'footer'> & {
  footer?: string;
  locale: Locale;
  sealed?: Buffer;
  /** Instead of paragraphs: a version of a content. */
  of?: { contentId: string; version: number };
};

const mailIdOf = (messageId: string, sender: string) => `<${messageId}@${sender.split('@')[1]}>`;

const toContent = (workspaceId: string, messageId: string, authorId: string | null, content: NewContent) => ({
  workspace_id: workspaceId,
  message_id: messageId,
  author_id: authorId,
  locale: content.locale,
  subject: content.subject,
  paragraphs: [...content.paragraphs],
  action: content.action ? JSON.stringify(content.action) : null,
  footer: content.footer ?? null,
  sealed: content.sealed ?? null,
  content_id: content.of?.contentId ?? null,
  content_version: content.of?.version ?? null,
});

/** Puts a message that passes no gate into the queue, with what it says. */
export async function addMessage(
  tx: Tx,
  workspaceId: string,
  { messageId, purpose, sender, to }: NewMessage,
  content: NewContent,
): Promise<void> {
  await tx
    .insertInto('outreach.message')
    .values({
      workspace_id: workspaceId,
      message_id: messageId,
      purpose,
      mail_id: mailIdOf(messageId, sender),
      ...('recipientId' in to
        ? { kind: 'member', recipient_id: to.recipientId }
        : { kind: 'asked', contact_point_id: to.asking }),
    })
    .execute();
  await tx
    .insertInto('outreach.message_content')
    .values(toContent(workspaceId, messageId, null, content))
    .execute();
}

/** A message to a contact that the gate lets through. */
export interface NewToContact {
  messageId: string;
  contactPointId: string;
  cardId: string;
  purpose: string;
  way: Way;
  manner: Manner;
  ofRight: boolean;
  weight: number;
  priority: number;
  campaignId: string | null;
  /** Null: at once. */
  later: { at: Date; reasons: readonly LaterReason[] } | null;
  content: NewContent;
}

/** Puts messages to contacts into the queue, with what they say, and what they weigh for who gets them. */
export async function addToContacts(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  sender: string | null,
  messages: readonly NewToContact[],
): Promise<void> {
  if (messages.length === 0) return;
  await tx
    .insertInto('outreach.message')
    .values(
      messages.map((one) => ({
        ...{ workspace_id: workspaceId, message_id: one.messageId, kind: 'contact', author_id: memberId },
        ...{ contact_point_id: one.contactPointId, card_id: one.cardId, purpose: one.purpose, manner: one.manner },
        ...{ of_right: one.ofRight, weight: one.weight, priority: one.priority, campaign_id: one.campaignId },
        way: one.way,
        // What is no mail has one, too, under a domain that is nobody's (RFC 2606).
        mail_id: mailIdOf(one.messageId, one.way === 'email' && sender ? sender : `@${one.way}.invalid`),
        next_at: one.later?.at ?? sql<Date>`now()`,
        reasons: [...(one.later?.reasons ?? [])],
      })),
    )
    .execute();
  await tx
    .insertInto('outreach.message_content')
    .values(messages.map(({ messageId, content }) => toContent(workspaceId, messageId, memberId, content)))
    .execute();
  await tx
    .insertInto('outreach.received')
    .values(
      messages.map((one) => ({
        ...{ workspace_id: workspaceId, message_id: one.messageId, contact_point_id: one.contactPointId },
        ...{ author_id: memberId, channel: channelOf(one.way), weight: one.weight, priority: one.priority },
        at: one.later?.at ?? sql<Date>`now()`,
      })),
    )
    .execute();
}

/** What sending a message, and hearing of it afterwards, needs to know of it. */
const ofMessage = [
  'kind',
  'purpose',
  'state',
  'attempts',
  'recipient_id',
  'author_id',
  'contact_point_id',
  'card_id',
  'mail_id',
  'of_right',
  'manner',
  'weight',
  'priority',
  'campaign_id',
  'way',
] as const;

/** What a worker needs to send a message, as the keeper; undefined: it is gone. */
export async function findMessage(tx: Tx, workspaceId: string, messageId: string) {
  return tx
    .selectFrom('outreach.message')
    .select(ofMessage)
    .where('workspace_id', '=', workspaceId)
    .where('message_id', '=', messageId)
    .executeTakeFirst();
}

/** How many mails of a kind an address asked for within an hour; of two who ask at once the second waits. As the keeper. */
export async function countAsked(tx: Tx, workspaceId: string, contactPointId: string, kind: string): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`asked ${workspaceId} ${contactPointId}`}, 0))`.execute(tx);
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from outreach.message
    where workspace_id = ${workspaceId} and contact_point_id = ${contactPointId} and kind = 'asked' and purpose = ${kind}
      and created_at > now() - interval '1 hour'`.execute(tx);
  return rows[0]!.count;
}

/** What a message that was asked for says, and its address, once it has left or will not. As the keeper. */
export async function eraseContent(tx: Tx, workspaceId: string, messageId: string): Promise<void> {
  await tx
    .deleteFrom('outreach.message_content')
    .where('workspace_id', '=', workspaceId)
    .where('message_id', '=', messageId)
    .execute();
}

/** A message to a contact that has left, or may have, by its Message-ID; as the keeper. */
export async function findLeft(tx: Tx, workspaceId: string, mailId: string) {
  return tx
    .selectFrom('outreach.message')
    .select(['message_id', ...ofMessage])
    .where('workspace_id', '=', workspaceId)
    .where('mail_id', '=', mailId)
    .where('kind', '=', 'contact')
    .where('state', 'in', ['sending', 'sent', 'in_doubt'])
    .executeTakeFirst();
}

export type QueuedMessage = NonNullable<Awaited<ReturnType<typeof findMessage>>>;

/** Waiting messages to contacts, and which of them are due, as the keeper: in the order in which they were written. */
export async function findWaiting(tx: Tx, workspaceId: string, messageIds: readonly string[]) {
  return tx
    .selectFrom('outreach.message')
    .select(['message_id', 'next_at', sql<boolean>`next_at <= now()`.as('due'), ...ofMessage])
    .where('workspace_id', '=', workspaceId)
    .where(sql<SqlBool>`message_id = any(${messageIds}::uuid[])`)
    .where('state', '=', 'queued')
    .where('kind', '=', 'contact')
    .orderBy('message_id')
    .execute();
}

/** Letters in a state, in the order of these ids; as the keeper, or as their author. */
export async function findLetters(
  tx: Tx,
  workspaceId: string,
  messageIds: readonly string[],
  state: 'queued' | 'made',
): Promise<WaitingMessage[]> {
  const rows = await tx
    .selectFrom('outreach.message')
    .select(['message_id', 'next_at', sql<boolean>`true`.as('due'), ...ofMessage])
    .where('workspace_id', '=', workspaceId)
    .where(sql<SqlBool>`message_id = any(${messageIds}::uuid[])`)
    .where('state', '=', state)
    .where('way', '=', 'letter')
    .execute();
  const of = new Map(rows.map((row) => [row.message_id, row]));
  return messageIds.flatMap((id) => of.get(id) ?? []);
}

/** Letters that waited are made. As the keeper. @returns how many */
export async function setMade(tx: Tx, workspaceId: string, messageIds: readonly string[]): Promise<number> {
  const done = await sql`update outreach.message set state = 'made', attempts = attempts + 1, reasons = '{}'
    where workspace_id = ${workspaceId} and message_id = any(${messageIds}::uuid[]) and state = 'queued' and way = 'letter'`.execute(
    tx,
  );
  return Number(done.numAffectedRows ?? 0);
}

/** Letters that were made are posted: from now on they count as received. @returns how many */
export async function setPosted(tx: Tx, workspaceId: string, messageIds: readonly string[]): Promise<number> {
  const done = await sql`update outreach.message set state = 'sent', sending_at = now(), settled_at = now()
    where workspace_id = ${workspaceId} and message_id = any(${messageIds}::uuid[]) and state = 'made'`.execute(tx);
  await sql`update outreach.received set has_left = true, at = now()
    where workspace_id = ${workspaceId} and message_id = any(${messageIds}::uuid[])`.execute(tx);
  return Number(done.numAffectedRows ?? 0);
}

/** Letters that were made will not be posted. As the keeper. @returns their ids */
export async function callBack(
  tx: Tx,
  workspaceId: string,
  messageIds: readonly string[],
  to: { state: 'cancelled' } | { state: 'refused'; reasons: readonly Reason[] },
): Promise<string[]> {
  const reasons = to.state === 'refused' ? [...to.reasons] : [];
  const { rows } = await sql<{
    id: string;
  }>`update outreach.message set state = ${to.state}, settled_at = now(), reasons = ${reasons}::text[]
    where workspace_id = ${workspaceId} and message_id = any(${messageIds}::uuid[]) and state = 'made' returning message_id as id`.execute(
    tx,
  );
  return rows.map(({ id }) => id);
}

/** Letters that were made wait again, with what they took: they are to be made anew. As the keeper. */
export async function putBack(tx: Tx, workspaceId: string, messageIds: readonly string[]): Promise<void> {
  await sql`update outreach.message set state = 'queued', next_at = now()
    where workspace_id = ${workspaceId} and message_id = any(${messageIds}::uuid[]) and state = 'made'`.execute(tx);
}

/** Keeps where the short addresses of letters lead. As the keeper. */
export async function addShortLinks(
  tx: Tx,
  workspaceId: string,
  links: readonly { code: string; messageId: string }[],
): Promise<void> {
  await sql`insert into outreach.short_link (workspace_id, code, message_id)
    select ${workspaceId}, n.code, n.id from unnest(${links.map(({ code }) => code)}::text[], ${links.map(({ messageId }) => messageId)}::uuid[]) n (code, id)
    on conflict do nothing`.execute(tx);
}

/** Where a short address leads. As the keeper. */
export async function findShortLink(
  tx: Tx,
  code: string,
): Promise<{ workspaceId: string; messageId: string } | undefined> {
  // No workspace: whoever types it signs in nowhere. One look in the key of each.
  const { rows } = await sql<{ workspaceId: string; messageId: string }>`
    select w.workspace_id as "workspaceId", s.message_id as "messageId" from identity.workspace w
    cross join lateral (select message_id from outreach.short_link s where s.workspace_id = w.workspace_id and s.code = ${code}) s`.execute(
    tx,
  );
  return rows[0];
}

export type WaitingMessage = Awaited<ReturnType<typeof findWaiting>>[number];

/** What messages say, by their ids. */
export async function findContentsOf(tx: Tx, workspaceId: string, messageIds: readonly string[]) {
  const rows = await tx
    .selectFrom('outreach.message_content')
    .select(['message_id', 'subject', 'paragraphs', 'locale', 'sealed', 'content_id', 'content_version'])
    .where('workspace_id', '=', workspaceId)
    .where(sql<SqlBool>`message_id = any(${messageIds}::uuid[])`)
    .execute();
  return new Map(rows.map((row) => [row.message_id, { ...row, locale: row.locale as Locale }]));
}

/** What contents became in words for their readers: the subject, and in which language. */
export async function noteWords(
  tx: Tx,
  workspaceId: string,
  messages: readonly { messageId: string; subject: string; locale: Locale }[],
): Promise<void> {
  if (messages.length === 0) return;
  await sql`
    update outreach.message_content c set subject = n.subject, locale = n.locale
    from unnest(${messages.map(({ messageId }) => messageId)}::uuid[], ${messages.map(({ subject }) => subject)}::text[],
      ${messages.map(({ locale }) => locale)}::text[]) n (id, subject, locale)
    where c.workspace_id = ${workspaceId} and c.message_id = n.id`.execute(tx);
}

export async function findContent(tx: Tx, workspaceId: string, messageId: string) {
  const row = await tx
    .selectFrom('outreach.message_content')
    .select(['subject', 'paragraphs', 'action', 'footer', 'locale', 'sealed', 'content_id', 'content_version'])
    .where('workspace_id', '=', workspaceId)
    .where('message_id', '=', messageId)
    .executeTakeFirst();
  return row && { ...row, locale: row.locale as Locale, action: row.action as { label: string; url: string } | null };
}

/**
 * Erases what was written by way of these cards, by whomever, and what their holder wrote to these addresses, and what was seen of its readers; that it
 * was written stays. As the keeper.
 */
export async function eraseWritten(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  cardIds: readonly string[],
  contactPointIds: readonly string[],
): Promise<void> {
  const isMeant = sql<SqlBool>`m.kind = 'contact'
      and (m.card_id = any(${cardIds}::uuid[])
        or m.author_id = ${memberId} and m.contact_point_id = any(${contactPointIds}::uuid[])
        or exists (select from outreach.message_card l
          where l.workspace_id = ${workspaceId} and l.message_id = m.message_id and l.card_id = any(${cardIds}::uuid[])))`;
  await sql`delete from outreach.message_content c using outreach.message m
    where c.workspace_id = ${workspaceId} and m.workspace_id = ${workspaceId} and m.message_id = c.message_id and ${isMeant}`.execute(
    tx,
  );
  await sql`delete from outreach.sight s using outreach.message m
    where s.workspace_id = ${workspaceId} and m.workspace_id = ${workspaceId} and m.message_id = s.message_id and ${isMeant}`.execute(
    tx,
  );
}

/** How mail leaves, the sealed password included; as the keeper. */
export async function findMailServer(tx: Tx, workspaceId: string) {
  return tx
    .selectFrom('outreach.mail_setup')
    .select(['host', 'port', 'security', 'username', 'password', 'sender_name', 'sender_address', 'reply_to'])
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
}

/**
 * Takes a waiting message in hand, so that nobody else does.
 * @returns attempts so far, this one included; null when it is not waiting (any more) or not yet due
 */
export async function claim(tx: Tx, workspaceId: string, messageId: string): Promise<number | null> {
  const row = await tx
    .updateTable('outreach.message')
    .set({ state: 'sending', sending_at: sql`now()`, attempts: sql`attempts + 1` })
    .where('workspace_id', '=', workspaceId)
    .where('message_id', '=', messageId)
    .where('state', '=', 'queued')
    .where('next_at', '<=', sql<Date>`now()`)
    .returning('attempts')
    .executeTakeFirst();
  return row?.attempts ?? null;
}

/**
 * Takes waiting messages to contacts in hand, so that nobody else does: from now on they count as received.
 * @returns attempts so far, this one included, of those that were waiting and due
 */
export async function claimMany(
  tx: Tx,
  workspaceId: string,
  messageIds: readonly string[],
): Promise<Map<string, number>> {
  if (messageIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; attempts: number }>`
    update outreach.message set state = 'sending', sending_at = now(), attempts = attempts + 1, reasons = '{}'
    where workspace_id = ${workspaceId} and message_id = any(${messageIds}::uuid[]) and state = 'queued' and next_at <= now()
    returning message_id as id, attempts`.execute(tx);
  await sql`update outreach.received set has_left = true, at = now()
    where workspace_id = ${workspaceId} and message_id = any(${rows.map(({ id }) => id)}::uuid[])`.execute(tx);
  return new Map(rows.map(({ id, attempts }) => [id, attempts]));
}

/** Waiting messages wait on, until when and why; as the keeper. */
export async function postpone(
  tx: Tx,
  workspaceId: string,
  messages: readonly { messageId: string; at: Date; reasons: readonly LaterReason[] }[],
): Promise<void> {
  if (messages.length === 0) return;
  await sql`
    with waiting as (
      update outreach.message m set next_at = n.at, reasons = string_to_array(n.reasons, ' ')
      from unnest(${messages.map(({ messageId }) => messageId)}::uuid[], ${messages.map(({ at }) => at)}::timestamptz[],
        ${messages.map(({ reasons }) => reasons.join(' '))}::text[]) n (id, at, reasons)
      where m.workspace_id = ${workspaceId} and m.message_id = n.id and m.state = 'queued'
      returning m.message_id, m.next_at)
    update outreach.received r set at = w.next_at from waiting w
    where r.workspace_id = ${workspaceId} and r.message_id = w.message_id`.execute(tx);
}

/** Writes down what became of a message in hand. */
export async function settle(
  tx: Tx,
  workspaceId: string,
  messageId: string,
  to:
    | { state: 'sent' | 'failed' | 'in_doubt' | 'cancelled'; answer: string | null }
    | { state: 'queued'; answer: string; minutes: number },
): Promise<void> {
  await tx
    .updateTable('outreach.message')
    .set({
      state: to.state,
      answer: to.answer,
      ...(to.state === 'queued'
        ? { next_at: sql`now() + make_interval(mins => ${to.minutes})` }
        : { settled_at: sql`now()` }),
    })
    .where('workspace_id', '=', workspaceId)
    .where('message_id', '=', messageId)
    .where('state', '=', 'sending')
    .execute();
}

/** Concludes messages that were taken by the mail server. */
export async function settleSent(tx: Tx, workspaceId: string, messageIds: readonly string[]): Promise<void> {
  await sql`update outreach.message set state = 'sent', answer = null, settled_at = now()
    where workspace_id = ${workspaceId} and message_id = any(${messageIds}::uuid[]) and state = 'sending'`.execute(tx);
}

/** Keeps as what it left: what is said of it later finds it by that. */
export async function noteLeftAs(
  tx: Tx,
  workspaceId: string,
  messageId: string,
  { channelId, externalId }: LeftAs,
): Promise<void> {
  await tx
    .updateTable('outreach.message')
    .set({ channel_id: channelId, external_id: externalId })
    .where('workspace_id', '=', workspaceId)
    .where('message_id', '=', messageId)
    .execute();
}

/** What last left for a number, or may have; as the keeper. */
export async function findLastCarried(tx: Tx, workspaceId: string, contactPointId: string) {
  return tx
    .selectFrom('outreach.message')
    .select(['message_id', ...ofMessage])
    .where('workspace_id', '=', workspaceId)
    .where('contact_point_id', '=', contactPointId)
    .where('kind', '=', 'contact')
    .where('way', '<>', 'email')
    .where('state', 'in', ['sending', 'sent', 'in_doubt'])
    .orderBy('message_id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Keeps when mail last left, or why it last did not. */
export async function noteHealth(tx: Tx, workspaceId: string, failure: string | null): Promise<void> {
  await tx
    .updateTable('outreach.mail_setup')
    .set(failure === null ? { last_success_at: sql`now()` } : { last_failure_at: sql`now()`, last_failure: failure })
    .where('workspace_id', '=', workspaceId)
    .execute();
}

/** Minutes after which a conversation that was not brought to its end will not be: longer than any may last. */
const doubtAfter = 5;

/** Messages in hand whose outcome a crash hid: in doubt from now on. */
export async function findDoubts(tx: Tx): Promise<void> {
  // No workspace: a crash asks for none.
  await sql`update outreach.message set state = 'in_doubt', answer = 'crash', settled_at = now()
    where state = 'sending' and sending_at < now() - make_interval(mins => ${doubtAfter})`.execute(tx);
}

/** Erases what mails said that somebody asked for, with their address, a day after it was last known whether they would arrive. */
export async function forgetAsked(tx: Tx): Promise<void> {
  // No workspace: retention is the same for all.
  await sql`delete from outreach.message_content c using outreach.message m
    where m.workspace_id = c.workspace_id and m.message_id = c.message_id and m.kind = 'asked' and m.state = 'in_doubt'
      and m.settled_at < now() - interval '1 day'`.execute(tx);
}

/** What left for domains and mailboxes is counted for a day or two; received is kept for as long as caps may look back, and the picture of a year shows. */
export async function forgetFlows(tx: Tx): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`delete from outreach.flow where begins_at < now() - interval '3 days'`.execute(tx);
  // No workspace: the longest window is the same for all.
  await sql`delete from outreach.received where at < now() - interval '400 days' and has_left`.execute(tx);
  // No workspace: what was planned and never written is over.
  await sql`delete from outreach.plan where planned_at < now() - interval '30 days'`.execute(tx);
}

export interface NewDecision {
  messageId: string | null;
  contactPointId: string;
  purpose: string;
  manner: Manner;
  way: Way;
  moment: 'planned' | 'written' | 'leaving';
  reasons: readonly Reason[];
  later: { at: Date; reasons: readonly LaterReason[] } | null;
  grantIds: readonly string[];
}

/** Keeps what the gate answered. */
export async function addDecisions(tx: Tx, actor: Actor, decisions: readonly NewDecision[]): Promise<void> {
  if (decisions.length === 0) return;
  await tx
    .insertInto('outreach.decision')
    .values(
      decisions.map((one) => ({
        ...{
          workspace_id: actor.workspaceId,
          decision_id: newId(),
          message_id: one.messageId,
          author_id: actor.memberId,
        },
        ...{ contact_point_id: one.contactPointId, purpose: one.purpose, manner: one.manner, moment: one.moment },
        way: one.way,
        ...{ allowed: one.reasons.length === 0, reasons: [...one.reasons], grant_ids: [...one.grantIds] },
        ...{ later_at: one.later?.at ?? null, later_reasons: [...(one.later?.reasons ?? [])] },
      })),
    )
    .execute();
}

/** Writes down by which lent cards messages go, and what they take of whose quota. */
export async function addMessageCards(
  tx: Tx,
  actor: Actor,
  cards: readonly {
    messageId: string;
    purpose: string;
    cardId: string;
    bookNo: number;
    grantId: string;
    version: number;
    counter: Counter | null;
  }[],
): Promise<void> {
  if (cards.length === 0) return;
  await tx
    .insertInto('outreach.message_card')
    .values(
      cards.map(({ messageId, purpose, cardId, bookNo, grantId, version, counter }) => ({
        ...{ workspace_id: actor.workspaceId, message_id: messageId, author_id: actor.memberId, purpose },
        ...{ card_id: cardId, book_no: bookNo, grant_id: grantId, grant_version: version },
        tally_card_id: counter?.cardId ?? null,
        tally_period: counter?.period ?? null,
        tally_begins_on: counter?.beginsOn ?? null,
      })),
    )
    .execute();
}

/** The lent cards by which a message goes. */
export async function listMessageCards(tx: Tx, workspaceId: string, messageId: string) {
  return listCardsOf(tx, workspaceId, [messageId]);
}

/** The lent cards by which messages go. */
export async function listCardsOf(tx: Tx, workspaceId: string, messageIds: readonly string[]) {
  return tx
    .selectFrom('outreach.message_card')
    .select(['message_id', 'card_id', 'book_no', 'grant_id', 'grant_version'])
    .where('workspace_id', '=', workspaceId)
    .where(sql<SqlBool>`message_id = any(${messageIds}::uuid[])`)
    .execute();
}

/** A message that waits will not leave. @returns false when it does not wait (any more) */
export async function stop(
  tx: Tx,
  workspaceId: string,
  messageId: string,
  to: { state: 'refused'; reasons: readonly Reason[] } | { state: 'cancelled' },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('outreach.message')
    .set({
      state: to.state,
      settled_at: sql`now()`,
      reasons: to.state === 'refused' ? [...to.reasons] : [],
    })
    .where('workspace_id', '=', workspaceId)
    .where('message_id', '=', messageId)
    .where('state', '=', 'queued')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** A person's word on a message in doubt. @returns false when it is not in doubt, or none that the actor may decide about */
export async function settleDoubt(tx: Tx, workspaceId: string, messageId: string, arrived: boolean): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('outreach.message')
    .set(
      arrived ? { state: 'sent', settled_at: sql`now()` } : { state: 'queued', next_at: sql`now()`, settled_at: null },
    )
    .where('workspace_id', '=', workspaceId)
    .where('message_id', '=', messageId)
    .where('state', '=', 'in_doubt')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The contact wants no more for this purpose; as the keeper. @returns false when that was known */
export async function addObjection(
  tx: Tx,
  workspaceId: string,
  objection: { contactPointId: string; purpose: string; messageId: string },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('outreach.objection')
    .values({
      workspace_id: workspaceId,
      contact_point_id: objection.contactPointId,
      purpose: objection.purpose,
      message_id: objection.messageId,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** When somebody last called a message of ours unwanted: the same report again is none. As the keeper. */
export async function addComplaint(
  tx: Tx,
  workspaceId: string,
  contactPointId: string,
  messageId: string,
): Promise<void> {
  await sql`insert into outreach.complaint as c (workspace_id, contact_point_id, message_id) values (${workspaceId}, ${contactPointId}, ${messageId})
    on conflict on constraint complaint_pk do update set at = now(), message_id = excluded.message_id
    where c.message_id is distinct from excluded.message_id`.execute(tx);
}

/** What the contact themself wants no mail for, in place of what they said before; as the keeper. */
export async function setObjections(
  tx: Tx,
  workspaceId: string,
  { contactPointId, messageId }: { contactPointId: string; messageId: string },
  purposes: readonly string[],
): Promise<void> {
  await tx
    .deleteFrom('outreach.objection')
    .where('workspace_id', '=', workspaceId)
    .where('contact_point_id', '=', contactPointId)
    .execute();
  for (const purpose of purposes) await addObjection(tx, workspaceId, { contactPointId, purpose, messageId });
}

/** In which book a card lies, for the ledger; as the keeper. */
export async function findBookOf(tx: Tx, workspaceId: string, cardId: string) {
  return tx
    .selectFrom('cards.card as c')
    .innerJoin('delegation.book as b', (join) =>
      join.onRef('b.book_no', '=', 'c.book_no').on('b.workspace_id', '=', workspaceId),
    )
    .select(['c.book_no', 'b.book_id'])
    .where('c.workspace_id', '=', workspaceId)
    .where('c.card_id', '=', cardId)
    .executeTakeFirst();
}

/** What a workspace is called. */
export async function findWorkspaceName(tx: Tx, workspaceId: string): Promise<string> {
  const row = await tx
    .selectFrom('identity.workspace')
    .select('name')
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  return row?.name ?? '';
}
