import { Button, Group, NativeSelect, Stack, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import {
  answerPost,
  type Community,
  type Post,
  type Status,
  setStatus,
  statuses,
} from '../../../../server/community/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { Author } from './Author.tsx';
import classes from './Community.module.css';
import { Deciding } from './Deciding.tsx';
import { ideaQuery, refreshCommunity } from './queries.ts';

interface IdeaPanelProps {
  community: Community;
  postId: string;
  onClose: () => void;
}

/** An idea with what is said about it; moderators say where it stands, and answer as one of ours. */
export function IdeaPanel({ community, postId, onClose }: IdeaPanelProps) {
  const { data, error } = useQuery(ideaQuery(community.id, postId));
  return (
    <SidePanel label={data?.idea.title ?? t('community.ideas')} onClose={onClose}>
      <div className={classes.panel}>
        <ErrorNotice error={error} />
        {!data && !error && <Loading lines={4} />}
        {data && (
          <>
            <h2 dir="auto">{data.idea.title}</h2>
            <Author author={data.idea.author} at={data.idea.at} />
            <p dir="auto" style={{ whiteSpace: 'pre-line' }}>
              {data.idea.text}
            </p>
            <p className={classes.quiet}>
              {[t(`community.state.${data.idea.state}`), t('community.page.votes', { count: data.idea.votes })].join(
                ' · ',
              )}
            </p>
            {community.mine && (
              <>
                <Deciding community={community} post={data.idea} />
                <Standing key={`${data.idea.id}${data.idea.status}`} community={community} idea={data.idea} />
              </>
            )}
            <h3>{t('community.page.said')}</h3>
            <ul className={classes.posts}>
              {data.comments.map((post) => (
                <li key={post.id}>
                  <Author author={post.author} at={post.at} />
                  <p dir="auto">{post.text}</p>
                  {community.mine && !post.author.staff && <Deciding community={community} post={post} />}
                </li>
              ))}
            </ul>
            {community.mine && <Answer key={data.comments.length} community={community} idea={data.idea} />}
          </>
        )}
      </div>
    </SidePanel>
  );
}

function Standing({ community, idea }: { community: Community; idea: Post }) {
  const form = useForm({ status: idea.status, reason: idea.statusReason }, async (said) => {
    await call(setStatus, { communityId: community.id, postId: idea.id, ...said });
    await refreshCommunity();
    say(t('community.saved'));
  });
  const { values, set } = form;
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack gap="xs" my="md">
        <NativeSelect
          label={t('community.status')}
          value={values.status}
          data={statuses.map((value) => ({ value, label: t(`community.status.${value}`) }))}
          onChange={({ currentTarget }) => set('status', currentTarget.value as Status)}
        />
        <Textarea
          name="reason"
          autosize
          maxLength={1000}
          required={values.status === 'declined'}
          withAsterisk={false}
          label={t('community.status.reason')}
          value={values.reason}
          error={form.problem('reason')}
          onChange={({ currentTarget }) => set('reason', currentTarget.value)}
        />
        <ErrorNotice error={form.error} />
        <Group justify="flex-end">
          <Button type="submit" variant="default" loading={form.sending}>
            {t('community.status.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Answer({ community, idea }: { community: Community; idea: Post }) {
  const form = useForm({ text: '' }, async ({ text }) => {
    await call(answerPost, { communityId: community.id, postId: idea.id, text });
    await refreshCommunity();
  });
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack gap="xs" mt="md">
        <Textarea
          name="text"
          required
          withAsterisk={false}
          autosize
          minRows={3}
          maxLength={4000}
          label={t('community.answer')}
          description={t('community.answer.help')}
          value={form.values.text}
          error={form.problem('text')}
          onChange={({ currentTarget }) => form.set('text', currentTarget.value)}
        />
        <ErrorNotice error={form.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={form.sending}>
            {t('community.answer.send')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
