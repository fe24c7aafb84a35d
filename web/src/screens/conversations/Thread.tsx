import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useRef } from 'react';
import {
  countConversations,
  type FullConversation,
  listConversations,
  markSeen,
  setPresence,
} from '../../../../server/conversations/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { queryClient, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { sayError } from '../../ui/undo.tsx';
import { useScreenKeys } from '../../ui/useScreenKeys.ts';
import { Composer } from './Composer.tsx';
import classes from './Conversations.module.css';
import type { Inbox } from './Conversations.tsx';
import { MessageItem } from './MessageItem.tsx';
import { PersonBeside } from './PersonBeside.tsx';
import { conversationQuery, decideStatus, give, messagesQuery } from './queries.ts';
import { ThreadHead } from './ThreadHead.tsx';
import { nameOf, sleeps } from './words.ts';

interface ThreadProps {
  conversationId: string;
  inbox: Inbox;
  narrow: boolean;
}

/** A conversation: what was said, where one answers, and beside it who it is with. */
export function Thread({ conversationId, inbox, narrow }: ThreadProps) {
  const { data: one, error, refetch } = useQuery(conversationQuery(conversationId));
  if (!one)
    return (
      <div className={classes.thread}>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!error && <Loading lines={6} />}
      </div>
    );
  return (
    <>
      <section className={classes.thread} aria-label={nameOf(one)}>
        <ThreadHead conversation={one} inbox={inbox} narrow={narrow} />
        <Messages conversation={one} />
        <Present conversation={one} />
        <Composer conversation={one} />
        <ThreadKeys conversation={one} inbox={inbox} />
      </section>
      {!narrow && <PersonBeside conversation={one} />}
    </>
  );
}

/** Whatever comes is in sight as long as one reads at the end; who reads further up is not carried away. */
function Messages({ conversation }: { conversation: FullConversation }) {
  const list = useInfiniteQuery(messagesQuery(conversation.id));
  const rows = (list.data?.pages.flatMap(({ items }) => items) ?? []).toReversed();
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const last = rows.at(-1)?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new last message is what scrolls
  useLayoutEffect(() => {
    if (atEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [last, rows.length]);
  useSeen(conversation, last);
  return (
    <div
      ref={box}
      className={classes.messages}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      role="log"
      aria-label={t('conversations.list')}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 80;
      }}
    >
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={6} />}
      {list.hasNextPage && (
        <Button
          variant="subtle"
          size="compact-sm"
          className={classes.older}
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('conversations.earlier')}
        </Button>
      )}
      {rows.map((message, at) => (
        <MessageItem key={message.id} message={message} before={rows[at - 1]} conversation={conversation} />
      ))}
    </div>
  );
}

/** Says that one has read it, as long as the page is looked at. */
function useSeen({ id, unread }: FullConversation, last: string | undefined): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: said again when something new has come
  useEffect(() => {
    if (!unread || last === undefined || document.visibilityState === 'hidden') return;
    void call(markSeen, { conversationId: id }).then(
      () => refresh(listConversations, countConversations),
      () => {},
    );
  }, [id, last]);
}

/** Milliseconds between two words of presence. */
const sayAgain = 20_000;

/** Who else looks or writes, so that two do not answer at once; and says that one looks oneself. */
function Present({ conversation }: { conversation: FullConversation }) {
  const { id, present, theyWrite } = conversation;
  useWritingEnds(conversation);
  useEffect(() => {
    const say = () => {
      const writing = document.activeElement?.closest('[data-composer]') != null;
      if (document.visibilityState === 'visible')
        void call(setPresence, { conversationId: id, doing: writing ? 'writing' : 'looking' }).catch(() => {});
    };
    say();
    const timer = setInterval(say, sayAgain);
    const onFocus = ({ target }: FocusEvent) => target instanceof Element && target.closest('[data-composer]') && say();
    document.addEventListener('focusin', onFocus);
    return () => {
      clearInterval(timer);
      document.removeEventListener('focusin', onFocus);
      void call(setPresence, { conversationId: id, doing: 'gone' }).catch(() => {});
    };
  }, [id]);
  return (
    <p className={classes.present} role="status">
      {[
        ...(theyWrite ? [t('conversations.theyWrite', { name: nameOf(conversation) })] : []),
        ...present.map(({ name, writing }) =>
          t(writing ? 'conversations.present.writing' : 'conversations.present.looking', { name }),
        ),
      ].join(' · ')}
    </p>
  );
}

/** Milliseconds after which one looks whether a visitor still writes. */
const writingHolds = 6500;

function useWritingEnds({ id, theyWrite }: FullConversation): void {
  useEffect(() => {
    if (!theyWrite) return;
    const timer = setTimeout(
      () => void queryClient.invalidateQueries({ queryKey: conversationQuery(id).queryKey }),
      writingHolds,
    );
    return () => clearTimeout(timer);
  }, [id, theyWrite]);
}

/** E closes, Z snoozes until tomorrow, A takes it, U marks it unread, R and N write. */
function ThreadKeys({ conversation, inbox }: { conversation: FullConversation; inbox: Inbox }) {
  const me = useMe();
  const { mayAnswer, status, id } = conversation;
  const write = (what: 'reply' | 'note') => () => document.querySelector<HTMLElement>(`[data-write=${what}]`)?.click();
  const tomorrow = () =>
    sleeps()
      .find(({ key }) => key === 'tomorrow')!
      .until.toISOString();
  useScreenKeys({
    Escape: () => inbox.show(undefined),
    r: write('reply'),
    n: write('note'),
    u: () =>
      void call(markSeen, { conversationId: id, unread: true }).then(() => {
        inbox.show(undefined);
        return refresh(listConversations, countConversations);
      }, sayError),
    ...(mayAnswer
      ? {
          e: () => void decideStatus(conversation, status === 'closed' ? 'open' : 'closed'),
          z: () => void decideStatus(conversation, 'snoozed', tomorrow()),
          a: () => void give(conversation, { memberId: me.memberId }),
        }
      : {}),
  });
  return null;
}
