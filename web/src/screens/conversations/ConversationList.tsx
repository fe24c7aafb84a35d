import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import type { Conversation } from '../../../../server/conversations/contract.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { useScreenKeys } from '../../ui/useScreenKeys.ts';
import { ConversationLine } from './ConversationLine.tsx';
import classes from './Conversations.module.css';
import type { Inbox } from './Conversations.tsx';
import { conversationsQuery } from './queries.ts';

/** The last word first; J and K go on and back. */
export function ConversationList({ inbox }: { inbox: Inbox }) {
  const list = useInfiniteQuery(conversationsQuery(inbox.search));
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  useSteps(rows, inbox);
  const end = useEndInSight(() => list.hasNextPage && !list.isFetching && void list.fetchNextPage());
  return (
    <div className={classes.list}>
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading dense lines={8} />}
      {list.isSuccess && rows.length === 0 && (
        <div className={classes.nothing}>
          <strong>{t('conversations.none.title')}</strong>
          <p>{t('conversations.none.text')}</p>
        </div>
      )}
      {rows.length > 0 && (
        <ul className={classes.lines} data-old={list.isPlaceholderData || undefined}>
          {rows.map((row) => (
            <li key={row.id}>
              <ConversationLine conversation={row} inbox={inbox} />
            </li>
          ))}
        </ul>
      )}
      <div ref={end} />
    </div>
  );
}

/** J and K: the next and the one before. */
function useSteps(rows: readonly Conversation[], { open, show }: Inbox): void {
  const step = (by: 1 | -1) => () => {
    const at = rows.findIndex(({ id }) => id === open);
    const next = rows[at === -1 ? 0 : at + by];
    if (!next) return;
    show(next.id);
    document.getElementById(`conversation-${next.id}`)?.scrollIntoView({ block: 'nearest' });
  };
  const focusSearch = () => document.querySelector<HTMLInputElement>('[data-search]')?.focus();
  // Not the arrows: they scroll what one reads.
  useScreenKeys({ j: step(1), k: step(-1), '/': focusSearch });
}

/** Calls when the end of a list comes into sight. @returns what stands there */
export function useEndInSight(onSight: () => unknown) {
  const latest = useRef(onSight);
  useEffect(() => {
    latest.current = onSight;
  });
  const observer = useRef<IntersectionObserver>(undefined);
  return useCallback((element: HTMLDivElement | null) => {
    observer.current?.disconnect();
    if (!element) return;
    observer.current = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), {
      rootMargin: '300px',
    });
    observer.current.observe(element);
  }, []);
}
