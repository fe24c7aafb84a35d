import { z } from 'zod';
import { recordAudit } from '../identity/audit.ts';
import { id, instant } from '../kernel/contract.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { answer, getMine, tell } from './answering.ts';
import { tellVisitor } from './arrivals.ts';
import type { AnyChannel } from './channels/channel.ts';
import * as contracts from './contract.ts';
import {
  describeConversation,
  describeConversations,
  describeMessages,
  getConversation,
  mayErase,
} from './describing.ts';
import { eraseConversations } from './erasing.ts';
import { setFollowing } from './following.ts';
import { audienceOf } from './notes-operations.ts';
import { findPointsOf } from './people.ts';
import * as queries from './queries.ts';
import { excerptOf, queryOf, wordsOf } from './rules.ts';
import { queueSending } from './sending.ts';

const byTime = z.tuple([instant, id]);

/** Says what became of it, beside what was said. */
async function note(context: Context, row: queries.ConversationRow, event: Record<string, unknown>): Promise<void> {
  await queries.addMessage(context.tx, context.actor, row, { messageId: newId(), kind: 'event', text: '', event });
}

async function tellMembers(
  { app, tx, actor }: Context,
  kind: 'conversation_assigned' | 'mentioned',
  memberIds: readonly string[],
  row: queries.ConversationRow,
): Promise<void> {
  if (memberIds.length === 0) return;
  const payload = { kind, memberIds, subjectId: row.conversation_id, actorId: actor.memberId, occasion: newId() };
  await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'notices.tell', payload });
}

export const conversationsOperations = (channels: readonly AnyChannel[]): Operation[] => {
  const describe = async (context: Context, conversationId: string) => {
    const row = await queries.findConversation(context.tx, context.actor, conversationId);
    if (!row) throw notFound();
    return describeConversation(context, channels, row);
  };
  const describeOne = async (context: Context, conversationId: string, messageId: string) => {
    const row = await queries.findMessage(context.tx, context.actor, conversationId, messageId);
    if (!row) throw notFound();
    return (await describeMessages(context, [row]))[0]!;
  };

  return [
    implement(contracts.listConversations, async ({ after, limit, personId, ...filter }, context) => {
      const { tx, actor } = context;
      await queries.enterConversations(tx);
      const pointIds = personId ? await findPointsOf(context, personId) : undefined;
      const cursor = after ? decodeCursor(after, byTime) : null;
      const rows = await queries.listConversations(tx, actor, { ...filter, pointIds }, cursor, limit + 1);
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return {
        items: await describeConversations(context, rows.slice(0, limit)),
        next: last ? encodeCursor([last.cursor, last.conversation_id]) : null,
      };
    }),

    implement(contracts.countConversations, async (_input, { tx, actor }) => {
      await queries.enterConversations(tx);
      return queries.countConversations(tx, actor);
    }),

    implement(contracts.getConversation, async ({ conversationId }, context) =>
      describeConversation(context, channels, await getConversation(context, conversationId)),
    ),

    implement(contracts.listMessages, async ({ conversationId, after, limit }, context) => {
      await getConversation(context, conversationId);
      const { tx, actor } = context;
      const cursor = after ? decodeCursor(after, byTime) : null;
      const rows = await queries.listMessages(tx, actor, conversationId, cursor, limit + 1);
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return {
        items: await describeMessages(context, rows.slice(0, limit)),
        next: last ? encodeCursor([last.cursor, last.message_id]) : null,
      };
    }),

    implement(contracts.reply, async (input, context) =>
      describeOne(context, input.conversationId, await answer(context, channels, input)),
    ),

    implement(contracts.addNote, async ({ conversationId, text, mentions }, context) => {
      const { tx, actor } = context;
      const row = await getConversation(context, conversationId);
      const called = await queries.findListeners(tx, actor, conversationId, mentions);
      // Who does not see the conversation is not called upon: they would learn that there is one.
      if (called.length < new Set(mentions).size)
        throw new AppError('invalid_input', { fields: { mentions: 'unseen' } });
      const messageId = newId();
      await queries.addMessage(tx, actor, row, { messageId, kind: 'note', text, words: wordsOf(text) });
      await queries.addMentions(tx, actor, { conversationId, messageId }, called);
      if (row.tends)
        await queries.changeConversation(
          tx,
          actor,
          conversationId,
          { last: { kind: 'note', excerpt: excerptOf(text) } },
          null,
        );
      await tellMembers(context, 'mentioned', called, row);
      await tell(context, row);
      return describeOne(context, conversationId, messageId);
    }),

    implement(contracts.assign, async ({ conversationId, version, memberId, teamId }, context) => {
      const { tx, actor } = context;
      const row = await getMine(context, conversationId);
      const [name] = memberId ? await queries.findListeners(tx, actor, conversationId, [memberId]) : [null];
      if (memberId && !name) throw new AppError('invalid_input', { fields: { memberId: 'unseen' } });
      if (teamId && !(await queries.findTeam(tx, actor, teamId)))
        throw new AppError('invalid_input', { fields: { teamId: 'unknown' } });
      if (!(await queries.changeConversation(tx, actor, conversationId, { assigneeId: memberId, teamId }, version)))
        throw new AppError('conflict');
      if (memberId !== undefined && memberId !== row.assignee_id)
        await note(context, row, { kind: 'assigned', to: memberId });
      if (teamId !== undefined && teamId !== row.team_id) await note(context, row, { kind: 'team', to: teamId });
      if (memberId && memberId !== row.assignee_id)
        await tellMembers(context, 'conversation_assigned', [memberId], row);
      await tell(context, row);
      return describe(context, conversationId);
    }),

    implement(contracts.setStatus, async ({ conversationId, version, status, snoozedUntil }, context) => {
      const { app, tx, actor } = context;
      const row = await getMine(context, conversationId);
      if (snoozedUntil && new Date(snoozedUntil) <= new Date())
        throw new AppError('invalid_input', { fields: { snoozedUntil: 'past' } });
      const change = {
        status,
        snoozedUntil: snoozedUntil ? new Date(snoozedUntil) : null,
        closedAt: status === 'closed' ? new Date() : null,
        // What is closed, or unwanted, waits for nobody.
        ...(status === 'closed' || status === 'spam' ? { waitingSince: null } : {}),
      };
      if (!(await queries.changeConversation(tx, actor, conversationId, change, version)))
        throw new AppError('conflict');
      if (status !== row.status) await note(context, row, { kind: 'status', to: status });
      // What is unwanted is no voice.
      if ((status === 'spam') !== (row.status === 'spam'))
        await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'voices.read', payload: { conversationId } });
      await tell(context, row);
      return describe(context, conversationId);
    }),

    implement(contracts.markSeen, async ({ conversationId, unread }, context) => {
      await getConversation(context, conversationId);
      await queries.setSeen(context.tx, context.actor, conversationId, unread);
      return {};
    }),

    implement(contracts.setPresence, async ({ conversationId, doing }, context) => {
      const row = await getConversation(context, conversationId);
      const changes = await queries.setPresence(context.tx, context.actor, row, doing);
      await tell(context, row);
      if (changes && row.channel_kind === 'chat')
        await tellVisitor(context.tx, context.actor.workspaceId, conversationId);
      return {};
    }),

    implement(contracts.settleDoubt, async ({ conversationId, messageId, arrived }, context) => {
      const { app, tx, actor } = context;
      const row = await getMine(context, conversationId);
      if (!(await queries.settleDoubt(tx, actor, conversationId, messageId, arrived))) throw new AppError('conflict');
      if (!arrived) await queueSending(app, tx, actor.workspaceId, { conversationId, messageId });
      await tell(context, row);
      return describeOne(context, conversationId, messageId);
    }),

    implementOutside(
      contracts.share,
      async ({ conversationId, version, with: readers }, { actor, asCaller, asSystem }) => {
        const audience = await asCaller(async (context) => {
          const row = await getConversation(context, conversationId);
          // A member's own is theirs to share; what stands on a channel of the company, of who tends it.
          if (row.channel_owner === null ? !row.tends : row.channel_owner !== actor.memberId)
            throw new AppError('forbidden');
          return audienceOf(context, readers);
        });
        if (
          !(await asSystem('keeper', (tx) =>
            queries.setShared(tx, actor.workspaceId, conversationId, audience, version),
          ))
        )
          throw new AppError('conflict');
        return asCaller(async (context) => {
          const row = await getConversation(context, conversationId);
          await note(context, row, { kind: 'shared', with: audience });
          await tell(context, row);
          return describe(context, conversationId);
        });
      },
    ),

    implement(contracts.follow, async ({ conversationId, follows }, context) => {
      const row = await getConversation(context, conversationId);
      await setFollowing(context.tx, context.actor, row.contact_point_id, follows);
      return {};
    }),

    implementOutside(contracts.eraseConversation, async ({ conversationId }, { app, actor, asCaller, asSystem }) => {
      await asCaller(async (context) => {
        const row = await getConversation(context, conversationId);
        if (!mayErase(context, row)) throw new AppError('forbidden');
        if (row.channel_owner === null) await recordAudit(context.tx, actor, 'conversation.erased', conversationId, {});
        await tell(context, row);
      });
      await asSystem('keeper', (tx) => eraseConversations(app, tx, actor.workspaceId, [conversationId]));
      return {};
    }),

    implement(contracts.searchMessages, async ({ q, after, limit }, context) => {
      const { tx, actor } = context;
      await queries.enterConversations(tx);
      const query = queryOf(q);
      if (!query) return { items: [], next: null };
      const cursor = after ? decodeCursor(after, byTime) : null;
      const found = await queries.searchMessages(tx, actor, query, cursor, limit + 1);
      const page = found.slice(0, limit);
      const rows = await queries.findConversations(tx, actor, [...new Set(page.map((row) => row.conversation_id))]);
      const lines = new Map((await describeConversations(context, rows)).map((line) => [line.id, line]));
      const last = found.length > limit ? page.at(-1) : undefined;
      return {
        items: page.flatMap(({ conversation_id, message_id, text, sent_at }) => {
          const conversation = lines.get(conversation_id);
          if (!conversation) return [];
          return [{ conversation, messageId: message_id, excerpt: excerptOf(text), at: sent_at.toISOString() }];
        }),
        next: last ? encodeCursor([last.cursor, last.message_id]) : null,
      };
    }),
  ];
};
