import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { tellOfAnswer } from './unsubscribe.ts';

// Answers to messages that left here.

/** A mail that people wrote, as far as it says what it answers. */
export interface AnsweringMail {
  /** The SHA-256 of its own Message-ID. */
  key: Buffer;
  /** The Message-IDs that it says it answers, the nearest first. */
  answers: readonly string[];
  /** Of the address that it came from. */
  contactPointId: string;
  at: Date;
}

/**
 * Notes which messages of ours some mails answer; of those that a mail names the nearest. Believed is what names the Message-ID of a message that left here,
 * which only who got it can know (74 random bits), and comes from the address it went to, or from another one of the same card: a colleague to whom it was
 * forwarded has not answered for them. The holders of lent cards hear of the first answer to a message. Noted again, it changes nothing. As the keeper.
 * @param memberId whose private mailbox they lie in; null: a team reads it
 */
export async function noteAnswers(
  tx: Tx,
  workspaceId: string,
  memberId: string | null,
  mails: readonly AnsweringMail[],
): Promise<void> {
  const asked = mails.filter(({ answers }) => answers.length > 0);
  if (asked.length === 0) return;
  const named = asked.flatMap(({ answers, contactPointId }, mail) =>
    answers.map((mailId, nearness) => ({ mail, mailId, nearness, contactPointId })),
  );
  const { rows } = await sql<{ mail: number; message_id: string; first: boolean }>`
    select distinct on (n.mail) n.mail, m.message_id,
      not exists (select from outreach.answer a where a.workspace_id = ${workspaceId} and a.message_id = m.message_id) as first
    from unnest(${named.map(({ mail }) => mail)}::int[], ${named.map(({ mailId }) => mailId)}::text[], ${named.map(({ nearness }) => nearness)}::int[],
      ${named.map(({ contactPointId }) => contactPointId)}::uuid[]) n (mail, mail_id, nearness, contact_point_id)
    join outreach.message m on m.workspace_id = ${workspaceId} and m.mail_id = n.mail_id and m.contact_point_id is not null
      and m.kind = 'contact' and m.state in ('sending', 'sent', 'in_doubt')
    where m.contact_point_id = n.contact_point_id or exists (
      select from cards.card_field f join cards.card_field o on o.workspace_id = ${workspaceId} and o.card_id = f.card_id
      where f.workspace_id = ${workspaceId} and f.contact_point_id = m.contact_point_id and o.contact_point_id = n.contact_point_id)
    order by n.mail, n.nearness`.execute(tx);
  const told = new Set<string>();
  // In one order, so that two mailboxes do not wait for each other in a circle.
  for (const { mail, message_id: messageId, first } of rows.sort((a, b) => (a.message_id < b.message_id ? -1 : 1))) {
    const { key, at } = asked[mail]!;
    // What a team reads, too, is no secret of a mailbox any more.
    const { numAffectedRows } = await sql`
      insert into outreach.answer as a (workspace_id, message_id, answer_key, member_id, at)
      values (${workspaceId}, ${messageId}, ${key}, ${memberId}, ${at})
      on conflict on constraint answer_pk do update set member_id = null where excluded.member_id is null and a.member_id is not null`.execute(
      tx,
    );
    if (!numAffectedRows || !first || told.has(messageId)) continue;
    told.add(messageId);
    await tellOfAnswer(tx, workspaceId, messageId);
  }
}
