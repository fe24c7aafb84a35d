import { Button } from '@mantine/core';
import { IconMoodSad, IconMoodSmile } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { ChannelIcon } from '../conversations/ChannelIcon.tsx';
import { shortTime } from '../conversations/words.ts';
import { type BoardOf, columnName } from './Board.tsx';
import { cellQuery } from './queries.ts';
import type { VoicesSearch } from './search.ts';
import classes from './Voices.module.css';
import { toneName, topicName } from './words.ts';

/** The very messages of a cell; each leads to its conversation. */
export function CellMessages({ board, search }: { board: BoardOf; search: VoicesSearch }) {
  const navigate = useNavigate({ from: '/voices' });
  const list = useInfiniteQuery(cellQuery(search));
  const row = board.rows.find(({ topicId }) => topicId === search.topic);
  const column = board.columns.find(({ key }) => key === search.column);
  const title = `${topicName(row ?? { name: null })} – ${column ? columnName(column) : ''}`;
  const close = () => {
    const { topic: _, column: __, ...rest } = search;
    void navigate({ search: rest });
  };
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <SidePanel label={title} onClose={close}>
      <div className={classes.messages}>
        <h2>{title}</h2>
        <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
        {list.isPending && <Loading lines={5} />}
        {list.data && rows.length === 0 && <p>{t('voices.cell.none')}</p>}
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
                    {tone === 'negative' ? (
                      <IconMoodSad size={16} aria-hidden />
                    ) : (
                      <IconMoodSmile size={16} aria-hidden />
                    )}
                    {toneName(tone)}
                  </span>
                )}
              </Link>
            </li>
          ))}
        </ul>
        {list.hasNextPage && (
          <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('conversations.earlier')}
          </Button>
        )}
      </div>
    </SidePanel>
  );
}
