import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { type BoardOf, columnName } from './Board.tsx';
import { HeardMessages } from './HeardMessages.tsx';
import { cellQuery } from './queries.ts';
import type { VoicesSearch } from './search.ts';
import classes from './Voices.module.css';
import { topicName } from './words.ts';

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
        <HeardMessages rows={rows} />
        {list.hasNextPage && (
          <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('conversations.earlier')}
          </Button>
        )}
      </div>
    </SidePanel>
  );
}
