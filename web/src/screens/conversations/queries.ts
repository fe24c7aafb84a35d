import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { listChannels } from '../../../../server/conversations/channels-contract.ts';
import {
  assign,
  countConversations,
  type FullConversation,
  follow,
  getConversation,
  listConversations,
  listMessages,
  listSavedReplies,
  type Status,
  searchMessages,
  setStatus,
  share,
} from '../../../../server/conversations/contract.ts';
import type { Input } from '../../../../server/kernel/contract.ts';
import { ApiError, call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { queryClient, reading, refresh } from '../../queries.ts';
import { offerUndo, say, sayError } from '../../ui/undo.tsx';
import { filterOf, type InboxSearch } from './search.ts';

export const countsQuery = reading(countConversations, {});
export const channelsQuery = reading(listChannels, {});
export const savedRepliesQuery = reading(listSavedReplies, {});
export const conversationQuery = (conversationId: string) => reading(getConversation, { conversationId });

/** The inbox, page after page. */
export const conversationsQuery = (search: InboxSearch) =>
  infiniteQueryOptions({
    queryKey: [listConversations.name, 'pages', filterOf(search)],
    queryFn: ({ pageParam }) =>
      call(listConversations, { ...filterOf(search), limit: 30, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });

/** What was said with a person, the last word first. */
export const conversationsOfQuery = (personId: string) =>
  infiniteQueryOptions({
    queryKey: [listConversations.name, 'of', personId],
    queryFn: ({ pageParam }) =>
      call(listConversations, { personId, status: 'any', limit: 5, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });

export const messagesQuery = (conversationId: string) =>
  infiniteQueryOptions({
    queryKey: [listMessages.name, 'pages', conversationId],
    queryFn: ({ pageParam }) =>
      call(listMessages, { conversationId, limit: 40, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });

export const foundQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: [searchMessages.name, 'pages', q],
    queryFn: ({ pageParam }) => call(searchMessages, { q, limit: 30, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });

/** The lists and counts; what stands in one conversation is asked for by itself. */
const refreshInbox = () => refresh(listConversations, countConversations);

/** Everything of one conversation, and the lists. */
export async function refreshConversation(conversationId: string): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: conversationQuery(conversationId).queryKey }),
    queryClient.invalidateQueries({ queryKey: messagesQuery(conversationId).queryKey }),
    refreshInbox(),
  ]);
}

/** Shows at once what an operation answered. */
function show(conversation: FullConversation): void {
  queryClient.setQueryData(conversationQuery(conversation.id).queryKey, conversation);
  void refreshConversation(conversation.id);
}

/** What somebody else decided meanwhile is shown with the error. */
async function decide(
  conversation: FullConversation,
  work: () => Promise<FullConversation>,
): Promise<FullConversation | undefined> {
  try {
    const after = await work();
    show(after);
    return after;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'conflict') await refreshConversation(conversation.id);
    sayError(error);
    return undefined;
  }
}

const said: Partial<Record<Status, () => string>> = {
  closed: () => t('conversations.closed'),
  spam: () => t('conversations.spammed'),
};

/** Says where it stands, with a way back. @param until of a snoozed one */
export async function decideStatus(conversation: FullConversation, next: Status, until?: string): Promise<void> {
  const { id: conversationId, version, status: before, snoozedUntil } = conversation;
  const after = await decide(conversation, () =>
    call(setStatus, { conversationId, version, status: next, ...(until ? { snoozedUntil: until } : {}) }),
  );
  const word = until ? t('conversations.snoozed', { when: longInstant(until) }) : said[next]?.();
  if (!after || !word) return;
  offerUndo(word, async () => {
    // A sleep that is over meanwhile is not slept again.
    const stillAhead = before === 'snoozed' && snoozedUntil && new Date(snoozedUntil) > new Date();
    const back = before === 'snoozed' && !stillAhead ? 'open' : before;
    show(
      await call(setStatus, {
        ...{ conversationId, version: after.version, status: back },
        ...(stillAhead ? { snoozedUntil } : {}),
      }),
    );
  });
}

/** Gives it to a member, a team, or back. */
export function give(
  conversation: FullConversation,
  to: { memberId?: string | null; teamId?: string | null },
): Promise<unknown> {
  const { id: conversationId, version } = conversation;
  return decide(conversation, () => call(assign, { conversationId, version, ...to }));
}

/** Hears of what they say from now on, or no longer. */
export async function setFollowing({ id: conversationId }: FullConversation, follows: boolean): Promise<void> {
  try {
    await call(follow, { conversationId, follows });
    await refreshConversation(conversationId);
    say(t(follows ? 'conversations.followed' : 'conversations.unfollowed'));
  } catch (error) {
    sayError(error);
  }
}

/** Lets somebody read along, or nobody any more. */
export async function shareWith(
  conversation: FullConversation,
  readers: Input<typeof share>['with'],
  word: string,
): Promise<void> {
  const { id: conversationId, version } = conversation;
  if (await decide(conversation, () => call(share, { conversationId, version, with: readers }))) say(word);
}
