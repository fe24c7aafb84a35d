import { sql } from 'kysely';
import type { FormSettings } from '../conversations/channels/form.ts';
import type { Tx } from '../kernel/database.ts';
import { newId, sha256 } from '../kernel/ids.ts';
import { toJsonb } from '../kernel/jsonb.ts';
import { confirmDays, mailEveryMinutes } from './rules.ts';

// What was shown, what was sent, and the mails by which it is confirmed. As the keeper.

/** A consent that was ticked. */
export interface Ticked {
  key: string;
  purpose: string;
  words: string;
  /** Once it is known that it was them: whether it stands, or an objection of theirs does. */
  granted?: boolean;
}

/** Whether this is a form of the company's that can be filled in. As a member. */
export async function isForm(tx: Tx, workspaceId: string, channelId: string): Promise<boolean> {
  const { rows } = await sql`select from conversations.channel
    where workspace_id = ${workspaceId} and channel_id = ${channelId} and kind = 'form' and state = 'working'`.execute(
    tx,
  );
  return rows.length > 0;
}

/** The company's forms that work, with their settings. As a member. */
export async function listForms(
  tx: Tx,
  workspaceId: string,
): Promise<{ channel_id: string; name: string; settings: FormSettings }[]> {
  const { rows } = await sql<{ channel_id: string; name: string; settings: FormSettings }>`
    select channel_id, name, settings from conversations.channel
    where workspace_id = ${workspaceId} and kind = 'form' and state = 'working' order by name, channel_id`.execute(tx);
  return rows;
}

/** The number of a form as it is now; one that nobody has filled in before gets the next. */
export async function keepVersion(
  tx: Tx,
  workspaceId: string,
  channelId: string,
  settings: FormSettings,
): Promise<number> {
  const said = JSON.stringify(settings);
  const of = { workspace_id: workspaceId, channel_id: channelId, hash: sha256(said) };
  const find = () =>
    tx
      .selectFrom('forms.version')
      .select('version_no')
      .where('workspace_id', '=', workspaceId)
      .where('channel_id', '=', channelId)
      .where('hash', '=', of.hash)
      .executeTakeFirst();
  const known = await find();
  if (known) return known.version_no;
  // One after the other, for their numbers.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`form ${channelId}`}, 0))`.execute(tx);
  const meanwhile = await find();
  if (meanwhile) return meanwhile.version_no;
  const { rows } = await sql<{ version_no: number }>`
    insert into forms.version (workspace_id, channel_id, version_no, hash, settings)
    select ${workspaceId}, ${channelId}, coalesce(max(v.version_no), 0) + 1, ${of.hash}, ${said}::jsonb
    from forms.version v where v.workspace_id = ${workspaceId} and v.channel_id = ${channelId}
    returning version_no`.execute(tx);
  return rows[0]!.version_no;
}

/** How often a form was sent within the last hour. */
export async function countRecent(tx: Tx, workspaceId: string, channelId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from forms.submission
    where workspace_id = ${workspaceId} and channel_id = ${channelId} and created_at > now() - interval '1 hour'`.execute(
    tx,
  );
  return rows[0]!.count;
}

export interface NewSubmission {
  submissionId: string;
  channelId: string;
  versionNo: number;
  conversationId: string;
  contactPointId: string | null;
  locale: string;
  consents: readonly Ticked[];
  visitor: string | null;
  said: Buffer;
  /** It registers for this event. */
  eventId: string | null;
}

export async function addSubmission(tx: Tx, workspaceId: string, one: NewSubmission): Promise<void> {
  await tx
    .insertInto('forms.submission')
    .values({
      ...{ workspace_id: workspaceId, submission_id: one.submissionId, channel_id: one.channelId },
      ...{ version_no: one.versionNo, conversation_id: one.conversationId, contact_point_id: one.contactPointId },
      ...{ locale: one.locale, consents: toJsonb(one.consents), said: one.said },
      ...{ visitor: one.visitor, event_id: one.eventId },
    })
    .execute();
}

export interface SubmissionRow {
  submission_id: string;
  channel_id: string;
  version_no: number;
  conversation_id: string;
  contact_point_id: string | null;
  locale: 'fr' | 'en';
  consents: Ticked[];
  said: Buffer | null;
  visitor: string | null;
  /** It registers for this event; what it is called. */
  event_id: string | null;
  event_name: { fr: string; en: string } | null;
  /** Everybody of the company may see that somebody sent it. */
  is_open: boolean;
  created_at: Date;
  confirmed_at: Date | null;
  /** Of the form as it was shown. */
  settings: FormSettings;
  /** The beginning of what was written. */
  excerpt: string;
  /** What was said with it was erased. */
  erased: boolean;
  /** Nobody may confirm it any more. */
  is_over: boolean;
}

const found = (workspaceId: string) => sql`
  select s.submission_id, s.channel_id, s.version_no, s.conversation_id, s.contact_point_id, s.locale, s.consents, s.said, s.visitor, s.event_id,
    case when e.event_id is not null then jsonb_build_object('fr', e.name_fr, 'en', e.name_en) end as event_name,
    exists (select from conversations.access a where a.workspace_id = ${workspaceId} and a.channel_id = s.channel_id
      and a.audience_kind = 'workspace') as is_open, s.created_at, s.confirmed_at, v.settings, coalesce(left(m.text, 300), '') as excerpt, o.conversation_id is null as erased,
    s.created_at <= now() - make_interval(days => ${confirmDays}) as is_over
  from forms.submission s
  join forms.version v on v.workspace_id = ${workspaceId} and v.channel_id = s.channel_id and v.version_no = s.version_no
  left join conversations.conversation o on o.workspace_id = ${workspaceId} and o.conversation_id = s.conversation_id and o.erased_at is null
  left join events.event e on e.workspace_id = ${workspaceId} and e.event_id = s.event_id
  left join lateral (select text from conversations.message m where m.workspace_id = ${workspaceId}
    and m.conversation_id = s.conversation_id and m.kind = 'in' order by m.sent_at, m.message_id limit 1) m on true`;

export async function findSubmission(
  tx: Tx,
  workspaceId: string,
  submissionId: string,
): Promise<SubmissionRow | undefined> {
  const { rows } = await sql<SubmissionRow>`${found(workspaceId)}
    where s.workspace_id = ${workspaceId} and s.submission_id = ${submissionId}`.execute(tx);
  return rows[0];
}

/**
 * What waits for the word of whoever has an address: what asked for the mail first, however much came since, then the newest; locked until the
 * end of the transaction.
 */
export async function listPending(
  tx: Tx,
  workspaceId: string,
  { contact_point_id, submission_id }: Pick<Confirmation, 'contact_point_id' | 'submission_id'>,
): Promise<SubmissionRow[]> {
  const { rows } = await sql<SubmissionRow>`${found(workspaceId)}
    where s.workspace_id = ${workspaceId} and s.contact_point_id = ${contact_point_id} and s.confirmed_at is null
      and s.created_at > now() - make_interval(days => ${confirmDays}) and o.conversation_id is not null
    order by (s.submission_id = ${submission_id}) desc, s.created_at desc, s.submission_id desc limit 20 for update of s`.execute(
    tx,
  );
  return rows;
}

export interface Confirmation {
  confirmation_id: string;
  contact_point_id: string;
  submission_id: string;
  used_at: Date | null;
  locale: 'fr' | 'en';
}

/**
 * Takes an address in hand for a mail; two at once wait for each other.
 * @returns `covered` where a mail that was claimed since this was sent shows it already, `early` where the address got one within the hour
 */
export async function claimMail(
  tx: Tx,
  workspaceId: string,
  { contactPointId, submissionId, tokenHash }: { contactPointId: string; submissionId: string; tokenHash: Buffer },
  confirmationId = newId(),
): Promise<'claimed' | 'covered' | 'early'> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`form mail ${contactPointId}`}, 0))`.execute(tx);
  const { rows } = await sql<{ covered: boolean; early: boolean }>`
    select coalesce(bool_or(c.created_at >= s.created_at and c.state <> 'failed'), false) as covered,
      coalesce(bool_or(c.created_at > now() - make_interval(mins => ${mailEveryMinutes})), false) as early
    from forms.confirmation c
    join forms.submission s on s.workspace_id = ${workspaceId} and s.submission_id = ${submissionId}
    where c.workspace_id = ${workspaceId} and c.contact_point_id = ${contactPointId}`.execute(tx);
  if (rows[0]!.covered) return 'covered';
  if (rows[0]!.early) return 'early';
  await sql`
    insert into forms.confirmation (workspace_id, confirmation_id, contact_point_id, submission_id, token_hash, expires_at)
    values (${workspaceId}, ${confirmationId}, ${contactPointId}, ${submissionId}, ${tokenHash}, now() + make_interval(days => ${confirmDays}))`.execute(
    tx,
  );
  return 'claimed';
}

export async function settleMail(
  tx: Tx,
  workspaceId: string,
  confirmationId: string,
  state: 'sent' | 'failed' | 'in_doubt',
  answer: string | null,
): Promise<void> {
  await sql`update forms.confirmation set state = ${state}, answer = ${answer}
    where workspace_id = ${workspaceId} and confirmation_id = ${confirmationId} and state = 'sending'`.execute(tx);
}

/** Minutes after which a mail that was being handed over is no more: whoever did it is gone. */
const inHandAtMost = 5;

/** Nobody knows what became of these: they are not sent again. */
export async function doubtStranded(tx: Tx): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`update forms.confirmation set state = 'in_doubt', answer = 'interrupted'
    where state = 'sending' and created_at < now() - make_interval(mins => ${inHandAtMost})`.execute(tx);
}

/** A mail that did not leave, and is tried again with another link. */
export async function dropMail(tx: Tx, workspaceId: string, confirmationId: string): Promise<void> {
  await sql`delete from forms.confirmation
    where workspace_id = ${workspaceId} and confirmation_id = ${confirmationId} and state = 'sending'`.execute(tx);
}

/** A link that holds. @returns undefined where there is none, or its days are over */
export async function findConfirmation(
  tx: Tx,
  link: { workspaceId: string; confirmationId: string; hash: Buffer },
): Promise<Confirmation | undefined> {
  const { rows } = await sql<Confirmation>`
    select c.confirmation_id, c.contact_point_id, c.submission_id, c.used_at, s.locale from forms.confirmation c
    join forms.submission s on s.workspace_id = ${link.workspaceId} and s.submission_id = c.submission_id
    where c.workspace_id = ${link.workspaceId} and c.confirmation_id = ${link.confirmationId} and c.token_hash = ${link.hash}
      and c.expires_at > now()`.execute(tx);
  return rows[0];
}

export async function noteUsed(tx: Tx, workspaceId: string, confirmationId: string): Promise<void> {
  await sql`update forms.confirmation set used_at = coalesce(used_at, now())
    where workspace_id = ${workspaceId} and confirmation_id = ${confirmationId}`.execute(tx);
}

/** It was them: what was sent is theirs, and its conversation no longer one that somebody only claims to be in. */
export async function confirmSubmission(
  tx: Tx,
  workspaceId: string,
  { submission_id, conversation_id, contact_point_id }: SubmissionRow,
  consents: readonly Ticked[],
): Promise<void> {
  await sql`update forms.submission set confirmed_at = now(), consents = ${toJsonb(consents)}
    where workspace_id = ${workspaceId} and submission_id = ${submission_id}`.execute(tx);
  await sql`update conversations.conversation set claimed = false
    where workspace_id = ${workspaceId} and conversation_id = ${conversation_id} and contact_point_id = ${contact_point_id}`.execute(
    tx,
  );
}

/** Writes into a thread what became of what was sent. */
export async function addEvent(
  tx: Tx,
  workspaceId: string,
  { conversation_id }: Pick<SubmissionRow, 'conversation_id'>,
  event: Record<string, unknown>,
): Promise<void> {
  await sql`
    insert into conversations.message (workspace_id, conversation_id, message_id, channel_id, channel_no, shared_with, kind, text, sent_at, event)
    select ${workspaceId}, c.conversation_id, ${newId()}, c.channel_id, c.channel_no, c.shared_with, 'event', '', now(), ${toJsonb(event)}
    from conversations.conversation c where c.workspace_id = ${workspaceId} and c.conversation_id = ${conversation_id}`.execute(
    tx,
  );
}

/** Consents that were ticked where nobody is asked whether it was them. */
export async function keepConsents(
  tx: Tx,
  workspaceId: string,
  submissionId: string,
  consents: readonly Ticked[],
): Promise<void> {
  await sql`update forms.submission set consents = ${toJsonb(consents)}
    where workspace_id = ${workspaceId} and submission_id = ${submissionId}`.execute(tx);
}

/** A book of the company, and a member who looks after it. */
export async function findSteward(
  tx: Tx,
  workspaceId: string,
  bookId: string,
): Promise<{ member_id: string; book_id: string; book_no: number } | undefined> {
  const { rows } = await sql<{ member_id: string; book_id: string; book_no: number }>`
    select m.member_id, b.book_id, b.book_no from delegation.book b
    join delegation.steward s on s.workspace_id = ${workspaceId} and s.book_id = b.book_id
    join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = s.member_id and m.status = 'active'
    where b.workspace_id = ${workspaceId} and b.book_id = ${bookId} and b.holder_id is null
    order by m.member_id limit 1`.execute(tx);
  return rows[0];
}

/** The card from a form that stands in its book, whichever steward made it, or where this one has put it since. In the steward's transaction. */
export async function findCard(
  tx: Tx,
  workspaceId: string,
  { bookNo, sourceId }: { bookNo: number; sourceId: string },
  sourceKey: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ card_id: string }>`select card_id from cards.card
    where workspace_id = ${workspaceId} and (book_no = ${bookNo} or source_id = ${sourceId}) and source_key = ${sourceKey} limit 1`.execute(
    tx,
  );
  return rows[0]?.card_id;
}

export async function forgetSaid(tx: Tx, workspaceId: string, submissionId: string): Promise<void> {
  await sql`update forms.submission set said = null
    where workspace_id = ${workspaceId} and submission_id = ${submissionId}`.execute(tx);
}

/** Days after which what nobody confirmed is forgotten; the words in the inbox stay. */
const forgottenAfterDays = 30;

export async function forgetUnconfirmed(tx: Tx): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`update forms.submission s set said = null
    where said is not null and (created_at < now() - make_interval(days => ${confirmDays + 1})
      or exists (select from conversations.conversation c
        where c.workspace_id = s.workspace_id and c.conversation_id = s.conversation_id and c.erased_at is not null))`.execute(
    tx,
  );
  // No workspace: housekeeping of all of them.
  await sql`delete from forms.submission
    where confirmed_at is null and created_at < now() - make_interval(days => ${forgottenAfterDays})
      and not exists (select from jsonb_array_elements(consents) c where c ->> 'granted' = 'true')`.execute(tx);
  // No workspace: housekeeping of all of them.
  await sql`delete from forms.confirmation where created_at < now() - make_interval(days => ${forgottenAfterDays})`.execute(
    tx,
  );
}
