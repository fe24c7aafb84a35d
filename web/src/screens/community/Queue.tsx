import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Community, decideStory, type Post } from '../../../../server/community/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import { sayError } from '../../ui/undo.tsx';
import { Author } from './Author.tsx';
import classes from './Community.module.css';
import { Deciding } from './Deciding.tsx';
import { queueQuery, refreshCommunity } from './queries.ts';

interface QueueProps {
  community: Community;
  onOpen: (postId: string) => void;
}

/** What waits for a moderator. */
export function Queue({ community, onOpen }: QueueProps) {
  const { data, error, refetch } = useQuery({ ...queueQuery(community.id), refetchInterval: 30_000 });
  const decide = async (storyId: string, show: boolean) => {
    try {
      await call(decideStory, { communityId: community.id, storyId, show });
      await refreshCommunity();
    } catch (failed) {
      sayError(failed);
    }
  };
  if (!data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  const none = data.posts.length + data.reports.length + data.stories.length === 0;
  const line = (post: Post, reasons: readonly string[]) => (
    <li key={post.id}>
      <button type="button" className={classes.idea} dir="auto" onClick={() => onOpen(post.ideaId ?? post.id)}>
        {post.title || t('community.comment')}
      </button>
      <Author author={post.author} at={post.at} />
      <p dir="auto">{post.text}</p>
      {reasons.map((reason) => (
        <p key={reason} className={classes.quiet} dir="auto">
          {t('community.reported', { reason })}
        </p>
      ))}
      <Deciding community={community} post={post} reported={reasons.length > 0} />
    </li>
  );
  return (
    <Section title={t('community.queue')} lead={none ? t('community.queue.none') : undefined}>
      <ul className={classes.posts}>
        {data.posts.map((post) => line(post, []))}
        {data.reports.map(({ post, reasons }) => line(post, reasons))}
        {data.stories.map((story) => (
          <li key={story.id}>
            <strong>{t('community.story')}</strong>
            <Author author={story.author} at={story.consentedAt} />
            <p dir="auto">{story.text}</p>
            <p className={classes.quiet}>{story.consent}</p>
            <Group gap="xs">
              <Button size="compact-md" variant="default" onClick={() => void decide(story.id, true)}>
                {t('community.show')}
              </Button>
              <Button size="compact-md" variant="default" onClick={() => void decide(story.id, false)}>
                {t('community.hide')}
              </Button>
            </Group>
          </li>
        ))}
      </ul>
    </Section>
  );
}
