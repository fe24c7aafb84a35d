import { IconMoodSad, IconMoodSmile } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Output } from '../../../../server/kernel/contract.ts';
import type { listMessages } from '../../../../server/voices/contract.ts';
import { t } from '../../i18n.ts';
import { ChannelIcon } from '../conversations/ChannelIcon.tsx';
import { shortTime } from '../conversations/words.ts';
import classes from './Voices.module.css';
import { toneName } from './words.ts';

/** Messages as they were read; each leads to its conversation. */
export function HeardMessages({ rows }: { rows: Output<typeof listMessages>['items'] }) {
  return (
    <ul>
      {rows.map(({ conversationId, messageId, channel, contactName, text, at, tone }) => (
        <li key={messageId}>
          <Link to="/conversations/$conversationId" params={{ conversationId }} className={classes.message}>
            <span className={classes.who}>
              <ChannelIcon kind={channel.kind} />
              <strong>{contactName || t('conversations.visitor')}</strong>
              <time dateTime={at}>{shortTime(at)}</time>
            </span>
            <span dir="auto" className={classes.text}>
              {text}
            </span>
            {tone !== 'neutral' && (
              <span className={classes.mood} data-tone={tone}>
                {tone === 'negative' ? <IconMoodSad size={16} aria-hidden /> : <IconMoodSmile size={16} aria-hidden />}
                {toneName(tone)}
              </span>
            )}
          </Link>
        </li>
      ))}
    </ul>
  );
}
