import { Link } from '@tanstack/react-router';
import type { Conversation } from '../../../../server/conversations/contract.ts';
import { t } from '../../i18n.ts';
import { ChannelIcon } from './ChannelIcon.tsx';
import classes from './Conversations.module.css';
import type { Inbox } from './Conversations.tsx';
import { duration, excerptOf, nameOf, shortTime } from './words.ts';

interface ConversationLineProps {
  conversation: Conversation;
  inbox: Inbox;
  /** In place of its last word: where a message was found. */
  found?: { excerpt: string; at: string };
}

/** A conversation in a list: with whom, about what, since when somebody waits. */
export function ConversationLine({ conversation, inbox, found }: ConversationLineProps) {
  const { id, channel, subject, assignee, waitingSince, unread } = conversation;
  return (
    <Link
      id={found ? undefined : `conversation-${id}`}
      to="/conversations/$conversationId"
      params={{ conversationId: id }}
      search={inbox.search}
      replace={inbox.open !== undefined}
      className={classes.line}
      data-unread={unread || undefined}
      aria-current={inbox.open === id ? 'page' : undefined}
    >
      <span className={classes.who}>
        <ChannelIcon kind={channel.kind} />
        <span className={classes.name}>{nameOf(conversation)}</span>
        {unread && <span className={classes.dot} role="img" aria-label={t('conversations.unread')} />}
        <time dateTime={found?.at ?? conversation.lastAt}>{shortTime(found?.at ?? conversation.lastAt)}</time>
      </span>
      {subject !== '' && <span className={classes.subject}>{subject}</span>}
      <span className={classes.excerpt}>{found?.excerpt ?? excerptOf(conversation)}</span>
      {!found && (assignee || waitingSince) && (
        <span className={classes.marks}>
          {waitingSince && (
            <span className={classes.waiting}>
              {t('conversations.waiting', { duration: duration(Date.now() - new Date(waitingSince).getTime()) })}
            </span>
          )}
          {assignee && <span>{assignee.name}</span>}
        </span>
      )}
    </Link>
  );
}
