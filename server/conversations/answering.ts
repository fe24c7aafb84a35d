import type { z } from 'zod';
import { findCardsByPoints } from '../cards/facts.ts';
import { findUsedCards } from '../cards/persons.ts';
import { recordUses } from '../delegation/ledger.ts';
import { AppError } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { tellAgents, tellVisitor } from './arrivals.ts';
import type { AnyChannel } from './channels/channel.ts';
import { channelOf } from './channels/local.ts';
import type * as contracts from './contract.ts';
import { getConversation } from './describing.ts';
import { findReplyFacts } from './facts.ts';
import { attachFiles } from './files.ts';
import * as queries from './queries.ts';
import { answered, excerptOf, refusals, wordsOf } from './rules.ts';
import { queueSending } from './sending.ts';

/** A transaction of who answers. */
type Writing = Pick<Context, 'app' | 'tx' | 'actor'>;

/** A conversation in which the actor may answer, locked. @throws AppError not_found, forbidden */
export async function getMine(context: Writing, conversationId: string): Promise<queries.ConversationRow> {
  await getConversation(context, conversationId);
  await queries.lockConversation(context.tx, context.actor, conversationId);
  const row = (await queries.findConversation(context.tx, context.actor, conversationId))!;
  if (!row.tends) throw new AppError('forbidden');
  return row;
}

export const tell = (
  { tx, actor }: Pick<Context, 'tx' | 'actor'>,
  { channel_id, conversation_id }: queries.ConversationRow,
) => tellAgents(tx, { workspaceId: actor.workspaceId, channelId: channel_id }, [conversation_id]);

/** Who lends a card with this contact point hears that we wrote to it. */
async function tellHolders({ tx, actor }: Writing, row: queries.ConversationRow): Promise<void> {
  const cards =
    (await findCardsByPoints(tx, actor.workspaceId, [row.contact_point_id])).get(row.contact_point_id) ?? [];
  await recordUses(tx, actor, 'contacted', await findUsedCards(tx, actor, cards), { channel: row.channel_kind });
}

type Reply = z.output<typeof contracts.reply.input>;

/** All reasons why what is said in a conversation may not leave now; none: it may. */
export async function findRefusals(
  tx: Writing['tx'],
  workspaceId: string,
  channels: readonly AnyChannel[],
  row: queries.ConversationRow,
  said: { text: string; template: boolean },
): Promise<contracts.Refusal[]> {
  const facts = await findReplyFacts(tx, workspaceId, channels, row);
  return refusals({ ...facts, template: said.template, length: said.text.length }, new Date());
}

/** Writes an answer down and has it leave, or keeps it with the reasons why it may not. @returns its id @throws AppError not_found, forbidden, conflict */
export async function answer(
  context: Writing,
  channels: readonly AnyChannel[],
  { conversationId, ...said }: Reply,
): Promise<string> {
  const { app, tx, actor } = context;
  const row = await getMine(context, conversationId);
  if (said.after && (await queries.hasNewer(tx, actor, conversationId, said.after))) throw new AppError('conflict');
  const now = new Date();
  const leaving = { text: said.text, template: said.template !== undefined };
  const against = await findRefusals(tx, actor.workspaceId, channels, row, leaving);
  const messageId = newId();
  const local = channelOf(channels, row.channel_kind).local === true;
  await queries.addMessage(tx, actor, row, {
    messageId,
    kind: 'out',
    text: said.text,
    words: wordsOf(said.text),
    state: against.length > 0 ? 'refused' : local ? 'sent' : 'queued',
    decision: { refusals: against },
    template: said.template,
  });
  await attachFiles(tx, actor, { conversationId, messageId }, said.fileIds);
  if (against.length === 0) {
    const done = said.afterwards === 'closed';
    await queries.changeConversation(
      tx,
      actor,
      conversationId,
      {
        ...answered({ firstAnswerAt: row.first_answer_at }, now),
        status: said.afterwards,
        closedAt: done ? now : null,
        last: { kind: 'out', excerpt: excerptOf(said.text) },
        ...(row.assignee_id === null ? { assigneeId: actor.memberId } : {}),
      },
      null,
    );
    if (!row.claimed) await tellHolders(context, row);
    if (local) await tellVisitor(tx, actor.workspaceId, conversationId);
    else await queueSending(app, tx, actor.workspaceId, { conversationId, messageId });
  }
  await tell(context, row);
  return messageId;
}
