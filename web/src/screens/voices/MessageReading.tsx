import { ActionIcon, Button, Menu, Modal, Stack } from '@mantine/core';
import { IconCheck, IconDots, IconMoodSad, IconMoodSmile } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Reading, tones } from '../../../../server/voices/contract.ts';
import { t } from '../../i18n.ts';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { Why } from '../../ui/Why.tsx';
import { decideReading, readingsQuery, takeReadingBack, topicsQuery } from './queries.ts';
import classes from './Voices.module.css';
import { toneName, topicName } from './words.ts';

interface MessageReadingProps {
  conversationId: string;
  messageId: string;
  /** When it was said: what has just come is about to be read. */
  at: string;
}

/** Milliseconds in which a message that has come is read, and between two looks until then. */
const soon = 60_000;
const again = 2000;

/** What a message was read to say, quietly, with its words; whoever knows better says so. */
export function MessageReading({ conversationId, messageId, at }: MessageReadingProps) {
  const { data } = useQuery({
    ...readingsQuery(conversationId),
    refetchInterval: ({ state }) => {
      const here = state.data?.items.some((one) => one.messageId === messageId);
      return !here && Date.now() - new Date(at).getTime() < soon ? again : false;
    },
  });
  const reading = data?.items.find((one) => one.messageId === messageId);
  if (!reading) return null;
  const { tone, topics } = reading;
  const silent = tone === 'neutral' && topics.length === 0;
  return (
    <p className={classes.reading} data-silent={silent || undefined}>
      {tone !== 'neutral' && (
        <span className={classes.mood} data-tone={tone}>
          {tone === 'negative' ? <IconMoodSad size={16} aria-hidden /> : <IconMoodSmile size={16} aria-hidden />}
          {toneName(tone)}
        </span>
      )}
      {topics.map((topic) => (
        <span key={topic.id}>{topicName(topic)}</span>
      ))}
      {!silent && <Words reading={reading} />}
      <Correcting conversationId={conversationId} reading={reading} />
    </p>
  );
}

function Words({ reading: { tone, why, topics, corrected, byModel } }: { reading: Reading }) {
  return (
    <Why what={t('voices.reading')}>
      <Stack gap={4}>
        {corrected && <span>{t('voices.why.said', { name: corrected.by })}</span>}
        {tone !== 'neutral' && why.length > 0 && (
          <span>{t('voices.why.tone', { tone: toneName(tone), words: why.join(', ') })}</span>
        )}
        {topics.map(
          (topic) =>
            topic.why.length > 0 && (
              <span key={topic.id}>
                {t('voices.why.topic', { topic: topicName(topic), words: topic.why.join(', ') })}
              </span>
            ),
        )}
        <span className={classes.small}>
          {byModel === null ? t('voices.why.machine') : t('voices.why.model', { model: byModel })}
        </span>
      </Stack>
    </Why>
  );
}

function Correcting({ conversationId, reading }: { conversationId: string; reading: Reading }) {
  const [choosing, choose] = useState(false);
  return (
    <>
      <Menu position="bottom-start" width={240}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('voices.correct')}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('voices.correct.tone')}</Menu.Label>
          {tones.map((tone) => (
            <Menu.Item
              key={tone}
              rightSection={reading.tone === tone && <IconCheck size={16} aria-label={t('voices.correct.now')} />}
              onClick={() => void decideReading(conversationId, reading, { tone })}
            >
              {toneName(tone)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => choose(true)}>{t('voices.correct.topics')}</Menu.Item>
          {reading.corrected && (
            <Menu.Item onClick={() => void takeReadingBack(conversationId, reading)}>
              {t('voices.correct.takeBack')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {choosing && <TopicChoice conversationId={conversationId} reading={reading} onClose={() => choose(false)} />}
    </>
  );
}

interface TopicChoiceProps {
  conversationId: string;
  reading: Reading;
  onClose: () => void;
}

function TopicChoice({ conversationId, reading, onClose }: TopicChoiceProps) {
  const topics = useQuery(topicsQuery).data?.items.filter(({ ended }) => !ended) ?? [];
  const [chosen, setChosen] = useState(() => reading.topics.map(({ id }) => id));
  const save = async () => {
    onClose();
    await decideReading(conversationId, reading, { topicIds: chosen });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('voices.correct.about')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <Stack gap="sm">
        <ManyChoice
          label={t('voices.topics')}
          description={t('voices.correct.help')}
          searchable
          maxValues={10}
          data={topics.map((one) => ({ value: one.id, label: topicName(one) }))}
          value={chosen.filter((id) => topics.some((one) => one.id === id))}
          onChange={setChosen}
        />
        <Button onClick={() => void save()} style={{ alignSelf: 'flex-end' }}>
          {t('shell.save')}
        </Button>
      </Stack>
    </Modal>
  );
}
