import { listOffers } from '../../server/cards/contract.ts';
import {
  countConversations,
  getConversation,
  listConversations,
  listMessages,
} from '../../server/conversations/contract.ts';
import { listCorrespondents, listMailboxes, listProposals } from '../../server/correspondents/contract.ts';
import { getReturn, listHappenings, listReplies } from '../../server/home/contract.ts';
import { getMe } from '../../server/identity/contract.ts';
import { listAsks, listRequests } from '../../server/introductions/contract.ts';
import type { Contract } from '../../server/kernel/contract.ts';
import { livePath, type liveTopic } from '../../server/kernel/contract.ts';
import { countUnread, listNotices } from '../../server/notices/contract.ts';
import { listTasks } from '../../server/tasks/contract.ts';
import { apiBase } from './api.ts';
import { queryClient, refresh } from './queries.ts';
import { conversationQuery, messagesQuery } from './screens/conversations/queries.ts';
import { readingsQuery } from './screens/voices/queries.ts';

type Topic = (typeof liveTopic.options)[number];

/** What is asked again when something of a kind has changed. */
const concerns: Record<Exclude<Topic, 'visibility' | 'conversations'>, Contract[]> = {
  feed: [listHappenings, listReplies, getReturn, listOffers, listMailboxes, listCorrespondents, listProposals],
  notices: [listNotices, countUnread, listAsks, listRequests],
  tasks: [listTasks],
};

/** A page that nobody looks at lets go of its stream after so long: browsers keep six connections to a server at most. */
const hiddenFor = 20_000;
const firstRetry = 1000;
const lastRetry = 60_000;

/** Milliseconds between two looks at the lists of conversations, in which much may happen at once. */
const betweenLists = 1000;

let open = false;

/** How often to ask for what the stream would have told: seldom while it is open. */
export const netInterval = (): number => (open ? 5 * 60_000 : 20_000);

/** What I may see has changed: nothing that was loaded before is shown again, and all that is on the screen is asked for anew. */
function lookAgain(): void {
  queryClient.removeQueries({ type: 'inactive' });
  void queryClient.invalidateQueries();
}

let listsDue: number | undefined;

/** Something was said or decided in a conversation: if it is on the screen it is asked for at once, the lists a little later. */
function hearOf(conversationId: string): void {
  // Of many who hear it, nobody is told which one.
  if (conversationId === '') void refresh(getConversation, listMessages);
  void queryClient.invalidateQueries({ queryKey: conversationQuery(conversationId).queryKey });
  void queryClient.invalidateQueries({ queryKey: messagesQuery(conversationId).queryKey });
  void queryClient.invalidateQueries({ queryKey: readingsQuery(conversationId).queryKey });
  if (listsDue !== undefined) return;
  listsDue = window.setTimeout(() => {
    listsDue = undefined;
    void refresh(listConversations, countConversations);
  }, betweenLists);
}

/**
 * Listens to what the server says while somebody looks at the page. A stream that breaks is opened again, after ever longer
 * waits, and what may have been missed is asked for.
 * @returns ends it
 */
export function listenLive(): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = firstRetry;
  let missed = false;

  function close(): void {
    clearTimeout(timer);
    missed ||= source !== undefined;
    source?.close();
    source = undefined;
    open = false;
  }
  function connect(): void {
    close();
    const next = new EventSource(apiBase + livePath);
    source = next;
    next.addEventListener('hello', () => {
      open = true;
      wait = firstRetry;
      if (missed) lookAgain();
      missed = false;
    });
    next.addEventListener('visibility', lookAgain);
    next.addEventListener('again', lookAgain);
    next.addEventListener('conversations', ({ data }: MessageEvent<string>) => hearOf(data));
    for (const [topic, contracts] of Object.entries(concerns))
      next.addEventListener(topic, () => void refresh(...contracts));
    next.addEventListener('error', () => {
      close();
      // A session that has ended says so here, and leads to signing in.
      void refresh(getMe);
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 2, lastRetry);
    });
  }
  function onVisibility(): void {
    clearTimeout(timer);
    if (document.visibilityState === 'hidden') timer = setTimeout(close, hiddenFor);
    else if (source === undefined) connect();
  }
  if (document.visibilityState === 'visible') connect();
  document.addEventListener('visibilitychange', onVisibility);
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    close();
  };
}
