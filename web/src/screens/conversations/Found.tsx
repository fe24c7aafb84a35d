import { useInfiniteQuery } from '@tanstack/react-query';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ConversationLine } from './ConversationLine.tsx';
import { useEndInSight } from './ConversationList.tsx';
import classes from './Conversations.module.css';
import type { Inbox } from './Conversations.tsx';
import { foundQuery } from './queries.ts';

/** The messages that hold the words looked for, newest first, whatever became of their conversation. */
export function Found({ inbox, q }: { inbox: Inbox; q: string }) {
  const list = useInfiniteQuery(foundQuery(q));
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const end = useEndInSight(() => list.hasNextPage && !list.isFetching && void list.fetchNextPage());
  return (
    <div className={classes.list} aria-live="polite">
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading dense lines={6} />}
      {list.isSuccess && rows.length === 0 && <p className={classes.nothing}>{t('conversations.search.none')}</p>}
      {rows.length > 0 && (
        <ul className={classes.lines} aria-label={t('conversations.search.found')}>
          {rows.map(({ conversation, messageId, excerpt, at }) => (
            <li key={messageId}>
              <ConversationLine conversation={conversation} inbox={inbox} found={{ excerpt, at }} />
            </li>
          ))}
        </ul>
      )}
      <div ref={end} />
    </div>
  );
}
