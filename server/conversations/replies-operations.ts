import { splitName } from '../formats/normalise/name.ts';
import { getMember } from '../identity/queries.ts';
import type { Actor } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { implement, type Operation } from '../kernel/http.ts';
import * as contracts from './contract.ts';
import { describeConversations, getConversation } from './describing.ts';
import { isAudience } from './queries.ts';
import * as replies from './saved-replies.ts';

const audienceOf = ({ workspaceId, memberId }: Actor, audience: contracts.SavedReply['audience']): string =>
  audience.kind === 'workspace' ? workspaceId : audience.kind === 'team' ? audience.teamId : memberId;

function describe(row: replies.SavedReplyRow, { workspaceId, memberId }: Actor, admin: boolean): contracts.SavedReply {
  const { audience_id } = row;
  return {
    id: row.reply_id,
    name: row.name,
    texts: row.texts,
    audience:
      audience_id === workspaceId
        ? { kind: 'workspace' }
        : audience_id === memberId
          ? { kind: 'mine' }
          : { kind: 'team', teamId: audience_id },
    mine: row.author_id === memberId || admin,
  };
}

const firstName = (name: string): string => splitName(name).given ?? name;

export const repliesOperations: Operation[] = [
  implement(contracts.listSavedReplies, async (_input, { tx, actor, role }) => ({
    items: (await replies.listSavedReplies(tx, actor)).map((row) => describe(row, actor, role === 'admin')),
  })),

  implement(contracts.saveReply, async ({ replyId, name, texts, audience }, { tx, actor }) => {
    const sound = await Promise.all(Object.values(texts).map((text) => !text || replies.isSound(text)));
    const wrong = Object.entries(texts).filter((_, no) => !sound[no]);
    if (wrong.length > 0)
      throw new AppError('invalid_input', {
        fields: Object.fromEntries(wrong.map(([language]) => [`texts.${language}`, 'template'])),
      });
    // What its author would not see themself is not kept.
    if (audience.kind === 'team' && !(await isAudience(tx, audience.teamId)))
      throw new AppError('invalid_input', { fields: { audience: 'unknown' } });
    const said = Object.fromEntries(Object.entries(texts).filter(([, text]) => text));
    const row = { name, texts: said, audience_id: audienceOf(actor, audience) };
    const saved = await replies.saveReply(tx, actor, replyId ?? null, row);
    if (!saved) throw notFound();
    return describe({ ...row, reply_id: saved, author_id: actor.memberId }, actor, false);
  }),

  implement(contracts.removeReply, async ({ replyId }, { tx, actor }) => {
    if (!(await replies.removeReply(tx, actor, replyId))) throw notFound();
    return {};
  }),

  implement(contracts.fillReply, async ({ conversationId, replyId, language }, context) => {
    const { tx, actor } = context;
    const row = await getConversation(context, conversationId);
    const saved = (await replies.listSavedReplies(tx, actor)).find((one) => one.reply_id === replyId);
    if (!saved) throw notFound();
    const [line] = await describeConversations(context, [row]);
    const member = await getMember(tx, actor);
    const wanted = language ?? member?.locale ?? 'fr';
    const spoken = saved.texts[wanted as 'fr' | 'en'] ? (wanted as 'fr' | 'en') : saved.texts.fr ? 'fr' : 'en';
    // Who only claims an address is not told whose it is.
    const name = line!.people.length === 1 && !row.claimed ? line!.people[0]!.name : row.contact_name;
    const filling = {
      contact: { name, first_name: firstName(name) },
      agent: { name: member?.name ?? '', first_name: firstName(member?.name ?? '') },
      conversation: { subject: row.subject, channel: row.channel_name },
    };
    return { text: await replies.fill(saved.texts[spoken]!, filling), language: spoken };
  }),
];
