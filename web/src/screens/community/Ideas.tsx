import { Button, NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Community, type Status, statuses } from '../../../../server/community/contract.ts';
import { spoken, t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import { Author } from './Author.tsx';
import classes from './Community.module.css';
import { ideasQuery } from './queries.ts';

/** Ideas and proposals; each opens beside the list. */
export function Ideas({ community, onOpen }: { community: Community; onOpen: (postId: string) => void }) {
  const [space, setSpace] = useState('');
  const [status, setStatus] = useState('');
  const list = useInfiniteQuery(
    ideasQuery(community.id, space || undefined, (status || undefined) as Status | undefined),
  );
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section title={t('community.ideas')}>
      <div className={classes.filters}>
        <NativeSelect
          aria-label={t('community.spaces')}
          value={space}
          data={[
            { value: '', label: t('community.allSpaces') },
            ...community.spaces.map(({ id, name }) => ({ value: id, label: name[spoken()] })),
          ]}
          onChange={({ currentTarget }) => setSpace(currentTarget.value)}
        />
        <NativeSelect
          aria-label={t('community.status')}
          value={status}
          data={[
            { value: '', label: t('community.allStatuses') },
            ...statuses.map((value) => ({ value, label: t(`community.status.${value}`) })),
          ]}
          onChange={({ currentTarget }) => setStatus(currentTarget.value)}
        />
      </div>
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isSuccess && items.length === 0 && <p className={classes.quiet}>{t('community.ideas.none')}</p>}
      <ul className={classes.posts}>
        {items.map((post) => (
          <li key={post.id}>
            <button type="button" className={classes.idea} dir="auto" onClick={() => onOpen(post.id)}>
              {post.title}
            </button>
            <Author author={post.author} at={post.at} />
            <p className={classes.quiet}>
              {[
                t(`community.status.${post.status}`),
                ...(post.state === 'shown' ? [] : [t(`community.state.${post.state}`)]),
                t('community.page.votes', { count: post.votes }),
                t('community.page.comments', { count: post.comments }),
              ].join(' · ')}
            </p>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('surveys.answers.more')}
        </Button>
      )}
    </Section>
  );
}
