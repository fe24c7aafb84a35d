import { findPersonsByPoints } from '../cards/facts.ts';
import { nameCards } from '../cards/persons.ts';
import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import type { AnyChannel } from './channels/channel.ts';
import { capabilitiesOf } from './channels/local.ts';
import type { Conversation, FullConversation, Message, Refusal } from './contract.ts';
import { findReplyFacts } from './facts.ts';
import * as queries from './queries.ts';
import { refusals } from './rules.ts';

export type Viewer = Pick<Context, 'tx' | 'actor'>;

/** Erasing is for whose own channel it is, and for admins who see what they erase. */
export const mayErase = ({ actor, role }: Pick<Context, 'actor' | 'role'>, row: queries.ConversationRow): boolean =>
  row.channel_owner === null ? role === 'admin' && row.tends : row.channel_owner === actor.memberId;

const text = (date: Date | null): string | null => date?.toISOString() ?? null;

/** Conversations as a list shows them: who they are with, as far as the viewer's own contacts say. */
export async function describeConversations(
  viewer: Viewer,
  rows: readonly queries.ConversationRow[],
): Promise<Conversation[]> {
  const { tx, actor } = viewer;
  const persons = await findPersonsByPoints(tx, actor, [...new Set(rows.map((row) => row.contact_point_id))]);
  const names = await nameCards(viewer, [...persons.values()].flat(2));
  const nameOf = (cardIds: readonly string[]) => cardIds.map((cardId) => names.get(cardId)).find(Boolean) ?? '';
  return rows.map((row) => ({
    id: row.conversation_id,
    channel: { id: row.channel_id, kind: row.channel_kind, name: row.channel_name },
    contactName: row.contact_name,
    address: row.point_channel === 'visitor' ? null : row.address,
    claimed: row.claimed,
    people: (persons.get(row.contact_point_id) ?? []).map((cardIds) => ({ id: cardIds[0]!, name: nameOf(cardIds) })),
    subject: row.subject,
    status: row.status,
    snoozedUntil: text(row.snoozed_until),
    assignee: row.assignee_id ? { id: row.assignee_id, name: row.assignee ?? '' } : null,
    team: row.team_id ? { id: row.team_id, name: row.team ?? '' } : null,
    excerpt: row.excerpt,
    lastKind: row.last_kind,
    lastAt: row.last_at.toISOString(),
    waitingSince: text(row.waiting_since),
    unread: row.last_in_at !== null && (row.seen_at === null || row.seen_at < row.last_in_at),
    version: row.version,
  }));
}

/** @throws AppError not_found where the viewer does not see it */
export async function getConversation({ tx, actor }: Viewer, conversationId: string): Promise<queries.ConversationRow> {
  await queries.enterConversations(tx);
  const row = await queries.findConversation(tx, actor, conversationId);
  if (!row) throw notFound();
  return row;
}

/** As its page shows it. */
export async function describeConversation(
  viewer: Viewer & Pick<Context, 'role'>,
  channels: readonly AnyChannel[],
  row: queries.ConversationRow,
): Promise<FullConversation> {
  const { tx, actor } = viewer;
  const [line] = await describeConversations(viewer, [row]);
  const { files, windowHours: _, ...able } = capabilitiesOf(channels, row.channel_kind);
  const facts = await findReplyFacts(tx, actor.workspaceId, channels, row);
  const readers = await queries.nameAudiences(tx, actor, row.shared_with ? [row.shared_with] : []);
  return {
    ...line!,
    mayAnswer: row.tends,
    refusals: row.tends ? refusals({ ...facts, template: false, length: 0 }, new Date()) : [],
    capabilities: { ...able, files: files && { ...files, types: [...files.types] } },
    sharing: {
      mine: row.channel_owner === null ? row.tends : row.channel_owner === actor.memberId,
      with: row.shared_with ? { id: row.shared_with, name: readers.get(row.shared_with) ?? '' } : null,
    },
    ownChannel: row.channel_owner !== null,
    follows: row.follows,
    mayErase: mayErase(viewer, row),
    openedAt: row.opened_at.toISOString(),
    firstAnswerAt: text(row.first_answer_at),
    closedAt: text(row.closed_at),
    earlier: await queries.countOthers(tx, actor, row),
    colleagues: await queries.listColleagues(tx, actor, row.conversation_id),
    theyWrite: row.they_write,
    present: await queries.listPresent(tx, actor, row.conversation_id),
  };
}

/** What was said, with the names of those that what was done is about. */
export async function describeMessages({ tx, actor }: Viewer, rows: readonly queries.MessageRow[]): Promise<Message[]> {
  const about = rows.flatMap(({ event }) =>
    event?.kind === 'assigned' || event?.kind === 'team' ? [String(event.to)] : [],
  );
  const names = await queries.nameAudiences(tx, actor, about);
  return rows.map((row) => ({
    id: row.message_id,
    kind: row.kind,
    author: row.author_id ? { id: row.author_id, name: row.author ?? '' } : null,
    authorName: row.author_name,
    subject: row.subject,
    text: row.text,
    quoted: row.quoted,
    html: row.html,
    at: row.sent_at.toISOString(),
    editedAt: text(row.edited_at),
    deletedAt: text(row.deleted_at),
    state: row.state,
    answer: row.answer,
    refusals: (row.decision?.refusals ?? []) as Refusal[],
    automatic: row.automatic,
    nature: row.nature,
    held: row.held && { seconds: null, direction: null, outcome: null, agent: null, ...shownOf(row.held) },
    url: row.url,
    rating: row.rating,
    others: row.others ?? [],
    reactions: Object.values(row.reactions ?? {}),
    files: row.files,
    event: eventOf(row.event, names),
  }));
}

const shownOf = ({ theirs: _, ...held }: NonNullable<queries.MessageRow['held']>) => held;

function eventOf(event: queries.MessageRow['event'], names: ReadonlyMap<string, string>): Message['event'] {
  if (!event) return null;
  const { kind, to, with: audience, from } = event;
  switch (kind) {
    case 'assigned':
    case 'team':
      return { kind, to: to ? { id: String(to), name: names.get(String(to)) ?? '' } : null };
    case 'shared':
      return { kind, with: audience === null ? null : String(audience) };
    case 'identified':
      return { kind, name: String(event.name), address: String(event.address) };
    case 'agreed':
      return {
        kind,
        confirmed: event.confirmed === true,
        version: Number(event.version),
        consents: (event.consents as { purpose: string; words: string; granted?: boolean }[]).map(
          ({ purpose, words, granted }) => ({ purpose, words, granted: granted === true }),
        ),
      };
    case 'moved':
      return { kind, from: String(from), to: String(to) };
    default:
      return { kind: 'status', to: to as Conversation['status'] };
  }
}
