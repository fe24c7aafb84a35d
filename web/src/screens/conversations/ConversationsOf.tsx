import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Conversation } from '../../../../server/conversations/contract.ts';
import { t } from '../../i18n.ts';
import { ButtonLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import { ChannelIcon } from './ChannelIcon.tsx';
import classes from './ConversationsOf.module.css';
import { conversationsOfQuery } from './queries.ts';
import { excerptOf, shortTime } from './words.ts';

/** What was said with a person, on every channel, as far as I may read it, and noted of calls, meetings and visits. */
export function ConversationsOf({ personId }: { personId: string }) {
  const query = useInfiniteQuery(conversationsOfQuery(personId));
  const items = query.data?.pages.flatMap((page) => page.items);
  if (!items) return null;
  return (
    <Section
      title={t('notes.section')}
      actions={
        <ButtonLink to="/note" search={{ person: personId }} variant="default" size="compact-md" className="no-print">
          {t('notes.add')}
        </ButtonLink>
      }
    >
      {items.length === 0 ? (
        <p className={classes.quiet}>{t('notes.section.none')}</p>
      ) : (
        <ul className={classes.list}>
          {items.map((one) => (
            <Line key={one.id} one={one} />
          ))}
        </ul>
      )}
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
    </Section>
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
