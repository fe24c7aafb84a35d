import { Button } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { MouseEvent } from 'react';
import { countUnread, listNotices, markRead, type Notice } from '../../../../server/notices/contract.ts';
import { call } from '../../api.ts';
import { ago, longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { sayError } from '../../ui/undo.tsx';
import classes from './Notices.module.css';
import { noticesQuery } from './queries.ts';

async function read(ids?: string[]): Promise<void> {
  await call(markRead, ids ? { ids } : {}).catch(sayError);
  await refresh(listNotices, countUnread);
}

/** What I was told, newest first. */
export function Notices() {
  const list = useInfiniteQuery(noticesQuery);
  const notices = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const lead = (
    <>
      {t('notices.lead')}{' '}
      <TextLink to="/settings/notices" underline="always">
        {t('notices.settingsLink')}
      </TextLink>
    </>
  );
  const all = notices.some((notice) => !notice.read) && (
    <Button variant="default" onClick={() => void read()}>
      {t('notices.markAll')}
    </Button>
  );
  return (
    <Page title={t('notices.title')} width="reading" lead={lead} actions={all}>
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={2} />}
      {list.isSuccess && notices.length === 0 && (
        <EmptyState icon={<IconBell />} title={t('notices.none')} text={t('notices.noneText')} />
      )}
      {notices.length > 0 && (
        <Lines>
          {notices.map((notice) => (
            <li key={notice.id}>
              <NoticeLine notice={notice} />
            </li>
          ))}
        </Lines>
      )}
      {list.hasNextPage && (
        <Button variant="default" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('notices.more')}
        </Button>
      )}
    </Page>
  );
}

function NoticeLine({ notice }: { notice: Notice }) {
  const router = useRouter();
  const follow = (event: MouseEvent) => {
    if (!notice.read) void read([notice.id]);
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    router.history.push(notice.path);
  };
  return (
    <a href={notice.path} onClick={follow} className={classes.notice} data-unread={notice.read ? undefined : true}>
      <span className={classes.dot} aria-hidden />
      <span className={classes.text}>
        {notice.text}
        {!notice.read && <span className="unseen"> ({t('notices.unread')})</span>}
      </span>
      <time dateTime={notice.at} title={longInstant(notice.at)} className={classes.when}>
        {ago(notice.at)}
      </time>
    </a>
  );
}
