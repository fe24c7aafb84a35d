import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Conversation } from '../../../../server/conversations/contract.ts';
import { t } from '../../i18n.ts';
import { ChannelIcon } from './ChannelIcon.tsx';
import classes from './ConversationsOf.module.css';
import { conversationsOfQuery } from './queries.ts';
import { excerptOf, shortTime } from './words.ts';

/** What was said with a person, on every channel, as far as I may read it. Nothing where there is none. */
export function ConversationsOf({ personId }: { personId: string }) {
  const query = useInfiniteQuery(conversationsOfQuery(personId));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) return null;
  return (
    <section aria-label={t('conversations.ofPerson')} className={classes.part}>
      <h2 className={classes.title}>{t('conversations.ofPerson')}</h2>
      <ul className={classes.list}>
        {items.map((one) => (
          <Line key={one.id} one={one} />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          className="no-print"
          variant="subtle"
          size="compact-md"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t('conversations.ofPerson.more')}
        </Button>
      )}
    </section>
  );
}

function Line({ one }: { one: Conversation }) {
  const { id, channel, subject, status, lastAt, claimed } = one;
  return (
    <li>
      <Link to="/conversations/$conversationId" params={{ conversationId: id }} className={classes.line}>
        <span className={classes.head}>
          <ChannelIcon kind={channel.kind} />
          <strong>{subject || channel.name || t(`conversations.kind.${channel.kind}`)}</strong>
          <time dateTime={lastAt}>{shortTime(lastAt)}</time>
        </span>
        <span className={classes.excerpt}>{excerptOf(one)}</span>
        <span className={classes.quiet}>
          {t(`conversations.is.${status}`)}
          {claimed && ` · ${t('conversations.ofPerson.claimed')}`}
        </span>
      </Link>
    </li>
  );
}
