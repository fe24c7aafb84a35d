import { ActionIcon, Button, Group } from '@mantine/core';
import { IconArrowLeft, IconPencil, IconPlus, IconRestore, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Topic } from '../../../../server/voices/contract.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { keepTopic, topicsQuery } from './queries.ts';
import { TopicForm } from './TopicForm.tsx';
import classes from './Voices.module.css';
import { topicName } from './words.ts';

const empty = (): Topic => ({
  ...{ id: crypto.randomUUID(), parentId: null, name: { fr: '', en: '' }, aspect: null, words: [], ended: false },
});

/** By what messages are sorted: the company's tree. Everybody reads it, admins change it. */
export function Topics() {
  const { data, error, refetch } = useQuery(topicsQuery);
  const [editing, edit] = useState<Topic>();
  const admin = useMe().role === 'admin';
  const all = data?.items ?? [];
  const tops = all.filter(({ parentId }) => !parentId || !all.some(({ id }) => id === parentId));
  return (
    <Page
      title={t('voices.topics')}
      lead={t('voices.topics.lead')}
      width="reading"
      actions={
        admin && (
          <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => edit(empty())}>
            {t('voices.topics.new')}
          </Button>
        )
      }
    >
      <ButtonLink to="/voices" variant="subtle" color="gray" leftSection={<IconArrowLeft size={18} aria-hidden />}>
        {t('voices.title')}
      </ButtonLink>
      <ButtonLink to="/voices/model" variant="subtle" color="gray">
        {t('voices.model')}
      </ButtonLink>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={6} />}
      <ul className={classes.topics}>
        {tops
          .flatMap((top) => [top, ...all.filter(({ parentId }) => parentId === top.id)])
          .map((topic) => (
            <TopicLine key={topic.id} topic={topic} admin={admin} onEdit={() => edit(topic)} />
          ))}
      </ul>
      {editing && <TopicForm topic={editing} onClose={() => edit(undefined)} />}
    </Page>
  );
}

async function end(topic: Topic): Promise<void> {
  try {
    await keepTopic({ ...topic, ended: true });
    offerUndo(t('voices.topics.ended', { name: topicName(topic) }), () => keepTopic(topic));
  } catch (error) {
    sayError(error);
  }
}

function TopicLine({ topic, admin, onEdit }: { topic: Topic; admin: boolean; onEdit: () => void }) {
  const name = topicName(topic);
  return (
    <li data-under={topic.parentId ? true : undefined} data-ended={topic.ended || undefined}>
      <div>
        <strong>{name}</strong>
        {topic.aspect && <span className={classes.small}> {t(`voices.aspect.${topic.aspect}`)}</span>}
        {topic.ended && <span className={classes.small}> {t('voices.topics.isEnded')}</span>}
        <p className={classes.small}>{topic.words.join(', ')}</p>
      </div>
      {admin && (
        <Group gap={4} wrap="nowrap">
          {topic.ended ? (
            <ActionIcon
              aria-label={t('voices.topics.restore', { name })}
              onClick={() => void keepTopic({ ...topic, ended: false }).catch(sayError)}
            >
              <IconRestore size={18} aria-hidden />
            </ActionIcon>
          ) : (
            <>
              <ActionIcon aria-label={t('voices.topics.change', { name })} onClick={onEdit}>
                <IconPencil size={18} aria-hidden />
              </ActionIcon>
              <ActionIcon aria-label={t('voices.topics.end', { name })} onClick={() => void end(topic)}>
                <IconTrash size={18} aria-hidden />
              </ActionIcon>
            </>
          )}
        </Group>
      )}
    </li>
  );
}
