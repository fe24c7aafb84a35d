import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { HeardMessages } from './HeardMessages.tsx';
import { riseMessagesQuery, riseQuery } from './queries.ts';
import { riseSentence } from './Rises.tsx';
import classes from './Voices.module.css';

/** A rise that one was told of, and the very messages of its day. */
export function Rise() {
  const { riseId } = useParams({ from: '/members/voices/rises/$riseId' });
  const { data, error, refetch } = useQuery(riseQuery(riseId));
  const list = useInfiniteQuery({ ...riseMessagesQuery(data), enabled: data !== undefined });
  const rows = list.data?.pages.flatMap(({ items }) => items);
  return (
    <Page title={t('voices.rises')} lead={data && riseSentence(data)} width="reading">
      <ButtonLink to="/voices" variant="subtle" color="gray" leftSection={<IconArrowLeft size={18} aria-hidden />}>
        {t('voices.title')}
      </ButtonLink>
      <ErrorNotice error={error ?? list.error} onRetry={() => void refetch()} />
      {!rows && !error && <Loading lines={6} />}
      <div className={classes.messages}>
        {rows && <HeardMessages rows={rows} />}
        {list.hasNextPage && (
          <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('conversations.earlier')}
          </Button>
        )}
      </div>
    </Page>
  );
}
