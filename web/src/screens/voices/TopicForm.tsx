import { Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Aspect, aspects, type Topic } from '../../../../server/voices/contract.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { keepTopic, topicsQuery } from './queries.ts';
import { topicName } from './words.ts';

/** Names a topic, and says by which words it is told. For admins. */
export function TopicForm({ topic, onClose }: { topic: Topic; onClose: () => void }) {
  const topics = useQuery(topicsQuery).data?.items ?? [];
  const start = {
    ...{ fr: topic.name.fr, en: topic.name.en, words: topic.words.join(', '), parentId: topic.parentId ?? '' },
    aspect: topic.aspect ?? '',
  };
  const form = useForm(start, async ({ fr, en, words, parentId, aspect }) => {
    const listed = words.split(/[,\n]/).map((word) => word.trim());
    await keepTopic({
      ...{ ...topic, name: { fr, en }, parentId: parentId || null, aspect: (aspect || null) as Aspect | null },
      words: [...new Set(listed)].filter((word) => word !== ''),
    });
    say(t('voices.topics.saved'));
    onClose();
  });
  const leads = topics.some(({ parentId }) => parentId === topic.id);
  return (
    <Modal
      opened
      onClose={onClose}
      title={topic.name.fr || topic.name.en ? topicName(topic) : t('voices.topics.new')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          {(['fr', 'en'] as const).map((language) => (
            <TextInput
              key={language}
              name={language}
              required
              withAsterisk={false}
              maxLength={80}
              label={t(`voices.topics.name.${language}`)}
              value={form.values[language]}
              error={form.problem(language)}
              onChange={({ currentTarget }) => form.set(language, currentTarget.value)}
            />
          ))}
          {!leads && (
            <NativeSelect
              label={t('voices.topics.under')}
              value={form.values.parentId}
              data={[
                { value: '', label: t('voices.topics.top') },
                ...topics
                  .filter(({ id, parentId, ended }) => !parentId && !ended && id !== topic.id)
                  .map((one) => ({ value: one.id, label: topicName(one) })),
              ]}
              onChange={({ currentTarget }) => form.set('parentId', currentTarget.value)}
            />
          )}
          <NativeSelect
            label={t('voices.aspect')}
            value={form.values.aspect}
            data={[
              { value: '', label: t('voices.aspect.none') },
              ...aspects.map((one) => ({ value: one, label: t(`voices.aspect.${one}`) })),
            ]}
            onChange={({ currentTarget }) => form.set('aspect', currentTarget.value)}
          />
          <Textarea
            name="words"
            autosize
            minRows={4}
            maxRows={12}
            label={t('voices.topics.words')}
            description={t('voices.topics.words.help')}
            value={form.values.words}
            error={form.problem('words')}
            onChange={({ currentTarget }) => form.set('words', currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('shell.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
